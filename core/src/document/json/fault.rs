//! What is wrong with a text, and where.

use crate::error::{Error, code};

/// The result of reading a piece of text.
pub(super) type Parsed<T> = Result<T, Box<Fault>>;

/// A mistake in a text.
#[derive(Debug)]
pub(super) struct Fault {
    /// The byte at which it begins.
    at: usize,
    what: String,
    /// The field names around it, innermost first: each level adds its own on the way out.
    path: Vec<String>,
    code: (i32, &'static str),
}

/// Where in a larger text a piece begins; both count from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Origin {
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// The place `at` bytes further on; a column is a character.
    fn after(self, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        match before.rfind('\n') {
            None => Self { line: self.line, column: self.column + before.chars().count() as u64 },
            Some(last) => Self {
                line: self.line + before.bytes().filter(|byte| *byte == b'\n').count() as u64,
                column: 1 + before[last + 1..].chars().count() as u64,
            },
        }
    }
}

impl Fault {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Box<Self> {
        Box::new(Self { at, what: what.into(), path: Vec::new(), code: code::FAILED_TO_PARSE })
    }

    pub(super) fn with_code(mut self: Box<Self>, code: (i32, &'static str)) -> Box<Self> {
        self.code = code;
        self
    }

    /// The same fault, inside the field `name`.
    pub(super) fn inside(mut self: Box<Self>, name: &[u8]) -> Box<Self> {
        self.path.push(String::from_utf8_lossy(name).into_owned());
        self
    }

    /// The error for the user.
    pub(super) fn into_error(self, text: &str, origin: Origin) -> Error {
        let Self { at, what, mut path, code } = self;
        let Origin { line, column } = origin.after(text, at);
        path.reverse();
        let place = if path.is_empty() { String::new() } else { format!(", at \"{}\"", path.join(".")) };
        Error::invalid(code, format!("JSON line {line}, column {column}{place}: {what}"))
    }
}
