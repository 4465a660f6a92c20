//! `count`: a bare number.

use nexuslite::document::builder::RawDocBuf;

use crate::args::CountArgs;
use crate::database;
use crate::failure::Done;
use crate::output::Output;

pub(super) fn run(args: &CountArgs, out: &mut Output) -> Done {
    database::read(&args.db, |db| {
        let collection = database::collection(db, &args.db, &args.collection)?;
        let everything = RawDocBuf::new();
        out.line(collection.count_documents(args.filter.as_ref().unwrap_or(&everything))?)
    })
}
