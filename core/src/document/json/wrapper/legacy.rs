//! Version 1 of Extended JSON, where operators and types share their keys.

use super::put::{put_binary, put_regex};
use super::spelling::{not_a_subtype, parse_subtype};
use crate::document::json::base64;
use crate::document::json::fault::{Fault, Parsed};
use crate::document::json::parse::Parser;
use crate::document::raw::{RawDoc, Value, tag};

/// Turns the document that ends the output into the type for which it stands in version 1, if any.
pub(in crate::document::json) fn read_legacy(
    parser: &mut Parser<'_>,
    start: usize,
    out_start: usize,
) -> Parsed<u8> {
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
