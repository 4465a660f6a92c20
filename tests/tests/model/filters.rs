//! Filters of every operator against the model, of documents that are made for them.

use std::collections::BTreeSet;

use nexuslite::Database;
use nexuslite::bson::{Bson, Document, doc};

use crate::dice::{Dice, is_long};
use crate::evaluate::matches;
use crate::random;

const DOCUMENTS: u64 = 60;
const FILTERS: u64 = 150;
const SEEDS: u64 = 20;

#[test]
fn every_filter_finds_what_the_model_finds() {
    let seed = std::env::var("MODEL_SEED").ok().and_then(|seed| seed.parse().ok());
    if let Some(seed) = seed {
        return compare(seed);
    }
    (0..if is_long() { SEEDS * 100 } else { SEEDS }).for_each(compare);
}

fn compare(seed: u64) {
    let mut dice = Dice::new(seed);
    let db = Database::open(":memory:").expect("a database in memory");
    let c = db.collection("c");
    let docs: Vec<Document> = (0..DOCUMENTS)
        .map(|id| {
            let mut doc = doc! { "_id": id as i64 };
            doc.extend(random::fields(&mut dice));
            doc
        })
        .collect();
    c.insert_many(docs.clone()).expect("inserts");
    for _ in 0..FILTERS {
        let filter = random::filter(&mut dice);
        let found: BTreeSet<i64> = c
            .find(filter.clone())
            .run()
            .unwrap_or_else(|error| panic!("{filter}: {error:?}, seed {seed}"))
            .map(|found: nexuslite::Result<Document>| id(&found.expect("a document")))
            .collect();
        let expected: BTreeSet<i64> = docs.iter().filter(|doc| matches(&filter, doc)).map(id).collect();
        let differing: Vec<&Document> =
            docs.iter().filter(|doc| found.contains(&id(doc)) != expected.contains(&id(doc))).collect();
        assert!(
            differing.is_empty(),
            "{filter} takes and the model does not, or the other way round: {differing:?}\n\
             MODEL_SEED={seed} cargo test -p nexuslite-tests --test model filters"
        );
    }
    db.close().expect("closes");
}

fn id(doc: &Document) -> i64 {
    doc.get("_id").and_then(Bson::as_i64).expect("an id")
}
