//! The ground every room may stand on: time and chance, entering by one door each.

mod clock;
mod entropy;

pub use clock::{Clock, ManualClock, SystemClock};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
