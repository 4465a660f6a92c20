//! Making a manifest the newest one, the same way in both engines that keep files.

use super::config::EngineConfig;
use super::files::Files;
use super::journal::Journal;
use crate::error::Result;
use crate::storage::manifest::Manifest;

/// Makes `next` the newest manifest. Once tried it cannot be taken back: a failure closes the log.
pub(crate) fn flip(files: &Files, journal: &Journal, config: &EngineConfig, next: &Manifest) -> Result<()> {
    files.flip(next, config).inspect_err(|error| journal.fail(error))?;
    journal.set_manifest_version(next.version);
    Ok(())
}

/// The manifest after `newest` that says that the log counts, durable.
///
/// Such a manifest beside a log that is missing, empty or zeros is damage, so the log's first chunk is begun
/// before, and the file's name is made durable: who created it may have died before that.
pub(crate) fn mark_unclean(
    files: &Files,
    journal: &Journal,
    config: &EngineConfig,
    newest: &Manifest,
) -> Result<Manifest> {
    journal.wal().reserve(1)?;
    let begun = journal.wal().begin();
    journal.wal().release(1);
    begun.inspect_err(|error| journal.fail(error))?;
    files.sync_folder(config)?;
    let next = Manifest {
        version: newest.version + 1,
        clean: false,
        written_ms: config.clock.now_ms(),
        ..newest.clone()
    };
    flip(files, journal, config, &next)?;
    Ok(next)
}
