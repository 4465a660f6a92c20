//! Indexes of an earlier format are built again when a file is opened.

use crate::collection::{Handle, SchemaChanges, Scope, outdated};
use crate::error::Result;
use crate::transaction::auto_commit;

use super::indexes::Building;
use super::opening::Shared;
use super::session::chunk_bytes;

/// Builds them, before anybody else reads or writes.
///
/// # Errors
/// As any write. What was not finished is begun again when the file is opened the next time.
pub(super) fn rebuild_indexes(shared: &Shared) -> Result<()> {
    for name in write(shared, |scope| outdated(scope.catalog, scope.txn))? {
        log::warn!("the indexes of the collection {name:?} are of an earlier format and are built again");
        shared.start_background()?;
        rebuild(shared, &Handle::new(&name))?;
        log::info!("the indexes of the collection {name:?} were built again");
    }
    Ok(())
}

fn rebuild(shared: &Shared, handle: &Handle) -> Result<()> {
    let trees = write(shared, |scope| scope.empty_outdated(handle))?;
    let mut work = Building::new(shared);
    work.begin(&trees);
    let chunk_bytes = chunk_bytes(&shared.options);
    let mut resume: Option<Vec<u8>> = None;
    loop {
        let chunk = write(shared, |scope| scope.build_chunk(handle, &trees, resume.as_deref(), chunk_bytes))?;
        resume = chunk.resume;
        if resume.is_none() {
            return write(shared, |scope| scope.finish_indexes(handle, &trees));
        }
    }
}

fn write<R>(shared: &Shared, mut deed: impl FnMut(&mut Scope<'_>) -> Result<R>) -> Result<R> {
    let options = &shared.options;
    let mut changes = SchemaChanges::default();
    let now_ms = || options.clock.now_ms();
    auto_commit(&shared.engine, now_ms, options.transaction_bytes_max, options.durability, |txn| {
        deed(&mut Scope { txn, catalog: &shared.catalog, changes: &mut changes })
    })
}
