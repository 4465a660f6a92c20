//! In which order a verb takes texts.

use crate::collection::{Handle, Opened};
use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::IntoDocument;
use crate::error::{Error, Result, code};

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
    pub(super) fn collation(&self, handle: &Handle, asked: &AskedCollation) -> Result<Option<Collation>> {
        let Some(written) = asked.written()? else { return self.default_collation(handle) };
        let collation = Collation::parse(written.as_doc())?;
        let own =
            self.of_collection(handle, |opened| opened.entry.is_view().then(|| opened.collation().cloned()))?;
        match own.flatten() {
            Some(own) if own != collation => {
                let what = format!("cannot override the collation of the view {:?}", handle.name());
                Err(Error::invalid(code::OPTION_NOT_SUPPORTED_ON_VIEW, what))
            }
            _ => Ok(collation),
        }
    }

    /// The collation of the collection or the view itself.
    fn default_collation(&self, handle: &Handle) -> Result<Option<Collation>> {
        let own =
            self.of_collection(handle, |opened| opened.check_ids().map(|()| opened.collation().cloned()))?;
        own.transpose().map(Option::flatten)
    }

    /// What is remembered of a collection, or looked up where nothing is; nothing when there is none.
    fn of_collection<R>(&self, handle: &Handle, take: impl FnOnce(&Opened) -> R) -> Result<Option<R>> {
        if !self.is_inside()
            && let Some(opened) = self.shared()?.catalog.remembered(handle)
        {
            return Ok(Some(take(&opened)));
        }
        self.read(|shared, txn| Ok(shared.catalog.look(txn, handle)?.map(|opened| take(&opened))))
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
