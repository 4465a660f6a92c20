//! The changes on their way in, one looked at ahead.

use crate::error::{Error, Result};

/// A stream of changes that insists on ascending keys.
#[derive(Debug)]
pub(super) struct Feed<K, V, I> {
    source: I,
    next: Option<(K, Option<V>)>,
}

impl<K, V, I> Feed<K, V, I>
where
    K: AsRef<[u8]>,
    I: Iterator<Item = Result<(K, Option<V>)>>,
{
    pub(super) fn new(mut source: I) -> Result<Self> {
        let next = source.next().transpose()?;
        Ok(Self { source, next })
    }

    /// The key of the next change.
    #[inline]
    pub(super) fn peek(&self) -> Option<&[u8]> {
        self.next.as_ref().map(|(key, _)| key.as_ref())
    }

    #[inline]
    pub(super) fn take(&mut self) -> Result<Option<(K, Option<V>)>> {
        let following = self.source.next().transpose()?;
        let taken = std::mem::replace(&mut self.next, following);
        if let (Some((taken, _)), Some(following)) = (&taken, self.peek())
            && taken.as_ref() >= following
        {
            return Err(Error::internal("changes to a tree do not ascend"));
        }
        Ok(taken)
    }
}
