//! The order of texts in a language: MongoDB's collations.
//!
//! A collation orders texts alone; no collation at all is the order of their bytes, which MongoDB calls "simple".
//! Not here: who is asked to compare under one (`document/compare`, `expression`), where keys lie (`index`).
//!
//! Invariants
//!   T1  `order(a, b)` is the order of the keys of `a` and `b`.
//!   T2  A collation that is kept on disk names the data that its keys were made with; with other data it orders
//!       nothing and makes no keys, it only says so.
//!
//! Read next: `settings` (what is written), `locale` (which languages), `collator` (the order itself).

#[cfg(not(feature = "collation"))]
#[path = "absent.rs"]
mod collator;
#[cfg(feature = "collation")]
mod collator;
mod locale;
mod settings;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use collator::Collator;
use settings::Settings;

use super::builder::RawDocBuf;
use super::raw::RawDoc;
use crate::error::{Error, Result};

/// An order of texts other than that of their bytes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Collation(Arc<Inner>);

struct Inner {
    /// Every field, as MongoDB lists them.
    doc: RawDocBuf,
    /// What orders; or why nothing does.
    collator: Result<Collator>,
}

impl Collation {
    /// Reads a collation; none is the order of bytes, `{locale: "simple"}`.
    ///
    /// # Errors
    /// `Invalid`: a field that is unknown (40415), missing (40414), of another type (14) or of a value that it cannot
    /// have (2); `IncompatibleCollationVersion` (161). `Unsupported`: a language that this build cannot order.
    pub(crate) fn parse(doc: RawDoc<'_>) -> Result<Option<Self>> {
        let Some(settings) = Settings::parse(doc)? else { return Ok(None) };
        let collator = Collator::new(&settings)?;
        Ok(Some(Self(Arc::new(Inner { doc: settings.to_doc(), collator: Ok(collator) }))))
    }

    /// The collation that was written into a file once. One that this build cannot work with is kept as it is, so
    /// that whatever does not need it goes on; see [`check`](Self::check).
    pub(crate) fn stored(doc: RawDoc<'_>) -> Option<Self> {
        Self::parse(doc).unwrap_or_else(|error| Some(Self::unusable(doc, error)))
    }

    fn unusable(doc: RawDoc<'_>, why: Error) -> Self {
        Self(Arc::new(Inner { doc: doc.into(), collator: Err(why) }))
    }

    /// Whether it can be worked with.
    ///
    /// # Errors
    /// Why not: the data that its keys were made with is other data than this build's, or this build has none.
    pub(crate) fn check(&self) -> Result<()> {
        self.0.collator.as_ref().map(|_| ()).map_err(Error::clone)
    }

    /// As MongoDB lists it: every field, and the version of the data.
    pub(crate) fn to_doc(&self) -> RawDoc<'_> {
        self.0.doc.as_doc()
    }

    /// Which of two texts comes first.
    pub(crate) fn order(&self, a: &str, b: &str) -> Ordering {
        match &self.0.collator {
            Ok(collator) => collator.order(a, b),
            Err(_) => a.cmp(b),
        }
    }

    /// Appends bytes that sort as the texts do. They hold no 0.
    pub(crate) fn write_key(&self, text: &str, out: &mut Vec<u8>) {
        match &self.0.collator {
            Ok(collator) => collator.write_key(text, out),
            Err(_) => out.extend_from_slice(text.as_bytes()),
        }
    }
}

/// Two collations are equal when they are listed alike.
impl PartialEq for Collation {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.doc == other.0.doc
    }
}

impl fmt::Debug for Collation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_doc().fmt(f)
    }
}
