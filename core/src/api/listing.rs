//! The collections and views as MongoDB lists them.

use bson::{Document, doc};

use crate::collection::{Entry, ID_INDEX};
use crate::document::builder::{DocWriter, RawDocBuf};
use crate::document::convert::{IntoDocument, read_document};
use crate::document::raw::Value;
use crate::error::Result;
use crate::expression::value::Moment;
use crate::query::parse;

use super::database::Database;
use super::session::Session;
use super::transaction::Transaction;

impl Database {
    /// The collections and views that satisfy `filter`, in the order of their names, each as MongoDB lists it:
    /// `{name, type, options, info: {readOnly, uuid}, idIndex}`.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// db.create_collection("orders")?;
    /// let listed = db.list_collections(doc! { "name": { "$regex": "^ord" } })?;
    /// assert_eq!(listed[0].get_str("type").ok(), Some("collection"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for a filter that means nothing.
    pub fn list_collections(&self, filter: impl IntoDocument) -> Result<Vec<Document>> {
        self.session().list_collections(filter)
    }
}

impl Transaction {
    /// As [`Database::list_collections`].
    ///
    /// # Errors
    /// As there.
    pub fn list_collections(&self, filter: impl IntoDocument) -> Result<Vec<Document>> {
        self.session().list_collections(filter)
    }
}

impl Session {
    pub(super) fn list_collections(&self, filter: impl IntoDocument) -> Result<Vec<Document>> {
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), self.terms(None, None))?;
        self.read(|shared, txn| {
            let read_only = shared.options.read_only;
            let moment = Moment::at(txn.now_ms());
            let mut listed = Vec::new();
            for (name, entry) in shared.catalog.listed(txn)? {
                let one = list_one(&name, &entry, read_only);
                if filter.matches_at(one.as_doc(), &moment)? {
                    listed.push(read_document(one.as_doc())?);
                }
            }
            Ok(listed)
        })
    }
}

fn list_one(name: &str, entry: &Entry, read_only: bool) -> RawDocBuf {
    let is_view = entry.is_view();
    RawDocBuf::build(|out| {
        out.put("name", Value::String(name));
        out.put("type", Value::String(if is_view { "view" } else { "collection" }));
        out.put("options", Value::Document(entry.settings.to_doc().as_doc()));
        let mut info = out.document("info");
        info.put("readOnly", Value::Boolean(is_view || read_only));
        if let Some(uuid) = &entry.uuid {
            info.put("uuid", Value::Binary { subtype: 4, bytes: uuid });
        }
        info.finish();
        if !is_view && entry.settings.clustered.is_none() {
            id_index(&mut out.document("idIndex"));
        }
    })
}

fn id_index(out: &mut DocWriter<'_>) {
    out.put("v", Value::Int32(2));
    out.document("key").put("_id", Value::Int32(1));
    out.put("name", Value::String(ID_INDEX));
}

/// The index on `_id` of a collection that is clustered by it.
pub(super) fn clustered_index(name: &str) -> Document {
    doc! { "v": 2, "key": { "_id": 1 }, "name": name, "unique": true, "clustered": true }
}
