//! Whatever indexes there are, every answer is the one that a walk over all documents gives.

use std::collections::BTreeSet;

use nexuslite::bson::{Bson, Document, bson, doc};
use nexuslite::{Collection, CountOptions, Database, Find, IndexOptions, Verbosity, intersecting};

use crate::dice::{Dice, is_long};
use crate::random;

const PATHS: &[&str] = &["a", "b", "n", "n.x", "l.x", "l.y", "a.x", "a.y", "a.0", "a.0.x", "l", "_id"];

#[test]
fn every_index_answers_as_a_scan_does() {
    let seeds = match std::env::var("INDEX_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..if is_long() { 5000 } else { 120 },
    };
    let mut answered = Answered::default();
    for seed in seeds {
        one_database(seed, &mut answered);
    }
    let enough = answered.by_index > 1000 && answered.together > TOGETHER;
    assert!(enough || std::env::var("INDEX_SEED").is_ok(), "only {answered:?}");
}

/// So many answers at least go by several indexes together.
const TOGETHER: u64 = 300;

/// How many questions one index answered, and how many several did together.
#[derive(Debug, Default)]
struct Answered {
    by_index: u64,
    together: u64,
}

/// Random documents, indexes, changes and questions.
fn one_database(seed: u64, answered: &mut Answered) {
    let replay = format!("INDEX_SEED={seed} cargo test -p nexuslite-tests --test model every_index_answers");
    let mut dice = Dice::new(seed ^ 0x1D);
    let db = Database::open(":memory:").unwrap();
    let all = db.collection("all");
    for _ in 0..6 {
        for _ in 0..20 {
            // Ids and parallel arrays may collide: then nothing is inserted, which is no matter here.
            let _ = all.insert_one(document(&mut dice));
        }
        if dice.once_in(4) {
            wildcard(&mut dice, &all, &replay);
        } else {
            let _ = all.create_index_with(index_key(&mut dice), &options(&mut dice));
        }
        change(&mut dice, &all, &replay);
        if dice.once_in(5) {
            let _ = all.drop_indexes();
        }
        let plain = db.collection("plain");
        plain.delete_many(doc! {}).unwrap();
        let copies: Vec<Document> = answer(all.find(doc! {}).hint_key(doc! { "$natural": 1 })).unwrap();
        if !copies.is_empty() {
            plain.insert_many(copies).unwrap();
        }
        for round in 0..20 {
            let mut ask = |plan: &str| {
                let plans = one_question(&mut dice, &all, &replay);
                parts_of_answers(&mut dice, &all, &plain, &replay);
                u64::from(plans.contains(plan))
            };
            answered.by_index += ask("IXSCAN");
            if round % 2 == 0 {
                answered.together += intersecting(|| ask("AND_HASH"));
            }
        }
        let faults = db.check().unwrap().faults;
        assert!(faults.is_empty(), "{faults:?}\n{replay}");
    }
}

/// An update and a delete, sometimes by several indexes together, of as many documents as a walk over all finds.
fn change(dice: &mut Dice, all: &Collection, replay: &str) {
    for deletes in [false, true] {
        let (filter, fields) = (filter(dice), random::fields(dice));
        let wanted =
            answer(all.find(&filter).hint_key(doc! { "$natural": 1 })).map(|found| found.len() as u64);
        let act = || match deletes {
            true => all.delete_many(&filter).map(|done| done.deleted_count),
            false => all.update_many(&filter, doc! { "$set": &fields }).map(|done| done.matched_count),
        };
        let done = if dice.once_in(2) { intersecting(act) } else { act() };
        // What is set may have no place in an index.
        if let (Ok(done), Ok(wanted)) = (done, wanted) {
            assert_eq!(done, wanted, "{filter} {fields}\n{replay}");
        }
    }
}

/// One find in every way; says what plans there are for it.
fn one_question(dice: &mut Dice, all: &Collection, replay: &str) -> String {
    let filter = filter(dice);
    let sort: Document = if dice.once_in(2) { Document::new() } else { key(dice) };
    let ask = || all.find(filter.clone()).sort(sort.clone());
    let what = || {
        format!("{filter} sorted by {sort}\n{}\n{replay}", ask().explain(Verbosity::QueryPlanner).unwrap())
    };
    // Both may refuse a sort by parallel arrays, each at another document.
    let (Ok(found), Ok(wanted)) = (answer(ask()), answer(ask().hint_key(doc! { "$natural": 1 }))) else {
        return String::new();
    };
    assert_eq!(sorted(&found), sorted(&wanted), "{}", what());
    by_every_index(all, &filter, &sort, &wanted, &what);
    assert_eq!(all.count_documents(filter.clone()).unwrap(), wanted.len() as u64, "{}", what());
    assert!(is_sorted(&found, &sort), "{}", what());
    let limit = dice.below(5) + 1;
    if let Ok(few) = answer(ask().limit(limit)) {
        assert_eq!(few.len(), found.len().min(limit as usize), "{}", what());
        // Of documents that are equal in the sort any may come first; what is left has to come behind.
        let taken = sorted(&few);
        let left = found.iter().filter(|doc| !taken.contains(&doc.to_string())).cloned();
        let together: Vec<Document> = few.iter().cloned().chain(left).collect();
        assert_eq!(sorted(&together), sorted(&found), "{}", what());
        assert!(is_sorted(&together, &sort), "{}", what());
    }
    ask().explain(Verbosity::QueryPlanner).unwrap().to_string()
}

