//! Background work, cut into pieces.

use std::fmt::{self, Debug};
use std::sync::Arc;

use crate::error::Result;

/// Work that somebody must do now and then: a thread of the runtime, or by hand whoever would otherwise wait.
pub(crate) trait Task: Send + Sync + Debug {
    /// Does one piece when some is due; says whether it did.
    fn step(&self) -> Result<bool>;

    /// Something in the work is broken beyond repair: nothing may be trusted to it any more.
    fn poison(&self, why: &str);
}

/// Tells a worker that something is due.
#[derive(Clone)]
pub(crate) struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    pub(crate) fn wake(&self) {
        (self.0)();
    }
}

impl Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}
