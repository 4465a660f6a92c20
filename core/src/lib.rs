//! NexusLite: an embedded document database.
//!
//! MongoDB's documents and queries, in one file, without a server.
//!
//! ```
//! # fn main() -> nexuslite::Result<()> {
//! use nexuslite::{Database, Document, DocumentType, bson::doc};
//!
//! let db = Database::open(":memory:")?;
//! db.create_collection("users")?;
//! let id = db.insert_document("users", Document::new(doc! {"username": "alice", "age": 30}, DocumentType::Persistent))?;
//! let found = db.get_collection("users")?.find_document(&id)?.expect("just inserted");
//! assert_eq!(found.fields().get_i32("age").ok(), Some(30));
//!
//! let users = db.collection("users");
//! users.update_many(doc! {"age": {"$gte": 30}}, doc! {"$inc": {"age": 1}})?;
//! assert_eq!(users.count_documents(doc! {"age": 31})?, 1);
//! # Ok(())
//! # }
//! ```
//!
//! Where to read on: [`Database`] opens and closes, [`Client`] does so for a folder of them, [`Collection`] has the verbs, [`Transaction`] binds several of
//! them together, [`Options`] lists every knob, [`Error`] says what to do when something fails.
#![forbid(unsafe_code)]

mod api;
pub mod base;
mod collection;
pub mod document;
pub mod error;
mod expression;
#[cfg(feature = "simulation")]
#[doc(hidden)]
pub mod fuzzing;
mod index;
mod query;
mod runtime;
mod storage;
mod transaction;
pub mod vfs;

pub use api::{
    BulkWriteError, BulkWriteOptions, BulkWriteResult, Client, ClientBulkWriteError, Collection,
    CollectionOptions, CountOptions, Cursor, Database, DatabaseSpecification, DeleteOptions, DeleteResult,
    DistinctOptions, Document, DocumentBuilder, DocumentBytes, DocumentCursor, DocumentType, Durability,
    EngineKind, Explain, Find, FindOneAndOptions, GetManyOptions, Id, IndexOptions, Info, InsertManyOptions,
    InsertManyResult, InsertOneOptions, InsertOneResult, Options, RawCursor, ReplaceOptions, ReturnDocument,
    Savepoint, SoftDeleteOptions, Transaction, UpdateOptions, UpdateResult, VerboseBulkWriteResult,
    Verbosity, WriteModel,
};
pub use bson;
pub use document::convert::{IntoDocument, IntoUpdate, UpdateForm};
pub use document::id::IdKind;
pub use error::{Error, ErrorKind, Result};
pub use query::execute::CancelToken;
#[cfg(feature = "simulation")]
#[doc(hidden)]
pub use query::plan::intersecting;
#[cfg(feature = "simulation")]
pub use storage::simulation;
pub use storage::{CheckReport, Stats};