/// What an index can answer by itself: a few fields of each document, how many there are, and what they hold; beside a
/// collection of the same documents that has no index.
fn parts_of_answers(dice: &mut Dice, all: &Collection, plain: &Collection, replay: &str) {
    let (filter, path) = (filter(dice), *dice.pick(PATHS));
    let mut fields = doc! { path: 1 };
    if dice.once_in(2) {
        fields.insert("_id", 0);
    }
    if dice.once_in(2) {
        fields.insert("n", 1);
    }
    let sort: Document = if dice.once_in(2) { Document::new() } else { key(dice) };
    let ask = |of: &Collection| {
        answer(of.find(&filter).projection(&fields).sort(&sort)).map(|docs| in_order(&docs))
    };
    let plan = || all.find(&filter).projection(&fields).sort(&sort).explain(Verbosity::QueryPlanner);
    let what =
        || format!("{path} {fields} {filter} {sort}\n{:?}\n{replay}", plan().map(|plan| plan.to_string()));
    if let (Ok(found), Ok(wanted)) = (ask(all), ask(plain)) {
        assert_eq!(found, wanted, "{}", what());
    }
    let limit = CountOptions::new().skip(dice.below(3)).limit(dice.below(4));
    let count = |of: &Collection| of.count_documents_with(&filter, limit.clone()).unwrap();
    assert_eq!(count(all), count(plain), "{}", what());
    let values =
        |of: &Collection| of.distinct(path, &filter).unwrap().iter().map(leveled).collect::<Vec<_>>();
    assert_eq!(values(all), values(plain), "{}", what());
}

/// The documents in the order of their texts.
fn in_order(docs: &[Document]) -> Vec<String> {
    let mut texts: Vec<String> = docs.iter().map(ToString::to_string).collect();
    texts.sort_unstable();
    texts
}

/// The value, its type apart where that is one of several with equal values.
fn leveled(value: &Bson) -> String {
    match value {
        Bson::Int32(number) => f64::from(*number).to_string(),
        Bson::Int64(number) => (*number as f64).to_string(),
        Bson::Double(number) => (number + 0.0).to_string(),
        Bson::Document(doc) => {
            format!("{:?}", doc.iter().map(|(name, value)| (name, leveled(value))).collect::<Vec<_>>())
        }
        Bson::Array(array) => format!("{:?}", array.iter().map(leveled).collect::<Vec<_>>()),
        other => other.to_string(),
    }
}

/// An index that holds all that is asked for may be wished for, whatever the planner thinks of it.
fn by_every_index(
    all: &Collection,
    filter: &Document,
    sort: &Document,
    wanted: &[Document],
    what: &dyn Fn() -> String,
) {
    for index in all.list_indexes().unwrap() {
        let name = index.get_str("name").unwrap();
        let ask = || all.find(filter).sort(sort).hint(name);
        if let Ok(found) = answer(ask()) {
            let plan = || ask().explain(Verbosity::QueryPlanner).unwrap();
            assert_eq!(sorted(&found), sorted(wanted), "by {name}: {}\n{}", plan(), what());
            assert_eq!(found.len(), wanted.len(), "by {name}: {}\n{}", plan(), what());
            assert!(is_sorted(&found, sort), "by {name}: {}\n{}", plan(), what());
        }
    }
}

fn answer(find: Find<'_, Document>) -> nexuslite::Result<Vec<Document>> {
    find.run()?.collect()
}

/// As texts, since NaN equals nothing.
fn listed(docs: &[Document]) -> Vec<String> {
    docs.iter().map(ToString::to_string).collect()
}

