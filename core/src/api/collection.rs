//! The handle on a collection. Its verbs stand in a file each.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::collection::Handle;

use super::session::Session;

/// A collection of documents that read as `T`.
///
/// Cheap to clone and to keep: it remembers where the collection's documents are.
#[derive(Debug)]
pub struct Collection<T = bson::Document> {
    session: Session,
    handle: Arc<Handle>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Collection<T> {
    fn clone(&self) -> Self {
        self.clone_with_type()
    }
}

impl<T> Collection<T> {
    pub(super) fn new(session: Session, name: &str) -> Self {
        Self { session, handle: Arc::new(Handle::new(name)), kind: PhantomData }
    }

    /// The collection's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.handle.name()
    }

    /// The same collection, its documents read as another type.
    #[must_use]
    pub fn clone_with_type<U>(&self) -> Collection<U> {
        Collection { session: self.session.clone(), handle: Arc::clone(&self.handle), kind: PhantomData }
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn handle(&self) -> &Arc<Handle> {
        &self.handle
    }
}
