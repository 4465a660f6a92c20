//! Decimals against exact expansions and against the BSON crate.

use std::cmp::Ordering;
use std::str::FromStr;

use super::Decimal;
use crate::document::tests::random::Dice;

fn check(text: &str, canonical: &str) {
    let decimal = Decimal::from_str(text).unwrap();
    assert_eq!(decimal.to_string(), canonical, "{text}");
    assert_eq!(Decimal::from_bytes(decimal.to_bytes()), decimal, "{text}");
    assert_eq!(Decimal::from_str(canonical).unwrap(), decimal, "{text}");
}

#[test]
fn texts_are_read_and_written_as_the_standard_says() {
    for same in [
        "0",
        "-0",
        "1",
        "-1",
        "0.1",
        "1.00",
        "123.456",
        "0.000001",
        "1E-7",
        "1.0E-7",
        "1E+3",
        "1.5E+3",
        "0E+3",
        "0E-10",
        "0.00",
        "NaN",
        "Infinity",
        "-Infinity",
        "9.999999999999999999999999999999999E+6144",
        "1E-6176",
        "1234567890123456789012345678901234",
        "0.000001234567890123456789012345678901234",
        "0E-6176",
        "0E+6111",
    ] {
        check(same, same);
    }
    for (text, canonical) in [
        ("+1", "1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("1e3", "1E+3"),
        ("1E3", "1E+3"),
        ("inf", "Infinity"),
        ("-INF", "-Infinity"),
        ("nan", "NaN"),
        ("-nan", "NaN"),
        ("1E6112", "1.0E+6112"),
        ("0E9999", "0E+6111"),
        ("0E-9999", "0E-6176"),
        ("10E-6177", "1E-6176"),
        ("100000000000000000000000000000000000", "1.000000000000000000000000000000000E+35"),
        ("1E6144", "1.000000000000000000000000000000000E+6144"),
        ("0e99999999999999999999", "0E+6111"),
        ("1.0000000000000000000000000000000000000", "1.000000000000000000000000000000000"),
    ] {
        check(text, canonical);
    }
}

#[test]
fn what_cannot_be_held_exactly_is_refused() {
    for text in [
        "",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "1.2.3",
        "1 ",
        " 1",
        "0x1",
        "--1",
        "1e1.5",
        "infinit",
        "1E6145",
        "1E-6177",
        "12345678901234567890123456789012345",
        "1E99999999999999999999",
        "1E-99999999999999999999",
        "²",
        "1_0",
        "1.00000000000000000000000000000000001",
    ] {
        let error = Decimal::from_str(text).unwrap_err();
        assert_eq!(error.code(), Some(9), "{text}");
        assert!(error.message().contains(text), "{error}");
    }
}

#[test]
fn coefficients_of_too_many_digits_count_as_zero() {
    let over = 0x3041_ED09_BEAD_87C0_378D_8E64_0000_0000_u128;
    assert_eq!(Decimal::from_bytes(over.to_le_bytes()).to_string(), "0");
    let large_form = 3_u128 << 125 | 0x1820 << 111 | 1;
    assert!(matches!(
        Decimal::from_bytes(large_form.to_le_bytes()),
        Decimal::Finite { coefficient: 0, negative: false, .. }
    ));
}

#[test]
fn the_crate_writes_the_same_text() {
    let mut dice = Dice::new(3);
    for _ in 0..20_000 {
        let decimal = dice.decimal();
        let theirs = bson::Decimal128::from_bytes(decimal.to_bytes()).to_string();
        assert_eq!(decimal.to_string(), theirs);
    }
}

/// All digits of a finite double, which `format!` knows exactly, as sign, whole digits and fraction digits.
fn expand(double: f64) -> (String, String) {
    let text = format!("{:.1100}", double.abs());
    let (whole, fraction) = text.split_once('.').unwrap();
    (format!("{whole:0>7000}"), format!("{fraction:0<7000}"))
}

fn expand_decimal(coefficient: u128, exponent: i32) -> (String, String) {
    let digits = coefficient.to_string();
    if exponent >= 0 {
        let whole = format!("{digits}{}", "0".repeat(exponent as usize));
        return (format!("{whole:0>7000}"), "0".repeat(7000));
    }
    let behind = exponent.unsigned_abs() as usize;
    let padded = format!("{digits:0>width$}", width = behind + 1);
    let (whole, fraction) = padded.split_at(padded.len() - behind);
    (format!("{whole:0>7000}"), format!("{fraction:0<7000}"))
}

#[test]
fn comparison_with_doubles_agrees_with_their_full_expansion() {
    let seed = 4;
    let mut dice = Dice::new(seed);
    let mut equal = 0;
    for round in 0..3_000 {
        let double = dice.double().abs();
        let decimal = match dice.below(2) {
            0 => dice.decimal(),
            _ => format!("{double:.33e}").parse().unwrap_or(Decimal::NaN),
        };
        let Decimal::Finite { coefficient, exponent, .. } = decimal else { continue };
        if !double.is_finite() {
            continue;
        }
        let expected = expand_decimal(coefficient, exponent).cmp(&expand(double));
        let positive = Decimal::Finite { negative: false, coefficient, exponent };
        let negative = Decimal::Finite { negative: true, coefficient, exponent };
        equal += usize::from(expected.is_eq());
        assert_eq!(
            positive.compare_with_double(double),
            expected,
            "seed {seed}, round {round}: {positive} {double:e}"
        );
        assert_eq!(negative.compare_with_double(-double), expected.reverse(), "seed {seed}, round {round}");
        if let Some(magnitude) = positive.magnitude() {
            let (below, exact) = magnitude.to_double_below();
            assert_eq!(
                magnitude.compare_with_double(below),
                if exact { Ordering::Equal } else { Ordering::Greater }
            );
            assert!(exact || magnitude.compare_with_double(below.next_up()).is_lt(), "{positive} {below:e}");
        }
    }
    assert!(equal > 50, "the two kinds met only {equal} times");
}
