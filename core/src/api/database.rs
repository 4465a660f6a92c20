//! A database: opened, asked for its collections, closed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bson::Bson;

use crate::base::Budget;
use crate::collection::{columns_room, hints_room, is_view, missing};
use crate::error::{Error, ErrorKind, Result, code};
use crate::storage::engine::{self, EngineConfig, EngineKind, Switches};
use crate::vfs::Vfs;

use super::collection::Collection;
use super::collection_options::CollectionOptions;
use super::document::{Document, Id};
use super::opening::{Opening, Shared};
use super::options::{Options, file_of};
use super::registry;
use super::session::Session;

/// The name of the database that nobody has named.
const DEFAULT_NAME: &str = "nexuslite";
/// The name of a database that lives in memory and ends with its last handle.
pub(super) const IN_MEMORY: &str = ":memory:";

/// An open database. Clones are handles on the same opening.
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{Database, bson::doc};
/// let db = Database::open(":memory:")?;
/// let users = db.collection("users");
/// users.insert_one(doc! { "name": "Ada", "born": 1815 })?;
/// let found = users.find_one(doc! { "born": { "$lt": 1900 } })?;
/// assert_eq!(found.expect("just inserted").get_str("name").ok(), Some("Ada"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Database {
    opening: Arc<Opening>,
}

impl Database {
    /// Opens the database of this name, and creates it when there is none: `nexuslite.db` without a name.
    /// Never truncates what is there. A name without extension gets `.db`; `":memory:"` lives in memory.
    ///
    /// # Errors
    /// `Locked` when another process has it open; `Corrupt`, `Unsupported`, `Io`, `Denied`, `Invalid`.
    pub fn new(name: Option<&str>) -> Result<Self> {
        Self::open_with(name.unwrap_or(DEFAULT_NAME), Options::default())
    }

    /// Opens a database that exists.
    ///
    /// # Errors
    /// `NotFound` when it does not; otherwise as [`new`](Self::new).
    pub fn open(name: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(name, Options::default().create(false))
    }

    /// Opens a database as the options say.
    ///
    /// # Errors
    /// `Invalid` for an option that cannot be meant; otherwise as [`open`](Self::open).
    pub fn open_with(name: impl AsRef<Path>, options: Options) -> Result<Self> {
        options.check()?;
        let name = name.as_ref();
        let opening =
            if name == Path::new(IN_MEMORY) { in_memory(options)? } else { in_file(name, options)? };
        Ok(Self { opening: Arc::new(opening) })
    }

    /// Another opening of the same database, in memory too: each is closed on its own.
    ///
    /// # Errors
    /// `Closed`.
    pub fn open_again(&self) -> Result<Self> {
        Ok(Self { opening: Arc::new(self.opening.again()?) })
    }

    /// Closes this opening: every handle that came from it answers `Closed` from now on.
    /// The file is let go, everything in it, when its last opening in this process is closed.
    ///
    /// # Errors
    /// When what was committed cannot be brought into the file; nothing acknowledged is lost by that.
    pub fn close(&self) -> Result<()> {
        self.opening.close()
    }

    /// A collection, whether or not it exists: the first insert creates it.
    #[must_use]
    pub fn collection(&self, name: &str) -> Collection {
        self.collection_as(name)
    }

    /// The same, its documents read as `T`.
    #[must_use]
    pub fn collection_as<T>(&self, name: &str) -> Collection<T> {
        Collection::new(self.session(), name)
    }

    /// A collection that exists.
    ///
    /// # Errors
    /// `NotFound` when there is none; `Invalid` for a name that cannot be one.
    pub fn get_collection(&self, name: &str) -> Result<Collection> {
        let collection = self.collection(name);
        collection.require().map(|()| collection)
    }

    /// Creates a collection with default options. One that has them already is as good as new.
    ///
    /// # Errors
    /// `Exists` when there is one with other options; `Invalid` for a name that cannot be one.
    pub fn create_collection(&self, name: &str) -> Result<Collection> {
        self.create_collection_with(name, CollectionOptions::default())
    }

