//! The tokens of JSON (RFC 8259), strictly.

use std::borrow::Cow;

use super::fault::{Fault, Parsed};

/// A place in a text.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

/// Whether a string may hold a NUL; a field name and a pattern may not, because BSON ends them with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nul {
    Allowed,
    Refused,
}

/// A number as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number<'t> {
    pub(super) text: &'t str,
    /// Whether there is neither a fraction nor an exponent.
    pub(super) integer: bool,
}

impl<'t> Lexer<'t> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space, left where it is.
    pub(super) fn next_token(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        self.peek()
    }

    /// Takes `byte`, when it is the next token.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.next_token() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, byte: u8, wanted: &str) -> Parsed<()> {
        if self.take(byte) { Ok(()) } else { Err(self.expected(wanted)) }
    }

    /// The fault that something else than `wanted` comes next.
    pub(super) fn expected(&self, wanted: &str) -> Box<Fault> {
        Fault::new(self.at, format!("expected {wanted}, but found {}", self.seen()))
    }

    /// What comes next, for a message.
    pub(super) fn seen(&self) -> String {
        const SHOWN: usize = 24;
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return "the end of the text".to_owned();
        }
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        match line.char_indices().nth(SHOWN) {
            _ if line.is_empty() => "the end of the line".to_owned(),
            Some((end, _)) => format!("`{}…`", &line[..end]),
            None => format!("`{line}`"),
        }
    }

    /// Takes `true`, `false` or `null` where it stands alone.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let alone = !rest.get(word.len()).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let found = rest.starts_with(word.as_bytes()) && alone;
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes a string and appends its characters to `out`.
    pub(super) fn string_into(&mut self, out: &mut Vec<u8>, nul: Nul) -> Parsed<()> {
        self.expect(b'"', "a string")?;
        let start = self.at - 1;
        let bytes = self.text.as_bytes();
        loop {
            let rest = &bytes[self.at..];
            let plain = plain_len(rest);
            out.extend_from_slice(&rest[..plain]);
            self.at += plain;
            match rest.get(plain) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(out, nul)?,
                Some(control) => {
                    let what =
                        format!("the control character U+{control:04X} must be escaped inside a string");
                    return Err(Fault::new(self.at, what));
                }
                None => return Err(Fault::new(start, "this string has no end")),
            }
        }
    }

    /// Takes a string.
    pub(super) fn string(&mut self, nul: Nul) -> Parsed<Cow<'t, str>> {
        self.expect(b'"', "a string")?;
        let plain = plain_len(&self.text.as_bytes()[self.at..]);
        let end = self.at + plain;
        if self.text.as_bytes().get(end) == Some(&b'"') {
            let text = &self.text[self.at..end];
            self.at = end + 1;
            return Ok(Cow::Borrowed(text));
        }
        self.at -= 1;
        let start = self.at;
        let mut out = Vec::new();
        self.string_into(&mut out, nul)?;
        let text = String::from_utf8(out).map_err(|_| Fault::new(start, "this string is not UTF-8"))?;
        Ok(Cow::Owned(text))
    }

    /// Takes one escape sequence.
    fn escape(&mut self, out: &mut Vec<u8>, nul: Nul) -> Parsed<()> {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0C,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode_escape(out, start, nul),
            _ => {
                self.at = start;
                return Err(self.expected("an escape that JSON has"));
            }
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn unicode_escape(&mut self, out: &mut Vec<u8>, start: usize, nul: Nul) -> Parsed<()> {
        self.at += 1;
        let first = self.four_hex(start)?;
        let number = match first {
            0 if nul == Nul::Refused => {
                return Err(Fault::new(start, "a NUL cannot stand in a name or a pattern"));
            }
            0xD800..=0xDBFF if self.text.as_bytes()[self.at..].starts_with(b"\\u") => {
                self.at += 2;
                let second = self.four_hex(start)?;
                match second {
                    0xDC00..=0xDFFF => 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                    _ => first,
                }
            }
            _ => first,
        };
        let Some(character) = char::from_u32(number) else {
            return Err(Fault::new(
                start,
                format!("\\u{first:04X} is half of a surrogate pair, and stands alone"),
            ));
        };
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn four_hex(&mut self, start: usize) -> Parsed<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).unwrap_or_default();
        let Some(number) = (digits.len() == 4).then(|| hex_number(digits)).flatten() else {
            self.at = start;
            return Err(self.expected("four hexadecimal digits after \\u"));
        };
        self.at += 4;
        Ok(number)
    }

    /// Takes a number.
    pub(super) fn number(&mut self) -> Parsed<Number<'t>> {
        let rest = &self.text[self.at..];
        let Some((len, integer)) = number_len(rest.as_bytes()) else {
            return Err(self.expected("a number"));
        };
        let next = rest.as_bytes().get(len);
        if next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_'))
        {
            return Err(self.expected("a number as JSON writes it"));
        }
        self.at += len;
        Ok(Number { text: &rest[..len], integer })
    }
}

/// How many bytes of `bytes` are the longest number at its start, and whether it is an integer.
pub(super) fn number_len(bytes: &[u8]) -> Option<(usize, bool)> {
    let digits = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = if bytes.get(at) == Some(&b'0') { 1 } else { digits(at) };
    if whole == 0 {
        return None;
    }
    at += whole;
    let mut integer = true;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        (at, integer) = (at + 1 + fraction, false);
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return None;
        }
        (at, integer) = (at + 1 + sign + exponent, false);
    }
    Some((at, integer))
}

/// The number that hexadecimal digits of either case spell; at most eight of them.
pub(super) fn hex_number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, byte| Some(number << 4 | char::from(*byte).to_digit(16)?))
}

/// How many bytes at the start need no escape inside a string.
///
/// Eight bytes are looked at in one step: a subtraction borrows out of exactly the bytes that are too small.
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES * 0x80;
    let less = |word: u64, than: u8| word.wrapping_sub(ONES * u64::from(than)) & !word;
    let (words, tail) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (ONES * u64::from(b'"'));
        let backslash = word ^ (ONES * u64::from(b'\\'));
        let special = (less(word, b' ') | less(quote, 1) | less(backslash, 1)) & HIGHS;
        if special != 0 {
            return at * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    words.len() * 8 + tail.iter().position(special).unwrap_or(tail.len())
}
