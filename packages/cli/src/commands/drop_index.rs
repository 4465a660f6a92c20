//! `drop-index`: an index and its entries; the documents stay.

use crate::args::DropIndexArgs;
use crate::confirm::Consent;
use crate::database;
use crate::failure::Done;
use crate::output::Output;

pub(super) fn run(args: &DropIndexArgs, out: &mut Output) -> Done {
    let consent = Consent::of(args.yes, "drop-index")?;
    let (name, of) = (&args.name, &args.collection.collection);
    database::write(&args.db, args.write, |db| {
        let collection = database::collection(db, &args.db, &args.collection)?;
        consent.settle(|| Ok(format!("Drop the index {name} of {of}?")))?;
        Ok(collection.drop_index(name)?)
    })?;
    out.line(format!("dropped the index {name} of {of}"))
}
