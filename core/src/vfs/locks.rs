//! Who holds the lock of a file that lives in memory.

use super::LockMode;

/// Names one open file among all that were ever opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HandleId(pub(crate) u64);

/// The holders of one file's lock: one exclusive, or any number of shared ones.
#[derive(Debug, Default)]
pub(crate) struct Holders(Vec<(HandleId, LockMode)>);

impl Holders {
    /// Takes the lock, or changes the mode of the one this handle holds, unless another handle stands against it.
    pub(crate) fn try_take(&mut self, handle: HandleId, mode: LockMode) -> bool {
        let refused = self.0.iter().any(|&(holder, held)| {
            holder != handle && (mode == LockMode::Exclusive || held == LockMode::Exclusive)
        });
        if !refused {
            self.release(handle);
            self.0.push((handle, mode));
        }
        !refused
    }

    pub(crate) fn release(&mut self, handle: HandleId) {
        self.0.retain(|&(holder, _)| holder != handle);
    }
}
