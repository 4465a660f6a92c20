//! Every filter of the corpus, asked of all documents of the corpus, by every kind of index.

use std::collections::{BTreeMap, BTreeSet};

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, Database, Find, Verbosity, intersecting};

use crate::corpus::{cases, documents, paths_of_filter};

/// How many indexes a collection is given at once; it may have 64.
const INDEXES: usize = 60;

/// So many answers at least go by several indexes together.
const TOGETHER: u64 = 1000;

/// Filters with these may ask for the `_id`, which a document of the corpus mostly has not.
const WHOLE: &[&str] = &["\"_id\"", "$jsonSchema", "$expr"];

/// A kind of index: its name, and the specification for a path.
type Kind = (&'static str, fn(&str) -> Document);

const KINDS: &[Kind] = &[
    ("ascending", |path| doc! { "key": { path: 1 } }),
    ("descending", |path| doc! { "key": { path: -1 } }),
    ("before _id", |path| doc! { "key": { path: 1, "_id": -1 } }),
    ("behind another", |path| doc! { "key": { "a": -1, path: 1 } }),
    ("before another", |path| doc! { "key": { path: -1, "a.b": 1 } }),
    ("unique", |path| doc! { "key": { path: 1, "_id": 1 }, "unique": true }),
    ("sparse", |path| doc! { "key": { path: 1 }, "sparse": true }),
    ("sparse, two fields", |path| doc! { "key": { path: -1, "zzz": 1 }, "sparse": true }),
    ("of what is there", |path| partial(path, doc! { "$exists": true })),
    ("of numbers", |path| partial(path, doc! { "$gte": 0 })),
    ("of text", |path| partial(path, doc! { "$gt": "" })),
    ("of some values", |path| partial(path, doc! { "$in": [1, 5, "x", null, [], { "b": 1 }] })),
    ("of what has another", |path| {
        doc! { "key": { path: 1 }, "partialFilterExpression": { "b": { "$exists": true } } }
    }),
    ("hashed", |path| doc! { "key": { path: "hashed" } }),
    ("wildcard", |_| doc! { "key": { "$**": 1 }, "wildcardProjection": { "zzz": 0, "_id": 1 } }),
    ("wildcard beneath", |path| doc! { "key": { format!("{path}.$**"): -1 } }),
    ("hidden", |path| doc! { "key": { path: 1 }, "hidden": true }),
];

fn partial(path: &str, asked: Document) -> Document {
    doc! { "key": { path: 1 }, "partialFilterExpression": { path: asked } }
}

/// A filter, and what a walk over all documents finds.
struct Question {
    filter: Document,
    paths: BTreeSet<String>,
    finds: BTreeSet<String>,
}

#[test]
fn every_filter_finds_the_same_by_any_index() {
    let pool = pool();
    let questions = questions(&pool);
    assert!(pool.len() > 250 && questions.len() > 1300, "{} {}", pool.len(), questions.len());
    let paths: BTreeSet<&String> = questions.iter().flat_map(|question| &question.paths).collect();
    let paths: Vec<&String> = paths.into_iter().collect();
    let together: u64 = std::thread::scope(|threads| {
        let asked = KINDS.chunks(KINDS.len().div_ceil(4)).map(|kinds| {
            threads.spawn(|| kinds.iter().map(|kind| ask_of(kind, &paths, &pool, &questions)).sum::<u64>())
        });
        asked.collect::<Vec<_>>().into_iter().map(|asked| asked.join().unwrap()).sum()
    });
    assert!(together >= TOGETHER, "only {together} went by several indexes together");
}

/// Asks every question of collections with an index of this kind on every path; says how many answers went by several
/// of them together.
fn ask_of(kind: &Kind, paths: &[&String], pool: &[Document], questions: &[Question]) -> u64 {
    let mut asked = Asked::default();
    for some in paths.chunks(INDEXES) {
        ask_all(kind, some, pool, questions, &mut asked);
    }
    if kind.0 == "hidden" {
        assert_eq!((asked.by_hint, asked.chosen), (0, 0));
    } else {
        assert!(asked.by_hint >= 30 && asked.chosen >= 15, "{}: only {asked:?}", kind.0);
    }
    asked.together
}

/// How many finds went by an index.
#[derive(Debug, Default)]
struct Asked {
    by_hint: u64,
    chosen: u64,
    together: u64,
}

fn ask_all(kind: &Kind, paths: &[&String], pool: &[Document], questions: &[Question], asked: &mut Asked) {
    let db = Database::open(":memory:").unwrap();
    let all = db.collection("all");
    let mut indexes: BTreeMap<&str, String> = BTreeMap::new();
    for path in paths {
        // A path that no index can have is asked about by no index.
        if let Ok(names) = all.create_indexes([(kind.1)(path)]) {
            indexes.insert(path, names.into_iter().next().unwrap());
        }
    }
    indexes.retain(|_, name| name != "_id_");
    assert!(indexes.len() > paths.len() / 2, "{}: {paths:?}", kind.0);
    let mut there = BTreeSet::new();
    for document in pool {
        // Parallel arrays have no place in some indexes.
        if all.insert_one(document.clone()).is_ok() {
            there.insert(id(document));
        }
    }
    // A hashed index refuses arrays.
    let most = if kind.0 == "hashed" { 20 } else { 2 };
    assert!(there.len() > pool.len() / most, "{}: {} documents", kind.0, there.len());
    for question in questions {
        let named: Vec<&String> =
            question.paths.iter().filter_map(|path| indexes.get(path.as_str())).collect();
        if named.is_empty() {
            continue;
        }
        let wanted: BTreeSet<String> = question.finds.intersection(&there).cloned().collect();
        let ask = || all.find(question.filter.clone());
        let what = || format!("{} index on {:?}: {}", kind.0, question.paths, question.filter);
        if goes_by_index(&all, &question.filter) {
            assert_eq!(found(ask()).unwrap(), wanted, "{}", what());
            let count = all.count_documents(question.filter.clone()).unwrap();
            assert_eq!(count, wanted.len() as u64, "{}", what());
            asked.chosen += 1;
        }
        for name in named {
            match found(ask().hint(name)) {
                Ok(found) => assert_eq!(found, wanted, "{}", what()),
                Err(error) => {
                    assert_eq!(error.code(), Some(2), "{} {error}", what());
                    continue;
                }
            }
            asked.by_hint += 1;
        }
    }
    // Every second question together with one that stands elsewhere, by several indexes wherever that can be.
    for (place, question) in questions.iter().enumerate().step_by(2) {
        let other = &questions[(place * 7 + 11) % questions.len()];
        let has_index = |of: &Question| of.paths.iter().any(|path| indexes.contains_key(path.as_str()));
        if !has_index(question) || !has_index(other) {
            continue;
        }
        let wanted = question.finds.intersection(&other.finds).filter(|id| there.contains(*id)).cloned();
        let wanted: BTreeSet<String> = wanted.collect();
        let filter = doc! { "$and": [&question.filter, &other.filter] };
        let answers = intersecting(|| {
            let goes_together = plan_of(&all, &filter).contains("AND_HASH");
            goes_together.then(|| (found(all.find(&filter)).unwrap(), all.count_documents(&filter).unwrap()))
        });
        if let Some((found, count)) = answers {
            assert_eq!((&found, count), (&wanted, wanted.len() as u64), "{} indexes: {filter}", kind.0);
            asked.together += 1;
        }
    }
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new(), "{}", kind.0);
}

