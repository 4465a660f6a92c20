//! Under whatever collations, an index answers as a walk over all documents does, and both as the comparison of each
//! text with each says.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, CountOptions, Database, DistinctOptions, ErrorKind, IndexOptions, Verbosity};

use crate::dice::{Dice, is_long};

const PARTS: &[&str] = &[
    "a", "A", "á", "ä", "å", "b", "B", "c", "ch", "ß", "ss", "1", "10", "2", "02", " ", "-", "ö", "z", "я",
    "\u{0}",
];
const PATHS: &[&str] = &["a", "b", "b.c", "l"];

fn collation(dice: &mut Dice) -> Document {
    let strength = 1 + dice.below(5) as i32;
    let mut collation =
        doc! { "locale": *dice.pick(&["en", "de", "sv", "es", "cs", "fr", "tr", "de@collation=phonebook"]) };
    collation.insert("strength", strength);
    if dice.once_in(3) {
        collation.insert("caseLevel", true);
    }
    if dice.once_in(3) {
        collation.insert("numericOrdering", true);
    }
    if dice.once_in(3) {
        collation.insert("alternate", "shifted");
    }
    if strength > 1 && dice.once_in(4) {
        collation.insert("backwards", true);
    }
    if strength > 2 && dice.once_in(4) {
        collation.insert("caseFirst", *dice.pick(&["upper", "lower"]));
    }
    collation
}

fn text(dice: &mut Dice) -> String {
    (0..dice.below(4)).map(|_| *dice.pick(PARTS)).collect()
}

fn value(dice: &mut Dice, depth: u64) -> Bson {
    match dice.below(if depth < 2 { 12 } else { 9 }) {
        0..=6 => Bson::String(text(dice)),
        7 => Bson::Int32(dice.below(4) as i32),
        8 => Bson::Null,
        9 | 10 => Bson::Array((0..dice.below(3)).map(|_| value(dice, depth + 1)).collect()),
        _ => Bson::Document(doc! { "c": value(dice, depth + 1) }),
    }
}

fn filter(dice: &mut Dice) -> Document {
    let path = *dice.pick(PATHS);
    match dice.below(8) {
        0 => doc! { path: { "$in": [value(dice, 1), value(dice, 1), value(dice, 1)] } },
        1 => doc! { path: { "$gte": text(dice), "$lt": text(dice) } },
        2 => doc! { path: { "$ne": value(dice, 1) } },
        3 => doc! { path: value(dice, 0), *dice.pick(PATHS): { "$gt": text(dice) } },
        4 => doc! { path: { "$elemMatch": { "$gt": text(dice), "$ne": text(dice) } } },
        _ => doc! { path: { *dice.pick(&["$eq", "$gt", "$gte", "$lt", "$lte"]): value(dice, 1) } },
    }
}

#[test]
fn an_index_answers_as_a_scan_does_under_every_collation() {
    let seeds = match std::env::var("COLLATION_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..if is_long() { 3000 } else { 60 },
    };
    let mut by_index = 0;
    for seed in seeds.clone() {
        by_index += one_database(seed);
    }
    assert!(by_index > 300 || seeds.end - seeds.start == 1, "only {by_index} finds went by an index");
}

fn one_database(seed: u64) -> u64 {
    let replay = format!(
        "COLLATION_SEED={seed} cargo test -p nexuslite-tests --test model an_index_answers_as_a_scan_does_under"
    );
    let mut dice = Dice::new(seed ^ 0xC0);
    let db = Database::open(":memory:").unwrap();
    let all = db.collection("all");
    let collations = [collation(&mut dice), collation(&mut dice), doc! { "locale": "simple" }];
    let mut by_index = 0;
    for round in 0..4 {
        for _ in 0..25 {
            let doc = doc! { "a": value(&mut dice, 0), "b": value(&mut dice, 0), "l": [text(&mut dice), text(&mut dice)] };
            // A unique index may refuse it, or one over two arrays.
            let _ = all.insert_one(doc);
        }
        let mut key = doc! { *dice.pick(PATHS): if dice.once_in(3) { -1 } else { 1 } };
        if dice.once_in(3) {
            key.insert(*dice.pick(PATHS), 1);
        }
        let mut options = IndexOptions::new()
            .collation(dice.pick(&collations).clone())
            .unique(dice.once_in(6))
            .name(format!("index {round}"));
        if dice.once_in(4) {
            options = options.partial_filter(doc! { "a": { "$gte": text(&mut dice) } });
        }
        let _ = all.create_index_with(key, &options);
        if dice.once_in(2) {
            let _ = all.update_many(filter(&mut dice), doc! { "$set": { "a": value(&mut dice, 0) } });
        }
        for _ in 0..25 {
            by_index +=
                u64::from(one_question(&mut dice, &all, &collations[round % collations.len()], &replay));
        }
        let faults = db.check().unwrap().faults;
        assert!(faults.is_empty(), "{faults:?}\n{replay}");
    }
    by_index
}

