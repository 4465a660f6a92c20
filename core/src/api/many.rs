//! Many documents by their `_id`s, in one call.

use std::borrow::Borrow;

use bson::{Bson, Document, doc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::builder::RawDocBuf;
use crate::document::convert::{read, read_document, write};
use crate::document::id::ID;
use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};

use super::asides::{Asides, aside_methods};
use super::bulk::{BulkWriteOptions, BulkWriteResult, WriteModel};
use super::collection::Collection;
use super::get::DocumentBytes;
use super::modify::Limits;

/// How documents are got by their `_id`s.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct GetManyOptions {
    asides: Asides,
    limits: Limits,
}

impl GetManyOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    aside_methods!(comment);
    aside_methods!(limits);
}

impl<T> Collection<T> {
    /// The documents with these `_id`s, in the order asked, all from one state; nothing where there is none.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// let c = db.collection("c");
    /// c.insert_many([doc! { "_id": 1 }, doc! { "_id": 2 }])?;
    /// let found = c.get_many([&2.into(), &7.into(), &1.into()])?;
    /// assert_eq!(found, [Some(doc! { "_id": 2 }), None, Some(doc! { "_id": 1 })]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` when a document does not fit `T`; `Closed`, or when the file cannot be read.
    pub fn get_many(&self, ids: impl IntoIterator<Item = impl Borrow<Bson>>) -> Result<Vec<Option<T>>>
    where
        T: DeserializeOwned + 'static,
    {
        self.get_many_with(ids, GetManyOptions::default())
    }

    /// Gets documents as the options say.
    ///
    /// # Errors
    /// As [`get_many`](Self::get_many); `Timeout`, `Cancelled`.
    pub fn get_many_with(
        &self,
        ids: impl IntoIterator<Item = impl Borrow<Bson>>,
        options: GetManyOptions,
    ) -> Result<Vec<Option<T>>>
    where
        T: DeserializeOwned + 'static,
    {
        let GetManyOptions { asides, limits } = options;
        asides.log("get_many", self.name());
        self.get_all(ids, &limits, |record, body| read(RawDoc::new(&record[body..])))
    }

    /// The bytes of the documents with these `_id`s, in the order asked, all from one state; nothing where there is
    /// none. The fastest way to many documents: they are looked up together, and nothing is decoded or copied.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, bson::{Document, doc}};
    /// let db = Database::open(":memory:")?;
    /// let c = db.collection("c");
    /// c.insert_many([doc! { "_id": 1, "a": 5 }])?;
    /// let found = c.get_many_raw([&7.into(), &1.into()])?;
    /// assert!(found[0].is_none());
    /// let found: Option<Document> = found[1].as_ref().map(|bytes| bytes.decode()).transpose()?;
    /// assert_eq!(found, Some(doc! { "_id": 1, "a": 5 }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Closed`, or when the file cannot be read.
    pub fn get_many_raw(
        &self,
        ids: impl IntoIterator<Item = impl Borrow<Bson>>,
    ) -> Result<Vec<Option<DocumentBytes>>> {
        self.get_all(ids, &Limits::default(), |record, body| {
            Ok(DocumentBytes::new(record.slice(body..record.len())))
        })
    }

    /// Puts each document in the place of the one with its `_id`, or inserts it when there is none; one without `_id`
    /// is inserted. A document that is there already, byte for byte, is matched and not modified.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    pub fn upsert_many(&self, documents: impl IntoIterator<Item = impl Borrow<T>>) -> Result<BulkWriteResult>
    where
        T: Serialize,
    {
        self.upsert_many_with(documents, BulkWriteOptions::default())
    }

    /// Puts documents by their `_id`s as the options say.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    pub fn upsert_many_with(
        &self,
        documents: impl IntoIterator<Item = impl Borrow<T>>,
        options: BulkWriteOptions,
    ) -> Result<BulkWriteResult>
    where
        T: Serialize,
    {
        let models = documents.into_iter().map(|document| {
            let document = raw(document.borrow())?;
            match document.as_doc().get(ID) {
                None => Ok(WriteModel::insert_raw(document.as_doc())),
                Some(_) => {
                    let filter = by_id(&document)?;
                    Ok(WriteModel::replace_raw(filter, document).upsert(true))
                }
            }
        });
        self.bulk_write_with(models.collect::<Result<Vec<_>>>()?, options)
    }

    /// Merges the fields of each document into the one with its `_id`: fields at the top are put in the place of those
    /// of the same name, all others stay. Where there is no such document nothing happens, and nothing is written where
    /// nothing changes.
    ///
    /// # Errors
    /// `Invalid` for a document without `_id`; otherwise as [`bulk_write`](Self::bulk_write).
    pub fn merge_many(&self, documents: impl IntoIterator<Item = impl Borrow<T>>) -> Result<BulkWriteResult>
    where
        T: Serialize,
    {
        self.merge_many_with(documents, BulkWriteOptions::default())
    }

    /// Merges fields into documents by their `_id`s as the options say.
    ///
    /// # Errors
    /// As [`merge_many`](Self::merge_many).
    pub fn merge_many_with(
        &self,
        documents: impl IntoIterator<Item = impl Borrow<T>>,
        options: BulkWriteOptions,
    ) -> Result<BulkWriteResult>
    where
        T: Serialize,
    {
        let models = documents.into_iter().enumerate().map(|(at, document)| {
            let document = raw(document.borrow())?;
            if document.as_doc().get(ID).is_none() {
                let what = format!("the document at place {at} has no _id that says what it is merged into");
                return Err(Error::invalid(code::NO_SUCH_KEY, what));
            }
            let fields: Document = read_document(document.as_doc())?;
            // What is merged is no path and no expression, whatever its names and texts begin with.
            let merged = doc! { "$replaceWith": { "$mergeObjects": ["$$ROOT", { "$literal": fields }] } };
            Ok(WriteModel::update_one(by_id(&document)?, [merged]))
        });
        self.bulk_write_with(models.collect::<Result<Vec<_>>>()?, options)
    }
}

fn raw<T: Serialize>(document: &T) -> Result<RawDocBuf> {
    let mut bytes = Vec::new();
    write(document, &mut bytes)?;
    RawDocBuf::from_bytes(bytes)
}

/// The filter that finds the document of the same `_id`.
fn by_id(document: &RawDocBuf) -> Result<RawDocBuf> {
    let id = document.as_doc().get(ID).ok_or_else(|| Error::internal("a document has lost its _id"))?;
    Ok(RawDocBuf::build(|filter| filter.document(ID).append("$eq", id)))
}
