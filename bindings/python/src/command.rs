//! Commands, as MongoDB writes them.

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Database, Result};
use pyo3::prelude::*;

use crate::codec::Codec;
use crate::collection::{raw, unreadable};
use crate::engine::run;
use crate::transaction::Transaction;
use crate::{decode, encode};

/// What the engine calls a database in memory.
const IN_MEMORY: &str = ":memory:";

type Within<'a, 'py> = Option<&'a Bound<'py, Transaction>>;

/// Does what a command says, and answers in MongoDB's shape. `name` is what the answer calls a database in memory.
pub(crate) fn run_command<'py>(
    database: &Database,
    codec: &Bound<'py, Codec>,
    command: &Bound<'py, PyAny>,
    name: &str,
    within: Within<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = codec.py();
    let command = encode::document(command)?;
    let told = |answer: Result<Document>| {
        let mut answer = answer?;
        rename(&mut answer, name);
        answer.to_vec().map_err(|error| unreadable(&error))
    };
    let answer = match within {
        None => run(py, "command", || told(database.run_command(raw(command)?))),
        Some(within) => within.get().run(py, "command", |tx| told(tx.run_command(raw(command)?))),
    }?;
    decode::one(py, codec.get(), RawDoc::new(&answer))
}

/// The collections that satisfy a filter, as MongoDB lists them.
pub(crate) fn list_collections<'py>(
    database: &Database,
    filter: &Bound<'py, PyAny>,
    within: Within<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = filter.py();
    let filter = encode::document(filter)?;
    let told = |listed: Result<Vec<Document>>| {
        doc! { "listed": listed? }.to_vec().map_err(|error| unreadable(&error))
    };
    let listed = match within {
        None => run(py, "list_collections", || told(database.list_collections(raw(filter)?))),
        Some(within) => {
            within.get().run(py, "list_collections", |tx| told(tx.list_collections(raw(filter)?)))
        }
    }?;
    decode::plain(py, RawDoc::new(&listed))?.get_item("listed")
}

/// Puts a name in the place of that of a database in memory, wherever an answer tells it.
fn rename(answer: &mut Document, name: &str) {
    let told = |text: &mut Bson| {
        if let Bson::String(text) = text
            && text.starts_with(IN_MEMORY)
        {
            text.replace_range(..IN_MEMORY.len(), name);
        }
    };
    for field in ["ns", "db"] {
        answer.get_mut(field).map(told);
    }
    if let Some(Bson::Document(cursor)) = answer.get_mut("cursor") {
        cursor.get_mut("ns").map(told);
    }
}