fn one_question(dice: &mut Dice, all: &Collection, collation: &Document, replay: &str) -> bool {
    let filter = filter(dice);
    let sort = if dice.once_in(2) {
        doc! {}
    } else {
        doc! { *dice.pick(PATHS): 1 }
    };
    let ask = || all.find(filter.clone()).sort(sort.clone()).collation(collation.clone());
    let what = || {
        let plan = ask().explain(Verbosity::QueryPlanner).unwrap();
        format!("{filter} sorted by {sort} under {collation}\n{plan}\n{replay}")
    };
    let set = |docs: Vec<Document>| docs.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let found: Vec<Document> = ask().run().unwrap().map(|doc| doc.unwrap()).collect();
    let natural = ask().hint_key(doc! { "$natural": 1 }).run().unwrap();
    let wanted: Vec<Document> = natural.map(|doc| doc.unwrap()).collect();
    let count = all.count_documents_with(filter.clone(), CountOptions::new().collation(collation.clone()));
    assert_eq!(count.unwrap(), wanted.len() as u64, "{}", what());
    assert!(is_sorted(&found, &sort, collation), "{}", what());
    assert_eq!(set(found), set(wanted), "{}", what());
    ask().explain(Verbosity::QueryPlanner).unwrap().to_string().contains("\"IXSCAN\"")
}

/// Whether a stable sort leaves the documents in their places.
fn is_sorted(docs: &[Document], sort: &Document, collation: &Document) -> bool {
    let placed = Database::open(":memory:").unwrap().collection("placed");
    let with_places = docs.iter().enumerate().map(|(place, doc)| {
        let mut doc = doc.clone();
        doc.insert("_id", place as i64);
        doc
    });
    placed.insert_many(with_places).unwrap();
    let found = placed.find(doc! {}).sort(sort.clone()).collation(collation.clone()).run().unwrap();
    found.enumerate().all(|(place, doc)| doc.unwrap().get_i64("_id").unwrap() == place as i64)
}

/// What comparing texts says is one order: each operator, the sort, the distinct values and unique keys agree on it.
#[test]
fn all_that_compares_texts_agrees() {
    let seeds = match std::env::var("TEXT_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..if is_long() { 1000 } else { 30 },
    };
    for seed in seeds {
        let replay =
            format!("TEXT_SEED={seed} cargo test -p nexuslite-tests --test model all_that_compares_texts");
        let mut dice = Dice::new(seed ^ 0x7E);
        let collation = collation(&mut dice);
        let texts: Vec<String> = (0..24).map(|_| text(&mut dice)).collect();
        let c = Database::open(":memory:").unwrap().collection("c");
        c.insert_many(texts.iter().enumerate().map(|(at, text)| doc! { "_id": at as i32, "t": text }))
            .unwrap();
        let ids = |filter: Document| {
            let found = c.find(filter).collation(collation.clone()).run().unwrap();
            found.map(|doc| doc.unwrap().get_i32("_id").unwrap() as usize).collect::<BTreeSet<_>>()
        };
        let order = |a: usize, b: usize| -> Ordering {
            let (less, equal) = (
                ids(doc! { "_id": a as i32, "t": { "$lt": &texts[b] } }),
                ids(doc! { "_id": a as i32, "t": &texts[b] }),
            );
            match (less.is_empty(), equal.is_empty()) {
                (false, true) => Ordering::Less,
                (true, false) => Ordering::Equal,
                (true, true) => Ordering::Greater,
                (false, false) => panic!("{:?} is below and equal to {:?}\n{replay}", texts[a], texts[b]),
            }
        };
        let found = c.find(doc! {}).sort(doc! { "t": 1 }).collation(collation.clone()).run().unwrap();
        let sorted: Vec<usize> = found.map(|doc| doc.unwrap().get_i32("_id").unwrap() as usize).collect();
        let mut groups = 1;
        for pair in sorted.windows(2) {
            let order = order(pair[0], pair[1]);
            assert_ne!(
                order,
                Ordering::Greater,
                "{collation}: {:?}\n{replay}",
                pair.iter().map(|at| &texts[*at]).collect::<Vec<_>>()
            );
            groups += usize::from(order == Ordering::Less);
        }
        let options = DistinctOptions::new().collation(collation.clone());
        assert_eq!(c.distinct_with("t", doc! {}, options).unwrap().len(), groups, "{collation}\n{replay}");
        let unique = Database::open(":memory:").unwrap().collection("unique");
        let options = IndexOptions::new().unique(true).collation(collation.clone());
        unique.create_index_with(doc! { "t": 1 }, &options).unwrap();
        let mut kept = 0;
        for text in &texts {
            match unique.insert_one(doc! { "t": text }) {
                Ok(_) => kept += 1,
                Err(error) => assert_eq!(error.kind(), ErrorKind::DuplicateKey, "{error}\n{replay}"),
            }
        }
        assert_eq!(kept, groups, "{collation}\n{replay}");
    }
}
