//! A transaction in progress.

use nexuslite::{Error, ErrorKind, Result};
use parking_lot::Mutex;
use pyo3::prelude::*;

use crate::engine::run;
use crate::process::Owned;

/// A transaction; empty when it is over.
#[pyclass(frozen, module = "nexuslite._nexuslite")]
#[derive(Debug)]
pub(crate) struct Transaction {
    inner: Owned<Mutex<Option<nexuslite::Transaction>>>,
}

impl Transaction {
    pub(crate) fn new(transaction: nexuslite::Transaction) -> Self {
        Self { inner: Owned::new(Mutex::new(Some(transaction))) }
    }

    /// Does something inside it. The lock is taken and given back without the interpreter.
    pub(crate) fn run<R: Send>(
        &self,
        py: Python<'_>,
        verb: &str,
        deed: impl FnOnce(&nexuslite::Transaction) -> Result<R> + Send,
    ) -> PyResult<R> {
        let inner = self.inner.get(py)?;
        run(py, verb, || deed(inner.lock().as_ref().ok_or_else(over)?))
    }

    /// Takes it, to end it.
    fn end(
        &self,
        py: Python<'_>,
        verb: &str,
        deed: impl FnOnce(nexuslite::Transaction) -> Result<()> + Send,
    ) -> PyResult<()> {
        let inner = self.inner.get(py)?;
        run(py, verb, || deed(inner.lock().take().ok_or_else(over)?))
    }
}

#[pymethods]
impl Transaction {
    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, "commit_transaction", nexuslite::Transaction::commit)
    }

    fn abort(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, "abort_transaction", nexuslite::Transaction::abort)
    }
}

fn over() -> Error {
    Error::new(ErrorKind::Closed, "the transaction has ended")
}
