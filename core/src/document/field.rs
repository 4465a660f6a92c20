//! One step over a field: where its name ends, where its value lies, where the next one begins.
//!
//! This is the innermost loop of every search in every document. The documents of a collection resemble each other, so
//! a processor guesses the branches here and runs ahead. Working the lengths out from a table and by the bits of a
//! word has fewer branches and was a fifth slower: each field then waits for the one before it.

use super::raw::tag;

/// One load that holds the type, a name of at most seven bytes with its end, and the length of the value.
const HEAD: usize = 16;

/// Where the parts of a field stand, counted from the document's first byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) kind: u8,
    /// Eight bytes from the name on; behind the name's end stands anything.
    word: u64,
    name_at: usize,
    /// The name ends one byte before: there is its NUL.
    pub(super) value_at: usize,
    /// The next field begins here, if the document is whole.
    pub(super) end: usize,
}

impl Field {
    /// The field whose type stands at `at`; nothing at the end of the document, or of what can be read.
    #[inline]
    pub(super) fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let Some(head) = bytes.get(at..).and_then(|rest| rest.first_chunk::<HEAD>()) else {
            return Self::carefully(bytes, at);
        };
        let mut name_len = 0;
        while head[1 + name_len] != 0 {
            name_len += 1;
            if name_len == 8 {
                return Self::carefully(bytes, at);
            }
        }
        let (kind, value) = (head[0], &head[2 + name_len..]);
        let value_len = match kind {
            tag::STRING => counted(value)?.saturating_add(4),
            tag::INT32 => 4,
            tag::DOUBLE | tag::DATE_TIME | tag::INT64 => 8,
            tag::BOOLEAN => 1,
            tag::OBJECT_ID => 12,
            tag::DOCUMENT | tag::ARRAY => counted(value)?,
            tag::BINARY => counted(value)?.saturating_add(5),
            _ => return Self::carefully(bytes, at),
        };
        let value_at = at + 2 + name_len;
        let word = u64::from_le_bytes(*head[1..].first_chunk()?);
        Some(Self { kind, word, name_at: at + 1, value_at, end: value_at.checked_add(value_len)? })
    }

    /// The same for every name and type, with a look at each part by itself.
    fn carefully(bytes: &[u8], at: usize) -> Option<Self> {
        let (kind, rest) = bytes.get(at..)?.split_first()?;
        if *kind == 0 {
            return None;
        }
        let name_len = name_len(rest)?;
        let value_at = at + 2 + name_len;
        let end = value_at.checked_add(value_len(*kind, rest.get(name_len + 1..)?)?)?;
        Some(Self { kind: *kind, word: word(rest), name_at: at + 1, value_at, end })
    }

    /// The name, not checked to be UTF-8.
    #[inline]
    pub(super) fn name<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        bytes.get(self.name_at..self.value_at - 1)
    }
}

/// A name that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'n> {
    name: &'n [u8],
    /// The name with its NUL, and which of the eight bytes these are; a longer name is compared byte by byte.
    word: u64,
    mask: u64,
}

impl<'n> Wanted<'n> {
    #[inline]
    pub(super) fn new(name: &'n str) -> Self {
        let name = name.as_bytes();
        // A NUL inside the name would match a shorter name and what its value begins with.
        let short = name.len() < 8 && !name.contains(&0);
        Self { name, word: word(name), mask: if short { u64::MAX >> (56 - 8 * name.len()) } else { 0 } }
    }

    /// Whether the field has this name.
    #[inline]
    pub(super) fn is_of(&self, field: &Field, bytes: &[u8]) -> bool {
        match self.mask {
            0 => field.name(bytes) == Some(self.name),
            mask => field.word & mask == self.word,
        }
    }
}

/// The first eight bytes, zeros where there are fewer.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut first = [0; 8];
        first[..bytes.len()].copy_from_slice(bytes);
        first
    }))
}

/// Length of the NUL-terminated name at the start of `bytes`, without the NUL.
#[inline]
pub(super) fn name_len(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == 0)
}

/// How many bytes the value of type `kind` at the start of `bytes` takes.
#[inline]
pub(super) fn value_len(kind: u8, bytes: &[u8]) -> Option<usize> {
    Some(match kind {
        tag::DOUBLE | tag::DATE_TIME | tag::TIMESTAMP | tag::INT64 => 8,
        tag::STRING | tag::CODE | tag::SYMBOL => counted(bytes)?.checked_add(4)?,
        tag::DOCUMENT | tag::ARRAY | tag::CODE_WITH_SCOPE => counted(bytes)?,
        tag::BINARY => counted(bytes)?.checked_add(5)?,
        tag::UNDEFINED | tag::NULL | tag::MIN_KEY | tag::MAX_KEY => 0,
        tag::OBJECT_ID => 12,
        tag::BOOLEAN => 1,
        tag::REGEX => {
            let pattern = name_len(bytes)?;
            pattern + 1 + name_len(bytes.get(pattern + 1..)?)? + 1
        }
        tag::DB_POINTER => counted(bytes)?.checked_add(16)?,
        tag::INT32 => 4,
        tag::DECIMAL128 => 16,
        _ => return None,
    })
}

/// The length at the start of a value. One that is negative reaches over every end.
#[inline]
fn counted(value: &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(*value.first_chunk()?) as usize)
}
