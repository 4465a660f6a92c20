//! Engines: the parts, assembled.
//!
//! | engine | parts | a checkpoint |
//! |---|---|---|
//! | `memory` | memtable | does nothing |
//! | `log` | memtable, log | rewrites the log to what is still true |
//! | `wasp` | memtable, log, copy-on-write trees | brings the memtable into new pages |
//!
//! Read next: `state` (what a reader sees), `sequencer` (the order of commits), `journal` (group commit),
//! `commit` (the way of a commit), `large` (values beside the log), `wasp`, then `checkpoint` and `recover`.

mod base;
mod checkpoint;
mod commit;
mod config;
mod files;
mod flip;
mod guard;
mod journal;
mod landing;
mod large;
mod load;
mod log;
mod memory;
mod recent;
mod recover;
mod sequencer;
mod state;
mod switches;
mod sync_once;
#[cfg(test)]
mod tests;
mod verify;
mod wasp;

use std::path::Path;
use std::sync::Arc;

pub(crate) use config::EngineConfig;
pub use config::EngineKind;
pub(crate) use files::{WAL_EXTENSION, beside, wal_path};
pub(crate) use large::LARGE_VALUE_MIN;
#[cfg(feature = "simulation")]
pub use switches::Switches;
#[cfg(not(feature = "simulation"))]
pub(crate) use switches::Switches;

use crate::error::{Error, Result};
use crate::storage::{Engine, manifest};
use crate::vfs::{OpenMode, Vfs};

/// Opens the store that the configuration describes.
pub(crate) fn open(config: EngineConfig) -> Result<Arc<dyn Engine>> {
    if config.kind == EngineKind::Memory {
        return Ok(Arc::new(memory::MemoryEngine::new(config.budget)));
    }
    let files = files::Files::open(&config)?;
    match files.header.engine {
        manifest::EngineKind::Log => Ok(Arc::new(log::LogEngine::open(config, files)?)),
        manifest::EngineKind::Wasp => Ok(Arc::new(wasp::WaspEngine::open(config, files)?)),
    }
}

/// Whether the file calls itself a database; damage is for whoever opens it.
pub(crate) fn is_database(vfs: &dyn Vfs, path: &Path) -> Result<bool> {
    let file = vfs.open(path, OpenMode::Read).map_err(|error| Error::io("open", path, error))?;
    manifest::begins_as_database(&*file, path)
}
