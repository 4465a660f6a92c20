//! `collections`: their names, each with how many documents live in it.

use nexuslite::Database;

use crate::args::DbArg;
use crate::database;
use crate::failure::Done;
use crate::output::Output;

pub(super) fn run(db: &DbArg, out: &mut Output) -> Done {
    database::read(db, |db| list(db, out))
}

/// A line for each: the count, then the name, which comes last because it may contain blanks.
pub(super) fn list(db: &Database, out: &mut Output) -> Done {
    let collections = db.info()?.collections;
    let width = collections.iter().map(|(_, documents)| documents.to_string().len()).max().unwrap_or(0);
    for (name, documents) in collections {
        out.line(format!("{documents:width$}  {}", shown(&name)))?;
    }
    Ok(())
}

/// The name on one line, whatever is in it.
fn shown(name: &str) -> String {
    name.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}
