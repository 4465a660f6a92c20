//! Whether bytes are a document: lengths, types, UTF-8, nesting, size.

use super::field::{Field, name_len};
use super::raw::{DEPTH_MAX, DOCUMENT_BYTES_MAX, RawDoc, Value, len32, read, tag};
use crate::error::{Error, Result, code};

/// The binary subtype that repeats its length at the head of its bytes.
const BINARY_OLD: u8 = 2;

impl<'a> RawDoc<'a> {
    /// Checks everything that can be checked: lengths, types, UTF-8, nesting, size.
    ///
    /// # Errors
    /// `Invalid` naming the path and what is wrong there; `InvalidBSON` (22) or `BSONObjectTooLarge` (10334).
    pub fn validate(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return Err(Error::invalid(
                code::BSON_OBJECT_TOO_LARGE,
                format!(
                    "a document of {} bytes is over the limit of {DOCUMENT_BYTES_MAX} bytes",
                    bytes.len()
                ),
            ));
        }
        check_doc(bytes, Place { depth: 1, name: b"", above: None })?;
        Ok(Self::new(bytes))
    }
}

/// Where a check is: names are put together only when there is something to say.
#[derive(Clone, Copy)]
struct Place<'p> {
    depth: usize,
    name: &'p [u8],
    above: Option<&'p Place<'p>>,
}

impl Place<'_> {
    #[cold]
    fn fault(&self, what: &str) -> Error {
        let mut names = Vec::new();
        let mut place = self;
        while let Some(above) = place.above {
            names.push(String::from_utf8_lossy(place.name));
            place = above;
        }
        names.reverse();
        let place =
            if names.is_empty() { "at the top".to_owned() } else { format!("at \"{}\"", names.join(".")) };
        Error::invalid(code::INVALID_BSON, format!("invalid BSON {place}: {what}"))
    }
}

fn check_doc(bytes: &[u8], place: Place<'_>) -> Result<()> {
    if place.depth > DEPTH_MAX {
        return Err(place.fault(&format!("nested over {DEPTH_MAX} levels deep")));
    }
    let Some((0, fields)) =
        bytes.split_last().filter(|_| bytes.len() > 4 && len32(bytes, 0) == Some(bytes.len()))
    else {
        return Err(place.fault(&format!("{} bytes do not hold one document", bytes.len())));
    };
    let mut at = 4;
    while at < fields.len() {
        let field = Field::at(fields, at).filter(|field| field.end <= fields.len());
        let (Some(field), Some(name)) = (field, field.and_then(|field| field.name(fields))) else {
            return Err(unreadable(fields, at, &place));
        };
        if !is_utf8(name) {
            return Err(place.fault("a field name is not UTF-8"));
        }
        let here = Place { depth: place.depth + 1, name, above: Some(&place) };
        check_value(field.kind, &fields[field.value_at..field.end], here)?;
        at = field.end;
    }
    Ok(())
}

/// Checks the value of the field at `here`, whose length is that of its kind.
#[inline]
fn check_value(kind: u8, value: &[u8], here: Place<'_>) -> Result<()> {
    match kind {
        tag::INT32 | tag::INT64 | tag::DOUBLE | tag::DATE_TIME | tag::OBJECT_ID | tag::NULL => Ok(()),
        tag::STRING if is_text(value) => Ok(()),
        tag::DOCUMENT | tag::ARRAY => check_doc(value, here),
        tag::BOOLEAN if value[0] > 1 => Err(here.fault(&format!("a boolean is {}", value[0]))),
        _ => match read(kind, value) {
            None => Err(here.fault(&format!("a value of type 0x{kind:02x} cannot be read"))),
            Some(Value::CodeWithScope { scope, .. }) => check_doc(scope.as_bytes(), here),
            Some(Value::Binary { subtype: BINARY_OLD, bytes }) if !is_old_binary(bytes) => {
                Err(here.fault("a binary of subtype 2 cannot be read: its inner length is wrong"))
            }
            Some(_) => Ok(()),
        },
    }
}

/// Why no field could be read at `at`.
#[cold]
fn unreadable(fields: &[u8], at: usize, place: &Place<'_>) -> Error {
    let (kind, rest) = (fields[at], &fields[at + 1..]);
    match name_len(rest).map(|len| &rest[..len]) {
        None => place.fault("a field name has no end"),
        Some(name) if !is_utf8(name) => place.fault("a field name is not UTF-8"),
        Some(name) => Place { depth: place.depth + 1, name, above: Some(place) }
            .fault(&format!("type 0x{kind:02x} is unknown or reaches over the end")),
    }
}

/// Whether the value of a string, its length included, is one.
#[inline]
fn is_text(value: &[u8]) -> bool {
    matches!(value.get(4..).and_then(<[u8]>::split_last), Some((0, text)) if is_utf8(text))
}

#[inline]
fn is_utf8(text: &[u8]) -> bool {
    text.is_ascii() || std::str::from_utf8(text).is_ok()
}

fn is_old_binary(bytes: &[u8]) -> bool {
    len32(bytes, 0).and_then(|len| len.checked_add(4)) == Some(bytes.len())
}
