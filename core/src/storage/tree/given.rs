//! Values on their way into a tree.

use crate::storage::page::EXTENT_PTR_LEN;

/// A value as it is given: itself, or the reference to the extent that holds it already.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given<'v> {
    Value(&'v [u8]),
    Reference(&'v [u8; EXTENT_PTR_LEN]),
}

/// What can be given to a tree as a value.
pub(crate) trait NewValue {
    fn given(&self) -> Given<'_>;
}

impl<T: AsRef<[u8]>> NewValue for T {
    #[inline]
    fn given(&self) -> Given<'_> {
        Given::Value(self.as_ref())
    }
}

impl NewValue for Given<'_> {
    #[inline]
    fn given(&self) -> Given<'_> {
        *self
    }
}
