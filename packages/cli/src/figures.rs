//! Numbers as people read them.

use std::time::Duration;

const KIB: f64 = 1024.0;

/// 1234567 as `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with the word for what is counted.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// `1 document`, `2 documents`.
pub(crate) fn documents(number: u64) -> String {
    counted(number, "document", "documents")
}

/// 1536 as `1.5 KiB`.
pub(crate) fn bytes(number: u64) -> String {
    let mut amount = number as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if amount < KIB {
            return if unit == "B" { format!("{number} B") } else { format!("{amount:.1} {unit}") };
        }
        amount /= KIB;
    }
    format!("{amount:.1} TiB")
}

/// A time in the unit that suits it.
pub(crate) fn time(spent: Duration) -> String {
    let seconds = spent.as_secs_f64();
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}

/// How many a second, as far as a rate can be told.
pub(crate) fn rate(number: u64, spent: Duration) -> u64 {
    let seconds = spent.as_secs_f64();
    if seconds > 0.0 { (number as f64 / seconds) as u64 } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_sizes_have_a_unit() {
        let check = |number, grouped: &str, size: &str| {
            assert_eq!((thousands(number).as_str(), bytes(number).as_str()), (grouped, size));
        };
        check(0, "0", "0 B");
        check(999, "999", "999 B");
        check(1000, "1,000", "1000 B");
        check(1536, "1,536", "1.5 KiB");
        check(123_456, "123,456", "120.6 KiB");
        check(5 << 30, "5,368,709,120", "5.0 GiB");
        check(u64::MAX, "18,446,744,073,709,551,615", "16777216.0 TiB");
    }

    #[test]
    fn times_and_counts_are_said_in_their_unit() {
        assert_eq!(time(Duration::from_micros(1250)), "1.2 ms");
        assert_eq!(time(Duration::from_millis(61_000)), "61.00 s");
        assert_eq!(documents(1), "1 document");
        assert_eq!(documents(0), "0 documents");
        assert_eq!(rate(10, Duration::ZERO), 10);
        assert_eq!(rate(10, Duration::from_millis(500)), 20);
    }
}