    /// Creates a collection, or a view. One that has equal options already is as good as new.
    ///
    /// # Errors
    /// `Exists` when there is one with other options; `Invalid` for a name that cannot be one, for options that make no
    /// sense, and for a view that would stand on itself; `Unsupported`.
    pub fn create_collection_with(&self, name: &str, options: CollectionOptions) -> Result<Collection> {
        self.session().create_collection(name, options)?;
        Ok(self.collection(name))
    }

    /// The names of all collections, in byte order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn list_collection_names(&self) -> Result<Vec<String>> {
        self.session().list_collection_names()
    }

    /// Drops a collection with everything in it; says whether there was one.
    ///
    /// # Errors
    /// `Invalid` for a name that cannot be one.
    pub fn drop_collection(&self, name: &str) -> Result<bool> {
        self.session().drop_collection(name)
    }

    /// Gives a collection another name.
    ///
    /// # Errors
    /// `NotFound` when there is none; `Exists` when the name is taken, unless `drop_target` says to drop what
    /// has it; `Invalid` for a name that cannot be one.
    pub fn rename_collection(&self, from: &str, to: &str, drop_target: bool) -> Result<()> {
        self.session().rename_collection(from, to, drop_target)
    }

    /// Inserts a document with its metadata; an ephemeral one goes to the hidden collection `_tempDocuments`
    /// whatever `collection` says.
    ///
    /// # Errors
    /// `DuplicateKey` when its `_id` is taken; `Invalid`.
    pub fn insert_document(&self, collection: &str, document: Document) -> Result<Id> {
        self.collection(collection).insert_document(document)
    }

    /// Replaces the document of this `_id`, and its metadata; says whether there was one.
    ///
    /// # Errors
    /// `Invalid` when the new document has another `_id`.
    pub fn update_document(&self, collection: &str, id: &Bson, document: Document) -> Result<bool> {
        self.collection(collection).update_document(id, document)
    }

    /// Deletes the document of this `_id`; says whether there was one.
    ///
    /// # Errors
    /// `Invalid` for a value that cannot be an `_id`.
    pub fn delete_document(&self, collection: &str, id: &Bson) -> Result<bool> {
        self.collection(collection).delete_document(id)
    }

    /// Whether nobody else in this process has a handle on the database.
    pub(super) fn is_only_handle(&self) -> bool {
        Arc::strong_count(&self.opening) == 1 && !self.opening.is_shared()
    }

    pub(super) fn opening(&self) -> &Arc<Opening> {
        &self.opening
    }

    pub(super) fn session(&self) -> Session {
        Session::new(Arc::clone(&self.opening))
    }
}

impl Session {
    pub(super) fn create_collection(&self, name: &str, options: CollectionOptions) -> Result<()> {
        let settings = options.settings()?;
        self.write(|_, scope| scope.create(name, settings.clone()))
    }

    pub(super) fn list_collection_names(&self) -> Result<Vec<String>> {
        self.read(|shared, txn| shared.catalog.names(txn))
    }

    pub(super) fn drop_collection(&self, name: &str) -> Result<bool> {
        self.write(|_, scope| scope.drop_collection(name))
    }

    pub(super) fn rename_collection(&self, from: &str, to: &str, drop_target: bool) -> Result<()> {
        self.write(|_, scope| scope.rename(from, to, drop_target))
    }
}

impl<T> Collection<T> {
    /// An error unless the collection exists.
    pub(super) fn require(&self) -> Result<()> {
        let found = self.session().read(|shared, txn| shared.catalog.look(txn, self.handle()))?;
        found.map(drop).ok_or_else(|| missing(self.name()))
    }

    /// An error when the name is a view's.
    pub(super) fn refuse_view(&self) -> Result<()> {
        match self.session().read(|shared, txn| shared.catalog.look(txn, self.handle()))? {
            Some(opened) if opened.entry.is_view() => Err(is_view(self.name())),
            _ => Ok(()),
        }
    }
}

