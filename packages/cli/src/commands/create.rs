//! `create`: a database, and a collection in it.

use nexuslite::{Database, ErrorKind, Options};

use crate::args::CreateArgs;
use crate::database;
use crate::failure::Done;
use crate::output::Output;

pub(super) fn run(args: &CreateArgs, out: &mut Output) -> Done {
    let options = Options::new().engine(args.engine.into()).page_bytes(args.page_size);
    let (db, is_new) = match Database::open_with(&args.db.db, Options::new().create(false)) {
        Ok(db) => (db, false),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            (Database::open_with(&args.db.db, options.create(true))?, true)
        }
        Err(error) => return Err(error.into()),
    };
    database::run(&db, |db| {
        let path = db.info()?.path.unwrap_or_else(|| args.db.db.clone());
        let path = path.display();
        let Some(name) = &args.collection else {
            return out.line(if is_new {
                format!("created {path}")
            } else {
                format!("{path} was there already")
            });
        };
        let was_there = db.list_collection_names()?.contains(name);
        db.create_collection(name)?;
        out.line(match (is_new, was_there) {
            (true, _) => format!("created {path} with the collection {name}"),
            (false, false) => format!("created the collection {name} in {path}"),
            (false, true) => format!("{path} with the collection {name} was there already"),
        })
    })
}
