//! What a document must be before it is stored: what the collection's validator asks, and its primary key.

use crate::document::builder::RawDocBuf;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, Value, tag};
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::show::type_name;

use super::settings::{Action, Level, Settings};

impl Settings {
    /// Accepts a document that is about to be stored, in the place of `before` when there is one.
    ///
    /// # Errors
    /// `Invalid`: `DocumentValidationFailure` (121), its details telling why; `BadValue` (2) for a primary key that is
    /// none.
    pub(super) fn check(
        &self,
        collection: &str,
        doc: RawDoc<'_>,
        before: Option<RawDoc<'_>>,
        now_ms: i64,
        bypass: bool,
    ) -> Result<()> {
        if let Some(path) = &self.primary_key {
            check_primary_key(path, doc)?;
        }
        let Some(validator) = self.validator.as_ref().filter(|_| !bypass) else { return Ok(()) };
        let asked = match self.level.unwrap_or(Level::Strict) {
            Level::Off => false,
            Level::Strict => true,
            Level::Moderate => before.is_none_or(|before| validator.takes(before, now_ms)),
        };
        if !asked || validator.takes(doc, now_ms) {
            return Ok(());
        }
        let why = validator.why(doc, now_ms);
        if self.action == Some(Action::Warn) {
            log::warn!("a document of {collection:?} fails the collection's validator: {why:?}");
            return Ok(());
        }
        let details = RawDocBuf::build(|out| out.put("errInfo", Value::Document(why.as_doc())));
        Err(Error::invalid(code::DOCUMENT_VALIDATION_FAILURE, "Document failed validation")
            .with_details(details.into_bytes()))
    }
}

/// Whether an error says that one document cannot be stored, while others may be.
pub(crate) fn is_of_document(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::DuplicateKey | ErrorKind::Invalid)
}

fn check_primary_key(path: &Path, doc: RawDoc<'_>) -> Result<()> {
    let seen = match path.get(doc).map(|value| value.tag()) {
        None => "is missing".to_owned(),
        Some(kind @ (tag::NULL | tag::UNDEFINED | tag::ARRAY | tag::REGEX)) => {
            format!("is of type {}, which cannot be a key", type_name(kind))
        }
        Some(_) => return Ok(()),
    };
    let what = format!("the primary key at {:?} {seen}", path.as_str());
    Err(Error::invalid(code::BAD_VALUE, what))
}
