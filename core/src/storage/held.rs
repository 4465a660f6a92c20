//! A thing remembered where it will be asked for, so that a look-up need not search a cache for it.
//!
//! The memory is weak: the cache alone decides what stays, and is told of uses now and then. Tried before: a strong
//! reference, which would keep what the budget has no room for.

use std::fmt;
use std::sync::{Arc, Weak};

use parking_lot::RwLock;

/// What was last put here, if somebody still has it.
pub(crate) struct Held<T>(RwLock<Weak<T>>);

impl<T> Held<T> {
    #[inline]
    pub(crate) fn get(&self) -> Option<Arc<T>> {
        self.0.try_read()?.upgrade()
    }

    /// Whether somebody is writing here now.
    #[inline]
    pub(crate) fn is_written(&self) -> bool {
        self.0.is_locked_exclusive()
    }

    pub(crate) fn set(&self, thing: &Arc<T>) {
        if let Some(mut held) = self.0.try_write() {
            *held = Arc::downgrade(thing);
        }
    }
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self(RwLock::new(Weak::new()))
    }
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self(RwLock::new(self.0.read().clone()))
    }
}

impl<T> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.get().is_some() { "Held" } else { "Held(nothing)" })
    }
}

#[cfg(test)]
mod tests;
