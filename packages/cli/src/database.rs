//! A database opened for one command, and closed after it.

use nexuslite::{Collection, Database, Options};

use crate::args::{CollectionArg, DbArg, WriteArgs};
use crate::failure::Done;

/// Runs `deed` on a database that exists; nothing can be changed.
pub(crate) fn read<R>(db: &DbArg, deed: impl FnOnce(&Database) -> Done<R>) -> Done<R> {
    run(&Database::open_with(&db.db, Options::new().read_only(true).create(false))?, deed)
}

/// Runs `deed` on a database that exists.
pub(crate) fn write<R>(db: &DbArg, how: WriteArgs, deed: impl FnOnce(&Database) -> Done<R>) -> Done<R> {
    run(&Database::open_with(&db.db, options(how).create(false))?, deed)
}

/// Runs `deed` on a database that is created when it is missing.
pub(crate) fn write_or_create<R>(
    db: &DbArg,
    how: WriteArgs,
    deed: impl FnOnce(&Database) -> Done<R>,
) -> Done<R> {
    run(&Database::open_with(&db.db, options(how))?, deed)
}

fn options(how: WriteArgs) -> Options {
    Options::new().durability(how.durability.into())
}

/// Runs the deed, then closes: at less than full durability that is when the changes reach the device.
pub(crate) fn run<R>(database: &Database, deed: impl FnOnce(&Database) -> Done<R>) -> Done<R> {
    let outcome = deed(database);
    let closed = database.close();
    let answer = outcome?;
    closed?;
    Ok(answer)
}

/// A collection that exists: a name that is mistyped is an error, not an empty answer.
pub(crate) fn collection(database: &Database, db: &DbArg, name: &CollectionArg) -> Done<Collection> {
    let found = database.get_collection(&name.collection);
    Ok(found.map_err(|error| error.context(db.db.display().to_string()))?)
}
