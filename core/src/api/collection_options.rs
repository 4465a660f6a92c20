//! What a collection is created with.

use bson::{Bson, Document, doc};

use crate::collection::Settings;
use crate::document::builder::RawDocBuf;
use crate::document::convert::{IntoDocument, read_document};
use crate::error::{Error, Result};
use crate::query::parse;

/// What a collection, or a view, is created with.
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{CollectionOptions, Database, bson::doc};
/// let db = Database::open(":memory:")?;
/// let adults = CollectionOptions::new().validator(doc! { "age": { "$gte": 18 } });
/// let people = db.create_collection_with("people", adults)?;
/// people.insert_one(doc! { "name": "Ada", "age": 36 })?;
/// let refused = people.insert_one(doc! { "name": "Tim", "age": 8 }).unwrap_err();
/// assert_eq!(refused.code_name(), Some("DocumentValidationFailure"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct CollectionOptions {
    fields: Document,
    fault: Option<Error>,
}

impl CollectionOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The options as MongoDB's command `create` writes them: `{capped: true, size: 4096}`.
    pub fn from_document(options: impl IntoDocument) -> Self {
        match options.into_raw().and_then(|options| read_document(options.as_doc())) {
            Ok(fields) => Self { fields, fault: None },
            Err(fault) => Self { fields: Document::new(), fault: Some(fault) },
        }
    }

    /// Keeps creation time, time of last change and version of every document. Off by default: it costs 24 bytes a
    /// document.
    pub fn metadata(self, on: bool) -> Self {
        self.flag("metadata", on)
    }

    /// What every document must satisfy: any filter, `$jsonSchema` among them. All may be stored by default.
    pub fn validator(self, filter: impl IntoDocument) -> Self {
        self.document("validator", filter)
    }

    /// Which writes the validator is asked about: `strict`, all of them, the default; `moderate`, not changes of
    /// documents that did not satisfy it before; `off`, none.
    pub fn validation_level(self, level: &str) -> Self {
        self.set("validationLevel", level)
    }

    /// What becomes of a write that the validator refuses: `error`, the default, or `warn`, which writes a line to the
    /// log and lets it pass.
    pub fn validation_action(self, action: &str) -> Self {
        self.set("validationAction", action)
    }

    /// A view: what is read is what the stages make of the documents of `on`, a collection or a view. Stages are
    /// `$match`, `$project`, `$sort`, `$limit` and `$skip`.
    pub fn view(mut self, on: &str, pipeline: impl IntoIterator<Item = impl IntoDocument>) -> Self {
        let mut stages = Vec::new();
        for stage in pipeline {
            match stage.into_raw().and_then(|stage| read_document(stage.as_doc())) {
                Ok(stage) => stages.push(Bson::Document(stage)),
                Err(fault) => {
                    self.fault.get_or_insert(fault);
                }
            }
        }
        self.set("viewOn", on).set("pipeline", stages)
    }

    /// The most bytes of documents the collection holds; when a new one comes the oldest go. No bound by default.
    pub fn capped(self, bytes: u64) -> Self {
        self.flag("capped", true).set("size", i64::try_from(bytes).unwrap_or(i64::MAX))
    }

    /// The most documents a capped collection holds.
    pub fn capped_documents(self, documents: u64) -> Self {
        self.set("max", i64::try_from(documents).unwrap_or(i64::MAX))
    }

    /// Clusters the documents by `_id`. They are reached by `_id` in any case; what changes is that a time to live can
    /// be counted from an `_id` that is a date.
    pub fn clustered(self) -> Self {
        self.set("clusteredIndex", doc! { "key": { "_id": 1 }, "unique": true })
    }

    /// How many seconds after the date in its `_id` a document of a clustered collection goes; never by default.
    pub fn expire_after_seconds(self, seconds: u64) -> Self {
        self.set("expireAfterSeconds", i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// In which order texts are taken where a verb says nothing of it, as MongoDB writes it: `{locale: "de"}`; that of
    /// their bytes by default. It holds for `_id`s, for indexes that say nothing of their own, and for the validator.
    pub fn collation(self, collation: impl IntoDocument) -> Self {
        self.document("collation", collation)
    }

    /// A dotted path at which every document must hold a value that no other one holds.
    pub fn primary_key(self, path: &str) -> Self {
        self.set("primaryKey", path)
    }

    /// Whether a deleted document is kept aside, to be restored or purged; off by default.
    pub fn soft_delete(self, on: bool) -> Self {
        self.flag("softDelete", on)
    }

    pub(super) fn settings(self) -> Result<Settings> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        settings(&self.fields.into_raw()?)
    }

    fn flag(self, name: &str, on: bool) -> Self {
        self.set(name, on)
    }

    fn document(mut self, name: &str, doc: impl IntoDocument) -> Self {
        match doc.into_raw().and_then(|doc| read_document(doc.as_doc())) {
            Ok(doc) => self.set(name, doc),
            Err(fault) => {
                self.fault.get_or_insert(fault);
                self
            }
        }
    }

    fn set(mut self, name: &str, value: impl Into<Bson>) -> Self {
        self.fields.insert(name, value);
        self
    }
}

/// Options as they are written, read and checked.
pub(super) fn settings(options: &RawDocBuf) -> Result<Settings> {
    let settings = Settings::parse(options.as_doc(), parse::validator)?;
    if let Some(view) = &settings.view {
        parse::view(view.pipeline.as_doc(), settings.collation.as_ref())?;
    }
    Ok(settings)
}
