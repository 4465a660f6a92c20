//! The ground every room may stand on: time and chance, entering by one door each, the memory that all share, and the
//! shape of background work.

mod budget;
mod clock;
mod entropy;
mod machine;
mod task;
#[cfg(test)]
mod tests;

pub(crate) use budget::{BUDGET_BYTES_MIN, Budget, Claim};
pub use clock::{Clock, ManualClock, SystemClock};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub(crate) use machine::memory_bytes;
pub(crate) use task::{Task, Waker};
