//! Raw BSON to JSON text.

use super::base64;
use super::date::format_date;
use super::lexer::plain_len;
use super::wrapper::sorted;
use crate::document::decimal::Decimal;
use crate::document::raw::{RawDoc, RawValue, Value};

/// How values are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// For people: plain numbers, and dates as text where they have one.
    #[default]
    Relaxed,
    /// For machines: every type can be told from the text.
    Canonical,
    /// Relaxed, but an integer that a double cannot hold exactly keeps its type.
    Safe,
}

/// Appends `doc` as JSON text, on one line and without spaces.
pub fn write_document(doc: RawDoc<'_>, mode: Mode, out: &mut Vec<u8>) {
    Writer { mode, out }.document(doc);
}

/// Appends `value` as JSON text, on one line and without spaces.
pub fn write_value(value: RawValue<'_>, mode: Mode, out: &mut Vec<u8>) {
    Writer { mode, out }.value(value);
}

/// `doc` as JSON text, on one line and without spaces.
#[must_use]
pub fn document_to_string(doc: RawDoc<'_>, mode: Mode) -> String {
    let mut out = Vec::new();
    write_document(doc, mode, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// `value` as JSON text, on one line and without spaces.
#[must_use]
pub fn value_to_string(value: RawValue<'_>, mode: Mode) -> String {
    let mut out = Vec::new();
    write_value(value, mode, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// The largest integer below which every integer is a double.
const SAFE_MAX: u64 = (1 << 53) - 1;

struct Writer<'o> {
    mode: Mode,
    out: &'o mut Vec<u8>,
}

impl Writer<'_> {
    fn document(&mut self, doc: RawDoc<'_>) {
        self.out.push(b'{');
        for (at, (name, value)) in doc.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.string(name);
            self.out.push(b':');
            self.value(value);
        }
        self.out.push(b'}');
    }

    fn array(&mut self, array: RawDoc<'_>) {
        self.out.push(b'[');
        for (at, (_, value)) in array.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.value(value);
        }
        self.out.push(b']');
    }

    fn value(&mut self, value: RawValue<'_>) {
        let canonical = self.mode == Mode::Canonical;
        match value.read() {
            Value::Double(number) => self.double(number),
            Value::String(text) => self.string(text),
            Value::Document(doc) => self.document(doc),
            Value::Array(array) => self.array(array),
            Value::Binary { subtype, bytes } => self.binary(subtype, bytes),
            Value::Undefined => self.plain(r#"{"$undefined":true}"#),
            Value::ObjectId(id) => self.object_id(id),
            Value::Boolean(yes) => self.plain(if yes { "true" } else { "false" }),
            Value::DateTime(ms) => self.date(ms),
            Value::Null => self.plain("null"),
            Value::Regex { pattern, options } => {
                self.plain(r#"{"$regularExpression":{"pattern":"#);
                self.string(pattern);
                self.plain(r#","options":"#);
                self.string(&sorted(options));
                self.plain("}}");
            }
            Value::DbPointer { namespace, id } => {
                self.plain(r#"{"$dbPointer":{"$ref":"#);
                self.string(namespace);
                self.plain(r#","$id":"#);
                self.object_id(id);
                self.plain("}}");
            }
            Value::Code(code) => {
                self.plain(r#"{"$code":"#);
                self.string(code);
                self.plain("}");
            }
            Value::Symbol(text) => {
                self.plain(r#"{"$symbol":"#);
                self.string(text);
                self.plain("}");
            }
            Value::CodeWithScope { code, scope } => {
                self.plain(r#"{"$code":"#);
                self.string(code);
                self.plain(r#","$scope":"#);
                self.document(scope);
                self.plain("}");
            }
            Value::Int32(number) if canonical => self.long(r#"{"$numberInt":""#, number.into()),
            Value::Int32(number) => self.integer(number.into()),
            Value::Timestamp { time, increment } => {
                self.plain(r#"{"$timestamp":{"t":"#);
                self.integer(time.into());
                self.plain(r#","i":"#);
                self.integer(increment.into());
                self.plain("}}");
            }
            Value::Int64(number) => {
                if canonical || (self.mode == Mode::Safe && number.unsigned_abs() > SAFE_MAX) {
                    self.long(r#"{"$numberLong":""#, number);
                } else {
                    self.integer(number);
                }
            }
            Value::Decimal128(bytes) => {
                self.plain(r#"{"$numberDecimal":""#);
                self.plain(&Decimal::from_bytes(bytes).to_string());
                self.plain(r#""}"#);
            }
            Value::MinKey => self.plain(r#"{"$minKey":1}"#),
            Value::MaxKey => self.plain(r#"{"$maxKey":1}"#),
        }
    }

    fn plain(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn string(&mut self, text: &str) {
        self.out.push(b'"');
        let mut rest = text.as_bytes();
        loop {
            let (plain, special) = rest.split_at(plain_len(rest));
            self.out.extend_from_slice(plain);
            let Some((byte, after)) = special.split_first() else { break };
            self.escape(*byte);
            rest = after;
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x0C => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => {
                let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
                self.plain("\\u00");
                return self.out.extend_from_slice(&digits);
            }
        };
        self.out.extend_from_slice(&[b'\\', short]);
    }

    fn integer(&mut self, number: i64) {
        if number < 0 {
            self.out.push(b'-');
        }
        let mut digits = [0_u8; 20];
        let mut at = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
    }

    /// An integer as text inside the type that `head` begins.
    fn long(&mut self, head: &str, number: i64) {
        self.plain(head);
        self.integer(number);
        self.plain(r#""}"#);
    }

    /// The shortest digits that read back as the same double, always with a point or an exponent.
    fn double(&mut self, number: f64) {
        let typed = self.mode == Mode::Canonical || !number.is_finite();
        if typed {
            self.plain(r#"{"$numberDouble":""#);
        }
        match number {
            _ if number.is_nan() => self.plain("NaN"),
            f64::INFINITY => self.plain("Infinity"),
            f64::NEG_INFINITY => self.plain("-Infinity"),
            _ => self.plain(&format!("{number:?}")),
        }
        if typed {
            self.plain(r#""}"#);
        }
    }

    fn date(&mut self, ms: i64) {
        self.plain(r#"{"$date":"#);
        match format_date(ms).filter(|_| self.mode != Mode::Canonical) {
            Some(text) => self.string(&text),
            None => self.long(r#"{"$numberLong":""#, ms),
        }
        self.plain("}");
    }

    fn object_id(&mut self, id: [u8; 12]) {
        self.plain(r#"{"$oid":""#);
        self.hex(&id);
        self.plain(r#""}"#);
    }

    /// The text of subtype 2 leaves out the length that its bytes begin with.
    fn binary(&mut self, subtype: u8, bytes: &[u8]) {
        let bytes = if subtype == 2 { bytes.get(4..).unwrap_or_default() } else { bytes };
        self.plain(r#"{"$binary":{"base64":""#);
        base64::encode(bytes, self.out);
        self.plain(r#"","subType":""#);
        self.hex(&[subtype]);
        self.plain(r#""}}"#);
    }

    fn hex(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for byte in bytes {
            self.out.push(DIGITS[usize::from(byte >> 4)]);
            self.out.push(DIGITS[usize::from(byte & 15)]);
        }
    }
}
