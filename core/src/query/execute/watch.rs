//! When a statement has to stop before its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::base::Clock;
use crate::error::{Error, ErrorKind, Result, code};
use crate::storage::Scratch;

/// A wish to stop, told from another thread. Clones tell the same statement.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that nobody has used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every statement that was given this token stops after its present batch, with `Cancelled`.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was used.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bounds on one statement.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    clock: Arc<dyn Clock>,
    deadline: Option<(Duration, Duration)>,
    cancel: Option<CancelToken>,
    /// Whether the nodes of a plan say how long they took.
    pub(super) timed: bool,
    /// How many bytes a node may gather in memory.
    pub(crate) sort_bytes_max: usize,
    /// Where there is room for more.
    scratch: Option<Arc<Scratch>>,
    disk_allowed: bool,
}

impl Watch {
    /// A watch that stops nothing.
    pub(crate) fn new(clock: &Arc<dyn Clock>, sort_bytes_max: usize) -> Self {
        Self {
            clock: Arc::clone(clock),
            deadline: None,
            cancel: None,
            timed: false,
            sort_bytes_max,
            scratch: None,
            disk_allowed: true,
        }
    }

    /// Stops when `limit` has passed from now on.
    pub(crate) fn time_limit(mut self, limit: Option<Duration>) -> Self {
        self.deadline = limit.map(|limit| (self.clock.monotonic().saturating_add(limit), limit));
        self
    }

    /// Has the nodes of a plan say how long they took.
    pub(crate) fn timed(mut self) -> Self {
        self.timed = true;
        self
    }

    /// A moment on the clock that only goes forward.
    pub(super) fn moment(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Stops when the token is used.
    pub(crate) fn cancel_with(mut self, token: Option<CancelToken>) -> Self {
        self.cancel = token;
        self
    }

    /// Has the disk used for what does not fit into memory, where there is one to use.
    pub(crate) fn with_scratch(mut self, scratch: Option<Arc<Scratch>>) -> Self {
        self.scratch = scratch;
        self
    }

    /// Whether the disk may be used.
    pub(crate) fn allow_disk_use(mut self, allow: bool) -> Self {
        self.disk_allowed = allow;
        self
    }

    /// Where there is room for what does not fit into memory.
    pub(crate) fn scratch(&self) -> Option<&Arc<Scratch>> {
        self.scratch.as_ref().filter(|_| self.disk_allowed)
    }

    /// Why there is none.
    pub(crate) fn why_no_scratch(&self) -> &'static str {
        match self.disk_allowed {
            true => "a database in memory, or one that is only read, has no disk to use",
            false => "allow_disk_use is false",
        }
    }

    /// An error when it is time to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            return Err(
                Error::new(ErrorKind::Cancelled, "the statement was cancelled").with_code(code::INTERRUPTED)
            );
        }
        match self.deadline {
            Some((deadline, limit)) if self.clock.monotonic() >= deadline => Err(Error::new(
                ErrorKind::Timeout,
                format!("the statement ran over its time limit, max_time, of {} ms", limit.as_millis()),
            )
            .with_code(code::MAX_TIME_MS_EXPIRED)),
            _ => Ok(()),
        }
    }
}
