//! Filters of every operator against the model, of documents that are made for them.

use std::collections::BTreeSet;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, Database, Options};

use crate::dice::{Dice, is_long};
use crate::evaluate::matches;
use crate::random;

const DOCUMENTS: u64 = 60;
const FILTERS: u64 = 150;
const SEEDS: u64 = 20;
const PHASES: u64 = 3;

#[test]
fn every_filter_finds_what_the_model_finds() {
    let seed = std::env::var("MODEL_SEED").ok().and_then(|seed| seed.parse().ok());
    if let Some(seed) = seed {
        return compare(seed);
    }
    (0..if is_long() { SEEDS * 100 } else { SEEDS }).for_each(compare);
}

/// Each filter is asked three times: what a scan keeps of the values it meets must not change what the next one finds.
/// Then documents change, and all begins again.
fn compare(seed: u64) {
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let path = if seed.is_multiple_of(2) { folder.path().join("f.db") } else { ":memory:".into() };
    let db = Database::open_with(&path, Options::new()).expect("a database");
    let c = db.collection("c");
    let mut docs: Vec<Document> = (0..DOCUMENTS as i64).map(|id| document(&mut dice, id)).collect();
    c.insert_many(docs.clone()).expect("inserts");
    for _ in 0..PHASES {
        db.checkpoint().expect("a checkpoint");
        let filters: Vec<Document> = (0..FILTERS / PHASES).map(|_| random::filter(&mut dice)).collect();
        for filter in filters.iter().flat_map(|filter| [filter; 3]) {
            compare_one(&c, &docs, filter, seed);
        }
        let mut kept = Vec::new();
        for old in docs {
            let id = id(&old);
            match dice.below(6) {
                0 => drop(c.delete_one(doc! { "_id": id }).expect("deletes")),
                1 | 2 => {
                    let new = document(&mut dice, id);
                    c.replace_one(doc! { "_id": id }, new.clone()).expect("replaces");
                    kept.push(new);
                }
                _ => kept.push(old),
            }
        }
        docs = kept;
        for filter in &filters {
            compare_one(&c, &docs, filter, seed);
        }
    }
    db.close().expect("closes");
}

fn document(dice: &mut Dice, id: i64) -> Document {
    let mut doc = doc! { "_id": id };
    doc.extend(random::fields(dice));
    doc
}

fn compare_one(c: &Collection, docs: &[Document], filter: &Document, seed: u64) {
    let found: BTreeSet<i64> = c
        .find(filter.clone())
        .run()
        .unwrap_or_else(|error| panic!("{filter}: {error:?}, seed {seed}"))
        .map(|found: nexuslite::Result<Document>| id(&found.expect("a document")))
        .collect();
    let expected: BTreeSet<i64> = docs.iter().filter(|doc| matches(filter, doc)).map(id).collect();
    let differing: Vec<&Document> =
        docs.iter().filter(|doc| found.contains(&id(doc)) != expected.contains(&id(doc))).collect();
    assert!(
        differing.is_empty(),
        "{filter} takes and the model does not, or the other way round: {differing:?}\n\
         MODEL_SEED={seed} cargo test -p nexuslite-tests --test model filters"
    );
}

fn id(doc: &Document) -> i64 {
    doc.get("_id").and_then(Bson::as_i64).expect("an id")
}
