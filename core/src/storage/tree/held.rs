//! A leaf page remembered where its pointer is, so that a look-up need not search the cache for it.
//!
//! The memory is weak: the cache alone decides what stays, and is told of uses now and then. Tried before: a strong
//! reference, which would keep pages that the budget has no room for.

use std::sync::{Arc, Weak};

use parking_lot::RwLock;

use crate::storage::Buffer;

/// The bytes that were verified against the pointer beside which this stands, if somebody still has them.
#[derive(Default)]
pub(super) struct Held(RwLock<Weak<Buffer>>);

impl Held {
    #[inline]
    pub(super) fn get(&self) -> Option<Arc<Buffer>> {
        self.0.try_read()?.upgrade()
    }

    /// Whether somebody is writing here now.
    #[inline]
    pub(super) fn is_written(&self) -> bool {
        self.0.is_locked_exclusive()
    }

    pub(super) fn set(&self, page: &Arc<Buffer>) {
        if let Some(mut held) = self.0.try_write() {
            *held = Arc::downgrade(page);
        }
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        Self(RwLock::new(self.0.read().clone()))
    }
}
