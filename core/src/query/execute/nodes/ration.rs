//! How many records are looked up at once: few that are large, many that are small.

use crate::query::execute::Rows;

/// So many bytes of records are looked up at once, about.
const BYTES: usize = 1 << 20;
/// So many records are looked up before anything is known of their size.
const FIRST: usize = 8;

#[derive(Debug, Clone, Copy)]
pub(super) struct Ration {
    rows: usize,
}

impl Ration {
    pub(super) const fn new() -> Self {
        Self { rows: FIRST }
    }

    /// How many of those wanted may be looked up now.
    pub(super) fn of(self, want: usize) -> usize {
        want.clamp(1, self.rows)
    }

    /// Looks at what was found.
    pub(super) fn learn(&mut self, found: &Rows) {
        let bytes: usize = (0..found.len()).map(|at| found.record(at).len()).sum();
        if let Some(average) = bytes.checked_div(found.len()) {
            self.rows = (BYTES / average.max(1)).clamp(1, self.rows.saturating_mul(4));
        }
    }
}
