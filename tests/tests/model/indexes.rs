//! Whatever indexes there are, every answer is the one that a walk over all documents gives.

use std::collections::BTreeSet;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, Database, Find, IndexOptions, Verbosity};

use crate::dice::{Dice, is_long};
use crate::random;

const PATHS: &[&str] = &["a", "b", "n", "n.x", "l.x", "a.x", "a.0", "l", "_id"];

#[test]
fn every_index_answers_as_a_scan_does() {
    let seeds = match std::env::var("INDEX_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..if is_long() { 5000 } else { 120 },
    };
    let mut by_index = 0;
    for seed in seeds {
        by_index += one_database(seed);
    }
    assert!(by_index > 1000 || std::env::var("INDEX_SEED").is_ok(), "only {by_index} finds went by an index");
}

/// Random documents, indexes, changes and questions; how many questions an index answered.
fn one_database(seed: u64) -> u64 {
    let replay = format!("INDEX_SEED={seed} cargo test -p nexuslite-tests --test model every_index_answers");
    let mut dice = Dice::new(seed ^ 0x1D);
    let db = Database::open(":memory:").unwrap();
    let all = db.collection("all");
    let mut by_index = 0;
    for _ in 0..6 {
        for _ in 0..20 {
            // Ids and parallel arrays may collide: then nothing is inserted, which is no matter here.
            let _ = all.insert_one(random::document(&mut dice));
        }
        let _ = all.create_index_with(key(&mut dice), &options(&mut dice));
        let _ = all.update_many(filter(&mut dice), doc! { "$set": random::fields(&mut dice) });
        let _ = all.delete_many(filter(&mut dice));
        if dice.once_in(5) {
            let _ = all.drop_indexes();
        }
        for _ in 0..20 {
            by_index += u64::from(one_question(&mut dice, &all, &replay));
        }
        let faults = db.check().unwrap().faults;
        assert!(faults.is_empty(), "{faults:?}\n{replay}");
    }
    by_index
}

fn one_question(dice: &mut Dice, all: &Collection, replay: &str) -> bool {
    let filter = filter(dice);
    let sort: Document = if dice.once_in(2) { Document::new() } else { key(dice) };
    let ask = || all.find(filter.clone()).sort(sort.clone());
    let what = || {
        format!("{filter} sorted by {sort}\n{}\n{replay}", ask().explain(Verbosity::QueryPlanner).unwrap())
    };
    // Both may refuse a sort by parallel arrays, each at another document.
    let (Ok(found), Ok(wanted)) = (answer(ask()), answer(ask().hint_key(doc! { "$natural": 1 }))) else {
        return false;
    };
    assert_eq!(sorted(&found), sorted(&wanted), "{}", what());
    assert_eq!(all.count_documents(filter.clone()).unwrap(), wanted.len() as u64, "{}", what());
    assert!(is_sorted(&found, &sort), "{}", what());
    let limit = dice.below(5) + 1;
    if let Ok(few) = answer(ask().limit(limit)) {
        assert_eq!(few[..], found[..found.len().min(limit as usize)], "{}", what());
    }
    ask().explain(Verbosity::QueryPlanner).unwrap().to_string().contains("\"IXSCAN\"")
}

fn answer(find: Find<'_, Document>) -> nexuslite::Result<Vec<Document>> {
    find.run()?.collect()
}

fn sorted(docs: &[Document]) -> BTreeSet<String> {
    docs.iter().map(ToString::to_string).collect()
}

/// Whether a stable sort leaves the documents in their places.
fn is_sorted(docs: &[Document], sort: &Document) -> bool {
    let db = Database::open(":memory:").unwrap();
    let renamed = |name: &str| if name == "_id" { "_i".to_owned() } else { name.to_owned() };
    let placed = docs.iter().enumerate().map(|(place, doc)| {
        let mut with = doc! { "_id": place as i64 };
        with.extend(doc.iter().map(|(name, value)| (renamed(name), value.clone())));
        with
    });
    db.collection("placed").insert_many(placed).unwrap();
    let sort: Document = sort.iter().map(|(name, value)| (renamed(name), value.clone())).collect();
    let found = db.collection("placed").find(doc! {}).sort(sort).run().unwrap();
    found.enumerate().all(|(place, doc)| doc.unwrap().get_i64("_id").unwrap() == place as i64)
}

fn key(dice: &mut Dice) -> Document {
    let mut key = Document::new();
    for _ in 0..=dice.below(2) {
        key.insert(*dice.pick(PATHS), if dice.once_in(3) { -1 } else { 1 });
    }
    key
}

fn options(dice: &mut Dice) -> IndexOptions {
    let options = IndexOptions::new().unique(dice.once_in(8)).hidden(dice.once_in(12));
    match dice.below(4) {
        0 => options.sparse(true),
        1 => options.partial_filter(filter(dice)),
        _ => options,
    }
}

fn filter(dice: &mut Dice) -> Document {
    let mut filter = random::filter(dice);
    if dice.once_in(2) {
        let value: Bson = random::fields(dice).get("a").cloned().unwrap_or(Bson::Null);
        let operator = *dice.pick(&["$eq", "$gt", "$gte", "$lt", "$lte", "$ne"]);
        filter.insert(*dice.pick(PATHS), doc! { operator: value });
    }
    filter
}