fn in_memory(options: Options) -> Result<Opening> {
    if options.read_only {
        let what = "a database in memory that is read-only would stay empty";
        return Err(Error::invalid(code::INVALID_OPTIONS, what));
    }
    let vfs = file_system(&options);
    let config = EngineConfig { kind: EngineKind::Memory, ..config(&options, PathBuf::new(), vfs) };
    let shared = Shared::new(engine::open(config)?, options, None)?;
    Ok(Opening::alone(shared))
}

fn in_file(name: &Path, options: Options) -> Result<Opening> {
    let path = file_of(name)?;
    refuse_memory_engine(&options, &path)?;
    let shareable = options.vfs.is_none();
    let vfs = file_system(&options);
    let create = options.create && !options.read_only;
    if !create && !vfs.exists(&path).map_err(|error| Error::io("look for", &path, error))? {
        return Err(Error::new(ErrorKind::NotFound, format!("Database Not Found: {}", path.display())));
    }
    let open = |options: Options| {
        let engine = engine::open(config(&options, path.clone(), Arc::clone(&vfs)))?;
        Shared::new(engine, options, Some(path.clone()))
    };
    if !shareable {
        return open(options).map(Opening::alone);
    }
    let identity = vfs.identity(&path).map_err(|error| Error::io("open", &path, error))?;
    let asked = options.clone();
    let (shared, place) = registry::share(&identity, |there| fits(there, &asked), || open(options))?;
    Ok(Opening::new(shared, place))
}

/// An error where the options ask for an engine that keeps nothing at this path.
pub(super) fn refuse_memory_engine(options: &Options, path: &Path) -> Result<()> {
    if options.engine != EngineKind::Memory {
        return Ok(());
    }
    let what = format!(
        "the engine memory keeps no file, so {} cannot be its name: open {IN_MEMORY:?}",
        path.display()
    );
    Err(Error::invalid(code::INVALID_OPTIONS, what))
}

pub(super) fn file_system(options: &Options) -> Arc<dyn Vfs> {
    options.vfs.clone().unwrap_or_else(|| Arc::new(crate::vfs::FileSystem))
}

pub(super) fn config(options: &Options, path: PathBuf, vfs: Arc<dyn Vfs>) -> EngineConfig {
    EngineConfig {
        kind: options.engine,
        vfs,
        clock: Arc::clone(&options.clock),
        entropy: Arc::clone(&options.entropy),
        path,
        create: options.create && !options.read_only,
        read_only: options.read_only,
        page_size: options.page_bytes as usize,
        wal_chunk_bytes: options.wal_chunk_bytes,
        wal_bytes: options.wal_bytes,
        budget: Arc::new(Budget::new(options.cache_bytes)),
        cache_bytes: page_bytes_kept(options) as u64,
        large_value_bytes: engine::LARGE_VALUE_MIN,
        cache_entries: options.cache_entries,
        memtable_bytes: options.memtable_bytes,
        group_interval: options.group_interval,
        switches: Switches::default(),
    }
}

/// What pages may take of the cache: the rest is for what is known beside them.
fn page_bytes_kept(options: &Options) -> usize {
    let room = options.cache_room();
    options.cache_bytes - hints_room(room) - columns_room(room)
}

/// Whether a second opening that asks for this can share what is open.
fn fits(there: &Shared, asked: &Options) -> Result<()> {
    let open = &there.options;
    let differing = if open.read_only != asked.read_only {
        "read_only"
    } else if open.engine != asked.engine {
        "engine"
    } else if open.durability != asked.durability {
        "durability"
    } else if open.id_kind != asked.id_kind {
        "id_kind"
    } else {
        return Ok(());
    };
    let what = format!("the database is open in this process with another value of the option {differing}");
    Err(Error::new(ErrorKind::Busy, what))
}
