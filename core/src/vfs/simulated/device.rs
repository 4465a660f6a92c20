//! The disk behind its mutex: where a call is numbered, judged and carried out.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::counts::IoCounts;
use super::fault::{Fault, Faults};
use super::journal::{Entry, Journal, OperationKind, Outcome};
use super::state::{Action, FileIndex, State};
use crate::vfs::content::BLOCK;
use crate::vfs::locks::{HandleId, Holders};

#[derive(Debug, Default)]
pub(super) struct Device {
    pub(super) state: State,
    pub(super) journal: Journal,
    pub(super) faults: Faults,
    pub(super) counts: BTreeMap<Arc<Path>, IoCounts>,
    pub(super) locks: BTreeMap<FileIndex, Holders>,
    pub(super) capacity_bytes: Option<u64>,
    pub(super) cut_at: Option<u64>,
    pub(super) power_is_off: bool,
    handles: u64,
}

/// A call before it is carried out.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) kind: OperationKind,
    pub(super) file: Arc<Path>,
    pub(super) offset: u64,
    pub(super) len: u64,
    pub(super) action: Action,
}

impl Device {
    pub(super) fn holding(state: State) -> Self {
        Self { journal: Journal::starting_at(state.clone()), state, ..Self::default() }
    }

    pub(super) fn powered(&self) -> io::Result<()> {
        if self.power_is_off { Err(io::Error::other("power is off")) } else { Ok(()) }
    }

    /// Numbers the call and carries it out; returns how many bytes of it, where it has bytes.
    pub(super) fn perform(&mut self, mut call: Call) -> io::Result<u64> {
        self.powered()?;
        if self.cut_at.is_some_and(|cut| self.journal.next() >= cut) {
            self.power_is_off = true;
            self.record(call, Outcome::PowerCut);
            return self.powered().map(|()| 0);
        }
        let judged = match self.faults.strike(call.kind, &call.file) {
            None => self.fit(&call),
            Some(Fault::Short) => self.fit(&call).map(|room| room.min((call.len / 2).max(1))),
            Some(fault) => Err(fault.error()),
        };
        match judged {
            Ok(room) => {
                call.shorten(room);
                self.counts.entry(Arc::clone(&call.file)).or_default().count(call.kind, call.len);
                let len = call.len;
                self.record(call, Outcome::Done);
                Ok(len)
            }
            Err(error) => {
                self.record(call, Outcome::Failed(error.kind()));
                Err(error)
            }
        }
    }

    pub(super) fn next_handle(&mut self) -> HandleId {
        self.handles += 1;
        HandleId(self.handles)
    }

    /// The space that the blocks of all named files take.
    pub(super) fn used_bytes(&self) -> u64 {
        self.state.names.values().map(|file| self.state.files[*file].visible.allocated_bytes()).sum()
    }

    fn record(&mut self, call: Call, outcome: Outcome) {
        let Call { kind, file, offset, len, action } = call;
        let entry = Entry { kind, file, offset, len, action, outcome };
        entry.begin(&mut self.state);
        entry.finish(&mut self.state);
        self.journal.entries.push(entry);
    }

    /// How many bytes of the call the disk has room for. A hole takes space when it is written, and a length
    /// that the free space could not fill is refused.
    fn fit(&self, call: &Call) -> io::Result<u64> {
        let Some(capacity) = self.capacity_bytes else { return Ok(call.len) };
        let free = capacity.saturating_sub(self.used_bytes());
        let room = match &call.action {
            Action::Write { file, offset, .. } => self.room_for(*file, *offset, call.len, free),
            Action::SetLen { file, len } => {
                let growth = len.saturating_sub(self.state.files[*file].visible.len());
                if growth <= free { Some(0) } else { None }
            }
            _ => Some(call.len),
        };
        room.ok_or_else(|| io::ErrorKind::StorageFull.into())
    }

    /// How much of a write fits into `free` bytes, if anything does.
    fn room_for(&self, file: FileIndex, offset: u64, len: u64, mut free: u64) -> Option<u64> {
        let (mut at, end) = (offset, offset + len);
        while at < end {
            if !self.state.files[file].visible.is_allocated(at) {
                match free.checked_sub(BLOCK as u64) {
                    Some(left) => free = left,
                    None => break,
                }
            }
            at = (at / BLOCK as u64 + 1) * BLOCK as u64;
        }
        let room = at.min(end) - offset;
        (room > 0 || len == 0).then_some(room)
    }
}

impl Call {
    /// A call that carries no bytes.
    pub(super) fn new(kind: OperationKind, file: &Arc<Path>, action: Action) -> Self {
        Self { kind, file: Arc::clone(file), offset: 0, len: 0, action }
    }

    fn shorten(&mut self, room: u64) {
        if room >= self.len {
            return;
        }
        self.len = room;
        if let Action::Write { data, .. } = &mut self.action {
            *data = Arc::from(&data[..room as usize]);
        }
    }
}
