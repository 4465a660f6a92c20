//! Every call that was made, in order, with what it carried.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::state::{Action, State};

/// What a call was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OperationKind {
    /// Opening a file that must not exist.
    Create,
    /// Opening a file that must exist.
    Open,
    /// `read_at`.
    Read,
    /// `write_at`.
    Write,
    /// `set_len`.
    SetLen,
    /// `sync_data`.
    SyncData,
    /// `sync_all`.
    SyncAll,
    /// `sync_dir`.
    SyncDir,
    /// `rename`.
    Rename,
    /// `remove`.
    Remove,
    /// `try_lock`.
    Lock,
}

impl OperationKind {
    /// Whether a power cut at such a call can leave another disk than one at the call before.
    #[must_use]
    pub fn changes_the_disk(self) -> bool {
        !matches!(self, Self::Open | Self::Read | Self::Lock)
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it said, for `len` bytes where it counts bytes.
    Done,
    /// A fault or a full disk.
    Failed(io::ErrorKind),
    /// The power went in the middle of it.
    PowerCut,
}

/// One call, for a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its number, from 0.
    pub index: u64,
    /// What it was.
    pub kind: OperationKind,
    /// The file as it was opened, or the folder, or the name before a rename.
    pub file: PathBuf,
    /// Where it read or wrote; the length for `set_len`.
    pub offset: u64,
    /// How many bytes.
    pub len: u64,
    /// How it ended.
    pub outcome: Outcome,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.index, self.kind, self.file.display())?;
        match self.kind {
            OperationKind::Read | OperationKind::Write => write!(f, " at {} for {}", self.offset, self.len)?,
            OperationKind::SetLen => write!(f, " to {}", self.offset)?,
            _ => {}
        }
        match self.outcome {
            Outcome::Done => Ok(()),
            Outcome::Failed(kind) => write!(f, ": failed, {kind}"),
            Outcome::PowerCut => write!(f, ": power cut"),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: OperationKind,
    pub(super) file: Arc<Path>,
    pub(super) offset: u64,
    pub(super) len: u64,
    pub(super) action: Action,
    pub(super) outcome: Outcome,
}

impl Entry {
    /// What the call leaves if the power goes in the middle of it.
    pub(super) fn begin(&self, state: &mut State) {
        if !matches!(self.outcome, Outcome::Failed(_)) {
            state.begin(&self.action);
        }
    }

    /// What else the call does when it returns.
    pub(super) fn finish(&self, state: &mut State) {
        match self.outcome {
            Outcome::Done => state.finish(&self.action),
            Outcome::Failed(_) => state.fail(&self.action),
            Outcome::PowerCut => {}
        }
    }
}

/// The calls since `base`, the disk as it was before the first of them.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pub(super) base: State,
    pub(super) first: u64,
    pub(super) entries: Vec<Entry>,
    marks: Vec<(u64, String)>,
}

impl Journal {
    pub(super) fn starting_at(base: State) -> Self {
        Self { base, ..Self::default() }
    }

    /// The number the next call will have.
    pub(super) fn next(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// Forgets the calls so far; the numbers go on.
    pub(super) fn rebase(&mut self, base: State) {
        self.first = self.next();
        self.entries.clear();
        self.base = base;
    }

    pub(super) fn mark(&mut self, label: &str) {
        self.marks.push((self.next(), label.to_owned()));
    }

    pub(super) fn phase_of(&self, index: u64) -> Option<&str> {
        let after = self.marks.partition_point(|(from, _)| *from <= index);
        self.marks[..after].last().map(|(_, label)| label.as_str())
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = Operation> + '_ {
        (self.first..).zip(&self.entries).map(|(index, entry)| Operation {
            index,
            kind: entry.kind,
            file: entry.file.to_path_buf(),
            offset: entry.offset,
            len: entry.len,
            outcome: entry.outcome,
        })
    }
}
