//! The keys that make an object a type.

use super::value::Wrapper;
use crate::document::json::fault::{Fault, Parsed};
use crate::document::json::lexer::Nul;
use crate::document::json::parse::Parser;

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
pub(in crate::document::json) fn read(
    parser: &mut Parser<'_>,
    start: usize,
    depth: usize,
) -> Parsed<Option<u8>> {
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
pub(in crate::document::json) fn refuse_among_others(
    name: &[u8],
    text_at: usize,
    legacy: bool,
) -> Parsed<()> {
    match TYPE_KEYS.iter().find(|key| key.as_bytes() == name) {
        Some(&"$binary") if legacy => Ok(()),
        Some(key) => {
            Err(Fault::new(text_at, format!("{key} makes an object a type and allows no other field")))
        }
        None => Ok(()),
    }
}
