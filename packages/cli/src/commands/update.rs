//! `update`: documents changed field by field, or one replaced as a whole.

use nexuslite::bson::{RawDocumentBuf, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::json::document_to_string;
use nexuslite::{Collection, Database, IntoDocument, ReplaceOptions, UpdateOptions, UpdateResult};

use crate::args::UpdateArgs;
use crate::confirm::Consent;
use crate::failure::{Done, Failure};
use crate::output::Output;
use crate::{database, figures};

pub(super) fn run(args: &UpdateArgs, out: &mut Output) -> Done {
    let is_replacement = !is_operators(&args.update);
    if is_replacement && args.many {
        return Err(Failure::Usage(
            "--many changes fields, so --update must consist of operators such as $set, not of a whole document"
                .to_owned(),
        ));
    }
    let changes_everything = args.many && args.filter.as_doc().is_empty();
    let consent = Consent::of(args.yes || !changes_everything, "update --many with an empty filter")?;
    let change = |db: &Database| {
        let collection = collection(db, args)?;
        consent.settle(|| {
            let documents = figures::documents(collection.count_documents(&args.filter)?);
            Ok(format!("Change {documents}, all of {}?", args.collection.collection))
        })?;
        if is_replacement { replace(&collection, args) } else { update(&collection, args) }
    };
    let done = if args.upsert {
        database::write_or_create(&args.db, args.write, change)?
    } else {
        database::write(&args.db, args.write, change)?
    };
    let (matched, modified) =
        (figures::thousands(done.matched_count), figures::thousands(done.modified_count));
    match done.upserted_id {
        None => out.line(format!("matched {matched}, modified {modified}")),
        Some(id) => {
            let id = document_to_string(doc! { "_id": id }.into_raw()?.as_doc(), out.mode());
            out.line(format!("matched {matched}, modified {modified}, inserted {id}"))
        }
    }
}

/// An upsert may bring the collection into being; any other update needs one.
fn collection(db: &Database, args: &UpdateArgs) -> Done<Collection> {
    if args.upsert {
        return Ok(db.collection(&args.collection.collection));
    }
    database::collection(db, &args.db, &args.collection)
}

/// Whether an update names what to do; an empty document, or one of fields, is a replacement.
fn is_operators(update: &RawDocBuf) -> bool {
    update.as_doc().iter().next().is_some_and(|(name, _)| name.starts_with('$'))
}

fn update(collection: &Collection, args: &UpdateArgs) -> Done<UpdateResult> {
    let options = UpdateOptions::new().upsert(args.upsert);
    let (filter, update) = (&args.filter, &args.update);
    Ok(match args.many {
        true => collection.update_many_with(filter, update, options)?,
        false => collection.update_one_with(filter, update, options)?,
    })
}

fn replace(collection: &Collection, args: &UpdateArgs) -> Done<UpdateResult> {
    let replacement = RawDocumentBuf::from_bytes(args.update.as_bytes().to_vec())
        .map_err(|error| Failure::Usage(format!("--update is no document: {error}")))?;
    let options = ReplaceOptions::new().upsert(args.upsert);
    let collection = collection.clone_with_type::<RawDocumentBuf>();
    Ok(collection.replace_one_with(&args.filter, replacement, options)?)
}
