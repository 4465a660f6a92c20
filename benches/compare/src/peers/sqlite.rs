//! SQLite, in whichever shape it keeps its documents.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::types::Value;
use rusqlite::{Connection, Row, Statement, ToSql};

use super::{Answer, Id, Opening, Peer, Result};
use crate::document::thousandths;
use crate::person::Person;

/// The statements of one shape. Each reads the table `people`, whose key is `id`.
pub(super) struct Shape {
    pub(super) schema: &'static str,
    /// Every column, or the document as its text; the age first.
    pub(super) all: &'static str,
    pub(super) age: &'static str,
    pub(super) city: &'static str,
    pub(super) score: &'static str,
    pub(super) insert: &'static str,
    /// The new value of what `raise` names.
    pub(super) raise: &'static str,
    pub(super) bind: fn(&mut Statement<'_>, &Person) -> rusqlite::Result<usize>,
    /// Makes values that a program holds of a row of `all`.
    pub(super) decode: fn(&Row<'_>) -> Result<u64>,
}

pub(super) struct Sqlite {
    connection: Connection,
    shape: &'static Shape,
    folder: PathBuf,
    opening: Opening,
    /// Writers take turns here: SQLite's own way to wait is to sleep and ask again.
    turn: Arc<Mutex<()>>,
}

impl Sqlite {
    pub(super) fn open(folder: &Path, opening: Opening, shape: &'static Shape) -> Result<Self> {
        let connection = connect(folder, opening)?;
        connection.execute_batch(shape.schema)?;
        Ok(Self { connection, shape, folder: folder.to_owned(), opening, turn: Arc::default() })
    }

    fn read(&self, condition: &str, parameters: &[&dyn ToSql]) -> Result<Answer> {
        read(&self.connection, &format!("SELECT {} FROM people {condition}", self.shape.all), parameters)
    }

    /// Runs one statement for each, in one commit.
    fn each<T>(
        &mut self,
        sql: &str,
        all: &[T],
        one: impl Fn(&mut Statement<'_>, &T) -> rusqlite::Result<usize>,
    ) -> Result<()> {
        let turn = Arc::clone(&self.turn);
        let _mine: MutexGuard<'_, ()> = turn.lock().map_err(|_| "a writer panicked")?;
        let transaction = self.connection.transaction()?;
        let mut statement = transaction.prepare_cached(sql)?;
        for next in all {
            if one(&mut statement, next)? != 1 {
                return Err("a document is not there".into());
            }
        }
        drop(statement);
        Ok(transaction.commit()?)
    }
}

/// A log instead of a rollback journal, synced at every commit; a cache, and a memory map of the same size; a
/// checkpoint every 16 MiB of log instead of every 4; room for all prepared statements.
fn connect(folder: &Path, opening: Opening) -> Result<Connection> {
    let connection = Connection::open(folder.join("people.sqlite"))?;
    let (cache_kib, pages) = (opening.cache_bytes >> 10, if opening.keeps_log { 0 } else { 4096 });
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -{cache_kib};
         PRAGMA mmap_size = {};
         PRAGMA wal_autocheckpoint = {pages};
         PRAGMA temp_store = MEMORY;",
        opening.cache_bytes
    ))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Runs a query and takes every column of every row, so that nobody is measured for documents that are not handed out.
/// The first column is the age.
fn read(connection: &Connection, sql: &str, parameters: &[&dyn ToSql]) -> Result<Answer> {
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

/// All columns of a row as values.
pub(super) fn values(row: &Row<'_>) -> Result<Vec<Value>> {
    let columns = row.as_ref().column_count();
    Ok((0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?)
}

impl Peer for Sqlite {
    fn beside(&self) -> Result<Box<dyn Peer>> {
        let connection = connect(&self.folder, self.opening)?;
        let (folder, turn) = (self.folder.clone(), Arc::clone(&self.turn));
        Ok(Box::new(Self { connection, shape: self.shape, folder, opening: self.opening, turn }))
    }

    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        self.each(self.shape.insert, batch, self.shape.bind)
    }

    /// Writes all of the log into the file.
    fn settle(&mut self) -> Result<()> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        let sql = format!("SELECT {} FROM people WHERE id = ?", self.shape.age);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([id])?;
        Ok(rows.next()?.map(|row| row.get::<_, i64>(0)).transpose()?.map(i64::unsigned_abs))
    }

    fn get_decoded(&mut self, id: &Id) -> Result<Option<u64>> {
        let sql = format!("SELECT {} FROM people WHERE id = ?", self.shape.all);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(self.shape.decode).transpose()
    }

    fn get_all(&mut self, ids: &[Id]) -> Result<Answer> {
        let sql = format!("SELECT {} FROM people WHERE id = ?", self.shape.age);
        let moment = self.connection.unchecked_transaction()?;
        let (mut statement, mut answer) = (moment.prepare_cached(&sql)?, Answer::default());
        for id in ids {
            answer.add(statement.query_row([id], |row| row.get::<_, i64>(0))?.unsigned_abs());
        }
        Ok(answer)
    }

    fn following(&mut self, id: &Id, limit: u32) -> Result<Answer> {
        self.read("WHERE id >= ? ORDER BY id LIMIT ?", &[id, &limit])
    }

    fn below(&mut self, score: f64) -> Result<Answer> {
        self.read(&format!("WHERE {} < ?", self.shape.score), &[&score])
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        self.read(&format!("WHERE {} = ?", self.shape.city), &[&city])
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        let age = self.shape.age;
        let condition = format!("WHERE {age} >= ? AND {age} < ? ORDER BY {age} LIMIT ?");
        self.read(&condition, &[&from, &to, &limit])
    }

    fn averages(&mut self) -> Result<Answer> {
        let sql = format!("SELECT avg({}) FROM people GROUP BY {}", self.shape.age, self.shape.city);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let (mut rows, mut answer) = (statement.query([])?, Answer::default());
        while let Some(row) = rows.next()? {
            answer.add(thousandths(row.get(0)?));
        }
        Ok(answer)
    }

    fn scores_around(&mut self, meanwhile: &mut dyn FnMut() -> Result<()>) -> Result<Answer> {
        let sql = format!("SELECT {} FROM people", self.shape.score);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let (mut rows, mut answer) = (statement.query([])?, Answer::default());
        while let Some(row) = rows.next()? {
            answer.add(thousandths(row.get(0)?));
            if answer.documents == 1 {
                meanwhile()?;
            }
        }
        Ok(answer)
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        let sql = format!("UPDATE people SET {} WHERE id = ?", self.shape.raise);
        self.each(&sql, ids, |statement, id| statement.execute([id]))
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        self.each("DELETE FROM people WHERE id = ?", ids, |statement, id| statement.execute([id]))
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.connection.close().map_err(|(_, fault)| fault.into())
    }
}
