//! A piece of a shared buffer.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::storage::Buffer;

/// Bytes that keep the buffer they lie in alive, a value inside a commit record or inside a cached page; or no bytes, or
/// eight, which it holds itself.
///
/// Cloning counts one reference at most and copies no buffer.
#[derive(Clone)]
pub(crate) struct Slice(Held);

/// As small as the first of the two alone.
#[derive(Clone)]
enum Held {
    Shared { owner: Arc<Buffer>, start: u32, len: u32 },
    Own([u8; OWN_LEN]),
}

/// What a slice can hold itself: a record id, a number.
const OWN_LEN: usize = 8;
/// Stands for no bytes; the eight that look like it lie in a buffer.
const NOTHING: [u8; OWN_LEN] = [0xff; OWN_LEN];

impl Slice {
    /// The bytes `range` of `owner`, which must lie inside it and below 4 GiB.
    pub(crate) fn new(owner: Arc<Buffer>, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= owner.len() && range.end <= u32::MAX as usize);
        let (start, len) = (range.start as u32, (range.end - range.start) as u32);
        Self(Held::Shared { owner, start, len })
    }

    /// The same, but without the buffer when the bytes fit into the slice.
    pub(crate) fn apart(owner: &Arc<Buffer>, range: Range<usize>) -> Self {
        match own(&owner[range.clone()]) {
            Some(own) => Self(Held::Own(own)),
            None => Self::new(Arc::clone(owner), range),
        }
    }

    /// A copy of these bytes.
    pub(crate) fn copied(bytes: &[u8]) -> Self {
        match own(bytes) {
            Some(own) => Self(Held::Own(own)),
            None => Self::from(bytes.to_vec()),
        }
    }

    /// A piece of this piece.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        match &self.0 {
            Held::Shared { owner, start, len } => {
                assert!(range.start <= range.end && range.end <= *len as usize);
                let (start, len) = (start + range.start as u32, (range.end - range.start) as u32);
                Self(Held::Shared { owner: Arc::clone(owner), start, len })
            }
            Held::Own(_) => Self::copied(&self[range]),
        }
    }

    /// The buffer, and where in it the bytes lie.
    ///
    /// # Errors
    /// The slice, when it holds its bytes itself.
    pub(super) fn into_parts(self) -> Result<(Arc<Buffer>, Range<u32>), Self> {
        match self.0 {
            Held::Shared { owner, start, len } => Ok((owner, start..start + len)),
            Held::Own(_) => Err(self),
        }
    }
}

/// The bytes as a slice holds them itself, where it can.
#[inline]
fn own(bytes: &[u8]) -> Option<[u8; OWN_LEN]> {
    match bytes.try_into() {
        Ok(eight) => Some(eight).filter(|eight| *eight != NOTHING),
        Err(_) => bytes.is_empty().then_some(NOTHING),
    }
}

impl Default for Slice {
    fn default() -> Self {
        Self(Held::Own(NOTHING))
    }
}

impl From<Vec<u8>> for Slice {
    fn from(bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        Self::new(Arc::new(bytes.into()), 0..len)
    }
}

impl Deref for Slice {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Shared { owner, start, len } => {
                let start = *start as usize;
                &owner[start..start + *len as usize]
            }
            Held::Own(own) if *own == NOTHING => &[],
            Held::Own(own) => own,
        }
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
        write!(f, "Slice({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests;
