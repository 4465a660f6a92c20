//! `command`: what MongoDB's shell calls `db.runCommand`.

use nexuslite::IntoDocument;

use crate::args::CommandArgs;
use crate::database;
use crate::failure::Done;
use crate::output::Output;

/// Commands that change nothing: the file is opened for reading only.
const READS: &[&str] = &[
    "buildInfo",
    "collStats",
    "count",
    "dbStats",
    "distinct",
    "explain",
    "find",
    "hello",
    "listCollections",
    "listIndexes",
    "ping",
    "validate",
];

pub(super) fn run(args: &CommandArgs, out: &mut Output) -> Done {
    let name = args.command.as_doc().iter().next().map_or("", |(name, _)| name);
    let answer = if READS.contains(&name) {
        database::read(&args.db, |db| Ok(db.run_command(&args.command)?))
    } else {
        database::write(&args.db, args.write, |db| Ok(db.run_command(&args.command)?))
    }?;
    out.document(answer.into_raw()?.as_doc())
}
