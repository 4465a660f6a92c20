//! When a freed page may be written again.

/// The rule S2, for the version about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReuseRule {
    version: u64,
    pinned: Vec<u64>,
    reuse_too_early: bool,
}

impl ReuseRule {
    /// The rule while `version` is written and readers hold the versions `pinned`, in any order.
    pub(crate) fn new(version: u64, mut pinned: Vec<u64>) -> Self {
        pinned.sort_unstable();
        pinned.dedup();
        Self { version, pinned, reuse_too_early: false }
    }

    /// The same rule, wrong by one version: pages are written again while the older manifest slot still refers
    /// to them. The crash suite must notice.
    pub(crate) fn too_early(mut self) -> Self {
        self.reuse_too_early = true;
        self
    }

    /// The version about to be written.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Whether a page that was born in `birth` and freed by `death` may be written.
    pub(crate) fn admits(&self, birth: u64, death: u64) -> bool {
        let wait = if self.reuse_too_early { 1 } else { 2 };
        let slots_are_whole_without_it = self.version >= death.saturating_add(wait);
        slots_are_whole_without_it && !self.is_pinned(birth, death)
    }

    fn is_pinned(&self, birth: u64, death: u64) -> bool {
        let first_not_before = self.pinned.partition_point(|pinned| *pinned < birth);
        self.pinned.get(first_not_before).is_some_and(|pinned| *pinned < death)
    }
}
