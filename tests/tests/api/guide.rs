//! The examples of the guide do what the guide says.

use nexuslite::Database;
use nexuslite::bson::{Bson, Document};
use nexuslite::document::json::parse_document;

const QUERY: &str = include_str!("../../../docs/guide/query.md");

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

fn examples_in(guide: &str) -> Vec<Document> {
    let blocks = guide.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let read = |block: &str| {
        let doc = parse_document(block).unwrap_or_else(|error| panic!("{error}: {block}"));
        Document::from_reader(doc.as_bytes()).unwrap()
    };
    blocks.map(read).collect()
}

#[test]
fn examples_of_filters_find_what_they_say() {
    for example in examples_in(QUERY) {
        let db = Database::open(":memory:").unwrap();
        let c = db.collection("c");
        let docs: Vec<Document> = example
            .get_array("documents")
            .unwrap()
            .iter()
            .map(|doc| doc.as_document().unwrap().clone())
            .collect();
        c.insert_many(docs).unwrap();
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
        examples_in(QUERY).iter().map(|example| example.get("filter").unwrap().to_string()).collect();
    let headings: Vec<&str> = QUERY.lines().filter(|line| line.starts_with("### ")).collect();
    for operator in OPERATORS {
        let named = |line: &&str| line.contains(&format!("`{operator}`"));
        assert!(headings.iter().any(named), "{operator} has no heading");
        let quoted = format!("\"{operator}\"");
        assert!(examples.iter().any(|example| example.contains(&quoted)), "{operator} has no example");
    }
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
    for example in examples_in(COLLATION) {
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
        examples_in(COLLATION).iter().map(|example| example.get("collation").unwrap().to_string()).collect();
    let headings: Vec<&str> = COLLATION.lines().filter(|line| line.starts_with("### ")).collect();
    for field in COLLATION_FIELDS {
        assert!(headings.iter().any(|line| line.contains(&format!("`{field}`"))), "{field} has no heading");
        let quoted = format!("\"{field}\"");
        assert!(examples.iter().any(|example| example.contains(&quoted)), "{field} has no example");
    }
}
