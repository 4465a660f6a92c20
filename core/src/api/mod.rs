//! What a user holds and says.
//!
//! A [`Database`] hands out [`Collection`]s; a collection has the verbs, one file each.
//! A [`Transaction`] hands out collections with the very same verbs, which then happen inside it.
//!
//! Invariants
//!   A1  A verb runs through a session, which alone knows whether it commits at once or within a transaction.
//!   A2  Nothing is answered from a state that a power cut could take back (at durability `full`).
//!   A3  A statement that fails inside a transaction leaves nothing behind in it.

mod admin;
mod alter;
mod asides;
mod automatic;
mod background;
mod backup;
mod bulk;
mod client;
mod collation;
mod collection;
mod collection_options;
mod command;
mod count;
mod cursor;
mod database;
mod delete;
mod distinct;
mod document;
mod explain;
mod find;
mod find_one_and;
mod get;
mod index_stats;
mod indexes;
mod insert;
mod listing;
mod many;
mod modify;
mod opening;
mod options;
mod rebuild;
mod registry;
mod remove;
mod replace;
mod session;
mod soft_delete;
#[cfg(test)]
mod tests;
mod transaction;
mod update;

pub use admin::Info;
pub use bulk::{BulkWriteError, BulkWriteOptions, BulkWriteResult, VerboseBulkWriteResult, WriteModel};
pub use client::{Client, ClientBulkWriteError, DatabaseSpecification};
pub use collection::Collection;
pub use collection_options::CollectionOptions;
pub use count::CountOptions;
pub use cursor::{Cursor, DocumentCursor, RawCursor};
pub use database::Database;
pub use delete::{DeleteOptions, DeleteResult};
pub use distinct::DistinctOptions;
pub use document::{Document, DocumentBuilder, DocumentType, Id};
pub use explain::{Explain, Verbosity};
pub use find::Find;
pub use find_one_and::{FindOneAndOptions, ReturnDocument};
pub use get::DocumentBytes;
pub use indexes::IndexOptions;
pub use insert::{InsertManyOptions, InsertManyResult, InsertOneOptions, InsertOneResult};
pub use many::GetManyOptions;
pub use options::{Durability, EngineKind, Options};
pub use replace::ReplaceOptions;
pub use soft_delete::SoftDeleteOptions;
pub use transaction::{Savepoint, Transaction};
pub use update::{UpdateOptions, UpdateResult};
