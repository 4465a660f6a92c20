//! The ground every room may stand on: time and chance, entering by one door each, and the shape of background
//! work.

mod clock;
mod entropy;
mod task;

pub use clock::{Clock, ManualClock, SystemClock};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub(crate) use task::{Task, Waker};
