//! How much was read and written, to hold a promise about cost against.

use std::ops::AddAssign;

use super::journal::OperationKind;

/// The calls that succeeded and the bytes they moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IoCounts {
    /// Calls of `read_at`.
    pub reads: u64,
    /// Bytes they gave.
    pub read_bytes: u64,
    /// Calls of `write_at`.
    pub writes: u64,
    /// Bytes they took.
    pub written_bytes: u64,
    /// Calls of `sync_data` and `sync_all`.
    pub syncs: u64,
    /// Calls of `set_len`.
    pub set_lens: u64,
}

impl IoCounts {
    pub(super) fn count(&mut self, kind: OperationKind, len: u64) {
        match kind {
            OperationKind::Read => (self.reads, self.read_bytes) = (self.reads + 1, self.read_bytes + len),
            OperationKind::Write => {
                (self.writes, self.written_bytes) = (self.writes + 1, self.written_bytes + len);
            }
            OperationKind::SyncData | OperationKind::SyncAll => self.syncs += 1,
            OperationKind::SetLen => self.set_lens += 1,
            _ => {}
        }
    }
}

impl AddAssign for IoCounts {
    fn add_assign(&mut self, other: Self) {
        self.reads += other.reads;
        self.read_bytes += other.read_bytes;
        self.writes += other.writes;
        self.written_bytes += other.written_bytes;
        self.syncs += other.syncs;
        self.set_lens += other.set_lens;
    }
}
