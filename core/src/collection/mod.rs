//! Documents as records: which collections there are, and where each keeps its documents.
//!
//! Not here: what a filter or an update means (`expression`), which records a statement touches (`query`), how
//! bytes reach the disk (`storage`).
//!
//! Invariants
//!   C1  A record, its `_id` entry, its expiry entry and the document count change in one transaction.
//!   C2  The `_id` tree holds exactly one entry for each record, and its value is the record's id.
//!   C3  The expiry tree holds exactly one entry for each record that has an expiry.
//!   C4  A record whose expiry has passed is answered by no read and counted by no count.
//!   C5  A tree number and a record id are given once in the life of a database.
//!   C6  The tree of an index that is ready holds for each record the entries that its specification makes of the
//!       document, and no others; they change with the record.
//!   C7  Whoever writes to a collection fails when the collection's catalog entry changed meanwhile.
//!   C8  Every document that is put was accepted by its collection's settings first; a view holds no records.
//!   C9  A capped collection that was inserted into holds no more than it may, whoever else inserted meanwhile.
//!   C10 A deleted record that can be restored lies in the tree of graves alone, byte for byte as it was.
//!   C11 What is remembered beside the trees (guesses where documents are, values of fields) is checked where it is used,
//!       against the reader's own snapshot, and so never has to be taken back.
//!
//! Read next: `layout` (bytes), `catalog`, `opened`, `scope`, `settings`, `record`, `store`.

mod alter;
mod arrays;
mod capped;
mod catalog;
mod check;
mod columns;
mod entry;
mod ephemeral;
mod fetch;
mod graves;
mod histogram;
mod id_hints;
mod index_size;
mod indexes;
mod layout;
mod name;
mod new_keys;
mod opened;
mod rebuild;
mod record;
mod record_ids;
mod scope;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod ttl;
mod upkeep;
mod uses;
mod validation;
mod views;

pub(crate) use crate::index::spec::ID_INDEX;
pub(crate) use alter::Alteration;
pub(crate) use catalog::{Catalog, Handle, SchemaChanges};
pub(crate) use check::{check, check_one};
pub(crate) use columns::{Cell, Column, Columns, Field, columns_room};
pub(crate) use entry::{Entry, IndexEntry, Parsers};
pub(crate) use ephemeral::{EPHEMERAL_COLLECTION, preload};
pub(crate) use fetch::{dangling, fetch, fetch_many};
pub(crate) use graves::{Buried, buried};
pub(crate) use histogram::{Histogram, Stretch};
pub(crate) use id_hints::hints_room;
pub(crate) use index_size::{IndexSize, index_size, size_of_ids};
pub(crate) use indexes::no_index;
pub(crate) use new_keys::NewKeys;
pub(crate) use opened::{Opened, OpenedIndex};
pub(crate) use rebuild::outdated;
pub(crate) use record::{Envelope, Metadata, live_body};
pub(crate) use record_ids::RecordId;
pub(crate) use scope::{Scope, missing};
pub(crate) use settings::Settings;
pub(crate) use store::{Store, Upkeep, count, stored_count};
pub(crate) use ttl::{expired_records, sweep};
pub(crate) use uses::{Used, Uses};
pub(crate) use validation::is_of_document;
pub(crate) use views::{VIEW_DEPTH_MAX, is_view, too_deep};
