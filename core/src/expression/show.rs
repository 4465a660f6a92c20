//! Values in messages.

use crate::document::json::{Mode, value_to_string};
use crate::document::raw::{RawValue, tag};

/// Longer values are named by type and size.
const BYTES_MAX: usize = 160;

/// The value as Extended JSON, or what it is when that would be long.
pub(crate) fn shown(value: RawValue<'_>) -> String {
    match value.as_bytes().len() {
        0..=BYTES_MAX => value_to_string(value, Mode::Relaxed),
        bytes => format!("({} of {bytes} bytes)", type_name(value.tag())),
    }
}

/// The type's name as `$type` writes it.
pub(crate) const fn type_name(kind: u8) -> &'static str {
    match kind {
        tag::DOUBLE => "double",
        tag::STRING => "string",
        tag::DOCUMENT => "object",
        tag::ARRAY => "array",
        tag::BINARY => "binData",
        tag::UNDEFINED => "undefined",
        tag::OBJECT_ID => "objectId",
        tag::BOOLEAN => "bool",
        tag::DATE_TIME => "date",
        tag::NULL => "null",
        tag::REGEX => "regex",
        tag::DB_POINTER => "dbPointer",
        tag::CODE => "javascript",
        tag::SYMBOL => "symbol",
        tag::CODE_WITH_SCOPE => "javascriptWithScope",
        tag::INT32 => "int",
        tag::TIMESTAMP => "timestamp",
        tag::INT64 => "long",
        tag::DECIMAL128 => "decimal",
        tag::MIN_KEY => "minKey",
        tag::MAX_KEY => "maxKey",
        _ => "unknown",
    }
}
