//! What belongs to one process.
//!
//! A fork copies every handle into the child, where the files are still the parent's, the background threads are gone
//! and a lock may be held by a thread that does not exist. So a child begins with nothing: it never touches what its
//! parent had, and drops none of it, for to drop a database is to write to its file.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::handle::Table;
use crate::log::Log;

/// The handles and the log of one process.
#[derive(Debug)]
pub(crate) struct Process {
    id: u32,
    pub(crate) table: Table,
    pub(crate) log: Log,
}

static CURRENT: AtomicPtr<Process> = AtomicPtr::new(ptr::null_mut());

impl Process {
    /// The one that this is.
    pub(crate) fn current() -> &'static Self {
        let known = CURRENT.load(Ordering::Acquire);
        // SAFETY: `begin`, which alone stores here, stores what `Box::leak` gave and nobody ever frees.
        match unsafe { known.as_ref() } {
            Some(process) if process.id == std::process::id() => process,
            parent => Self::begin(known, parent),
        }
    }

    #[cold]
    fn begin(known: *mut Self, parent: Option<&'static Self>) -> &'static Self {
        let table = parent.map_or_else(Table::default, |parent| parent.table.of_child());
        let own = Box::leak(Box::new(Self { id: std::process::id(), table, log: Log::default() }));
        match CURRENT.compare_exchange(known, own, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => own,
            // Another thread was first; ours stays leaked, which happens once in a process at most.
            Err(_) => Self::current(),
        }
    }
}
