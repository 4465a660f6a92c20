//! The bytes of a commit record. All numbers are little-endian.
//!
//! Head, 40 bytes:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 4 | length of the whole record |
//! | 4 | 4 | number of operations |
//! | 8 | 8 | commit seq |
//! | 16 | 8 | commit time, milliseconds since 1970, signed |
//! | 24 | 4 | length of the operations |
//! | 28 | 4 | length of the notes |
//! | 32 | 8 | XXH3-64 of operations and notes |
//!
//! Then the operations, one after the other, then the notes, which storage carries unread.
//! An operation, 14 bytes and what follows them:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 1 | kind, below |
//! | 1 | 1 | flags: bit 0 set = void, to be skipped |
//! | 2 | 4 | tree |
//! | 6 | 4 | length of the key |
//! | 10 | 4 | length of the value |
//! | 14 | | key, then value |
//!
//! | kind | meaning |
//! |---|---|
//! | 1 | put: the key has this value |
//! | 2 | delete: the key is gone |
//! | 3 | add: the value, an i64, is added to the i64 that is there, or to 0 |
//! | 4 | max: the larger of the value, a u64, and the u64 that is there, or 0, stays |
//! | 5 | drop: the tree is gone, and its number with it; the key is empty |
//! | 6 | refer: the key has the value that lies in the main file where this extent reference says |
//!
//! What an operation refers to was on the device before the record was written: where it is not, the main file is
//! damaged.
//!
//! A record is valid iff its lengths add up, its checksum matches and every operation lies inside it with a
//! known kind. An unknown kind is `Unsupported`: a newer version wrote it.

/// Length of a record's head.
pub(crate) const HEAD_LEN: usize = 40;
pub(crate) const AT_LEN: usize = 0;
pub(crate) const AT_OP_COUNT: usize = 4;
pub(crate) const AT_SEQ: usize = 8;
pub(crate) const AT_TIME: usize = 16;
pub(crate) const AT_OPS_LEN: usize = 24;
pub(crate) const AT_NOTES_LEN: usize = 28;
pub(crate) const AT_CHECKSUM: usize = 32;

pub(super) const AT_OP_TREE: usize = 2;
pub(super) const AT_OP_KEY_LEN: usize = 6;
pub(super) const AT_OP_VALUE_LEN: usize = 10;
/// Length of an operation's head.
pub(crate) const OP_HEAD_LEN: usize = 14;
/// The flag of an operation that a later one of the same commit took the place of.
pub(crate) const FLAG_VOID: u8 = 1;

/// What an operation does to its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum OpKind {
    /// The key has this value.
    Put = 1,
    /// The key is gone.
    Delete = 2,
    /// Adds the value, an i64, to the i64 that is there (0 when nothing is). Commutes, so never conflicts.
    Add = 3,
    /// Keeps the larger of the value, a u64, and the u64 that is there. Commutes, so never conflicts.
    Max = 4,
    /// The whole tree is gone, and its number with it. The key is empty.
    DropTree = 5,
    /// The key has the value in an extent of the main file; what stands here is the reference to it.
    Refer = 6,
}

impl OpKind {
    /// Whether the key has a value of its own from this operation on, or none: what conflicts are about.
    pub(crate) fn replaces(self) -> bool {
        matches!(self, Self::Put | Self::Refer | Self::Delete)
    }
}

impl OpKind {
    /// The kind of this number, where it is known.
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::Put,
            2 => Self::Delete,
            3 => Self::Add,
            4 => Self::Max,
            5 => Self::DropTree,
            6 => Self::Refer,
            _ => return None,
        })
    }
}
