//! A path as the first part of a key.
//!
//! It is a text: the names, with a NUL between them, which no name holds. A dot inside a name is then another path than
//! the same dot between names.

use crate::document::path::Path;
use crate::index::key::encode_bytes;
use crate::index::layout::{END, class};

/// What stands for the path in the key of a wildcard index at one path.
pub(crate) const PATH_FIELD: &str = "$_path";
/// A NUL in a text.
const BETWEEN_NAMES: [u8; 2] = [1, 1];

/// What the keys of entries at a path, or beneath it, begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct PathKey {
    bytes: Vec<u8>,
    names: usize,
}

impl PathKey {
    /// The whole path.
    pub(crate) fn of(path: &Path) -> Self {
        Self::of_names(path.iter())
    }

    /// The path of the first `names` names.
    pub(crate) fn of_first(path: &Path, names: usize) -> Self {
        Self::of_names(path.iter().take(names))
    }

    fn of_names<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut key = Self::default();
        names.for_each(|name| key.push(name.as_bytes()));
        key
    }

    /// Goes on to a field.
    pub(super) fn push(&mut self, name: &[u8]) {
        match self.names {
            0 => self.bytes.push(class::STRING),
            _ => self.bytes.extend_from_slice(&BETWEEN_NAMES),
        }
        encode_bytes(name, &mut self.bytes);
        self.bytes.pop();
        self.names += 1;
    }

    /// Goes back to where it had so many bytes.
    pub(super) fn pop(&mut self, len: usize) {
        self.bytes.truncate(len);
        self.names -= 1;
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes that name the path and everything beneath it, and beside it what has a longer last name.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The part of a key that says that the value stands at this path.
    pub(crate) fn part(&self) -> Vec<u8> {
        [&self.bytes[..], &[END]].concat()
    }

    /// What the parts of all paths beneath this one begin with.
    pub(crate) fn beneath(&self) -> Vec<u8> {
        [&self.bytes[..], &BETWEEN_NAMES].concat()
    }
}

/// A part of a key that a path makes, as the path is written; that of everything beneath a path ends with a dot.
pub(crate) fn written(part: &[u8]) -> String {
    let text = part.strip_prefix(&[class::STRING]).unwrap_or(part);
    let text = text.strip_suffix(&[END]).unwrap_or(text);
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.iter());
    while let Some(byte) = rest.next() {
        match byte {
            1 if rest.next() == Some(&BETWEEN_NAMES[1]) => bytes.push(b'.'),
            1 => bytes.push(1),
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
