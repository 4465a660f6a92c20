//! `checkpoint`: everything committed brought into the main file.

use std::time::Instant;

use crate::args::{DbArg, DurabilityArg, WriteArgs};
use crate::failure::Done;
use crate::output::Output;
use crate::{database, figures};

pub(super) fn run(db: &DbArg, out: &mut Output) -> Done {
    let started = Instant::now();
    let how = WriteArgs { durability: DurabilityArg::Full };
    let stats = database::write(db, how, |db| {
        db.checkpoint()?;
        Ok(db.stats()?)
    })?;
    out.line(format!(
        "everything is in the main file, {} large, after {}",
        figures::bytes(stats.file_bytes),
        figures::time(started.elapsed()),
    ))
}
