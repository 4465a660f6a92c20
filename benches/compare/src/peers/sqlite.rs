//! What both of SQLite's shapes share.

use std::hint::black_box;
use std::path::Path;

use rusqlite::{Connection, ToSql};

use super::{Answer, Id, Result};

/// A log instead of a rollback journal, synced at every commit; a cache and a memory map that hold the data; a
/// checkpoint every 16 MiB of log instead of every 4; room for all prepared statements.
pub(super) fn open(folder: &Path, schema: &str) -> Result<Connection> {
    let connection = Connection::open(folder.join("people.sqlite"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -1048576;
         PRAGMA mmap_size = 4294967296;
         PRAGMA wal_autocheckpoint = 4096;
         PRAGMA temp_store = MEMORY;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(schema)?;
    Ok(connection)
}

/// Writes all of the log into the file.
pub(super) fn settle(connection: &Connection) -> Result<()> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Runs a query and takes every column of every row, so that nobody is measured for documents that are not handed out.
/// The first column is the age.
pub(super) fn read(connection: &Connection, sql: &str, parameters: &[&dyn ToSql]) -> Result<Answer> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let (mut rows, mut answer) = (statement.query(parameters)?, Answer::default());
    while let Some(row) = rows.next()? {
        for column in 1..columns {
            black_box(row.get_ref(column)?);
        }
        answer.add(row.get::<_, i64>(0)?.unsigned_abs());
    }
    Ok(answer)
}

/// The age that a query for one id finds.
pub(super) fn age(connection: &Connection, sql: &str, id: &Id) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id])?;
    Ok(rows.next()?.map(|row| row.get::<_, i64>(0)).transpose()?.map(i64::unsigned_abs))
}

/// One statement for each id, one commit for all.
pub(super) fn each(connection: &mut Connection, sql: &str, ids: &[Id]) -> Result<()> {
    let transaction = connection.transaction()?;
    let mut statement = transaction.prepare_cached(sql)?;
    for id in ids {
        statement.execute([id])?;
    }
    drop(statement);
    Ok(transaction.commit()?)
}
