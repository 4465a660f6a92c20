//! What the nodes of a plan did.

/// What one node did so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Documents handed out.
    pub(crate) returned: u64,
    /// Records read, living or not.
    pub(crate) docs: u64,
    /// Entries of an index read.
    pub(crate) keys: u64,
}

/// Adds what the nodes of a plan did to what the same nodes did before.
pub(crate) fn add_up(total: &mut Vec<Counts>, more: &[Counts]) {
    total.resize(total.len().max(more.len()), Counts::default());
    for (sum, more) in total.iter_mut().zip(more) {
        sum.returned += more.returned;
        sum.docs += more.docs;
        sum.keys += more.keys;
    }
}
