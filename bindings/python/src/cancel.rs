//! A wish to stop, told from another thread.

use std::cell::RefCell;

use nexuslite::CancelToken as Inner;
use pyo3::prelude::*;

thread_local! {
    /// The tokens whose blocks this thread is in, the innermost last.
    static ENTERED: RefCell<Vec<Inner>> = const { RefCell::new(Vec::new()) };
}

/// The token of the innermost block that this thread is in.
pub(crate) fn current() -> Option<Inner> {
    ENTERED.with_borrow(|entered| entered.last().cloned())
}

/// Stops statements from another thread: ``with CancelToken() as token:`` has what this thread begins in the block, its
/// cursors too, end with ``OperationFailure`` (11601) soon after somebody calls ``token.cancel()``. Of several blocks the
/// innermost counts. Ours only.
#[pyclass(frozen, module = "nexuslite")]
#[derive(Debug, Default)]
pub(crate) struct CancelToken(Inner);

#[pymethods]
impl CancelToken {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Stops what was begun in the token's block, and what will be. From any thread.
    fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was used.
    #[getter]
    fn cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        ENTERED.with_borrow_mut(|entered| entered.push(slf.0.clone()));
        slf
    }

    fn __exit__(&self, _kind: &Bound<'_, PyAny>, _error: &Bound<'_, PyAny>, _trace: &Bound<'_, PyAny>) {
        ENTERED.with_borrow_mut(Vec::pop);
    }
}
