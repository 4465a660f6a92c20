//! The objects that stand for a BSON type: `{"$oid": "…"}` and its like.

use std::borrow::Cow;

use super::fault::{Fault, Parsed};
use super::lexer::{Nul, hex_number, number_len};
use super::parse::{Parser, finite_double};
use super::{base64, date};
use crate::document::builder::put_value;
use crate::document::decimal::Decimal;
use crate::document::raw::{RawDoc, Value, tag};

/// The keys that make an object a type. `$regex`, `$options` and `$type` are not among them: they are operators.
const TYPE_KEYS: [&str; 17] = [
    "$binary",
    "$code",
    "$date",
    "$dbPointer",
    "$maxKey",
    "$minKey",
    "$numberDecimal",
    "$numberDouble",
    "$numberInt",
    "$numberLong",
    "$oid",
    "$regularExpression",
    "$scope",
    "$symbol",
    "$timestamp",
    "$undefined",
    "$uuid",
];

/// Reads the object whose opening brace was taken, when its first key is that of a type; otherwise takes nothing.
///
/// Both keys of the one type with two of them are type keys, so the first key decides whatever the order.
pub(super) fn read(parser: &mut Parser<'_>, start: usize, depth: usize) -> Parsed<Option<u8>> {
    let lexer = &mut parser.lexer;
    if lexer.next_token() != Some(b'"')
        || !matches!(lexer.text.as_bytes().get(lexer.at + 1), Some(b'$' | b'\\'))
    {
        return Ok(None);
    }
    let key_at = lexer.at;
    let key = lexer.string(Nul::Refused)?;
    let Some(key) = TYPE_KEYS.iter().find(|known| **known == key) else {
        lexer.at = key_at;
        return Ok(None);
    };
    lexer.expect(b':', "`:`")?;
    if parser.options.legacy && *key == "$binary" && parser.lexer.next_token() == Some(b'"') {
        parser.lexer.at = key_at;
        return Ok(None);
    }
    let mut wrapper = Wrapper { parser, key, start };
    let kind = wrapper.read(depth).map_err(|fault| fault.inside(key.as_bytes()))?;
    Ok(Some(kind))
}

/// Refuses a type's key in an object that has other fields before it.
pub(super) fn refuse_among_others(name: &[u8], text_at: usize, legacy: bool) -> Parsed<()> {
    match TYPE_KEYS.iter().find(|key| key.as_bytes() == name) {
        Some(&"$binary") if legacy => Ok(()),
        Some(key) => {
            Err(Fault::new(text_at, format!("{key} makes an object a type and allows no other field")))
        }
        None => Ok(()),
    }
}

/// Turns the document that ends the output into the type for which it stands in version 1, if any.
pub(super) fn read_legacy(parser: &mut Parser<'_>, start: usize, out_start: usize) -> Parsed<u8> {
    let doc = parser.out.split_off(out_start);
    let fields: Vec<_> = RawDoc::new(&doc).iter().take(3).map(|(name, value)| (name, value.read())).collect();
    let value = match fields[..] {
        [("$regex", Value::String(pattern)), ("$options", Value::String(options))]
        | [("$options", Value::String(options)), ("$regex", Value::String(pattern))] => {
            if pattern.contains('\0') || options.contains('\0') {
                return Err(Fault::new(start, "a NUL cannot stand in a name or a pattern"));
            }
            put_regex(&mut parser.out, pattern, options);
            return Ok(tag::REGEX);
        }
        [("$binary", Value::String(data)), ("$type", Value::String(kind))]
        | [("$type", Value::String(kind)), ("$binary", Value::String(data))] => Some((data, kind)),
        _ => None,
    };
    if let Some((data, kind)) = value {
        let subtype = parse_subtype(kind).ok_or_else(|| Fault::new(start, not_a_subtype(kind)))?;
        let bytes = base64::decode(data).map_err(|what| Fault::new(start, what))?;
        put_binary(&mut parser.out, subtype, &bytes);
        return Ok(tag::BINARY);
    }
    if RawDoc::new(&doc).get("$binary").is_some() {
        return Err(Fault::new(
            start,
            "$binary needs a text, and $type beside it, and allows no other field",
        ));
    }
    parser.out.extend_from_slice(&doc);
    Ok(tag::DOCUMENT)
}

/// An object that must be of the type that `key` names, read up to the value of that key.
struct Wrapper<'p, 't> {
    parser: &'p mut Parser<'t>,
    key: &'static str,
    start: usize,
}

