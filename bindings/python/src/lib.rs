//! The native half of the Python package `nexuslite`; `packages/python` is the half that users see.
//!
//! Documents cross as BSON bytes, never as JSON text: `encode` writes a mapping into bytes, `decode` builds a dict
//! from them, and between the two the engine works with the interpreter let go.
//!
//! Invariants
//!   P1  Every call of the engine happens in `engine::run`: detached from the interpreter, a panic caught and made
//!       an error.
//!   P2  No lock of the engine is held or waited for while attached to the interpreter, so whoever waits for one
//!       never keeps Python from running. The list of messages for the log has a lock whose holders wait for nothing.
//!   P3  A handle is used and dropped only by the process that opened it (`process::Owned`).
#![forbid(unsafe_code)]

mod asked;
mod bounds;
mod bulk;
mod classes;
mod codec;
mod collection;
mod command;
mod cursor;
mod database;
mod decode;
mod encode;
mod engine;
mod find_one_and;
mod ids;
mod log;
mod more;
mod options;
mod own;
mod process;
mod regex;
mod text;
mod transaction;
mod verbose;
mod write;

use pyo3::prelude::*;

#[pymodule]
fn _nexuslite(module: &Bound<'_, PyModule>) -> PyResult<()> {
    log::install();
    classes::classes(module.py())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<bounds::CancelToken>()?;
    module.add_class::<bounds::Timeout>()?;
    module.add_class::<codec::Codec>()?;
    module.add_class::<collection::Collection>()?;
    module.add_class::<cursor::Cursor>()?;
    module.add_class::<database::Database>()?;
    module.add_class::<transaction::Transaction>()?;
    module.add_function(wrap_pyfunction!(text::bson_to_json, module)?)?;
    module.add_function(wrap_pyfunction!(text::bson_from_json, module)?)?;
    module.add_function(wrap_pyfunction!(text::encode_document, module)?)?;
    module.add_function(wrap_pyfunction!(text::decode_document, module)?)
}
