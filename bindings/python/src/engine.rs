//! The one way into the engine, and its errors as Python's.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nexuslite::document::raw::RawDoc;
use nexuslite::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::{decode, log};

/// Runs `deed` without the interpreter; what it answers, or its error as one of the classes in `nexuslite.errors`.
/// `verb` is the method's name, which tells a wrong document of a write from a wrong filter of a read.
///
/// What the engine wrote into its log meanwhile is delivered before this returns.
pub(crate) fn run<R: Send>(
    py: Python<'_>,
    verb: &str,
    deed: impl FnOnce() -> nexuslite::Result<R> + Send,
) -> PyResult<R> {
    // What a panic left half done stays behind the engine's own locks, which answer for themselves afterwards.
    let outcome = py.detach(|| catch_unwind(AssertUnwindSafe(deed)));
    if let Err(end) = log::deliver(py) {
        // What was answered may be a handle, whose end waits for locks of the engine.
        py.detach(move || drop(outcome));
        return Err(end);
    }
    match outcome {
        Ok(answer) => answer.map_err(|error| raise(py, verb, &error)),
        Err(panic) => Err(raise(py, verb, &broken(panic.as_ref()))),
    }
}

/// The engine's error as the exception that its kind and its number call for.
pub(crate) fn raise(py: Python<'_>, verb: &str, error: &Error) -> PyErr {
    exception(py, verb, error).unwrap_or_else(|failure| failure)
}

/// The error of whoever uses a handle of the process it was forked from.
pub(crate) fn forked(py: Python<'_>, process: u32) -> PyErr {
    let message = format!(
        "the database was opened by process {process} and cannot be used by its child {}: open it again there, once \
         the parent has closed it",
        std::process::id()
    );
    let made = py
        .import("nexuslite.errors")
        .and_then(|errors| errors.call_method1("ForkedProcessError", (message,)));
    made.map_or_else(|failure| failure, PyErr::from_value)
}

fn exception(py: Python<'_>, verb: &str, error: &Error) -> PyResult<PyErr> {
    let details = match error.details() {
        Some(bytes) => decode::plain(py, RawDoc::new(bytes))?,
        None => py.None().into_bound(py),
    };
    let named = PyDict::new(py);
    named.set_item("verb", verb)?;
    let facts = (
        error.kind().name(),
        error.code(),
        error.code_name(),
        error.to_string(),
        error.labels().to_vec(),
        details,
    );
    let made = py.import("nexuslite.errors")?.getattr("from_native")?.call(facts, Some(&named))?;
    Ok(PyErr::from_value(made))
}

/// A panic is a mistake of ours, and must not end the caller's program.
fn broken(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no message");
    Error::new(ErrorKind::Internal, format!("the engine panicked, which is a mistake in it: {text}"))
}