impl<'t> Wrapper<'_, 't> {
    fn read(&mut self, depth: usize) -> Parsed<u8> {
        let kind = match self.key {
            "$oid" => self.object_id()?,
            "$date" => self.date()?,
            "$numberInt" => {
                let number: i32 = self.integer("a 32-bit integer")?;
                self.parser.put(tag::INT32, &number.to_le_bytes())
            }
            "$numberLong" => {
                let number: i64 = self.integer("a 64-bit integer")?;
                self.parser.put(tag::INT64, &number.to_le_bytes())
            }
            "$numberDouble" => self.double()?,
            "$numberDecimal" => self.decimal()?,
            "$binary" => self.binary()?,
            "$uuid" => self.uuid()?,
            "$timestamp" => self.timestamp()?,
            "$regularExpression" => self.regex()?,
            "$symbol" => {
                let text = self.text("a text", Nul::Allowed)?;
                self.put(Value::Symbol(&text), tag::SYMBOL)
            }
            "$dbPointer" => self.db_pointer()?,
            "$undefined" => {
                self.parser.lexer.next_token();
                if !self.parser.lexer.word("true") {
                    return Err(self.expected("true"));
                }
                tag::UNDEFINED
            }
            "$minKey" => self.one(tag::MIN_KEY)?,
            "$maxKey" => self.one(tag::MAX_KEY)?,
            _ => return self.code(depth),
        };
        self.close()?;
        Ok(kind)
    }

    fn expected(&mut self, wanted: &str) -> Box<Fault> {
        self.parser.lexer.next_token();
        self.parser.lexer.expected(&format!("{wanted} as the value of {}", self.key))
    }

    fn close(&mut self) -> Parsed<()> {
        if self.parser.lexer.take(b'}') {
            return Ok(());
        }
        let wanted = format!("`}}`, because {} allows no other field", self.key);
        Err(self.parser.lexer.expected(&wanted))
    }

    fn put(&mut self, value: Value<'_>, kind: u8) -> u8 {
        put_value(&mut self.parser.out, value);
        kind
    }

    fn text(&mut self, wanted: &str, nul: Nul) -> Parsed<Cow<'t, str>> {
        if self.parser.lexer.next_token() != Some(b'"') {
            return Err(self.expected(wanted));
        }
        self.parser.lexer.string(nul)
    }

    /// Takes a text that `read` must understand.
    fn text_as<T>(&mut self, wanted: &str, read: impl FnOnce(&str) -> Option<T>) -> Parsed<T> {
        let at = self.position();
        let text = self.text(&format!("{wanted}, as a text"), Nul::Allowed)?;
        read(&text)
            .ok_or_else(|| Fault::new(at, format!("expected {wanted}, but found \"{}\"", shorten(&text))))
    }

    fn position(&mut self) -> usize {
        self.parser.lexer.next_token();
        self.parser.lexer.at
    }

    /// Takes an integer, as a text, or in version 1 as a number.
    fn integer<T: std::str::FromStr>(&mut self, wanted: &str) -> Parsed<T> {
        if self.parser.options.legacy && self.parser.lexer.next_token() != Some(b'"') {
            let at = self.position();
            let number = self.parser.lexer.number()?;
            let read = number.integer.then(|| number.text.parse().ok()).flatten();
            return read
                .ok_or_else(|| Fault::new(at, format!("expected {wanted}, but found {}", number.text)));
        }
        self.text_as(wanted, |text| {
            (number_len(text.as_bytes()) == Some((text.len(), true))).then(|| text.parse().ok()).flatten()
        })
    }

    fn object_id(&mut self) -> Parsed<u8> {
        let id = self.text_as("24 hexadecimal digits", parse_object_id)?;
        Ok(self.put(Value::ObjectId(id), tag::OBJECT_ID))
    }

    fn double(&mut self) -> Parsed<u8> {
        if self.parser.options.legacy && self.parser.lexer.next_token() != Some(b'"') {
            let at = self.position();
            let number = self.parser.lexer.number()?;
            let double = finite_double(number.text).ok_or_else(|| {
                Fault::new(at, format!("the number {} is too large for a double", number.text))
            })?;
            return Ok(self.put(Value::Double(double), tag::DOUBLE));
        }
        let number = self.text_as("a double, Infinity, -Infinity or NaN", |text| match text {
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            "NaN" => Some(f64::NAN),
            _ => number_len(text.as_bytes())
                .filter(|(len, _)| *len == text.len())
                .and_then(|_| finite_double(text)),
        })?;
        Ok(self.put(Value::Double(number), tag::DOUBLE))
    }

    fn decimal(&mut self) -> Parsed<u8> {
        let at = self.position();
        let text = self.text("a decimal, as a text", Nul::Allowed)?;
        let decimal: Decimal = text.parse().map_err(|error: crate::Error| Fault::new(at, error.message()))?;
        Ok(self.put(Value::Decimal128(decimal.to_bytes()), tag::DECIMAL128))
    }

    fn date(&mut self) -> Parsed<u8> {
        let legacy = self.parser.options.legacy;
        let ms = match self.parser.lexer.next_token() {
            Some(b'{') => self.date_as_number()?,
            Some(b'"') => {
                let at = self.position();
                let text = self.parser.lexer.string(Nul::Allowed)?;
                date::parse_date(&text)
                    .map_err(|what| Fault::new(at, format!("\"{}\" is no date: {what}", shorten(&text))))?
            }
            Some(b'-' | b'0'..=b'9') if legacy => self.integer("milliseconds since 1970")?,
            _ => return Err(self.expected("a date as a text, or {\"$numberLong\": …},")),
        };
        Ok(self.put(Value::DateTime(ms), tag::DATE_TIME))
    }

    fn date_as_number(&mut self) -> Parsed<i64> {
        self.parser.lexer.at += 1;
        let key_at = self.position();
        let key = self.text("$numberLong", Nul::Allowed)?;
        if key != "$numberLong" {
            return Err(Fault::new(
                key_at,
                format!("expected \"$numberLong\", but found \"{}\"", shorten(&key)),
            ));
        }
        self.parser.lexer.expect(b':', "`:`")?;
        let ms = self.integer("milliseconds since 1970")?;
        self.close()?;
        Ok(ms)
    }

    /// Takes an object that has exactly the two `keys`, in any order, and hands each value to `read`.
    fn two(&mut self, keys: [&str; 2], mut read: impl FnMut(&mut Self, usize) -> Parsed<()>) -> Parsed<()> {
        let wanted = format!("an object with \"{}\" and \"{}\"", keys[0], keys[1]);
        if !self.parser.lexer.take(b'{') {
            return Err(self.expected(&wanted));
        }
        let mut seen = [false; 2];
        for which in 0..2 {
            let at = self.position();
            let key = self.text(&wanted, Nul::Allowed)?;
            let Some(index) = keys.iter().position(|known| *known == key).filter(|index| !seen[*index])
            else {
                return Err(Fault::new(at, format!("expected {wanted}, but found \"{}\"", shorten(&key))));
            };
            seen[index] = true;
            self.parser.lexer.expect(b':', "`:`")?;
            read(self, index).map_err(|fault| fault.inside(key.as_bytes()))?;
            let (end, name) = if which == 0 { (b',', "`,`") } else { (b'}', "`}`") };
            self.parser
                .lexer
                .expect(end, &format!("{name}: {} needs {wanted} and nothing else", self.key))?;
        }
        Ok(())
    }

    fn binary(&mut self) -> Parsed<u8> {
        let (mut bytes, mut subtype) = (Vec::new(), 0);
        self.two(["base64", "subType"], |wrapper, which| {
            let at = wrapper.position();
            let text = wrapper.text("a text", Nul::Allowed)?;
            if which == 0 {
                bytes = base64::decode(&text).map_err(|what| Fault::new(at, what))?;
            } else {
                subtype = parse_subtype(&text).ok_or_else(|| Fault::new(at, not_a_subtype(&text)))?;
            }
            Ok(())
        })?;
        put_binary(&mut self.parser.out, subtype, &bytes);
        Ok(tag::BINARY)
    }

    fn uuid(&mut self) -> Parsed<u8> {
        let bytes = self.text_as("a UUID such as c8edabc3-f738-4ca3-b68d-ab92a91478a3", parse_uuid)?;
        Ok(self.put(Value::Binary { subtype: 4, bytes: &bytes }, tag::BINARY))
    }

    fn timestamp(&mut self) -> Parsed<u8> {
        let mut parts = [0_u32; 2];
        self.two(["t", "i"], |wrapper, which| {
            let at = wrapper.position();
            let number = wrapper.parser.lexer.number()?;
            parts[which] = number.text.parse().map_err(|_| {
                Fault::new(
                    at,
                    format!("expected an integer from 0 to {}, but found {}", u32::MAX, number.text),
                )
            })?;
            Ok(())
        })?;
        Ok(self.put(Value::Timestamp { time: parts[0], increment: parts[1] }, tag::TIMESTAMP))
    }

    fn regex(&mut self) -> Parsed<u8> {
        let mut texts = [Cow::Borrowed(""), Cow::Borrowed("")];
        self.two(["pattern", "options"], |wrapper, which| {
            texts[which] = wrapper.text("a text", Nul::Refused)?;
            Ok(())
        })?;
        put_regex(&mut self.parser.out, &texts[0], &texts[1]);
        Ok(tag::REGEX)
    }

    fn db_pointer(&mut self) -> Parsed<u8> {
        let (mut namespace, mut id) = (Cow::Borrowed(""), [0; 12]);
        self.two(["$ref", "$id"], |wrapper, which| {
            if which == 0 {
                namespace = wrapper.text("a text", Nul::Allowed)?;
                return Ok(());
            }
            let wanted = "{\"$oid\": …}";
            let is_object = wrapper.parser.lexer.take(b'{');
            if !is_object || wrapper.text(wanted, Nul::Allowed)? != "$oid" {
                return Err(wrapper.expected(wanted));
            }
            wrapper.parser.lexer.expect(b':', "`:`")?;
            id = wrapper.text_as("24 hexadecimal digits", parse_object_id)?;
            wrapper.close()
        })?;
        Ok(self.put(Value::DbPointer { namespace: &namespace, id }, tag::DB_POINTER))
    }

    fn one(&mut self, kind: u8) -> Parsed<u8> {
        let at = self.position();
        match self.parser.lexer.number() {
            Ok(number) if number.text == "1" => Ok(kind),
            _ => {
                self.parser.lexer.at = at;
                Err(self.expected("1"))
            }
        }
    }

    /// Takes code, with a scope or without; the key that was taken may be either.
    fn code(&mut self, depth: usize) -> Parsed<u8> {
        let (mut code, mut scope) = (None, None);
        loop {
            if self.key == "$code" {
                code = Some(self.text("a text", Nul::Allowed)?);
            } else {
                let out_start = self.parser.out.len();
                self.parser.plain_document(depth + 1)?;
                scope = Some(self.parser.out.split_off(out_start));
            }
            if !self.parser.lexer.take(b',') {
                break;
            }
            let at = self.position();
            let next = self.text("a field name in double quotes", Nul::Allowed)?;
            self.key = match &*next {
                "$code" if code.is_none() => "$code",
                "$scope" if scope.is_none() => "$scope",
                other => {
                    let what =
                        format!("{} allows no other field, but found \"{}\"", self.key, shorten(other));
                    return Err(Fault::new(at, what));
                }
            };
            self.parser.lexer.expect(b':', "`:`")?;
        }
        self.close()?;
        match (&code, &scope) {
            (Some(code), None) => Ok(self.put(Value::Code(code), tag::CODE)),
            (Some(code), Some(scope)) => {
                let scope = RawDoc::new(scope);
                Ok(self.put(Value::CodeWithScope { code, scope }, tag::CODE_WITH_SCOPE))
            }
            (None, _) => Err(Fault::new(self.start, "$scope needs $code beside it")),
        }
    }
}

