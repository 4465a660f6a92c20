//! `indexes`: one a line, each as the document that would create it, or as what it holds.

use nexuslite::IntoDocument;

use crate::args::IndexesArgs;
use crate::database;
use crate::failure::Done;
use crate::output::Output;

pub(super) fn run(args: &IndexesArgs, out: &mut Output) -> Done {
    database::read(&args.db, |db| {
        let collection = database::collection(db, &args.db, &args.collection)?;
        let told = if args.stats { collection.index_stats()? } else { collection.list_indexes()? };
        told.into_iter().try_for_each(|index| out.document(index.into_raw()?.as_doc()))
    })
}
