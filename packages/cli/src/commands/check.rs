//! `check`: everything verified, nothing changed.

use crate::args::DbArg;
use crate::failure::{Done, Failure};
use crate::output::Output;
use crate::{database, figures};

pub(super) fn run(db: &DbArg, out: &mut Output) -> Done {
    let report = database::read(db, |db| Ok(db.check()?))?;
    for fault in &report.faults {
        out.line(fault)?;
    }
    out.line(format!(
        "checked {} with {} in {}; {} free, {} in the write-ahead file",
        figures::counted(report.trees, "tree", "trees"),
        figures::counted(report.entries, "entry", "entries"),
        figures::counted(report.pages, "page", "pages"),
        figures::bytes(report.free_bytes),
        figures::counted(report.wal_commits, "commit", "commits"),
    ))?;
    if report.faults.is_empty() {
        return out.line("no faults");
    }
    let faults = figures::counted(report.faults.len() as u64, "fault", "faults");
    Err(Failure::Failed(format!("check {}: {faults}, the first: {}", db.db.display(), report.faults[0])))
}
