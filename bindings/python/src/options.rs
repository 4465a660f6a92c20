//! The options a database is opened with, by the names that Python gives them.

use std::time::Duration;

use nexuslite::{Durability, EngineKind, IdKind, Options};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The engine's options from a dict that the package has checked for names; a value that cannot be meant is an error
/// of the engine's when the database is opened.
pub(crate) fn read(given: &Bound<'_, PyDict>) -> PyResult<Options> {
    let mut options = Options::new();
    for (name, value) in given.iter() {
        let name: String = name.extract()?;
        options = set(options, &name, &value)?;
    }
    Ok(options)
}

fn set(options: Options, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Options> {
    Ok(match name {
        "create" => options.create(value.extract()?),
        "read_only" => options.read_only(value.extract()?),
        "background" => options.background(value.extract()?),
        "cache_bytes" => options.cache_bytes(value.extract()?),
        "page_bytes" => options.page_bytes(value.extract()?),
        "wal_bytes" => options.wal_bytes(value.extract()?),
        "memtable_bytes" => options.memtable_bytes(value.extract()?),
        "transaction_bytes_max" => options.transaction_bytes_max(value.extract()?),
        "sort_bytes_max" => options.sort_bytes_max(value.extract()?),
        "in_values_max" => options.in_values_max(value.extract()?),
        "pattern_bytes_max" => options.pattern_bytes_max(value.extract()?),
        "array_filters_max" => options.array_filters_max(value.extract()?),
        "automatic_indexes" => options.automatic_indexes(value.extract()?),
        "cache_entries" => options.cache_entries(value.extract()?),
        "wal_chunk_bytes" => options.wal_chunk_bytes(value.extract()?),
        "transaction_attempts_max" => options.transaction_attempts_max(value.extract()?),
        "group_interval" => options.group_interval(seconds(name, value)?),
        "sweep_interval" => options.sweep_interval(seconds(name, value)?),
        "durability" => options.durability(one_of(name, value, DURABILITIES)?),
        "engine" => options.engine(one_of(name, value, ENGINES)?),
        "generate_id" => options.id_kind(id_kind(value)?),
        unknown => return Err(refused(value.py(), format!("there is no option {unknown:?}"))),
    })
}

const DURABILITIES: &[(&str, Durability)] =
    &[("full", Durability::Full), ("group", Durability::Group), ("none", Durability::None)];
const ENGINES: &[(&str, EngineKind)] =
    &[("wasp", EngineKind::Wasp), ("log", EngineKind::Log), ("memory", EngineKind::Memory)];
const ID_KINDS: &[(&str, IdKind)] =
    &[("uuid4", IdKind::UuidV4), ("uuid7", IdKind::UuidV7), ("objectid", IdKind::ObjectId)];

/// What `generate_id` names.
pub(crate) fn id_kind(value: &Bound<'_, PyAny>) -> PyResult<IdKind> {
    one_of("generate_id", value, ID_KINDS)
}

fn one_of<T: Copy>(name: &str, value: &Bound<'_, PyAny>, known: &[(&str, T)]) -> PyResult<T> {
    let given: Option<String> = value.extract().ok();
    let found = given.and_then(|given| known.iter().find(|(word, _)| *word == given));
    match found {
        Some((_, meant)) => Ok(*meant),
        None => {
            let words: Vec<String> = known.iter().map(|(word, _)| format!("{word:?}")).collect();
            let what = format!("{name} is {value:?}, it must be one of {}", words.join(", "));
            Err(refused(value.py(), what))
        }
    }
}

fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let seconds: f64 = value.extract()?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|error| refused(value.py(), format!("{name} is {seconds} seconds: {error}")))
}

fn refused(py: Python<'_>, what: String) -> PyErr {
    let made =
        py.import("nexuslite.errors").and_then(|errors| errors.call_method1("ConfigurationError", (what,)));
    made.map_or_else(|failure| failure, PyErr::from_value)
}
