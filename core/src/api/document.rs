//! A document together with what the database keeps beside its fields.

use std::time::Duration;

use bson::{Bson, DateTime};

use crate::collection::{EPHEMERAL_COLLECTION, Envelope, Metadata};
use crate::document::builder::{ArrayWriter, RawDocBuf};
use crate::document::convert::{IntoDocument, read_document, single, to_bson};
use crate::document::id::{ID, check_id};
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, Result, code};
use crate::query::parse;
use crate::query::statement::{Change, Modify, Reach};

use super::collection::Collection;
use super::modify::Limits;

/// What identifies a document in its collection.
pub type Id = Bson;

/// Whether a document is meant to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DocumentType {
    /// It stays until it is deleted, or its time has passed.
    #[default]
    Persistent,
    /// It lives in the hidden collection `_tempDocuments`, apart from all others.
    Ephemeral,
}

/// A document, and its metadata: how long it lives, its tags, and what the collection keeps besides.
///
/// ```
/// use std::time::Duration;
/// use nexuslite::{Document, DocumentType};
/// let session = Document::builder()
///     .field("user", "alice")
///     .ttl(Duration::from_secs(3600))
///     .tag("session")
///     .build();
/// assert_eq!(session.document_type(), DocumentType::Persistent);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    fields: bson::Document,
    kind: DocumentType,
    ttl: Option<Duration>,
    tags: Vec<String>,
    expires_at: Option<DateTime>,
    created_at: Option<DateTime>,
    updated_at: Option<DateTime>,
    version: Option<u64>,
}

/// Makes a [`Document`] field by field.
#[derive(Debug, Clone)]
#[must_use]
pub struct DocumentBuilder(Document);

impl Document {
    /// A document without further metadata.
    #[must_use]
    pub fn new(fields: bson::Document, kind: DocumentType) -> Self {
        Self {
            fields,
            kind,
            ttl: None,
            tags: Vec::new(),
            expires_at: None,
            created_at: None,
            updated_at: None,
            version: None,
        }
    }

    /// Begins a persistent document without fields.
    pub fn builder() -> DocumentBuilder {
        DocumentBuilder(Self::new(bson::Document::new(), DocumentType::Persistent))
    }

    /// The `_id`, where there is one already.
    #[must_use]
    pub fn id(&self) -> Option<&Id> {
        self.fields.get(ID)
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &bson::Document {
        &self.fields
    }

    /// The fields, to be changed.
    pub fn fields_mut(&mut self) -> &mut bson::Document {
        &mut self.fields
    }

    /// The fields without the metadata.
    #[must_use]
    pub fn into_fields(self) -> bson::Document {
        self.fields
    }

    /// Whether it is meant to stay.
    #[must_use]
    pub fn document_type(&self) -> DocumentType {
        self.kind
    }

    /// How long it lives from the moment it is written.
    #[must_use]
    pub fn ttl(&self) -> Option<Duration> {
        self.ttl
    }

    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// When it is gone, for a document that was read.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime> {
        self.expires_at
    }

    /// When it was inserted, where the collection keeps that.
    #[must_use]
    pub fn created_at(&self) -> Option<DateTime> {
        self.created_at
    }

    /// When it was changed last, where the collection keeps that.
    #[must_use]
    pub fn updated_at(&self) -> Option<DateTime> {
        self.updated_at
    }

    /// 1 when inserted and one more with each change, where the collection keeps that.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// The document in `record`, whose fields begin at `body`.
    pub(super) fn read(record: &[u8], body: usize, kind: DocumentType) -> Result<Self> {
        let envelope = Envelope::decode(record)?;
        let tags = envelope.tags.into_iter().flatten();
        Ok(Self {
            fields: read_document(RawDoc::new(&record[body..]))?,
            kind,
            ttl: None,
            tags: tags.filter_map(|(_, tag)| tag.as_str().map(str::to_owned)).collect(),
            expires_at: envelope.expires_at_ms.map(DateTime::from_millis),
            created_at: envelope.created_at_ms.map(DateTime::from_millis),
            updated_at: envelope.updated_at_ms.map(DateTime::from_millis),
            version: envelope.version,
        })
    }

    fn metadata(&self) -> Metadata {
        let ttl_ms = self.ttl.map(|ttl| i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX));
        Metadata { ttl_ms, tags: (!self.tags.is_empty()).then(|| tag_array(&self.tags)) }
    }
}

