//! SQLite with documents: JSON in its binary form, and an index on an expression for each indexed field.

use std::hint::black_box;
use std::path::Path;

use rusqlite::{Row, Statement};

use super::sqlite::{Shape, Sqlite};
use super::{Opening, Result};
use crate::person::Person;

/// A document is handed out as its text, which is what an application can use.
static JSON: Shape = Shape {
    schema: "
        CREATE TABLE IF NOT EXISTS people (id BLOB NOT NULL UNIQUE, doc BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS by_city ON people (json_extract(doc, '$.city'));
        CREATE INDEX IF NOT EXISTS by_age ON people (json_extract(doc, '$.age'));",
    all: "json_extract(doc, '$.age'), id, json(doc)",
    age: "json_extract(doc, '$.age')",
    city: "json_extract(doc, '$.city')",
    score: "json_extract(doc, '$.score')",
    insert: "INSERT INTO people VALUES (?, jsonb(?))",
    raise: "doc = jsonb_set(doc, '$.score', json_extract(doc, '$.score') + 1.0)",
    bind,
    decode,
};

pub(super) fn json(folder: &Path, opening: Opening) -> Result<Sqlite> {
    Sqlite::open(folder, opening, &JSON)
}

fn bind(statement: &mut Statement<'_>, person: &Person) -> rusqlite::Result<usize> {
    statement.execute((person.id, &person.json))
}

fn decode(row: &Row<'_>) -> Result<u64> {
    let document: serde_json::Value = serde_json::from_str(row.get_ref(2)?.as_str()?)?;
    black_box(&document)["age"].as_u64().ok_or_else(|| "a document has no age".into())
}
