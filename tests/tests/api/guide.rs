//! The examples of the guide do what the guide says.

use nexuslite::bson::{Bson, Document};
use nexuslite::document::json::parse_document;
use nexuslite::{Collection, Database, Verbosity};

const QUERY: &str = include_str!("../../../docs/guide/query.md");
const INDEXES: &str = include_str!("../../../docs/guide/indexes.md");
/// What an example of the guide to indexes may say.
const INDEX_PARTS: &[&str] = &[
    "documents",
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

/// Every operator of a filter that there is.
const OPERATORS: &[&str] = &[
    "$all",
    "$and",
    "$bitsAllClear",
    "$bitsAllSet",
    "$bitsAnyClear",
    "$bitsAnySet",
    "$comment",
    "$elemMatch",
    "$eq",
    "$exists",
    "$gt",
    "$gte",
    "$in",
    "$jsonSchema",
    "$lt",
    "$lte",
    "$mod",
    "$ne",
    "$nin",
    "$nor",
    "$not",
    "$options",
    "$or",
    "$regex",
    "$sampleRate",
    "$size",
    "$type",
];

fn examples(guide: &str) -> Vec<Document> {
    let blocks = guide.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let read = |block: &str| {
        let doc = parse_document(block).unwrap_or_else(|error| panic!("{error}: {block}"));
        Document::from_reader(doc.as_bytes()).unwrap()
    };
    blocks.map(read).collect()
}

/// The documents in a list of an example.
fn documents(example: &Document, list: &str) -> Vec<Document> {
    let list = example.get_array(list).unwrap_or_else(|_| panic!("no {list}: {example}"));
    list.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
}

#[test]
fn examples_of_filters_find_what_they_say() {
    for example in examples(QUERY) {
        let db = Database::open(":memory:").unwrap();
        let c = db.collection("c");
        c.insert_many(documents(&example, "documents")).unwrap();
        let filter = example.get_document("filter").unwrap().clone();
        let outcome = c.find(filter).run();
        if let Ok(kind) = example.get_str("error") {
            assert_eq!(outcome.map(drop).expect_err(kind).kind().name(), kind, "{example}");
            continue;
        }
        let found =
            outcome.unwrap().map(|doc: nexuslite::Result<Document>| doc.unwrap().get("_id").unwrap().clone());
        assert_eq!(&Bson::Array(found.collect()), example.get("finds").unwrap(), "{example}");
    }
}

#[test]
fn every_operator_has_a_place_and_an_example() {
    let examples: Vec<String> =
        examples(QUERY).iter().map(|example| example.get("filter").unwrap().to_string()).collect();
    let headings: Vec<&str> = QUERY.lines().filter(|line| line.starts_with("### ")).collect();
    for operator in OPERATORS {
        let named = |line: &&str| line.contains(&format!("`{operator}`"));
        assert!(headings.iter().any(named), "{operator} has no heading");
        let quoted = format!("\"{operator}\"");
        assert!(examples.iter().any(|example| example.contains(&quoted)), "{operator} has no example");
    }
}

#[test]
fn examples_of_indexes_do_what_they_say() {
    let examples = examples(INDEXES);
    assert!(examples.len() >= 20, "only {} examples", examples.len());
    for example in examples {
        assert!(example.keys().all(|part| INDEX_PARTS.contains(&part.as_str())), "{example}");
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

const COLLATION: &str = include_str!("../../../docs/guide/collation.md");

/// Every field of a collation that changes an order.
const COLLATION_FIELDS: &[&str] = &[
    "locale",
    "strength",
    "caseLevel",
    "caseFirst",
    "numericOrdering",
    "alternate",
    "maxVariable",
    "backwards",
    "normalization",
];

#[test]
fn examples_of_collations_find_what_they_say() {
    for example in examples(COLLATION) {
        let c = Database::open(":memory:").unwrap().collection("c");
        let docs = example.get_array("documents").unwrap().iter();
        c.insert_many(docs.map(|doc| doc.as_document().unwrap().clone())).unwrap();
        let part = |name: &str| example.get_document(name).cloned().unwrap_or_default();
        let outcome = c.find(part("filter")).sort(part("sort")).collation(part("collation")).run();
        if let Ok(kind) = example.get_str("error") {
            assert_eq!(outcome.map(drop).expect_err(kind).kind().name(), kind, "{example}");
            continue;
        }
        let found =
            outcome.unwrap().map(|doc: nexuslite::Result<Document>| doc.unwrap().get("_id").unwrap().clone());
        assert_eq!(&Bson::Array(found.collect()), example.get("finds").unwrap(), "{example}");
    }
}

#[test]
fn every_field_of_a_collation_has_a_place_and_an_example() {
    let examples: Vec<String> =
        examples(COLLATION).iter().map(|example| example.get("collation").unwrap().to_string()).collect();
    let headings: Vec<&str> = COLLATION.lines().filter(|line| line.starts_with("### ")).collect();
    for field in COLLATION_FIELDS {
        assert!(headings.iter().any(|line| line.contains(&format!("`{field}`"))), "{field} has no heading");
        let quoted = format!("\"{field}\"");
        assert!(examples.iter().any(|example| example.contains(&quoted)), "{field} has no example");
    }
}
