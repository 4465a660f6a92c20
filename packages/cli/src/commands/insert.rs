//! `insert`: one document.

use std::io::{self, BufReader};

use nexuslite::IntoDocument;
use nexuslite::bson::doc;
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::json::{JsonDocuments, parse_document};

use crate::args::InsertArgs;
use crate::database;
use crate::failure::{Done, Failure};
use crate::output::Output;

/// Prints the new document's `_id` as a document: a filter that finds it.
pub(super) fn run(args: &InsertArgs, out: &mut Output) -> Done {
    let document = match args.document.as_deref() {
        None | Some("-") => from_stdin()?,
        Some(text) => {
            parse_document(text).map_err(|error| Failure::Usage(format!("the document, {error}")))?
        }
    };
    let id = database::write_or_create(&args.db, args.write, |db| {
        Ok(db.collection(&args.collection.collection).insert_one_raw(document.as_bytes())?)
    })?;
    out.document(doc! { "_id": id }.into_raw()?.as_doc())
}

fn from_stdin() -> Done<RawDocBuf> {
    let wrong = |what: String| Failure::Failed(format!("standard input, {what}"));
    let mut documents = JsonDocuments::new(BufReader::new(io::stdin()));
    let first = match documents.next() {
        Some(first) => first.map_err(|error| wrong(error.to_string()))?,
        None => return Err(wrong("line 1: there is no document".to_owned())),
    };
    match documents.next() {
        None => Ok(first.doc),
        Some(Ok(second)) => {
            let line = second.line;
            Err(wrong(format!(
                "line {line}: insert takes one document, and here is a second; import takes many"
            )))
        }
        Some(Err(error)) => Err(wrong(error.to_string())),
    }
}
