//! Background work, cut into pieces.

use std::fmt::Debug;
use std::sync::Arc;

use crate::error::Result;

/// Work that somebody must do now and then: a thread of the runtime, or by hand whoever would otherwise wait.
pub(crate) trait Task: Send + Sync + Debug {
    /// Does one piece when some is due; says whether it did.
    fn step(&self) -> Result<bool>;

    /// Something in the work is broken beyond repair: nothing may be trusted to it any more.
    fn poison(&self, why: &str);
}

/// Tells the worker that something is due.
pub(crate) type Waker = Arc<dyn Fn() + Send + Sync>;
