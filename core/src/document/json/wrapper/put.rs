//! Types whose bytes are not quite what their text says.

use std::borrow::Cow;

use crate::document::builder::put_value;
use crate::document::raw::Value;

/// Subtype 2 repeats the length inside, which its text leaves out.
pub(super) fn put_binary(out: &mut Vec<u8>, subtype: u8, bytes: &[u8]) {
    const OLD: u8 = 2;
    if subtype != OLD {
        return put_value(out, Value::Binary { subtype, bytes });
    }
    let len = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    let inner = [&len.to_le_bytes(), bytes].concat();
    put_value(out, Value::Binary { subtype, bytes: &inner });
}

/// BSON wants the options in alphabetical order.
pub(super) fn put_regex(out: &mut Vec<u8>, pattern: &str, options: &str) {
    let options = sorted(options);
    put_value(out, Value::Regex { pattern, options: &options });
}

/// The characters of `options` in order.
pub(in crate::document::json) fn sorted(options: &str) -> Cow<'_, str> {
    if options.chars().is_sorted() {
        return Cow::Borrowed(options);
    }
    let mut characters: Vec<char> = options.chars().collect();
    characters.sort_unstable();
    Cow::Owned(characters.into_iter().collect())
}
