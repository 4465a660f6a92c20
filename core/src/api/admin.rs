//! The care of a database: what it holds, whether it is sound, what can be given back.

use std::path::PathBuf;

use crate::base::Task;
use crate::collection::{Handle, count};
use crate::error::{ErrorKind, Result};
use crate::storage::{CheckReport, Stats};

use super::database::Database;

/// What a database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// The main file; nothing for a database in memory.
    pub path: Option<PathBuf>,
    /// The collections that users see, in byte order, each with how many documents live in it; views hold none.
    pub collections: Vec<(String, u64)>,
}

impl Database {
    /// What the database holds.
    ///
    /// # Errors
    /// `Closed`, or when the file cannot be read.
    pub fn info(&self) -> Result<Info> {
        self.session().read(|shared, txn| {
            let mut collections = Vec::new();
            for name in shared.catalog.names(txn)? {
                if let Some(opened) = shared.catalog.look(txn, &Handle::new(&name))?
                    && !opened.entry.is_view()
                {
                    collections.push((name, count(txn, &opened)?));
                }
            }
            Ok(Info { path: shared.path.clone(), collections })
        })
    }

    /// Sizes and counts of the storage.
    ///
    /// # Errors
    /// `Closed`.
    pub fn stats(&self) -> Result<Stats> {
        Ok(self.opening().shared()?.engine.stats())
    }

    /// Walks everything and says what is wrong; changes nothing.
    ///
    /// # Errors
    /// `Closed`, or when the file cannot be read at all: what is wrong in it stands in the report.
    pub fn check(&self) -> Result<CheckReport> {
        let shared = self.opening().shared()?;
        let mut report = shared.engine.check()?;
        let walked = self
            .session()
            .read(|shared, txn| crate::collection::check(&shared.catalog, txn, &mut report.faults));
        match walked {
            Err(error) if error.kind() == ErrorKind::Corrupt => report.faults.push(error.to_string()),
            walked => walked?,
        }
        Ok(report)
    }

    /// Returns when everything committed so far is on the device, whatever the durability is; at once in memory.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, Durability, Options, bson::doc};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let path = folder.path().join("shop");
    /// let db = Database::open_with(path, Options::new().durability(Durability::None))?;
    /// let orders = db.collection("orders");
    /// for number in 0..1000 {
    ///     orders.insert_one(doc! { "_id": number })?;
    /// }
    /// db.sync()?; // From here on no power cut takes any of them.
    /// # db.close()
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Io`, `Denied`, `Closed`. After a sync that failed the database only reads: what the device holds is not known.
    pub fn sync(&self) -> Result<()> {
        self.opening().writable()?.engine.sync()
    }

    /// Brings everything committed so far into the main file.
    ///
    /// # Errors
    /// `DiskFull`, `Io`, `Denied`, `Closed`; nothing is lost by any of them.
    pub fn checkpoint(&self) -> Result<()> {
        self.opening().writable()?.engine.checkpoint()
    }

    /// Removes up to `limit` documents whose time has passed; says how many there were.
    /// They were invisible before: this gives their space back.
    ///
    /// # Errors
    /// As any delete.
    pub fn sweep(&self, limit: usize) -> Result<usize> {
        self.opening().writable()?.sweeper.sweep(limit)
    }

    /// Does one piece of background work when some is due; says whether it did. Only needed where the option
    /// `background` is off.
    ///
    /// # Errors
    /// `DiskFull`, `Io`, `Closed`.
    pub fn step(&self) -> Result<bool> {
        let shared = self.opening().writable()?;
        Ok(shared.engine.step()? || shared.sweeper.step()? || shared.automatic.step()?)
    }

    /// Has every handle on the file answer `Poisoned` until it is closed and opened again; the first reason is kept.
    ///
    /// For those who call the database from another language and caught a panic on the way out of it.
    pub fn poison(&self, why: &str) {
        if let Ok(shared) = self.opening().shared() {
            shared.engine.poison(why);
        }
    }
}
