//! A folder of databases, each in a file of its own.
//!
//! Invariants
//!   A4  A client hands out one handle for each database, so what one part of a program closes, all of it sees closed.
//!   A5  No database is removed while anybody in this process has a handle on it.
//!
//! Read next: `name` (what a database may be called), `folder` (which files are databases), `bulk` (many writes to
//! several databases).

mod bulk;
mod folder;
mod name;

/// Runs the programs of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guide/client.md")]
struct Guide;

pub use bulk::ClientBulkWriteError;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::{Error, ErrorKind, Result, code};

use super::database::{Database, IN_MEMORY, refuse_memory_engine};
use super::opening::closed;
use super::options::Options;
use folder::Folder;

/// A folder of databases, each the file `name.db` in it; or databases in memory. Clones are handles on the same client.
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{Client, bson::doc};
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let path = folder.path().join("data");
/// let client = Client::open(path)?; // the folder is made when there is none
/// client.database("shop")?.collection("orders").insert_one(doc! { "customer": "Ada" })?;
/// assert_eq!(client.list_database_names()?, ["shop"]);
/// assert!(client.drop_database("shop")?);
/// client.close()
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    place: Place,
    options: Options,
    /// The databases that were asked for; nothing when the client is closed. Held while one is opened or removed, so
    /// that nobody is handed a second handle, or one on a file that is going.
    open: Mutex<Option<Open>>,
}

/// The databases that were asked for, by name.
type Open = BTreeMap<String, Database>;

#[derive(Debug)]
enum Place {
    Memory,
    Folder(Folder),
}

/// What a client says about one of its databases.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatabaseSpecification {
    /// Its name.
    pub name: String,
    /// The bytes of its files, the write-ahead log among them; 0 in memory.
    pub size_on_disk: u64,
    /// Whether it has no collection; nothing is said of one that this client has not opened.
    pub empty: Option<bool>,
}

