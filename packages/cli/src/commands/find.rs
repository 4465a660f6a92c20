//! `find`: documents, one a line, as they are read.

use nexuslite::IntoDocument;
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::raw::RawDoc;

use crate::args::{ExplainArg, FindArgs, HintArg};
use crate::database;
use crate::failure::Done;
use crate::output::Output;

pub(super) fn run(args: &FindArgs, out: &mut Output) -> Done {
    database::read(&args.db, |db| {
        let collection = database::collection(db, &args.db, &args.collection)?;
        let everything = RawDocBuf::new();
        let mut find = collection.find(args.filter.as_ref().unwrap_or(&everything));
        if let Some(sort) = &args.sort {
            find = find.sort(sort);
        }
        if let Some(fields) = &args.project {
            find = find.projection(fields);
        }
        find = find.skip(args.skip).limit(args.limit);
        match &args.hint {
            Some(HintArg::Name(name)) => find = find.hint(name),
            Some(HintArg::Key(key)) => find = find.hint_key(key),
            None => {}
        }
        match args.explain {
            Some(ExplainArg::Text) => {
                return super::explain::show(&find.explain(ExplainArg::Text.into())?, out);
            }
            Some(how) => return out.document(find.explain(how.into())?.into_raw()?.as_doc()),
            None => {}
        }
        let mut found = find.raw()?;
        while let Some(bytes) = found.next_bytes()? {
            out.document(RawDoc::new(bytes))?;
        }
        Ok(())
    })
}
