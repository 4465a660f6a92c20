//! The bounds of an index as MongoDB writes them: `["a", "b")`.

use super::spans::{Span, Spans};
use crate::document::json::{Mode, value_to_string};
use crate::document::raw::RawValue;
use crate::index::decode::value_of;
use crate::index::wildcard::written;

/// So many stretches of one field are written; of more, how many they are.
const SHOWN_MAX: usize = 32;
/// The longest key whose last bytes are searched for.
const TAIL_MAX: usize = 24;

/// Where the numbers begin that are numbers, and where they end.
const NUMBERS_START: [u8; 1] = [0x21];
const NUMBERS_END: [u8; 1] = [0x24];

/// Where the texts begin, and the regular expressions.
const TEXTS: u8 = 0x30;
const REGEXES: u8 = 0x70;

/// Where the values of a class begin that is not a value itself, as MongoDB writes it.
const CLASSES: &[(u8, &str)] = &[
    (0x01, "MinKey"),
    (0x08, "undefined"),
    (0x10, "null"),
    (0x20, "nan"),
    (0x21, "-inf"),
    (0x30, "\"\""),
    (0x38, "{}"),
    (0x40, "[]"),
    (0x48, "BinData(0, )"),
    (0x50, "ObjectId('000000000000000000000000')"),
    (0x58, "false"),
    (0x60, "new Date(-9223372036854775808)"),
    (0x68, "Timestamp(0, 0)"),
    (0x70, "//"),
    (0x78, "DBRef()"),
    (0x80, "CodeWScope()"),
    (0xFE, "MaxKey"),
];

/// Each stretch of a field. Under a collation the key of a text does not tell it.
pub(super) fn texts(spans: &Spans, collated: bool) -> Vec<String> {
    let all = spans.as_slice();
    let is_text = |span: &Span| collated && span.from.first() == Some(&TEXTS) && span.from.len() > 1;
    let written = |span: &Span| {
        if is_text(span) { "a stretch of texts under the collation".to_owned() } else { text(span) }
    };
    let mut texts: Vec<String> = all.iter().take(SHOWN_MAX).map(written).collect();
    if all.len() > SHOWN_MAX {
        texts.push(format!("… {} more", all.len() - SHOWN_MAX));
    }
    texts
}

/// Each stretch of paths, in the key of a wildcard index.
pub(super) fn paths(spans: &Spans) -> Vec<String> {
    let text = |span: &Span| match (written(&span.from), span.point) {
        (path, true) => format!("[{path:?}, {path:?}]"),
        // What comes behind all paths that go on behind a dot.
        (from, false) => {
            format!("[{from:?}, {:?})", from.strip_suffix('.').unwrap_or(&from).to_owned() + "/")
        }
    };
    spans.as_slice().iter().map(text).collect()
}

fn text(span: &Span) -> String {
    if span.point {
        let value = value_of(&span.from).map_or_else(|| shown(&span.from), |(tag, bytes)| json(tag, &bytes));
        return format!("[{value}, {value}]");
    }
    let from = match (span.from.is_empty(), exactly(&span.from), behind(&span.from)) {
        (true, ..) => "[MinKey".to_owned(),
        _ if span.from == NUMBERS_START => "[-inf".to_owned(),
        (_, Some(value), _) => format!("[{value}"),
        (_, None, Some(value)) => format!("({value}"),
        (_, None, None) => format!("[{}", shown(&span.from)),
    };
    let to = span.to.as_ref().map_or("MaxKey]".to_owned(), |to| match (exactly(to), behind(to)) {
        (Some(value), _) => format!("{value})"),
        _ if *to == NUMBERS_END => "inf]".to_owned(),
        (None, Some(value)) => format!("{value}]"),
        (None, None) => format!("{})", shown(to)),
    });
    format!("{from}, {to}")
}

/// The value whose key this is.
fn exactly(key: &[u8]) -> Option<String> {
    // One byte is where a class begins, also that of a class with a single value.
    (key.len() > 1).then(|| value_of(key)).flatten().map(|(tag, bytes)| json(tag, &bytes))
}

/// The value behind whose key everything comes that begins here: the last byte was raised by one, and what were the
/// highest bytes behind it are gone.
fn behind(key: &[u8]) -> Option<String> {
    let (last, rest) = key.split_last()?;
    let mut before = [rest, &[last.checked_sub(1)?]].concat();
    while before.len() < key.len() + TAIL_MAX {
        if let Some((tag, bytes)) = value_of(&before) {
            return Some(json(tag, &bytes));
        }
        before.push(u8::MAX);
    }
    None
}

/// Where a class begins, or the bytes themselves.
fn shown(key: &[u8]) -> String {
    match key {
        [class] => {
            let first = CLASSES.iter().find(|(known, _)| known >= class);
            first.map_or("MaxKey", |(_, name)| name).to_owned()
        }
        // The first bytes of texts: what a pattern demands.
        [TEXTS, text @ ..] => format!("{:?}", String::from_utf8_lossy(text)),
        [REGEXES, texts @ ..] => {
            let mut texts = texts.split(|byte| *byte == 0).map(String::from_utf8_lossy);
            let mut next = || texts.next().unwrap_or_default().into_owned();
            format!("/{}/{}", next(), next())
        }
        bytes => format!("{bytes:02x?}"),
    }
}

fn json(tag: u8, bytes: &[u8]) -> String {
    value_to_string(RawValue::new(tag, bytes), Mode::Relaxed)
}