impl Client {
    /// Opens a folder of databases, and makes it when there is none; `":memory:"` is a client of databases in memory.
    /// No database is opened before it is asked for.
    ///
    /// # Errors
    /// `Exists` when a file has the folder's name; `Io`, `Denied`.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(folder, Options::default())
    }

    /// Opens a folder of databases, each of which is opened as the options say. Where they forbid to create or to write,
    /// the folder is not made.
    ///
    /// # Errors
    /// `NotFound` when there is no folder and none is made; `Invalid` for an option that cannot be meant; otherwise as
    /// [`open`](Self::open).
    pub fn open_with(folder: impl AsRef<Path>, options: Options) -> Result<Self> {
        options.check()?;
        let folder = folder.as_ref();
        let place = if folder == Path::new(IN_MEMORY) {
            Place::Memory
        } else {
            refuse_memory_engine(&options, folder)?;
            Place::Folder(Folder::open(folder, &options)?)
        };
        let inner = Inner { place, options, open: Mutex::new(Some(BTreeMap::new())) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The database of this name, opened at its first use and created when there is none: its file is there from then
    /// on. Whoever asks again is handed the same handle; one that was closed is opened again, in memory as a new one.
    ///
    /// # Errors
    /// `Invalid` with MongoDB's 73 for a name that no database can have, with 13297 for one that differs from an
    /// existing one in capital letters only; `NotFound` when there is none and none is created; otherwise as
    /// [`Database::open_with`].
    pub fn database(&self, name: &str) -> Result<Database> {
        name::check(name)?;
        let mut open = self.inner.open.lock();
        let open = open.as_mut().ok_or_else(closed)?;
        if let Some(database) = open.get(name)
            && database.opening().shared().is_ok()
        {
            return Ok(database.clone());
        }
        let database = self.open_database(name, open)?;
        open.insert(name.to_owned(), database.clone());
        Ok(database)
    }

    fn open_database(&self, name: &str, open: &Open) -> Result<Database> {
        let options = self.inner.options.clone();
        match &self.inner.place {
            Place::Memory => {
                name::check_case(name, open.keys())?;
                Database::open_with(IN_MEMORY, options)
            }
            Place::Folder(folder) => {
                name::check_case(name, &folder.names(open)?)?;
                Database::open_with(folder.file(name), options)
            }
        }
    }

    /// The names of the databases, in byte order: of the files in the folder those that begin as a database does,
    /// whatever else they are called; in memory, those with a collection.
    ///
    /// # Errors
    /// `Closed`; when the folder cannot be read.
    pub fn list_database_names(&self) -> Result<Vec<String>> {
        self.with_open(|open| self.names(open))
    }

    /// The databases, in byte order of their names.
    ///
    /// # Errors
    /// As [`list_database_names`](Self::list_database_names).
    pub fn list_databases(&self) -> Result<Vec<DatabaseSpecification>> {
        self.with_open(|open| {
            let tell = |name: String| {
                let size_on_disk = match &self.inner.place {
                    Place::Memory => 0,
                    Place::Folder(folder) => folder.size(&name)?,
                };
                let empty = open.get(&name).map(is_empty).transpose();
                // One that was closed says as little as one that was never opened.
                let empty = empty.or_else(|error| unless_closed(error, None))?;
                Ok(DatabaseSpecification { name, size_on_disk, empty })
            };
            self.names(open)?.into_iter().map(tell).collect()
        })
    }

    fn names(&self, open: &Open) -> Result<Vec<String>> {
        let Place::Folder(folder) = &self.inner.place else {
            let mut names = Vec::new();
            for (name, database) in open {
                if !is_empty(database).or_else(|error| unless_closed(error, true))? {
                    names.push(name.clone());
                }
            }
            return Ok(names);
        };
        folder.names(open)
    }

    /// Looks at the databases that were asked for, none of which is opened or removed meanwhile.
    fn with_open<R>(&self, look: impl FnOnce(&Open) -> Result<R>) -> Result<R> {
        look(self.inner.open.lock().as_ref().ok_or_else(closed)?)
    }

    /// Removes a database with everything in it; says whether there was one.
    ///
    /// One that only the client itself holds is closed and removed; one on which anybody in the process still has a
    /// handle, a collection or a cursor stays.
    ///
    /// # Errors
    /// `Busy` when somebody in this process has it open, `Locked` when another process has; `Denied` where the options
    /// forbid to write; `Invalid` with 73 for a name that no database can have, and for a file that is none; `Io`.
    pub fn drop_database(&self, name: &str) -> Result<bool> {
        name::check(name)?;
        let mut open = self.inner.open.lock();
        let open = open.as_mut().ok_or_else(closed)?;
        if self.inner.options.read_only {
            return Err(Error::new(ErrorKind::Denied, "the client was opened read-only"));
        }
        let was_open = match open.get(name) {
            Some(database) if database.opening().shared().is_err() => {
                open.remove(name);
                false
            }
            Some(database) if !database.is_only_handle() => {
                let what =
                    format!("the database {name:?} is open in this process: let go of every handle on it");
                return Err(Error::new(ErrorKind::Busy, what));
            }
            Some(database) => {
                database.close()?;
                open.remove(name);
                true
            }
            None => false,
        };
        match &self.inner.place {
            Place::Memory => Ok(was_open),
            Place::Folder(folder) => folder.remove(name, &self.inner.options),
        }
    }

    /// Closes every database that the client handed out: they and all that came from them answer `Closed` from now on,
    /// and so does the client. Closing again changes nothing.
    ///
    /// # Errors
    /// The first that closing a database meets; all are closed.
    pub fn close(&self) -> Result<()> {
        let open = self.inner.open.lock().take().unwrap_or_default();
        open.values().map(Database::close).fold(Ok(()), Result::and)
    }
}

fn is_empty(database: &Database) -> Result<bool> {
    Ok(database.list_collection_names()?.is_empty())
}

fn unless_closed<R>(error: Error, answer: R) -> Result<R> {
    if error.code() == Some(code::CLOSED.0) { Ok(answer) } else { Err(error) }
}
