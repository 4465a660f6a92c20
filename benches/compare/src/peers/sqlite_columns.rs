//! SQLite with a column for every field: what a document loses its shape for.

use std::path::Path;

use rusqlite::{Connection, ToSql, params};

use super::{Answer, Id, Peer, Result, sqlite};
use crate::person::Person;

/// A table with row numbers: random keys of 16 bytes in a table without them would move whole rows about.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS people (
        id BLOB NOT NULL UNIQUE, name TEXT, email TEXT, age INTEGER, city TEXT, score REAL, created INTEGER,
        tags TEXT, street TEXT, zip TEXT, country TEXT, active INTEGER);
    CREATE INDEX IF NOT EXISTS by_city ON people (city);
    CREATE INDEX IF NOT EXISTS by_age ON people (age);";

/// All columns, the age first.
const ALL: &str =
    "SELECT age, id, name, email, city, score, created, tags, street, zip, country, active FROM people";

pub(crate) struct Columns(Connection);

impl Columns {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        Ok(Self(sqlite::open(folder, SCHEMA)?))
    }

    fn read(&self, rest: &str, parameters: &[&dyn ToSql]) -> Result<Answer> {
        sqlite::read(&self.0, &format!("{ALL} {rest}"), parameters)
    }
}

impl Peer for Columns {
    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        let transaction = self.0.transaction()?;
        let mut statement =
            transaction.prepare_cached("INSERT INTO people VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")?;
        for one in batch {
            let (person, place) =
                ((&one.name, &one.email, one.age, &one.city), (&one.street, &one.zip, &one.country));
            statement.execute(params![
                one.id,
                person.0,
                person.1,
                person.2,
                person.3,
                one.score,
                one.created,
                one.tags,
                place.0,
                place.1,
                place.2,
                one.active
            ])?;
        }
        drop(statement);
        Ok(transaction.commit()?)
    }

    fn settle(&mut self) -> Result<()> {
        sqlite::settle(&self.0)
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        sqlite::age(&self.0, "SELECT age FROM people WHERE id = ?", id)
    }

    fn below(&mut self, score: f64) -> Result<Answer> {
        self.read("WHERE score < ?", &[&score])
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        self.read("WHERE city = ?", &[&city])
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        self.read("WHERE age >= ? AND age < ? ORDER BY age LIMIT ?", &[&from, &to, &limit])
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        sqlite::each(&mut self.0, "UPDATE people SET score = score + 1.0 WHERE id = ?", ids)
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        sqlite::each(&mut self.0, "DELETE FROM people WHERE id = ?", ids)
    }
}
