//! `delete`: documents taken away.

use crate::args::DeleteArgs;
use crate::confirm::Consent;
use crate::failure::Done;
use crate::output::Output;
use crate::{database, figures};

pub(super) fn run(args: &DeleteArgs, out: &mut Output) -> Done {
    let consent = Consent::of(args.yes, "delete")?;
    let name = &args.collection.collection;
    let deleted = database::write(&args.db, args.write, |db| {
        let collection = database::collection(db, &args.db, &args.collection)?;
        consent.settle(|| {
            let matching = collection.count_documents(&args.filter)?;
            let going = if args.many { matching } else { matching.min(1) };
            Ok(format!("Delete {} of {name}?", figures::documents(going)))
        })?;
        let done = match args.many {
            true => collection.delete_many(&args.filter)?,
            false => collection.delete_one(&args.filter)?,
        };
        Ok(done.deleted_count)
    })?;
    out.line(format!("deleted {}", figures::documents(deleted)))
}
