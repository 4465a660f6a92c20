//! Statements explained instead of done.

use std::ffi::c_void;

use nexuslite::Verbosity;
use nexuslite::bson::Document;
use nexuslite::document::builder::RawDocBuf;

use crate::call::{Call, Raw};
use crate::change::{delete_options, replace_options, update_options};
use crate::fault::Result;
use crate::find::{count_options, distinct_options, with_options};
use crate::find_one_and::{Change, find_one_and_options};
use crate::guard;
use crate::options::{self, put};
use crate::statement::Statement;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_error, nx_status};

const VERBOSITIES: &[(&str, Verbosity)] = &[
    ("queryPlanner", Verbosity::QueryPlanner),
    ("executionStats", Verbosity::ExecutionStats),
    ("allPlansExecution", Verbosity::AllPlansExecution),
];

const VERBS: &str = "find, count, distinct, updateOne, updateMany, replaceOne, deleteOne, deleteMany, \
                     findOneAndUpdate, findOneAndReplace and findOneAndDelete";

/// By which road a statement would find its documents, in MongoDB's shape; nothing is changed.
///
/// `statement` names the verb and what it is given: `{"find": {"filter": {"age": 3}, "sort": {"age": 1}}}`, further
/// `count`, `distinct` (with `path`), `updateOne`, `updateMany` and `findOneAndUpdate` (with `update`), `replaceOne` and
/// `findOneAndReplace` (with `replacement`), `deleteOne`, `deleteMany` and `findOneAndDelete`; beside `filter` stand the
/// verb's options.
/// Options: `verbosity` (`"queryPlanner"`, the default; `"executionStats"`: the statement is run to its end;
/// `"allPlansExecution"`: a read is also run by each plan that was rejected).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_explain(
    coll: *mut nx_coll,
    call: *const nx_call,
    statement: *const c_void,
    statement_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (statement, statement_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let statement = statement.needed(call.format, "statement")?;
        let asked = options.document(call.format, "options")?;
        let verbosity =
            options::read("explain", asked.as_ref(), Verbosity::default(), |verbosity, option| {
                Ok(match option.name {
                    "verbosity" => Some(put(verbosity, option.word(VERBOSITIES)?, |_, given| given)),
                    _ => None,
                })
            })?;
        let told = explain(&call.collection(coll)?, &call, &statement, verbosity)?;
        out.answer_made(&call, &told)?;
        Ok(NX_OK)
    })
}

fn explain(collection: &Raw, call: &Call, statement: &RawDocBuf, verbosity: Verbosity) -> Result<Document> {
    let statement = Statement::read(statement.as_doc())?;
    let (verb, explain) = (statement.verb, collection.explain(verbosity));
    let filter = statement.filter()?;
    Ok(match verb {
        "find" => {
            let options = statement.options(&["filter"]);
            with_options(collection.find(filter), call, verb, options.as_doc())?.explain(verbosity)?
        }
        "count" => {
            let options = statement.options(&["filter"]);
            explain.count_documents_with(filter, count_options(call, verb, options.as_doc())?)?
        }
        "updateOne" | "updateMany" => {
            let options = statement.options(&["filter", "update"]);
            let options = update_options(call, verb, options.as_doc())?;
            match verb {
                "updateOne" => explain.update_one_with(filter, statement.update()?, options)?,
                _ => explain.update_many_with(filter, statement.update()?, options)?,
            }
        }
        "distinct" => {
            let options = distinct_options(call, verb, statement.options(&["filter", "path"]).as_doc())?;
            explain.distinct_with(statement.text("path")?, filter, options)?
        }
        "replaceOne" => {
            let options =
                replace_options(call, verb, statement.options(&["filter", "replacement"]).as_doc())?;
            explain.replace_one_with(filter, statement.replacement()?, options)?
        }
        "findOneAndUpdate" => {
            let options = statement.options(&["filter", "update"]);
            let options = find_one_and_options(call, verb, Change::Update, options.as_doc())?;
            explain.find_one_and_update_with(filter, statement.update()?, options)?
        }
        "findOneAndReplace" => {
            let options = statement.options(&["filter", "replacement"]);
            let options = find_one_and_options(call, verb, Change::Replace, options.as_doc())?;
            explain.find_one_and_replace_with(filter, statement.replacement()?, options)?
        }
        "findOneAndDelete" => {
            let options = statement.options(&["filter"]);
            let options = find_one_and_options(call, verb, Change::Delete, options.as_doc())?;
            explain.find_one_and_delete_with(filter, options)?
        }
        "deleteOne" | "deleteMany" => {
            let options = delete_options(call, verb, statement.options(&["filter"]).as_doc())?;
            match verb {
                "deleteOne" => explain.delete_one_with(filter, options)?,
                _ => explain.delete_many_with(filter, options)?,
            }
        }
        _ => return Err(statement.unknown(VERBS)),
    })
}
