//! Whether an engine may still be used, and for what.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, Result, code};

/// Stands before every operation of an engine.
#[derive(Debug)]
pub(crate) struct Guard {
    read_only: bool,
    closed: AtomicBool,
    /// The first reason, once there is one. Every read asks, so asking takes no lock.
    poisoned: OnceLock<String>,
}

impl Guard {
    pub(crate) fn new(read_only: bool) -> Self {
        Self { read_only, closed: AtomicBool::new(false), poisoned: OnceLock::new() }
    }

    /// Lets readers pass.
    pub(crate) fn admit(&self) -> Result<()> {
        if self.is_closed() {
            return Err(closed());
        }
        match self.poisoned.get() {
            None => Ok(()),
            Some(why) => {
                Err(Error::new(ErrorKind::Poisoned, format!("the database is poisoned, reopen it: {why}")))
            }
        }
    }

    /// Lets writers pass.
    pub(crate) fn admit_writer(&self) -> Result<()> {
        self.admit()?;
        match self.read_only {
            false => Ok(()),
            true => Err(Error::new(ErrorKind::Denied, "the database was opened read-only")),
        }
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned.get().is_some()
    }

    /// Closes; says whether it was open.
    pub(crate) fn close(&self) -> bool {
        !self.closed.swap(true, Ordering::AcqRel)
    }

    /// Keeps the first reason.
    pub(crate) fn poison(&self, why: &str) {
        self.poisoned.get_or_init(|| why.to_owned());
    }
}

/// Whatever is asked of a closed engine.
pub(crate) fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the database is closed").with_code(code::CLOSED)
}
