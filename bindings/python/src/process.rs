//! What belongs to one process.
//!
//! A fork copies every handle into the child, where the files are still the parent's and the background threads are
//! gone. There a handle must neither be used nor dropped: dropping it would close, and write, the parent's files.

use pyo3::prelude::*;

use crate::engine;

/// A value that only the process which made it may use or drop.
#[derive(Debug)]
pub(crate) struct Owned<T: Send> {
    process: u32,
    /// Empty only while it is being dropped.
    value: Option<T>,
}

impl<T: Send> Owned<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { process: std::process::id(), value: Some(value) }
    }

    /// The value, unless this is a child of the process that made it.
    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<&T> {
        match &self.value {
            Some(value) if self.process == std::process::id() => Ok(value),
            _ => Err(engine::forked(py, self.process)),
        }
    }
}

impl<T: Send> Drop for Owned<T> {
    fn drop(&mut self) {
        let value = self.value.take();
        if self.process != std::process::id() {
            std::mem::forget(value);
            return;
        }
        // The last handle on a database brings it into its file, for which nobody else should have to wait. When the
        // interpreter is ending there is nobody else, and the value is dropped with the closure.
        Python::try_attach(move |py| py.detach(move || drop(value)));
    }
}
