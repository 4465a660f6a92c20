//! What the texts inside wrappers spell.

use crate::document::json::lexer::hex_number;

pub(super) fn parse_object_id(text: &str) -> Option<[u8; 12]> {
    parse_hex(text)
}

/// With hyphens where they belong, or without any.
pub(super) fn parse_uuid(text: &str) -> Option<[u8; 16]> {
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

pub(super) fn parse_subtype(text: &str) -> Option<u8> {
    let digits = matches!(text.len(), 1 | 2).then(|| hex_number(text.as_bytes())).flatten()?;
    u8::try_from(digits).ok()
}

pub(super) fn not_a_subtype(text: &str) -> String {
    format!("expected one or two hexadecimal digits as the subtype, but found \"{}\"", shorten(text))
}

/// The start of a text, for a message.
pub(super) fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
