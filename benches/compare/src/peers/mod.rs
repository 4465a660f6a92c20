//! Those who are compared. Each is tuned as somebody who knows it well would, and says so where it is opened; every
//! write is durable when it returns.

mod bare;
mod lmdb;
mod nexus;
mod sqlite;
mod sqlite_columns;
mod sqlite_json;

use std::path::Path;

use nexuslite_benches::Failure;

use crate::person::Person;

pub(crate) type Id = [u8; 16];
type Result<T> = std::result::Result<T, Failure>;

/// What a query came to: every peer has to say the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) documents: u64,
    /// The ages of these, added.
    pub(crate) ages: u64,
}

impl Answer {
    fn add(&mut self, age: u64) {
        self.documents += 1;
        self.ages += age;
    }
}

/// A database of people with an index on `city` and one on `age`. Every read hands out whole documents.
pub(crate) trait Peer {
    /// Inserts in one commit.
    fn insert(&mut self, batch: &[Person]) -> Result<()>;
    /// Does now what was left for later.
    fn settle(&mut self) -> Result<()>;
    /// The age of one.
    fn get(&mut self, id: &Id) -> Result<Option<u64>>;
    /// Those with a lower score, which has no index.
    fn below(&mut self, score: f64) -> Result<Answer>;
    /// Those of a city, by its index.
    fn of_city(&mut self, city: &str) -> Result<Answer>;
    /// The youngest of an age range, in order, by its index.
    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer>;
    /// Adds 1 to the score of each, in one commit.
    fn raise_scores(&mut self, ids: &[Id]) -> Result<()>;
    /// Deletes these in one commit.
    fn delete(&mut self, ids: &[Id]) -> Result<()>;
}

/// The names of all, ours first.
pub(crate) const NAMES: [&str; 5] = ["NexusLite", "SQLite columns", "SQLite JSON", "LMDB", "bare memory"];

/// Opens the named one in a folder, which holds its database or nothing.
pub(crate) fn open(name: &str, folder: &Path) -> Result<Box<dyn Peer>> {
    Ok(match name {
        "NexusLite" => Box::new(nexus::Nexus::open(folder)?),
        "SQLite columns" => Box::new(sqlite_columns::Columns::open(folder)?),
        "SQLite JSON" => Box::new(sqlite_json::Json::open(folder)?),
        "bare memory" => Box::new(bare::Bare::open(folder)?),
        "LMDB" => Box::new(lmdb::Lmdb::open(folder)?),
        other => return Err(format!("there is no peer {other:?}; there are {}", NAMES.join(", ")).into()),
    })
}
