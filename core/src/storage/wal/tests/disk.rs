//! One file on a disk without honour.

use std::io;
use std::sync::Arc;

use parking_lot::Mutex;

use super::Dice;
use crate::vfs::{LockMode, VfsFile};

/// A file of which two states are kept: what a reader sees, and what a power cut leaves.
#[derive(Debug, Default)]
pub(super) struct Disk {
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone)]
struct State {
    seen: Vec<u8>,
    /// Durable bytes; those behind `durable_len` do not count.
    durable: Vec<u8>,
    durable_len: u64,
    pending: Vec<(u64, Vec<u8>)>,
    capacity: Option<u64>,
    /// How many writes, cuts and syncs are left before everything fails.
    fuse: Option<u64>,
    /// How many syncs are left before one fails; what that should have made durable is never written.
    syncs_left: Option<u64>,
    counts: Counts,
}

/// How often the file was read, changed and synced.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) reads: u64,
    pub(super) writes: u64,
    pub(super) syncs: u64,
    pub(super) cuts: u64,
}

impl Counts {
    /// What changed the file.
    pub(super) fn changes(&self) -> (u64, u64, u64) {
        (self.writes, self.syncs, self.cuts)
    }
}

impl Disk {
    /// A file with these bytes, all durable.
    pub(super) fn holding(bytes: Vec<u8>) -> Arc<Self> {
        let durable_len = bytes.len() as u64;
        let state = State { seen: bytes.clone(), durable: bytes, durable_len, ..State::default() };
        Arc::new(Self { state: Mutex::new(state) })
    }

    pub(super) fn empty() -> Arc<Self> {
        Self::holding(Vec::new())
    }

    pub(super) fn file(self: &Arc<Self>) -> Arc<dyn VfsFile> {
        Arc::clone(self) as Arc<dyn VfsFile>
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.state.lock().seen.clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state.lock();
        change(&mut state.seen);
        state.durable = state.seen.clone();
        state.durable_len = state.seen.len() as u64;
        state.pending.clear();
    }

    pub(super) fn counts(&self) -> Counts {
        self.state.lock().counts
    }

    pub(super) fn set_capacity(&self, bytes: Option<u64>) {
        self.state.lock().capacity = bytes;
    }

    pub(super) fn set_fuse(&self, operations: Option<u64>) {
        self.state.lock().fuse = operations;
    }

    pub(super) fn fail_next_sync(&self) {
        self.fail_sync_after(0);
    }

    /// Of the syncs from now on, the one after so many fails.
    pub(super) fn fail_sync_after(&self, syncs: u64) {
        self.state.lock().syncs_left = Some(syncs);
    }

    /// What is left after a power cut: any part of what was not synced.
    pub(super) fn after_power_cut(&self, dice: &mut Dice) -> Arc<Self> {
        let state = self.state.lock();
        let mut bytes = state.durable.clone();
        for (offset, write) in &state.pending {
            keep_some(&mut bytes, *offset as usize, write, dice);
        }
        let (durable, seen) = (state.durable_len as usize, state.seen.len());
        let len = match dice.below(3) {
            0 => durable,
            1 => seen,
            _ => durable.min(seen) + dice.below(durable.abs_diff(seen) as u64 + 1) as usize,
        };
        bytes.resize(len, 0);
        Self::holding(bytes)
    }

    /// A power cut that takes all that was not synced.
    pub(super) fn after_worst_power_cut(&self) -> Arc<Self> {
        let state = self.state.lock();
        let mut bytes = state.durable.clone();
        bytes.resize(state.durable_len as usize, 0);
        Self::holding(bytes)
    }
}

/// Writes nothing, all, a part from one end, or some sectors.
fn keep_some(bytes: &mut Vec<u8>, offset: usize, write: &[u8], dice: &mut Dice) {
    let cut = dice.below(write.len() as u64 + 1) as usize;
    let mut put = |from: usize, to: usize| {
        bytes.resize(bytes.len().max(offset + to), 0);
        bytes[offset + from..offset + to].copy_from_slice(&write[from..to]);
    };
    match dice.below(5) {
        0 => {}
        1 => put(0, write.len()),
        2 => put(0, cut),
        3 => put(cut, write.len()),
        _ => (0..write.len()).step_by(512).filter(|_| dice.one_in(2)).for_each(|at| {
            put(at, (at + 512).min(write.len()));
        }),
    }
}

impl State {
    fn burn(&mut self) -> io::Result<()> {
        match &mut self.fuse {
            None => Ok(()),
            Some(0) => Err(io::Error::other("the power is off")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.burn()?;
        self.counts.syncs += 1;
        let pending = std::mem::take(&mut self.pending);
        match &mut self.syncs_left {
            Some(0) => {
                self.syncs_left = None;
                return Err(io::Error::other("the device failed"));
            }
            Some(left) => *left -= 1,
            None => {}
        }
        for (offset, write) in pending {
            let end = offset as usize + write.len();
            self.durable.resize(self.durable.len().max(end), 0);
            self.durable[offset as usize..end].copy_from_slice(&write);
        }
        Ok(())
    }
}

impl VfsFile for Disk {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.state.lock();
        state.counts.reads += 1;
        let rest = state.seen.get(offset as usize..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }

    /// Takes part of a write when the device fills up, as a real one does.
    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        let mut state = self.state.lock();
        state.burn()?;
        state.counts.writes += 1;
        let len = state.seen.len() as u64;
        assert!(offset <= len, "a write at {offset} leaves a hole behind the end at {len}");
        let room = state.capacity.map_or(u64::MAX, |capacity| capacity.max(len).saturating_sub(offset));
        let buf = &buf[..buf.len().min(usize::try_from(room).unwrap_or(usize::MAX))];
        if buf.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let end = offset as usize + buf.len();
        state.seen.resize((len as usize).max(end), 0);
        state.seen[offset as usize..end].copy_from_slice(buf);
        state.pending.push((offset, buf.to_vec()));
        Ok(buf.len())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.state.lock().sync()
    }

    fn sync_all(&self) -> io::Result<()> {
        let mut state = self.state.lock();
        state.sync()?;
        state.durable_len = state.seen.len() as u64;
        let len = state.seen.len();
        state.durable.resize(len, 0);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.state.lock();
        state.burn()?;
        state.counts.cuts += 1;
        state.seen.resize(len as usize, 0);
        state.pending.retain(|(offset, bytes)| offset + bytes.len() as u64 <= len);
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.state.lock().seen.len() as u64)
    }

    fn try_lock(&self, _mode: LockMode) -> io::Result<bool> {
        Ok(true)
    }

    fn unlock(&self) -> io::Result<()> {
        Ok(())
    }
}
