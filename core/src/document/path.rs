//! A dotted path, parsed once: `a.b.0.c`.

use std::fmt;

use super::raw::{DEPTH_MAX, RawDoc, RawValue};
use crate::error::{Error, Result, code};

/// The names of a path, outermost first; there is at least one.
///
/// A name may be empty, as a field's name may; see [`parse_storable`](Self::parse_storable) for paths that make fields.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    text: Box<str>,
    parts: Box<[Part]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Part {
    start: u32,
    end: u32,
    /// The array position that the name spells, too.
    position: Option<u32>,
}

impl Path {
    /// Takes a path apart at its dots.
    ///
    /// # Errors
    /// `Invalid`, `BadValue` (2), for a NUL and for more names than documents have levels.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |what: String| Err(Error::invalid(code::BAD_VALUE, format!("the path {text:?} {what}")));
        if text.contains('\0') {
            return refuse("holds a NUL, which no field name can".to_owned());
        }
        if u32::try_from(text.len()).is_err() {
            return refuse("is too long".to_owned());
        }
        let dots = text.bytes().filter(|byte| *byte == b'.').count();
        let mut parts = Vec::with_capacity(dots + 1);
        let mut start = 0;
        for name in text.split('.') {
            let end = start + name.len();
            parts.push(Part { start: start as u32, end: end as u32, position: position(name) });
            start = end + 1;
        }
        if parts.len() > DEPTH_MAX {
            return refuse(format!(
                "has {} names, but documents have at most {DEPTH_MAX} levels",
                parts.len()
            ));
        }
        Ok(Self { text: text.into(), parts: parts.into() })
    }

    /// As [`parse`](Self::parse), for a path that may create fields: no name is empty or begins with `$`.
    ///
    /// # Errors
    /// `Invalid`; `EmptyFieldName` (56), `DollarPrefixedFieldName` (52), or as [`parse`](Self::parse).
    pub fn parse_storable(text: &str) -> Result<Self> {
        let path = Self::parse(text)?;
        for name in path.iter() {
            if name.is_empty() {
                return Err(Error::invalid(
                    code::EMPTY_FIELD_NAME,
                    format!("the path \"{text}\" contains an empty field name, which is not allowed"),
                ));
            }
            if name.starts_with('$') {
                return Err(Error::invalid(
                    code::DOLLAR_PREFIXED_FIELD_NAME,
                    format!(
                        "the dollar ($) prefixed field \"{name}\" in \"{text}\" is not valid for storage"
                    ),
                ));
            }
        }
        Ok(path)
    }

    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many names there are; never none.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a path is never empty")]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// The names, outermost first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.parts.iter().map(|part| self.name_of(*part))
    }

    /// The name at `level`, the outermost being at 0.
    #[must_use]
    pub fn name(&self, level: usize) -> Option<&str> {
        self.parts.get(level).map(|part| self.name_of(*part))
    }

    /// The array position that the name at `level` spells: digits without a leading zero.
    #[must_use]
    pub fn position(&self, level: usize) -> Option<usize> {
        self.parts.get(level)?.position.map(|position| position as usize)
    }

    /// The outermost name.
    #[must_use]
    pub fn first(&self) -> &str {
        self.name(0).unwrap_or_default()
    }

    /// The innermost name.
    #[must_use]
    pub fn last(&self) -> &str {
        self.name(self.len() - 1).unwrap_or_default()
    }

    /// The path from `level` on, as text; empty beyond the last name.
    #[must_use]
    pub fn tail(&self, level: usize) -> &str {
        self.parts.get(level).map_or("", |part| &self.text[part.start as usize..])
    }

    /// The path before `level`, as text.
    #[must_use]
    pub fn head(&self, level: usize) -> &str {
        match level.checked_sub(1) {
            None => "",
            Some(last) => self.parts.get(last).map_or(&self.text, |part| &self.text[..part.end as usize]),
        }
    }

    /// Whether `other` lies inside this path, or is the same.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.len() >= self.len() && other.head(self.len()) == &*self.text
    }

    /// The value at the end of the path: through documents by name, through arrays by position only.
    ///
    /// How a filter looks into every element of an array is not here.
    #[must_use]
    pub fn get<'a>(&self, doc: RawDoc<'a>) -> Option<RawValue<'a>> {
        let mut value = doc.get(self.first())?;
        for level in 1..self.len() {
            value = match value.as_document() {
                Some(inner) => inner.get(self.name(level)?)?,
                None => value.as_array()?.iter().nth(self.position(level)?)?.1,
            };
        }
        Some(value)
    }

    fn name_of(&self, part: Part) -> &str {
        &self.text[part.start as usize..part.end as usize]
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// The array position that `name` spells.
#[must_use]
pub fn position(name: &str) -> Option<u32> {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (name == "0" || !name.starts_with('0'))).then(|| name.parse().ok()).flatten()
}
