//! Random values of every type, the same for the same seed.

use crate::document::builder::{ArrayWriter, DocWriter, RawDocBuf};
use crate::document::decimal::Decimal;
use crate::document::raw::{RawDoc, Value};

/// Dice that can be thrown again.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One step of SplitMix64.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A document of up to `fields` fields, with small names so that pairs often agree in a few of them.
    pub(crate) fn document(&mut self, fields: u64, depth: u32) -> RawDocBuf {
        let mut bytes = Vec::new();
        self.fill_document(&mut DocWriter::new(&mut bytes), fields, depth);
        RawDocBuf::from_bytes(bytes).unwrap()
    }

    /// A document whose field `v` is a value of any type.
    pub(crate) fn value(&mut self) -> RawDocBuf {
        let mut bytes = Vec::new();
        let mut out = DocWriter::new(&mut bytes);
        match self.below(8) {
            0 => self.fill_document(&mut out.document("v"), 3, 2),
            1 => self.fill_array(&mut out.array("v"), 2),
            2..=4 => out.put("v", self.number()),
            _ => self.scalar(&mut |value| out.put("v", value)),
        }
        out.finish();
        RawDocBuf::from_bytes(bytes).unwrap()
    }

    fn fill_document(&mut self, out: &mut DocWriter<'_>, fields: u64, depth: u32) {
        const NAMES: [&str; 8] = ["a", "b", "", "ab", "\u{1}", "a\u{1}", "é", "$x"];
        for _ in 0..self.below(fields + 1) {
            let name = self.pick(&NAMES);
            match self.below(6) {
                0 if depth > 0 => self.fill_document(&mut out.document(name), 3, depth - 1),
                1 if depth > 0 => self.fill_array(&mut out.array(name), depth - 1),
                _ => self.scalar(&mut |value| out.put(name, value)),
            }
        }
    }

    fn fill_array(&mut self, out: &mut ArrayWriter<'_>, depth: u32) {
        for _ in 0..self.below(4) {
            match self.below(6) {
                0 if depth > 0 => self.fill_document(&mut out.document(), 3, depth - 1),
                1 if depth > 0 => self.fill_array(&mut out.array(), depth - 1),
                _ => self.scalar(&mut |value| out.put(value)),
            }
        }
    }

    fn scalar(&mut self, put: &mut dyn FnMut(Value<'_>)) {
        const TEXTS: [&str; 12] =
            ["", "a", "ab", "b", "a\0", "a\0b", "\u{1}", "\u{1}\u{1}", "\0", "\u{ff}", "😀", "a\u{1}b"];
        const C_TEXTS: [&str; 5] = ["", "a", "ab", "\u{1}", "a\u{1}"];
        match self.below(24) {
            0..=4 => put(self.number()),
            5..=6 => put(Value::String(self.pick(&TEXTS))),
            7 => put(Value::Symbol(self.pick(&TEXTS))),
            8 => {
                let bytes = vec![self.pick(&[0, 1, 2, 255]); self.pick(&[0, 1, 2, 16, 254, 255, 256, 300])];
                put(Value::Binary { subtype: self.pick(&[0, 4, 255]), bytes: &bytes });
            }
            9 => put(Value::Undefined),
            10 => put(Value::Null),
            11 => put(Value::ObjectId([self.below(3) as u8; 12])),
            12 => put(Value::Boolean(self.below(2) == 0)),
            13..=14 => put(Value::DateTime(self.integer())),
            15 => {
                put(Value::Regex { pattern: self.pick(&C_TEXTS), options: self.pick(&["", "i", "im"]) });
            }
            16 => put(Value::DbPointer { namespace: self.pick(&TEXTS), id: [self.below(3) as u8; 12] }),
            17 => put(Value::Code(self.pick(&TEXTS))),
            18 => {
                let scope = self.document(2, 0);
                put(Value::CodeWithScope { code: self.pick(&TEXTS), scope: scope.as_doc() });
            }
            19 => put(Value::Timestamp {
                time: self.pick(&[0, 1, u32::MAX]),
                increment: self.pick(&[0, 1, u32::MAX]),
            }),
            20 => put(Value::MinKey),
            21 => put(Value::MaxKey),
            22 => put(Value::Document(RawDoc::empty())),
            _ => put(Value::Array(RawDoc::empty())),
        }
    }

    fn integer(&mut self) -> i64 {
        match self.below(4) {
            0 => self.below(5) as i64 - 2,
            1 => (1_i64 << self.below(63)) + self.below(3) as i64 - 1,
            2 => -(1_i64 << self.below(63)) + self.below(3) as i64,
            _ => self.next() as i64 >> self.below(64),
        }
    }

    pub(crate) fn double(&mut self) -> f64 {
        const CORNERS: [f64; 14] = [
            0.0,
            -0.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            -5e-324,
            9007199254740992.0,
            9223372036854775808.0,
            -9223372036854775808.0,
            0.1,
        ];
        match self.below(4) {
            0 => self.pick(&CORNERS),
            1 => self.integer() as f64,
            2 => self.integer() as f64 / 100.0,
            _ => f64::from_bits(self.next()),
        }
    }

    /// Often the same number in another type, or its neighbour.
    pub(crate) fn decimal(&mut self) -> Decimal {
        let text = match self.below(6) {
            0 => self.integer().to_string(),
            1 => format!("{}E{}", self.integer(), self.below(60) as i64 - 30),
            2 => format!("{}E{}", self.integer(), self.below(12_000) as i64 - 6_000),
            3 => {
                let zeros = "0".repeat(self.below(10) as usize);
                format!("{}.5{zeros}", self.integer())
            }
            4 => {
                return Decimal::from_bytes(
                    ((u128::from(self.next()) << 64) | u128::from(self.next())).to_le_bytes(),
                );
            }
            _ => {
                let double = self.double();
                let exact = format!("{double:e}");
                if self.below(2) == 0 { exact } else { format!("{double:.20e}") }
            }
        };
        text.parse().unwrap_or(Decimal::NaN)
    }

    fn number(&mut self) -> Value<'static> {
        match self.below(4) {
            0 => Value::Int32(self.integer() as i32),
            1 => Value::Int64(self.integer()),
            2 => Value::Double(self.double()),
            _ => Value::Decimal128(self.decimal().to_bytes()),
        }
    }
}
