//! What a memtable says about one key.

use std::fmt;

use crate::storage::page::{EXTENT_PTR_LEN, ExtentPtr};
use crate::storage::{Seq, Slice};

/// The newest change of one key.
///
/// Maps hold many of these and copy them in whole leaves, so one is as small as it can be, and those of an index share
/// nothing whose references would have to be counted. By default it is a deletion before every commit.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Four times the commit that made it, and what kind of change it is.
    stamp: u64,
    bytes: Slice,
}

const VALUE: u64 = 0;
const REFERENCE: u64 = 1;
const DELETION: u64 = 2;
const KIND_BITS: u32 = 2;

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
        match value {
            Some(bytes) => Self { stamp: seq << KIND_BITS | VALUE, bytes },
            None => Self { stamp: seq << KIND_BITS | DELETION, bytes: Slice::default() },
        }
    }

    /// Commit `seq` gave the key the value in the extent that `reference` names.
    ///
    /// Any other length than a reference's makes it an empty key: whoever reads the record has refused it before.
    pub(crate) fn referring(seq: Seq, reference: Slice) -> Self {
        Self { stamp: seq << KIND_BITS | REFERENCE, bytes: reference }
    }

    /// The commit that made it.
    pub(crate) fn seq(&self) -> Seq {
        self.stamp >> KIND_BITS
    }

    /// What the key has.
    #[inline]
    pub(crate) fn held(&self) -> Held<'_> {
        match self.stamp & ((1 << KIND_BITS) - 1) {
            VALUE => Held::Value(&self.bytes),
            REFERENCE => self.bytes.first_chunk().map_or(Held::Nothing, Held::Reference),
            _ => Held::Nothing,
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

impl Default for Entry {
    fn default() -> Self {
        Self::new(0, None)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry(commit {}, {:?})", self.seq(), self.held())
    }
}
