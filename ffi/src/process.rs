//! What belongs to one process.
//!
//! A fork copies every handle into the child, where the files are still the parent's, the background threads are gone
//! and a lock may be held by a thread that does not exist. So a child begins with nothing: it never touches what its
//! parent had, and drops none of it, for to drop a database is to write to its file.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use crate::handle::Table;
use crate::log::Log;

/// The handles and the log of one process.
#[derive(Debug)]
pub(crate) struct Process {
    /// Which of the processes that descend from one another this is.
    generation: u32,
    pub(crate) table: Table,
    pub(crate) log: Log,
}

static CURRENT: AtomicPtr<Process> = AtomicPtr::new(ptr::null_mut());
/// How many forks lie between the first process that used the library and this one. To count them costs nothing; to
/// ask the system for the process's number costs more than anything else that a call does before it begins.
static FORKS: AtomicU32 = AtomicU32::new(0);

impl Process {
    /// The one that this is.
    #[inline]
    pub(crate) fn current() -> &'static Self {
        let known = CURRENT.load(Ordering::Acquire);
        // SAFETY: `begin`, which alone stores here, stores what `Box::leak` gave and nobody ever frees.
        match unsafe { known.as_ref() } {
            Some(process) if process.generation == FORKS.load(Ordering::Relaxed) => process,
            parent => Self::begin(known, parent),
        }
    }

    #[cold]
    fn begin(known: *mut Self, parent: Option<&'static Self>) -> &'static Self {
        if parent.is_none() {
            watch_forks();
        }
        let table = parent.map_or_else(Table::default, |parent| parent.table.of_child());
        let generation = FORKS.load(Ordering::Relaxed);
        let own = Box::leak(Box::new(Self { generation, table, log: Log::default() }));
        match CURRENT.compare_exchange(known, own, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => own,
            // Another thread was first; ours stays leaked, which happens once in a process at most.
            Err(_) => Self::current(),
        }
    }
}

/// Has the system tell every child that it is one. Two threads that begin at the same time make it count double, which
/// is as good.
#[cfg(unix)]
fn watch_forks() {
    use std::ffi::c_int;

    unsafe extern "C" {
        fn pthread_atfork(
            prepare: Option<unsafe extern "C" fn()>,
            parent: Option<unsafe extern "C" fn()>,
            child: Option<unsafe extern "C" fn()>,
        ) -> c_int;
    }

    unsafe extern "C" fn in_child() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }

    // SAFETY: POSIX declares the function so. What it is given only adds to a number, which is allowed between a fork
    // and what follows it, and stays where it is because the library is never unloaded.
    // It fails only for want of memory, and then nobody who forks is told that handles are foreign.
    unsafe { pthread_atfork(None, None, Some(in_child)) };
}

#[cfg(not(unix))]
fn watch_forks() {}
