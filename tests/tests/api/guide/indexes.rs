//! The examples of `docs/guide/indexes.md`, each of them run.

use nexuslite::bson::{Bson, Document};
use nexuslite::{Collection, Database, Verbosity};

use super::{documents, examples};

const GUIDE: &str = include_str!("../../../../docs/guide/indexes.md");
/// What an example may say.
const PARTS: &[&str] = &[
    "documents",
    "numbered",
    "indexes",
    "insert",
    "filter",
    "sort",
    "projection",
    "hint",
    "min",
    "max",
    "finds",
    "by",
    "sorts",
    "examined",
    "error",
];

#[test]
fn examples_of_indexes_do_what_they_say() {
    let examples = examples(GUIDE);
    assert!(examples.len() >= 20, "only {} examples", examples.len());
    for example in examples {
        assert!(example.keys().all(|part| PARTS.contains(&part.as_str())), "{example}");
        let db = Database::open(":memory:").unwrap();
        let outcome = follow(&db.collection("c"), &example);
        match example.get_i32("error") {
            Ok(number) => assert_eq!(outcome.expect_err("refused").code(), Some(number), "{example}"),
            Err(_) => outcome.unwrap_or_else(|error| panic!("{error}: {example}")),
        }
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new(), "{example}");
    }
}

/// Does what the example shows, and compares what comes of it.
fn follow(c: &Collection, example: &Document) -> nexuslite::Result<()> {
    match example.get_document("numbered") {
        Ok(numbered) => c.insert_many(numbers(numbered))?,
        Err(_) => c.insert_many(documents(example, "documents"))?,
    };
    for index in documents(example, "indexes") {
        c.create_indexes([index])?;
    }
    if let Ok(new) = example.get_document("insert") {
        c.insert_one(new.clone())?;
    }
    let Ok(filter) = example.get_document("filter") else { return Ok(()) };
    let ask = || {
        let part = |name: &str| example.get_document(name).cloned();
        let mut find = c.find(filter.clone()).sort(part("sort").unwrap_or_default());
        if let Ok(hint) = example.get_str("hint") {
            find = find.hint(hint);
        }
        if let Ok(min) = part("min") {
            find = find.min(min);
        }
        if let Ok(max) = part("max") {
            find = find.max(max);
        }
        match part("projection") {
            Ok(projection) => find.projection(projection),
            Err(_) => find,
        }
    };
    let found: Vec<Document> = ask().run()?.collect::<nexuslite::Result<_>>()?;
    let mut found: Vec<Bson> = found.iter().map(|doc| doc.get("_id").unwrap().clone()).collect();
    let stages = stages(&ask().explain(Verbosity::QueryPlanner)?);
    assert_eq!(Some(stages.last().unwrap().as_str()), example.get_str("by").ok(), "{example}");
    if let Ok(examined) = example.get_array("examined") {
        let explained = ask().explain(Verbosity::ExecutionStats)?;
        let run = explained.get_document("executionStats").unwrap();
        let totals = ["totalKeysExamined", "totalDocsExamined"].map(|name| run.get(name).unwrap().clone());
        assert_eq!(&totals[..], &examined[..], "{example}");
    }
    if let Ok(sorts) = example.get_bool("sorts") {
        assert_eq!(stages.contains(&"SORT".to_owned()), sorts, "{example}");
    } else {
        found.sort_by_key(ToString::to_string);
    }
    assert_eq!(Some(&Bson::Array(found)), example.get("finds"), "{example}");
    Ok(())
}

/// Documents whose fields count up to numbers of their own.
fn numbers(numbered: &Document) -> Vec<Document> {
    let number = |n: i32| {
        let fields = numbered.iter().filter(|(name, _)| *name != "count");
        let counting = fields.map(|(name, most)| (name.clone(), Bson::from(n % most.as_i32().unwrap())));
        std::iter::once(("_id".to_owned(), Bson::from(n))).chain(counting).collect()
    };
    (0..numbered.get_i32("count").unwrap()).map(number).collect()
}

/// The steps of a plan, the uppermost first; a walk over an index by the index's name.
fn stages(explained: &Document) -> Vec<String> {
    let mut next = explained.get_document("queryPlanner").and_then(|plan| plan.get_document("winningPlan"));
    let mut stages = Vec::new();
    while let Ok(stage) = next {
        stages.push(stage.get_str("indexName").or(stage.get_str("stage")).unwrap().to_owned());
        next = stage.get_document("inputStage");
    }
    stages
}
