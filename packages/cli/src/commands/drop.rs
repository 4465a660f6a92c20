//! `drop`: a collection with everything in it.

use nexuslite::bson::doc;

use crate::args::DropArgs;
use crate::confirm::Consent;
use crate::failure::Done;
use crate::output::Output;
use crate::{database, figures};

pub(super) fn run(args: &DropArgs, out: &mut Output) -> Done {
    let consent = Consent::of(args.yes, "drop")?;
    let name = &args.collection.collection;
    let dropped = database::write(&args.db, args.write, |db| {
        let documents = figures::documents(
            database::collection(db, &args.db, &args.collection)?.count_documents(doc! {})?,
        );
        consent.settle(|| Ok(format!("Drop {name} with {documents}?")))?;
        db.drop_collection(name)?;
        Ok(documents)
    })?;
    out.line(format!("dropped {name} with {dropped}"))
}
