//! An open database, shared by everybody in the process who opened it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::collection::{Catalog, Parsers, preload};
use crate::document::id::IdGenerator;
use crate::error::{Error, ErrorKind, Result, code};
use crate::query::execute::Watch;
use crate::query::parse;
use crate::runtime::Worker;
use crate::storage::engine::EngineKind;
use crate::storage::{Engine, ReadAt, Scratch};
use crate::transaction::Transaction;

use super::background::{self, Sweeper};
use super::database::file_system;
use super::options::Options;
use super::rebuild::rebuild_indexes;
use super::registry::Place;

/// This part of the cache may be filled with ephemeral documents when a file is opened.
const PRELOAD_PART: usize = 2;

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
    /// Where sorts go that do not fit into memory.
    scratch: Option<Arc<Scratch>>,
    background: Background,
}

/// The thread for what nobody waits for. Whoever only reads a file that was closed well never has one.
#[derive(Debug)]
struct Background {
    /// Whether there is nothing to start any more.
    settled: AtomicBool,
    worker: Mutex<Phase>,
}

#[derive(Debug)]
enum Phase {
    NotNeededYet,
    Running(#[expect(dead_code, reason = "dropping it ends the thread")] Worker),
    Off,
}

impl Shared {
    /// What stands above an engine that was just opened.
    pub(super) fn new(engine: Arc<dyn Engine>, options: Options, path: Option<PathBuf>) -> Result<Self> {
        let parsers = Parsers { partial: parse::partial_filter, validator: parse::validator };
        let catalog =
            Arc::new(Catalog::open(&engine, options.cache_room(), parsers, Arc::clone(&options.entropy))?);
        let (entropy, clock) = (Arc::clone(&options.entropy), Arc::clone(&options.clock));
        let ids = IdGenerator::new(options.id_kind, entropy, clock);
        let sweeper = Arc::new(Sweeper::new(&engine, &catalog, &options));
        let background = Background::new(options.background && !options.read_only);
        // Whoever only reads may not write beside the file, and has it not to itself.
        let written = path.as_deref().filter(|_| !options.read_only);
        let scratch = written.map(|path| Arc::new(Scratch::new(file_system(&options), path)));
        let shared = Self { engine, catalog, ids, options, path, sweeper, scratch, background };
        let stats = shared.engine.stats();
        if stats.engine == EngineKind::Wasp {
            shared.preload();
        }
        if stats.engine == EngineKind::Wasp && stats.memtable_bytes > 0 {
            // What was read from the log after a crash is brought into the main file without waiting for a write.
            shared.start_background()?;
        }
        if !shared.options.read_only {
            rebuild_indexes(&shared)?;
        }
        Ok(shared)
    }

    /// Reads the ephemeral documents into the cache.
    ///
    /// A file that cannot be read there is told to whoever asks for these documents; all others can be had.
    fn preload(&self) {
        let Options { clock, transaction_bytes_max, .. } = &self.options;
        let room = self.options.cache_room() / PRELOAD_PART;
        let read = Transaction::begin(&self.engine, ReadAt::Visible, clock.now_ms(), *transaction_bytes_max)
            .and_then(|txn| preload(&txn, &self.catalog, room));
        if let Err(error) = read {
            log::warn!("the ephemeral documents could not be read at opening: {error}");
        }
    }

    /// Sees to it that the background work is done from now on.
    #[inline]
    pub(super) fn start_background(&self) -> Result<()> {
        if self.background.settled.load(Ordering::Acquire) {
            return Ok(());
        }
        self.background.start(|| background::start(&self.engine, &self.sweeper, &self.options))
    }

    /// Whether there is a thread for the background work.
    #[cfg(test)]
    pub(super) fn has_thread(&self) -> bool {
        matches!(*self.background.worker.lock(), Phase::Running(_))
    }

    /// Ends the work in the background and lets go of the files.
    pub(super) fn close(&self) -> Result<()> {
        self.engine.attach_worker(None);
        self.background.end();
        self.engine.close()
    }

    /// A watch over a statement that begins now.
    pub(super) fn watch(&self) -> Watch {
        let watch = Watch::new(&self.options.clock, self.options.sort_bytes_max);
        watch.with_scratch(self.scratch.clone())
    }
}

impl Background {
    fn new(wanted: bool) -> Self {
        let phase = if wanted { Phase::NotNeededYet } else { Phase::Off };
        Self { settled: AtomicBool::new(!wanted), worker: Mutex::new(phase) }
    }

    #[cold]
    fn start(&self, worker: impl FnOnce() -> Result<Worker>) -> Result<()> {
        let mut phase = self.worker.lock();
        if matches!(*phase, Phase::NotNeededYet) {
            *phase = Phase::Running(worker()?);
        }
        self.settled.store(true, Ordering::Release);
        Ok(())
    }

    /// Ends the thread, if there is one; none is started after this.
    fn end(&self) {
        let before = std::mem::replace(&mut *self.worker.lock(), Phase::Off);
        self.settled.store(true, Ordering::Release);
        drop(before);
    }
}

/// One opening of a database. The file is let go when its last opening is closed.
#[derive(Debug)]
pub(super) struct Opening {
    shared: Arc<Shared>,
    place: Place,
    closed: AtomicBool,
}

impl Opening {
    /// The opening of what stands at `place`, which counts it already.
    pub(super) fn new(shared: Arc<Shared>, place: Place) -> Self {
        Self { shared, place, closed: AtomicBool::new(false) }
    }

    /// The only opening of a database that no other can share by its name.
    pub(super) fn alone(shared: Shared) -> Self {
        let shared = Arc::new(shared);
        let place = Place::of(&shared);
        Self::new(shared, place)
    }

    /// Another opening of the same database, which is closed on its own.
    pub(super) fn again(&self) -> Result<Self> {
        self.shared()?;
        let shared = self.place.join().ok_or_else(closed)?;
        Ok(Self::new(shared, self.place.clone()))
    }

    /// Whether this is not the only opening of the database in this process.
    pub(super) fn is_shared(&self) -> bool {
        self.place.openings() > 1
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
        shared.start_background()?;
        Ok(shared)
    }

    /// Closes this opening, and the file when it was the last; doing so again changes nothing.
    pub(super) fn close(&self) -> Result<()> {
        if self.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.place.leave()
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            log::error!("a database that was dropped could not be closed: {error}");
        }
    }
}

pub(super) fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the database is closed").with_code(code::CLOSED)
}