impl From<Document> for bson::Document {
    fn from(document: Document) -> Self {
        document.fields
    }
}

impl DocumentBuilder {
    /// Sets a field.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Bson>) -> Self {
        self.0.fields.insert(name, value);
        self
    }

    /// Sets the `_id`, which is generated otherwise.
    pub fn id(self, id: impl Into<Bson>) -> Self {
        self.field(ID, id)
    }

    /// How long the document lives, from the moment it is written.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.0.ttl = Some(ttl);
        self
    }

    /// Adds a tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.0.tags.push(tag.into());
        self
    }

    /// Whether the document is meant to stay; persistent unless said.
    pub fn document_type(mut self, kind: DocumentType) -> Self {
        self.0.kind = kind;
        self
    }

    /// The document is not meant to stay.
    pub fn ephemeral(self) -> Self {
        self.document_type(DocumentType::Ephemeral)
    }

    /// The document.
    #[must_use]
    pub fn build(self) -> Document {
        self.0
    }
}

impl<T> Collection<T> {
    /// Inserts a document with its metadata; an ephemeral one goes to the hidden collection `_tempDocuments`,
    /// whatever this collection is.
    ///
    /// # Errors
    /// `DuplicateKey` when its `_id` is taken; `Invalid` for a document that cannot be stored, or a persistent
    /// one in `_tempDocuments`.
    pub fn insert_document(&self, document: Document) -> Result<Id> {
        let metadata = document.metadata();
        let home = self.home_of(document.kind)?;
        home.insert_with_metadata(&document.into_fields(), &metadata)
    }

    /// Replaces the document of this `_id`, and its metadata by what `document` says; says whether there was one.
    ///
    /// # Errors
    /// `Invalid`, `ImmutableField` (66), when the new document has another `_id`.
    pub fn update_document(&self, id: &Bson, document: Document) -> Result<bool> {
        let metadata = document.metadata();
        let update = parse::replacement(document.fields.into_raw()?.as_doc())?;
        let change = Change::Update(update.into(), Some(metadata));
        let done = self.home_of(document.kind)?.modify(&by_id(id, change)?, Limits::default())?;
        Ok(done.matched > 0)
    }

    /// Deletes the document of this `_id`; says whether there was one.
    ///
    /// # Errors
    /// `Invalid` for a value that cannot be an `_id`.
    pub fn delete_document(&self, id: &Bson) -> Result<bool> {
        Ok(self.modify(&by_id(id, Change::Delete)?, Limits::default())?.matched > 0)
    }

    /// The collection in which documents of this kind are kept.
    fn home_of(&self, kind: DocumentType) -> Result<Collection<T>> {
        match (kind, kind_of(self.name())) {
            (DocumentType::Persistent, DocumentType::Ephemeral) => {
                let what = format!("the collection {EPHEMERAL_COLLECTION:?} keeps no persistent documents");
                Err(Error::invalid(code::INVALID_NAMESPACE, what))
            }
            (asked, here) if asked == here => Ok(self.clone()),
            _ => Ok(Collection::new(self.session().clone(), EPHEMERAL_COLLECTION)),
        }
    }
}

/// Which documents the collection of this name keeps.
pub(super) fn kind_of(collection: &str) -> DocumentType {
    if collection == EPHEMERAL_COLLECTION { DocumentType::Ephemeral } else { DocumentType::Persistent }
}

/// A change of the one document of this `_id`.
fn by_id(id: &Bson, change: Change) -> Result<Modify> {
    let whole = single(ID, id)?;
    let Some(value) = whole.as_doc().get(ID) else { return Err(Error::internal("an _id was not written")) };
    check_id(value)?;
    let filter = RawDocBuf::build(|filter| filter.document(ID).append("$eq", value));
    let filter = parse::filter(filter.as_doc())?;
    let sort = Default::default();
    Ok(Modify { filter, sort, reach: Reach::One, change, upsert: false, hint: None })
}

fn tag_array(tags: &[String]) -> RawDocBuf {
    let mut bytes = Vec::new();
    let mut array = ArrayWriter::new(&mut bytes);
    tags.iter().for_each(|tag| array.put(Value::String(tag)));
    drop(array);
    RawDocBuf::from_checked(bytes)
}

/// The `_id` of a document that was made ready to be stored.
pub(super) fn id_of(doc: RawDoc<'_>) -> Result<Id> {
    let id = doc.get(ID).ok_or_else(|| Error::internal("a stored document has no _id"))?;
    to_bson(id)
}
