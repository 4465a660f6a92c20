//! Engines: the parts, assembled.

mod config;
pub(crate) mod memory;
mod switches;

use std::sync::Arc;

pub(crate) use config::EngineConfig;
pub use config::EngineKind;
pub use switches::Switches;

use crate::error::{Error, ErrorKind, Result};
use crate::storage::Engine;

/// Opens the store that the configuration describes.
pub(crate) fn open(config: EngineConfig) -> Result<Arc<dyn Engine>> {
    if config.kind == EngineKind::Memory {
        return Ok(Arc::new(memory::MemoryEngine::default()));
    }
    let what = format!("{}: only the engine memory is part of this build", config.path.display());
    Err(Error::new(ErrorKind::Unsupported, what))
}
