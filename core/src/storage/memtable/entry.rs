//! What a memtable says about one key.

use std::fmt;

use crate::storage::page::{EXTENT_PTR_LEN, ExtentPtr};
use crate::storage::{Seq, Slice};

/// The newest change of one key.
///
/// Maps hold many of these and copy them in whole leaves, so one is as small as it can be.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Twice the commit that made it, and one more when `bytes` are a reference.
    stamp: u64,
    bytes: Option<Slice>,
}

/// What a key has since its newest change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held<'e> {
    /// This value.
    Value(&'e Slice),
    /// The value in the extent that is referred to.
    Reference(&'e [u8; EXTENT_PTR_LEN]),
    /// Nothing: it was deleted.
    Nothing,
}

impl Entry {
    /// Commit `seq` gave the key this value, or deleted it.
    pub(crate) fn new(seq: Seq, value: Option<Slice>) -> Self {
        Self { stamp: seq << 1, bytes: value }
    }

    /// Commit `seq` gave the key the value in the extent that `reference` names.
    ///
    /// Any other length than a reference's makes it an empty key: whoever reads the record has refused it before.
    pub(crate) fn referring(seq: Seq, reference: Slice) -> Self {
        Self { stamp: seq << 1 | 1, bytes: Some(reference) }
    }

    /// The commit that made it.
    pub(crate) fn seq(&self) -> Seq {
        self.stamp >> 1
    }

    /// What the key has.
    #[inline]
    pub(crate) fn held(&self) -> Held<'_> {
        match &self.bytes {
            Some(value) if self.stamp & 1 == 0 => Held::Value(value),
            Some(reference) => reference.first_chunk().map_or(Held::Nothing, Held::Reference),
            None => Held::Nothing,
        }
    }

    /// The extent that holds the value, where one does.
    pub(crate) fn extent(&self) -> Option<ExtentPtr> {
        match self.held() {
            Held::Reference(bytes) => Some(ExtentPtr::decode(bytes)),
            Held::Value(_) | Held::Nothing => None,
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry(commit {}, {:?})", self.seq(), self.held())
    }
}
