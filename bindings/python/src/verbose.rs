//! What each request of a bulk write did.

use std::collections::BTreeMap;

use nexuslite::bson::{Bson, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::raw::{RawDoc, Value};
use nexuslite::{BulkWriteError, Error, Result, VerboseBulkWriteResult};

use crate::bulk::{place, put_errors};
use crate::collection::unreadable;

/// The account of writes of which some may have failed, told one by one; any other error as it is.
pub(crate) fn account_of(begin: usize, outcome: Result<VerboseBulkWriteResult>) -> Result<RawDocBuf> {
    match outcome {
        Ok(done) => account(begin, &done, &BTreeMap::new()),
        Err(error) => match BulkWriteError::of(&error) {
            Some(failed) => account(begin, &failed.partial_result, &failed.write_errors),
            None => Err(error),
        },
    }
}

/// What was done and what failed, each by its place in the whole call.
fn account(
    begin: usize,
    done: &VerboseBulkWriteResult,
    faults: &BTreeMap<usize, Error>,
) -> Result<RawDocBuf> {
    let mut inserted = Vec::with_capacity(done.insert_results.len());
    for (at, result) in &done.insert_results {
        inserted.push((at, of_id("_id", &result.inserted_id)?));
    }
    let mut updated = Vec::with_capacity(done.update_results.len());
    for (at, result) in &done.update_results {
        let made = result.upserted_id.as_ref().map(|id| of_id("upserted", id)).transpose()?;
        updated.push((at, result, made));
    }
    Ok(RawDocBuf::build(|account| {
        put_errors(account, begin, faults);
        let mut results = account.array("inserted");
        for (at, id) in &inserted {
            let mut one = results.document();
            one.put("index", place(begin, **at));
            one.extend(RawDoc::new(id));
        }
        results.finish();
        let mut results = account.array("updated");
        for (at, result, made) in &updated {
            let mut one = results.document();
            one.put("index", place(begin, **at));
            one.put("matched", Value::Int64(result.matched_count.cast_signed()));
            one.put("modified", Value::Int64(result.modified_count.cast_signed()));
            if let Some(made) = made {
                one.extend(RawDoc::new(made));
            }
        }
        results.finish();
        let mut results = account.array("deleted");
        for (at, result) in &done.delete_results {
            let mut one = results.document();
            one.put("index", place(begin, *at));
            one.put("n", Value::Int64(result.deleted_count.cast_signed()));
        }
    }))
}

fn of_id(name: &str, id: &Bson) -> Result<Vec<u8>> {
    doc! { name: id }.to_vec().map_err(|error| unreadable(&error))
}
