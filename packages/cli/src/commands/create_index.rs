//! `create-index`: built before the command ends, with a bar on the terminal.

use std::time::{Duration, Instant};

use nexuslite::bson::doc;
use nexuslite::{Collection, IndexOptions};

use crate::args::CreateIndexArgs;
use crate::failure::Done;
use crate::output::Output;
use crate::progress::Progress;
use crate::{database, figures};

pub(super) fn run(args: &CreateIndexArgs, out: &mut Output) -> Done {
    let collection = &args.collection.collection;
    let started = Instant::now();
    let (name, is_new, documents) = database::write(&args.db, args.write, |db| {
        let collection = database::collection(db, &args.db, &args.collection)?;
        let documents = collection.count_documents(doc! {})?;
        let before = names(&collection)?;
        let progress = Progress::over_documents(documents);
        let options = options(args).on_progress(progress.follower());
        let name = collection.create_index_with(&args.key, &options)?;
        let is_new = !before.contains(&name) && names(&collection)?.contains(&name);
        Ok((name, is_new, documents))
    })?;
    if !is_new {
        return out.line(format!("the index {name} of {collection} was there already"));
    }
    let (documents, spent) = (figures::documents(documents), figures::time(started.elapsed()));
    out.line(format!("created the index {name} of {collection}, over {documents}, in {spent}"))
}

fn options(args: &CreateIndexArgs) -> IndexOptions {
    let mut options = IndexOptions::new().unique(args.unique).sparse(args.sparse).hidden(args.hidden);
    if let Some(name) = &args.name {
        options = options.name(name);
    }
    if let Some(seconds) = args.expire_after {
        options = options.expire_after(Duration::from_secs(seconds));
    }
    if let Some(filter) = &args.partial {
        options = options.partial_filter(filter);
    }
    if let Some(projection) = &args.wildcard_projection {
        options = options.wildcard_projection(projection);
    }
    options
}

fn names(collection: &Collection) -> Done<Vec<String>> {
    let listed = collection.list_indexes()?;
    Ok(listed.iter().filter_map(|index| index.get_str("name").ok()).map(str::to_owned).collect())
}
