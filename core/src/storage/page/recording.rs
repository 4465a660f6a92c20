//! A file in memory for the tests of this room and its neighbours: it keeps a record of what was asked of it,
//! and fails on cue.

use std::io;

use parking_lot::Mutex;

use crate::vfs::{LockMode, VfsFile};

/// What was asked of the file, in order; reads are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Write { offset: u64, len: usize },
    SyncData,
    SyncAll,
    SetLen(u64),
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    asked: Vec<Asked>,
    reads: usize,
    read_ahead: Option<bool>,
    fail_in: Option<usize>,
}

#[derive(Debug, Default)]
pub(crate) struct RecordingFile {
    state: Mutex<State>,
}

impl RecordingFile {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        let file = Self::new();
        file.state.lock().bytes = bytes;
        file
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.state.lock().bytes.clone()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().asked.clone()
    }

    pub(crate) fn reads(&self) -> usize {
        self.state.lock().reads
    }

    /// What was last said of reading ahead.
    pub(crate) fn read_ahead(&self) -> Option<bool> {
        self.state.lock().read_ahead
    }

    pub(crate) fn forget(&self) {
        let mut state = self.state.lock();
        state.asked.clear();
        state.reads = 0;
    }

    /// The `calls`-th write, sync or cut from here on fails, and every one after it, until told `None`.
    pub(crate) fn fail_in(&self, calls: Option<usize>) {
        self.state.lock().fail_in = calls;
    }

    pub(crate) fn flip(&self, at: usize, mask: u8) {
        self.state.lock().bytes[at] ^= mask;
    }

    /// Lays the bytes from `from` over those at `to`, as a misdirected or lost write would.
    pub(crate) fn copy_within(&self, from: usize, to: usize, len: usize) {
        self.state.lock().bytes.copy_within(from..from + len, to);
    }

    fn ask(&self, asked: Asked) -> io::Result<parking_lot::MutexGuard<'_, State>> {
        let mut state = self.state.lock();
        match &mut state.fail_in {
            Some(0) => return Err(io::ErrorKind::StorageFull.into()),
            Some(calls) => *calls -= 1,
            None => {}
        }
        state.asked.push(asked);
        Ok(state)
    }
}

impl VfsFile for RecordingFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.state.lock();
        state.reads += 1;
        let rest = state.bytes.get(offset as usize..).unwrap_or_default();
        let len = rest.len().min(buf.len());
        buf[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        let mut state = self.ask(Asked::Write { offset, len: buf.len() })?;
        let end = offset as usize + buf.len();
        if state.bytes.len() < end {
            state.bytes.resize(end, 0);
        }
        state.bytes[offset as usize..end].copy_from_slice(buf);
        Ok(buf.len())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.ask(Asked::SyncData).map(drop)
    }

    fn sync_all(&self) -> io::Result<()> {
        self.ask(Asked::SyncAll).map(drop)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.ask(Asked::SetLen(len))?.bytes.resize(len as usize, 0);
        Ok(())
    }

    fn read_ahead(&self, ahead: bool) {
        self.state.lock().read_ahead = Some(ahead);
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.state.lock().bytes.len() as u64)
    }

    fn unlock(&self) -> io::Result<()> {
        Ok(())
    }

    fn try_lock(&self, _mode: LockMode) -> io::Result<bool> {
        Ok(true)
    }
}
