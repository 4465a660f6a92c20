//! An open database, shared by everybody in the process who opened it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::collection::Catalog;
use crate::document::id::IdGenerator;
use crate::error::{Error, ErrorKind, Result, code};
use crate::query::execute::Watch;
use crate::runtime::Worker;
use crate::storage::Engine;

use super::background::{self, Sweeper};
use super::options::Options;
use super::registry::Place;

/// What there is once for each open file.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) ids: IdGenerator,
    pub(super) options: Options,
    /// The main file; nothing for a database in memory.
    pub(super) path: Option<PathBuf>,
    pub(super) sweeper: Arc<Sweeper>,
    worker: Mutex<Option<Worker>>,
}

impl Shared {
    /// What stands above an engine that was just opened.
    pub(super) fn new(engine: Arc<dyn Engine>, options: Options, path: Option<PathBuf>) -> Result<Self> {
        let catalog = Arc::new(Catalog::open(&engine)?);
        let (entropy, clock) = (Arc::clone(&options.entropy), Arc::clone(&options.clock));
        let ids = IdGenerator::new(options.id_kind, entropy, clock);
        let sweeper = Arc::new(Sweeper::new(&engine, &catalog, &options));
        let worker = match options.background {
            true => Some(background::start(&engine, &sweeper, &options)?),
            false => None,
        };
        let worker = Mutex::new(worker);
        Ok(Self { engine, catalog, ids, options, path, sweeper, worker })
    }

    /// Ends the work in the background and lets go of the files.
    pub(super) fn close(&self) -> Result<()> {
        self.engine.attach_worker(None);
        let worker = self.worker.lock().take();
        drop(worker);
        self.engine.close()
    }

    /// A watch over a statement that begins now.
    pub(super) fn watch(&self) -> Watch {
        Watch::new(&self.options.clock, self.options.sort_bytes_max)
    }
}

/// One opening of a database. The file is let go when its last opening is closed.
#[derive(Debug)]
pub(super) struct Opening {
    shared: Arc<Shared>,
    place: Option<Place>,
    closed: AtomicBool,
}

impl Opening {
    /// An opening that nobody else can share, or one that stands in the registry at `place`.
    pub(super) fn new(shared: Arc<Shared>, place: Option<Place>) -> Self {
        Self { shared, place, closed: AtomicBool::new(false) }
    }

    /// The database, unless this opening was closed.
    #[inline]
    pub(super) fn shared(&self) -> Result<&Shared> {
        if self.closed.load(Ordering::Acquire) { Err(closed()) } else { Ok(&self.shared) }
    }

    /// The database, to be written to.
    pub(super) fn writable(&self) -> Result<&Shared> {
        let shared = self.shared()?;
        if shared.options.read_only {
            return Err(Error::new(ErrorKind::Denied, "the database was opened read-only"));
        }
        Ok(shared)
    }

    /// Closes this opening, and the file when it was the last; doing so again changes nothing.
    pub(super) fn close(&self) -> Result<()> {
        if self.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        match &self.place {
            Some(place) => place.leave(),
            None => self.shared.close(),
        }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            log::error!("a database that was dropped could not be closed: {error}");
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the database is closed").with_code(code::CLOSED)
}
