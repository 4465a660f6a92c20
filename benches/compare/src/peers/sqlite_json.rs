//! SQLite with documents: JSON in its binary form, and an index on an expression for each indexed field.

use std::path::Path;

use rusqlite::{Connection, ToSql};

use super::{Answer, Id, Peer, Result, sqlite};
use crate::person::Person;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS people (id BLOB NOT NULL UNIQUE, doc BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS by_city ON people (json_extract(doc, '$.city'));
    CREATE INDEX IF NOT EXISTS by_age ON people (json_extract(doc, '$.age'));";

/// The document as its text, which is what an application can use.
const ALL: &str = "SELECT json_extract(doc, '$.age'), id, json(doc) FROM people";

pub(crate) struct Json(Connection);

impl Json {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        Ok(Self(sqlite::open(folder, SCHEMA)?))
    }

    fn read(&self, rest: &str, parameters: &[&dyn ToSql]) -> Result<Answer> {
        sqlite::read(&self.0, &format!("{ALL} {rest}"), parameters)
    }
}

impl Peer for Json {
    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        let transaction = self.0.transaction()?;
        let mut statement = transaction.prepare_cached("INSERT INTO people VALUES (?, jsonb(?))")?;
        for person in batch {
            statement.execute((person.id, &person.json))?;
        }
        drop(statement);
        Ok(transaction.commit()?)
    }

    fn settle(&mut self) -> Result<()> {
        sqlite::settle(&self.0)
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        sqlite::age(&self.0, "SELECT json_extract(doc, '$.age') FROM people WHERE id = ?", id)
    }

    fn below(&mut self, score: f64) -> Result<Answer> {
        self.read("WHERE json_extract(doc, '$.score') < ?", &[&score])
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        self.read("WHERE json_extract(doc, '$.city') = ?", &[&city])
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        let rest = "WHERE json_extract(doc, '$.age') >= ? AND json_extract(doc, '$.age') < ?
                    ORDER BY json_extract(doc, '$.age') LIMIT ?";
        self.read(rest, &[&from, &to, &limit])
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        let raised = "jsonb_set(doc, '$.score', json_extract(doc, '$.score') + 1.0)";
        sqlite::each(&mut self.0, &format!("UPDATE people SET doc = {raised} WHERE id = ?"), ids)
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        sqlite::each(&mut self.0, "DELETE FROM people WHERE id = ?", ids)
    }
}