fn sorted(docs: &[Document]) -> BTreeSet<String> {
    listed(docs).into_iter().collect()
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

/// Sometimes one field is hashed: then documents with arrays there are refused.
fn index_key(dice: &mut Dice) -> Document {
    let mut key = key(dice);
    if dice.once_in(6) {
        let field = dice.below(key.len() as u64) as usize;
        let name = key.keys().nth(field).unwrap().clone();
        key.insert(name, "hashed");
    }
    key
}

/// Creates an index of all paths, or of some.
fn wildcard(dice: &mut Dice, all: &Collection, replay: &str) {
    let direction = if dice.once_in(3) { -1 } else { 1 };
    let options = IndexOptions::new().name(format!("w{}", dice.below(1000)));
    let options = if dice.once_in(4) { options.partial_filter(filter(dice)) } else { options };
    let (key, options) = match dice.below(4) {
        0 => (format!("{}.$**", dice.pick(PATHS)), options),
        1 => {
            let (said, mut projection) = (i32::from(dice.once_in(2)), Document::new());
            for _ in 0..=dice.below(2) {
                projection.insert(*dice.pick(&["a", "n.x", "l.x", "l.y", "b", "zzz"]), said);
            }
            if dice.once_in(3) {
                projection.insert("_id", dice.below(2) as i32);
            }
            ("$**".to_owned(), options.wildcard_projection(projection))
        }
        _ => ("$**".to_owned(), options),
    };
    // The same one may be there already, and some filters are not for partial indexes.
    if let Err(error) = all.create_index_with(doc! { key: direction }, &options) {
        assert!(matches!(error.code(), Some(2 | 85 | 86 | 67)), "{error}\n{replay}");
    }
}

fn options(dice: &mut Dice) -> IndexOptions {
    let options = IndexOptions::new().unique(dice.once_in(8)).hidden(dice.once_in(12));
    match dice.below(4) {
        0 => options.sparse(true),
        1 => options.partial_filter(filter(dice)),
        _ => options,
    }
}

/// A random document, with fields that reach through arrays of documents and of arrays.
fn document(dice: &mut Dice) -> Document {
    let mut document = random::document(dice);
    if dice.once_in(3) {
        let name = *dice.pick(&["a", "l"]);
        let elements = (0..dice.below(4)).map(|_| element(dice));
        document.insert(name, Bson::Array(elements.collect()));
    }
    document
}

fn element(dice: &mut Dice) -> Bson {
    match dice.below(8) {
        0 => Bson::Array((0..dice.below(3)).map(|_| some_value(dice)).collect()),
        1 => Bson::Array(vec![bson!({ "x": some_value(dice) })]),
        2 => bson!({ "x": [some_value(dice), some_value(dice)], "y": some_value(dice) }),
        3 => bson!({}),
        4 => some_value(dice),
        _ => bson!({ "x": some_value(dice), "y": some_value(dice) }),
    }
}

fn some_value(dice: &mut Dice) -> Bson {
    match dice.below(8) {
        0 => Bson::Null,
        1 => Bson::Undefined,
        2 => Bson::from(*dice.pick(&["", "a", "ab", "abc"])),
        3 => Bson::Double(f64::NAN),
        4 => dice.pick(&[Bson::MinKey, Bson::MaxKey, Bson::Boolean(true)]).clone(),
        _ => Bson::Int32(dice.below(6) as i32),
    }
}

fn filter(dice: &mut Dice) -> Document {
    let mut filter = if dice.once_in(2) { random::filter(dice) } else { Document::new() };
    for _ in 0..dice.below(3) {
        filter.insert(*dice.pick(PATHS), condition(dice));
    }
    if dice.once_in(4) {
        let path = *dice.pick(PATHS);
        let others = (0..=dice.below(2)).map(|_| {
            let path = if dice.once_in(3) { *dice.pick(PATHS) } else { path };
            let mut branch = doc! { path: condition(dice) };
            if dice.once_in(4) {
                branch.insert(*dice.pick(PATHS), condition(dice));
            }
            branch
        });
        let others: Vec<Document> = others.collect();
        filter.insert(if dice.once_in(6) { "$nor" } else { "$or" }, others);
    }
    filter
}

/// What is asked of one path.
fn condition(dice: &mut Dice) -> Bson {
    let mut value = || match some_value(dice) {
        Bson::Undefined => Bson::Int32(1),
        value => value,
    };
    let (one, two) = (value(), value());
    let compared = |dice: &mut Dice| *dice.pick(&["$eq", "$gt", "$gte", "$lt", "$lte", "$ne"]);
    match dice.below(14) {
        0 => one,
        1 => bson!({ "$in": [one, two] }),
        2 => bson!({ "$nin": [one, two] }),
        3 => bson!({ "$exists": dice.once_in(2) }),
        4 => {
            bson!({ "$type": *dice.pick(&["number", "int", "string", "null", "bool", "array", "undefined"]) })
        }
        5 => bson!({ "$regex": *dice.pick(&["^a", "^ab", "b", "^"]) }),
        6 => bson!({ "$not": { compared(dice): one, "$lt": two } }),
        7 => bson!({ "$elemMatch": { compared(dice): one, compared(dice): two } }),
        8 => bson!({ "$elemMatch": { "x": { compared(dice): one }, "y": two } }),
        9 => bson!({ "$elemMatch": { "x": { "$gte": 1, "$lt": 4 }, "y": { "$in": [one, two] } } }),
        10 => bson!({ "$all": [one, two] }),
        11 => Bson::Array(vec![one]),
        12 => bson!({ "$gte": 1, "$lt": 4 }),
        _ => bson!({ compared(dice): one }),
    }
}