/// Whether the planner wants one of the indexes besides that of `_id`s; otherwise there is nothing to compare.
fn goes_by_index(all: &Collection, filter: &Document) -> bool {
    plan_of(all, filter).split("\"indexName\": ").skip(1).any(|name| !name.starts_with("\"_id_\""))
}

/// The plan that is taken, as text.
fn plan_of(all: &Collection, filter: &Document) -> String {
    let explained = all.find(filter.clone()).explain(Verbosity::QueryPlanner).unwrap();
    explained.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap().to_string()
}

/// The `_id`s of what is found, none of them twice.
fn found(find: Find<'_, Document>) -> nexuslite::Result<BTreeSet<String>> {
    let found: Vec<Document> = find.run()?.collect::<nexuslite::Result<_>>()?;
    let ids: BTreeSet<String> = found.iter().map(id).collect();
    assert_eq!(ids.len(), found.len(), "a document came twice");
    Ok(ids)
}

fn id(document: &Document) -> String {
    format!("{:?}", document.get("_id").unwrap())
}

/// The document as text from which every type can be told.
fn exact(document: &Document) -> String {
    format!("{document:?}")
}

fn without_id(document: &Document) -> Document {
    let mut without = document.clone();
    without.remove("_id");
    without
}

/// Every document of the corpus, each once and with an `_id` of its own.
fn pool() -> Vec<Document> {
    let mut all: Vec<Document> = vec![doc! {}];
    for case in ["filters", "projections", "updates", "sorts"].into_iter().flat_map(cases) {
        all.extend(case.get_document("document").ok().cloned());
        all.extend(documents(&case, "sorted"));
    }
    let mut known = BTreeSet::new();
    all.retain(|document| known.insert(exact(document)));
    let mut ids = BTreeSet::new();
    for (place, document) in all.iter_mut().enumerate() {
        if document.get("_id").is_none_or(|id| matches!(id, Bson::Array(_)) || !ids.insert(id.to_string())) {
            document.remove("_id");
            document.insert("_id", format!("document {place}"));
        }
    }
    all
}

/// The filters that can be asked of all documents, with the answers; they are those that the corpus gives.
fn questions(pool: &[Document]) -> Vec<Question> {
    let db = Database::open(":memory:").unwrap();
    let all = db.collection("all");
    all.insert_many(pool.to_vec()).unwrap();
    let mut known = BTreeMap::new();
    let mut questions: Vec<Question> = Vec::new();
    for case in cases("filters") {
        let filter = case.get_document("filter").unwrap();
        let text = exact(filter);
        if text.contains("$sampleRate") {
            continue;
        }
        let outcome = found(all.find(filter.clone()));
        let Ok(matches) = case.get_bool("matches") else {
            assert!(outcome.is_err() || text.contains("$expr"), "{case}");
            continue;
        };
        // An expression may fail for a document of another case.
        let Ok(finds) = outcome else { continue };
        let own = case.get_document("document").cloned().unwrap_or_default();
        let own = exact(&own);
        let mut with_id =
            pool.iter().filter(|document| exact(document) == own || exact(&without_id(document)) == own);
        if let Some(document) = with_id.next().filter(|_| WHOLE.iter().all(|name| !text.contains(name))) {
            assert_eq!(finds.contains(&id(document)), matches, "{case}");
        }
        if known.insert(text, ()).is_none() {
            questions.push(Question { filter: filter.clone(), paths: paths_of_filter(filter), finds });
        }
    }
    questions
}
