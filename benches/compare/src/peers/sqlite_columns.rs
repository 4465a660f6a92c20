//! SQLite with a column for every field: what a document loses its shape for.

use std::hint::black_box;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Row, Statement, params};

use super::sqlite::{Shape, Sqlite, values};
use super::{Opening, Result};
use crate::person::Person;

/// A table with row numbers: random keys of 16 bytes in a table without them would move whole rows about.
static COLUMNS: Shape = Shape {
    schema: "
        CREATE TABLE IF NOT EXISTS people (
            id BLOB NOT NULL UNIQUE, name TEXT, email TEXT, age INTEGER, city TEXT, score REAL, created INTEGER,
            tags TEXT, street TEXT, zip TEXT, country TEXT, active INTEGER);
        CREATE INDEX IF NOT EXISTS by_city ON people (city);
        CREATE INDEX IF NOT EXISTS by_age ON people (age);",
    all: "age, id, name, email, city, score, created, tags, street, zip, country, active",
    age: "age",
    city: "city",
    score: "score",
    insert: "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    raise: "score = score + 1.0",
    bind,
    decode,
};

pub(super) fn columns(folder: &Path, opening: Opening) -> Result<Sqlite> {
    Sqlite::open(folder, opening, &COLUMNS)
}

fn bind(statement: &mut Statement<'_>, person: &Person) -> rusqlite::Result<usize> {
    statement.execute(params![
        person.id,
        person.name,
        person.email,
        person.age,
        person.city,
        person.score,
        person.created,
        person.tags,
        person.street,
        person.zip,
        person.country,
        person.active
    ])
}

fn decode(row: &Row<'_>) -> Result<u64> {
    match black_box(values(row)?).first() {
        Some(Value::Integer(age)) => Ok(age.unsigned_abs()),
        other => Err(format!("an age is {other:?}").into()),
    }
}