fn parse_object_id(text: &str) -> Option<[u8; 12]> {
    parse_hex(text)
}

/// With hyphens where they belong, or without any.
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    if text.len() == 32 {
        return parse_hex(text);
    }
    let hyphens = [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
    (text.len() == 36 && hyphens).then(|| parse_hex(&text.replace('-', ""))).flatten()
}

fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        *byte = hex_number(pair)? as u8;
    }
    Some(bytes)
}

fn parse_subtype(text: &str) -> Option<u8> {
    let digits = matches!(text.len(), 1 | 2).then(|| hex_number(text.as_bytes())).flatten()?;
    u8::try_from(digits).ok()
}

fn not_a_subtype(text: &str) -> String {
    format!("expected one or two hexadecimal digits as the subtype, but found \"{}\"", shorten(text))
}

/// Subtype 2 repeats the length inside, which its text leaves out.
fn put_binary(out: &mut Vec<u8>, subtype: u8, bytes: &[u8]) {
    const OLD: u8 = 2;
    if subtype != OLD {
        return put_value(out, Value::Binary { subtype, bytes });
    }
    let len = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    let inner = [&len.to_le_bytes(), bytes].concat();
    put_value(out, Value::Binary { subtype, bytes: &inner });
}

/// BSON wants the options in alphabetical order.
fn put_regex(out: &mut Vec<u8>, pattern: &str, options: &str) {
    let options = sorted(options);
    put_value(out, Value::Regex { pattern, options: &options });
}

/// The characters of `options` in order.
pub(super) fn sorted(options: &str) -> Cow<'_, str> {
    if options.chars().is_sorted() {
        return Cow::Borrowed(options);
    }
    let mut characters: Vec<char> = options.chars().collect();
    characters.sort_unstable();
    Cow::Owned(characters.into_iter().collect())
}

/// The start of a text, for a message.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
