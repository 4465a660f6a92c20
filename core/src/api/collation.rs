//! In which order a verb takes texts.

use crate::collection::Handle;
use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::IntoDocument;
use crate::error::Result;

use super::collection::Collection;
use super::session::Session;

/// The collation that a caller asked for, as written; nothing is the collection's own.
#[derive(Debug, Clone, Default)]
pub(super) struct AskedCollation(Option<Result<RawDocBuf>>);

impl AskedCollation {
    pub(super) fn new(written: impl IntoDocument) -> Self {
        Self(Some(written.into_raw()))
    }

    /// As written; nothing when it was not.
    pub(super) fn written(&self) -> Result<Option<&RawDocBuf>> {
        self.0.as_ref().map(|written| written.as_ref().map_err(Clone::clone)).transpose()
    }
}

impl Session {
    /// The collation under which a verb runs in the collection of `handle`; none is the order of bytes.
    ///
    /// # Errors
    /// `Invalid` for a collation that means nothing; `Unsupported` for one that this build lacks.
    pub(super) fn collation(&self, _handle: &Handle, asked: &AskedCollation) -> Result<Option<Collation>> {
        match asked.written()? {
            Some(written) => Collation::parse(written.as_doc()),
            None => Ok(None),
        }
    }
}

impl<T> Collection<T> {
    /// The collation under which a verb runs here; none is the order of bytes.
    ///
    /// # Errors
    /// As [`Session::collation`].
    pub(super) fn collation(&self, asked: &AskedCollation) -> Result<Option<Collation>> {
        self.session().collation(self.handle(), asked)
    }
}
