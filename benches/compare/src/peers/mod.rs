//! Those who are compared. Each is tuned as somebody who knows it well would, and says so where it is opened; every
//! write is durable when it returns.

mod btree;
mod fjall;
mod lmdb;
mod nexus;
mod ordered;
mod redb;
#[cfg(feature = "rocksdb")]
mod rocksdb;
mod roster;
mod sqlite;
mod sqlite_columns;
mod sqlite_json;

use std::path::Path;

use nexuslite_benches::Failure;

use crate::person::Person;

pub use ordered::Averages;
pub use roster::{ENTRIES, Entry, OURS, entry, open};

pub type Id = [u8; 16];
pub type Result<T> = std::result::Result<T, Failure>;

/// What a query came to: every peer has to say the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answer {
    pub documents: u64,
    /// Something about each of these, added: their ages, mostly.
    pub sum: u64,
}

impl Answer {
    pub fn add(&mut self, figure: u64) {
        self.documents += 1;
        self.sum += figure;
    }
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// What it may keep in memory of what it has read.
    pub cache_bytes: usize,
    /// Whether the log is left to grow far beyond 64 MiB, so that a kill leaves as much to be read back.
    pub keeps_log: bool,
}

impl Opening {
    /// With a cache that holds the data.
    pub const USUAL: Opening = Opening { cache_bytes: 1 << 30, keeps_log: false };
}

/// A database of people with an index on `city` and one on `age`, as one thread uses it.
///
/// Every read hands out whole documents. The ids of one call differ from each other.
pub trait Peer: Send {
    /// The same database for another thread.
    fn beside(&self) -> Result<Box<dyn Peer>>;
    /// Inserts in one commit.
    fn insert(&mut self, batch: &[Person]) -> Result<()>;
    /// Does now what was left for later.
    fn settle(&mut self) -> Result<()>;
    /// The age of one, read in its stored form.
    fn get(&mut self, id: &Id) -> Result<Option<u64>>;
    /// The age of one, after all of it was made into values that a program holds.
    fn get_decoded(&mut self, id: &Id) -> Result<Option<u64>>;
    /// All of these as they were at one moment.
    fn get_all(&mut self, ids: &[Id]) -> Result<Answer>;
    /// This one and those that follow it in the order of ids.
    fn following(&mut self, id: &Id, limit: u32) -> Result<Answer>;
    /// Those with a lower score, which has no index.
    fn below(&mut self, score: f64) -> Result<Answer>;
    /// Those of a city, by its index.
    fn of_city(&mut self, city: &str) -> Result<Answer>;
    /// The youngest of an age range, in order, by its index.
    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer>;
    /// The average age in each city, added as thousandths.
    fn averages(&mut self) -> Result<Answer>;
    /// The scores of all, added as thousandths, as they were before `meanwhile`, which is called within the reading.
    fn scores_around(&mut self, meanwhile: &mut dyn FnMut() -> Result<()>) -> Result<Answer>;
    /// Adds 1 to the score of each, in one commit.
    fn raise_scores(&mut self, ids: &[Id]) -> Result<()>;
    /// Deletes these in one commit.
    fn delete(&mut self, ids: &[Id]) -> Result<()>;
    /// Closes it in good order; nobody uses it beside any more.
    fn close(self: Box<Self>) -> Result<()>;
}

/// Opens the named one in a folder, which holds its database or nothing.
pub type Open = fn(&Path, Opening) -> Result<Box<dyn Peer>>;
