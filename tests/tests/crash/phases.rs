//! What the store was doing when the power went.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use nexuslite::vfs::simulated::{Operation, OperationKind, Outcome};

use crate::workload::{Call, Run};

/// A moment of the protocol. A call that belongs to several counts for the last of them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Phase {
    /// The files are being created.
    Creation,
    /// A commit goes to the log.
    Commit,
    /// A large value goes to the main file, or the log is about to refer to it.
    LargeValue,
    /// Pages or a manifest are written.
    Checkpoint,
    /// A file grew and the new length is not synced.
    Growth,
    /// A file was cut and the new length is not synced.
    Shrink,
    /// A chunk of the log is used again: its new header and the first flushes behind it.
    Recycling,
    /// An existing store is being opened.
    Recovery,
}

impl Phase {
    pub(crate) const ALL: [Self; 8] = [
        Self::Creation,
        Self::Commit,
        Self::LargeValue,
        Self::Checkpoint,
        Self::Growth,
        Self::Shrink,
        Self::Recycling,
        Self::Recovery,
    ];

    /// The phases of which every default run must see a thousand images.
    pub(crate) const COUNTED: [Self; 7] = [
        Self::Commit,
        Self::LargeValue,
        Self::Checkpoint,
        Self::Growth,
        Self::Shrink,
        Self::Recycling,
        Self::Recovery,
    ];
}

/// The first bytes of the log's block, which a chunk header has for itself.
const HEADER_LEN: u64 = 4096;
/// A manifest, and where the last of them ends when pages are small.
const MANIFEST_LEN: u64 = 4096;
const MANIFESTS_END: u64 = 5 * 8192;
/// So many syncs of the log after a chunk was recycled, the recycling is over.
const RECYCLING_SYNCS: u32 = 4;

/// The phase of every call of a run, in order.
pub(crate) fn phases(run: &Run) -> Vec<Phase> {
    let mut watch = Watch { chunk_bytes: u64::from(run.plan.chunk_bytes), ..Watch::default() };
    let mut calls = run.calls.iter().peekable();
    let mut call = Call::Create;
    let log = run.disk.log();
    log.iter()
        .map(|operation| {
            while let Some((_, next)) = calls.next_if(|(from, _)| *from <= operation.index) {
                call = *next;
                watch.begin_call();
            }
            watch.phase(call, operation)
        })
        .collect()
}

#[derive(Debug, Default)]
struct Watch {
    chunk_bytes: u64,
    lens: BTreeMap<PathBuf, u64>,
    grown: BTreeSet<PathBuf>,
    cut: BTreeSet<PathBuf>,
    /// Slots of the log that have held a chunk.
    used: BTreeSet<u64>,
    recycling: u32,
    /// Within one call: a checkpoint syncs the log, writes pages, syncs them and writes a manifest. What is written
    /// to the main file at another time is a large value.
    log_synced: bool,
    writes_pages: bool,
    flips: bool,
    writes_value: bool,
}

impl Watch {
    fn begin_call(&mut self) {
        (self.log_synced, self.writes_pages, self.flips, self.writes_value) = (false, false, false, false);
    }

    fn phase(&mut self, call: Call, operation: &Operation) -> Phase {
        if operation.outcome == Outcome::Done {
            self.follow(operation);
        }
        let (growing, cutting, recycling) =
            (!self.grown.is_empty(), !self.cut.is_empty(), self.recycling > 0);
        if operation.outcome == Outcome::Done {
            self.settle(operation);
        }
        match call {
            Call::Create => Phase::Creation,
            Call::Open => Phase::Recovery,
            _ if recycling => Phase::Recycling,
            _ if cutting => Phase::Shrink,
            _ if growing => Phase::Growth,
            Call::Commit if !self.writes_pages && self.writes_value => Phase::LargeValue,
            Call::Commit if !self.writes_pages => Phase::Commit,
            _ => Phase::Checkpoint,
        }
    }

    fn follow(&mut self, operation: &Operation) {
        let Operation { kind, file, offset, len, .. } = operation;
        let is_log = file.extension().is_some_and(|ending| ending == "wasp");
        let before = self.lens.get(file).copied().unwrap_or(0);
        match kind {
            OperationKind::Write => {
                let is_manifest = !is_log && *len == MANIFEST_LEN && *offset < MANIFESTS_END;
                self.flips |= is_manifest;
                self.writes_pages |= !is_log && (is_manifest || self.log_synced);
                self.writes_value |= !is_log && !is_manifest && !self.log_synced;
                if offset + len > before {
                    self.lens.insert(file.clone(), offset + len);
                    self.grown.insert(file.clone());
                } else if is_log && *len == HEADER_LEN && offset % self.chunk_bytes == 0 {
                    let recycled = !self.used.insert(offset / self.chunk_bytes);
                    self.recycling = if recycled { RECYCLING_SYNCS } else { 0 };
                }
            }
            OperationKind::SetLen => {
                self.lens.insert(file.clone(), *offset);
                if *offset < before {
                    self.cut.insert(file.clone());
                }
                if is_log {
                    self.used.retain(|slot| *slot < offset / self.chunk_bytes);
                }
            }
            OperationKind::Rename => {
                self.lens.remove(file);
            }
            _ => {}
        }
    }

    fn settle(&mut self, operation: &Operation) {
        let is_log = operation.file.extension().is_some_and(|ending| ending == "wasp");
        match operation.kind {
            OperationKind::SyncAll => {
                self.grown.remove(&operation.file);
                self.cut.remove(&operation.file);
            }
            OperationKind::SyncData => {}
            _ => return,
        }
        if self.flips && !is_log {
            (self.log_synced, self.writes_pages, self.flips) = (false, false, false);
        }
        if is_log {
            self.log_synced |= operation.kind == OperationKind::SyncData;
            self.recycling = self.recycling.saturating_sub(1);
        }
    }
}
