//! What ends statements before their end: a wish that is told from another thread, and a time.
//!
//! Both are said by blocks, `with CancelToken():` and `with timeout(5):`, and hold for what the thread begins in them.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use nexuslite::CancelToken as Inner;
use pyo3::prelude::*;

thread_local! {
    /// The tokens whose blocks this thread is in, the innermost last.
    static TOKENS: RefCell<Vec<Inner>> = const { RefCell::new(Vec::new()) };
    /// When the times of the blocks that this thread is in are over, the innermost last; each no later than the one
    /// around it.
    static DEADLINES: RefCell<Vec<Option<Instant>>> = const { RefCell::new(Vec::new()) };
}

/// The token of the innermost block that this thread is in.
pub(crate) fn token() -> Option<Inner> {
    TOKENS.with_borrow(|tokens| tokens.last().cloned())
}

/// How long a statement may take that begins now, itself allowed so many milliseconds; 0 are no bound, as in MongoDB.
pub(crate) fn time_left(max_time_ms: Option<u64>) -> Option<Duration> {
    let own = max_time_ms.filter(|ms| *ms > 0).map(Duration::from_millis);
    let deadline = DEADLINES.with_borrow(|deadlines| deadlines.last().copied().flatten());
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    match (own, left) {
        (Some(own), Some(left)) => Some(own.min(left)),
        (own, left) => own.or(left),
    }
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
        TOKENS.with_borrow_mut(|tokens| tokens.push(slf.0.clone()));
        slf
    }

    fn __exit__(&self, _kind: &Bound<'_, PyAny>, _error: &Bound<'_, PyAny>, _trace: &Bound<'_, PyAny>) {
        TOKENS.with_borrow_mut(Vec::pop);
    }
}

/// The block of ``timeout``. The package has checked the seconds; none, or 0, are no bound.
#[pyclass(frozen, module = "nexuslite._nexuslite")]
#[derive(Debug)]
pub(crate) struct Timeout(Option<Duration>);

#[pymethods]
impl Timeout {
    #[new]
    fn new(seconds: Option<f64>) -> Self {
        // What no duration can hold is as good as no bound.
        Self(
            seconds
                .filter(|seconds| *seconds > 0.0)
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        )
    }

    fn __enter__(&self) {
        let own = self.0.and_then(|time| Instant::now().checked_add(time));
        DEADLINES.with_borrow_mut(|deadlines| {
            let around = deadlines.last().copied().flatten();
            deadlines.push(own.into_iter().chain(around).min());
        });
    }

    fn __exit__(&self, _kind: &Bound<'_, PyAny>, _error: &Bound<'_, PyAny>, _trace: &Bound<'_, PyAny>) {
        DEADLINES.with_borrow_mut(Vec::pop);
    }
}
