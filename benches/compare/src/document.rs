//! What is read of a document in its stored form.

use nexuslite::document::raw::RawDoc;

/// Ages are below 100, so the first byte is the number.
pub(crate) fn age(document: &[u8]) -> u64 {
    RawDoc::new(document).get("age").map_or(0, |value| u64::from(value.as_bytes()[0]))
}

pub(crate) fn city(document: &[u8]) -> Option<&str> {
    RawDoc::new(document).get("city")?.as_str()
}

/// Where the score of a document stands, and what it is.
pub(crate) fn score(document: &[u8]) -> Option<(usize, f64)> {
    let value = RawDoc::new(document).get("score")?.as_bytes();
    let at = value.as_ptr() as usize - document.as_ptr() as usize;
    Some((at, f64::from_le_bytes(value.get(..8)?.try_into().ok()?)))
}

/// A figure as a whole number that can be added in any order.
pub(crate) fn thousandths(figure: f64) -> u64 {
    (figure * 1000.0).round() as u64
}
