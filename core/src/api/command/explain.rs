//! `explain`: a command told of instead of done.

use bson::Document;

use crate::error::{Error, Result, code};

use super::super::bulk::WriteModel;
use super::super::explain::Verbosity;
use super::beside::Beside;
use super::find_and_modify;
use super::read::{FindRequest, count_request, distinct_request};
use super::request::Request;
use super::write::{Update, deletions};
use super::{COMMANDS, NOT_SUPPORTED, lacking};

pub(super) fn explain(request: &Request<'_>) -> Result<Document> {
    let mut verbosity = Verbosity::AllPlansExecution;
    for field in request.fields()? {
        match field.name() {
            "verbosity" => verbosity = read(field.word(WORDS)?),
            _ => return Err(request.refused(&field)),
        }
    }
    let explained = Request::parse(request.session, request.of().document()?)?;
    if !FINDING.contains(&explained.name()) {
        return Err(unexplained(explained.name()));
    }
    let collection = explained.collection()?;
    let told = collection.explain(verbosity);
    match explained.name() {
        "find" => FindRequest::parse(&explained)?.find(&collection).explain(verbosity),
        "count" => {
            let (query, options) = count_request(&explained)?;
            told.count_documents_with(query, options)
        }
        "distinct" => {
            let (key, query, options) = distinct_request(&explained)?;
            told.distinct_with(key, query, options)
        }
        "update" => {
            let (model, beside) = only(&explained, Update::parse_all(&explained)?)?;
            told.write(model, beside.options())
        }
        "delete" => {
            let (model, beside) = only(&explained, deletions(&explained)?)?;
            told.write(model, beside.options())
        }
        _ => find_and_modify::explain(&explained, &told),
    }
}

/// How much may be told.
const WORDS: &[&str] = &["queryPlanner", "executionStats", "allPlansExecution"];
/// The commands that find documents, of which there is a road to tell.
const FINDING: &[&str] = &["find", "count", "distinct", "update", "delete", "findAndModify", "findandmodify"];

fn read(word: &str) -> Verbosity {
    match word {
        "queryPlanner" => Verbosity::QueryPlanner,
        "executionStats" => Verbosity::ExecutionStats,
        _ => Verbosity::AllPlansExecution,
    }
}

/// The only write of a command.
fn only(
    request: &Request<'_>,
    (mut models, beside): (Vec<WriteModel>, Beside),
) -> Result<(WriteModel, Beside)> {
    match (models.pop(), models.is_empty()) {
        (Some(only), true) => Ok((only, beside)),
        _ => {
            let what = format!("explained {} commands must have exactly one write", request.name());
            Err(Error::invalid(code::INVALID_OPTIONS, what))
        }
    }
}

/// The error for a command that finds nothing, that this version lacks, or that there is not.
fn unexplained(name: &str) -> Error {
    if NOT_SUPPORTED.contains(&name) {
        return lacking(name);
    }
    if COMMANDS.iter().any(|(known, _)| *known == name) {
        return Error::invalid(code::ILLEGAL_OPERATION, format!("the command '{name}' cannot be explained"));
    }
    Error::invalid(code::COMMAND_NOT_FOUND, format!("no such command to explain: '{name}'"))
}
