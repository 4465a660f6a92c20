//! The examples of `docs/guide/query.md`, each of them run.

use nexuslite::Database;
use nexuslite::bson::{Bson, Document};

use super::{documents, examples};

const GUIDE: &str = include_str!("../../../../docs/guide/query.md");

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

#[test]
fn examples_of_filters_find_what_they_say() {
    for example in examples(GUIDE) {
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
        examples(GUIDE).iter().map(|example| example.get("filter").unwrap().to_string()).collect();
    let headings: Vec<&str> = GUIDE.lines().filter(|line| line.starts_with("### ")).collect();
    for operator in OPERATORS {
        let named = |line: &&str| line.contains(&format!("`{operator}`"));
        assert!(headings.iter().any(named), "{operator} has no heading");
        let quoted = format!("\"{operator}\"");
        assert!(examples.iter().any(|example| example.contains(&quoted)), "{operator} has no example");
    }
}
