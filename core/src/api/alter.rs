//! Changing what a collection, an index or a view was created with.

use bson::Document;

use crate::collection::Alteration;
use crate::document::convert::{IntoDocument, read_document};
use crate::error::Result;
use crate::query::parse;

use super::database::Database;
use super::session::Session;

impl Database {
    /// Changes a collection or a view as MongoDB's `collMod` does, and answers what was and what is of an index.
    ///
    /// What can be changed: `validator`, `validationLevel`, `validationAction`; `index` (`name` or `keyPattern`, with
    /// `expireAfterSeconds` or `hidden`); `cappedSize`, `cappedMax`; `expireAfterSeconds` of a clustered collection; of
    /// a view `viewOn` and `pipeline`.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// let people = db.create_collection("people")?;
    /// people.create_index(doc! { "age": 1 })?;
    /// let told = db.coll_mod("people", doc! { "index": { "name": "age_1", "hidden": true } })?;
    /// assert_eq!(told, doc! { "hidden_old": false, "hidden_new": true });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` (26, 27) when there is no such collection or index; `Invalid` (72 and others) for what cannot be
    /// changed so; `Unsupported`.
    pub fn coll_mod(&self, name: &str, changes: impl IntoDocument) -> Result<Document> {
        self.session().alter(name, changes)
    }
}

impl Session {
    pub(super) fn alter(&self, name: &str, changes: impl IntoDocument) -> Result<Document> {
        let alteration = Alteration::parse(changes.into_raw()?.as_doc(), parse::validator)?;
        if let Some(pipeline) = &alteration.pipeline {
            parse::view(pipeline.as_doc(), None)?;
        }
        let told = self.write(|_, scope| scope.alter(name, &alteration))?;
        read_document(told.as_doc())
    }
}
