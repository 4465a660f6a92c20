//! What the nodes of a plan did.

use std::time::Duration;

/// What one node did so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Documents handed out.
    pub(crate) returned: u64,
    /// Records read, living or not.
    pub(crate) docs: u64,
    /// Entries of an index looked at.
    pub(crate) keys: u64,
    /// Records to which those entries led.
    pub(crate) walked: u64,
    /// The most bytes that were held at a time, where a node gathers.
    pub(crate) bytes: u64,
    /// How long it took, what is beneath included, where somebody wants to know.
    pub(crate) took: Duration,
}

/// Adds what the nodes of a plan did to what the same nodes did before.
pub(crate) fn add_up(total: &mut Vec<Counts>, more: &[Counts]) {
    total.resize(total.len().max(more.len()), Counts::default());
    for (sum, more) in total.iter_mut().zip(more) {
        sum.returned += more.returned;
        sum.docs += more.docs;
        sum.keys += more.keys;
        sum.walked += more.walked;
        sum.bytes = sum.bytes.max(more.bytes);
        sum.took = sum.took.saturating_add(more.took);
    }
}
