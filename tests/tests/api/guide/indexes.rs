//! The examples of `docs/guide/indexes.md`, each of them run.

use nexuslite::bson::{Bson, Document};
use nexuslite::{Collection, Database, Verbosity};

use super::{documents, examples};

const GUIDE: &str = include_str!("../../../../docs/guide/indexes.md");
/// What an example may say.
const PARTS: &[&str] =
    &["documents", "indexes", "insert", "filter", "sort", "hint", "finds", "by", "sorts", "error"];

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
    c.insert_many(documents(example, "documents"))?;
    for index in documents(example, "indexes") {
        c.create_indexes([index])?;
    }
    if let Ok(new) = example.get_document("insert") {
        c.insert_one(new.clone())?;
    }
    let Ok(filter) = example.get_document("filter") else { return Ok(()) };
    let ask = || {
        let find = c.find(filter.clone()).sort(example.get_document("sort").cloned().unwrap_or_default());
        match example.get_str("hint") {
            Ok(hint) => find.hint(hint),
            Err(_) => find,
        }
    };
    let found: Vec<Document> = ask().run()?.collect::<nexuslite::Result<_>>()?;
    let mut found: Vec<Bson> = found.iter().map(|doc| doc.get("_id").unwrap().clone()).collect();
    let stages = stages(&ask().explain(Verbosity::QueryPlanner)?);
    assert_eq!(Some(stages.last().unwrap().as_str()), example.get_str("by").ok(), "{example}");
    if let Ok(sorts) = example.get_bool("sorts") {
        assert_eq!(stages.contains(&"SORT".to_owned()), sorts, "{example}");
    } else {
        found.sort_by_key(ToString::to_string);
    }
    assert_eq!(Some(&Bson::Array(found)), example.get("finds"), "{example}");
    Ok(())
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
