//! A piece of a shared buffer.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes that keep the buffer they lie in alive: a value inside a commit record or inside a cached page.
///
/// Cloning counts one reference and copies nothing.
#[derive(Clone)]
pub(crate) struct Slice {
    owner: Arc<Vec<u8>>,
    start: u32,
    len: u32,
}

impl Slice {
    /// The bytes `range` of `owner`, which must lie inside it and below 4 GiB.
    pub(crate) fn new(owner: Arc<Vec<u8>>, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= owner.len() && range.end <= u32::MAX as usize);
        let (start, len) = (range.start as u32, (range.end - range.start) as u32);
        Self { owner, start, len }
    }

    /// A piece of this piece.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.len as usize);
        Self {
            owner: Arc::clone(&self.owner),
            start: self.start + range.start as u32,
            len: (range.end - range.start) as u32,
        }
    }

    /// The buffer in which the bytes lie.
    #[inline]
    pub(super) fn owner(&self) -> &Arc<Vec<u8>> {
        &self.owner
    }

    /// The buffer, and where in it the bytes lie.
    pub(super) fn into_parts(self) -> (Arc<Vec<u8>>, Range<u32>) {
        (self.owner, self.start..self.start + self.len)
    }
}

impl From<Vec<u8>> for Slice {
    fn from(bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        Self::new(Arc::new(bytes), 0..len)
    }
}

impl Deref for Slice {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let start = self.start as usize;
        &self.owner[start..start + self.len as usize]
    }
}

impl AsRef<[u8]> for Slice {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Slice {}

impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slice({} bytes)", self.len)
    }
}
