//! The examples of `docs/guide/collation.md`, each of them run.

use nexuslite::Database;
use nexuslite::bson::{Bson, Document};

use super::{documents, examples};

const GUIDE: &str = include_str!("../../../../docs/guide/collation.md");

/// Every field of a collation that changes an order.
const FIELDS: &[&str] = &[
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
    for example in examples(GUIDE) {
        let c = Database::open(":memory:").unwrap().collection("c");
        c.insert_many(documents(&example, "documents")).unwrap();
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
        examples(GUIDE).iter().map(|example| example.get("collation").unwrap().to_string()).collect();
    let headings: Vec<&str> = GUIDE.lines().filter(|line| line.starts_with("### ")).collect();
    for field in FIELDS {
        assert!(headings.iter().any(|line| line.contains(&format!("`{field}`"))), "{field} has no heading");
        let quoted = format!("\"{field}\"");
        assert!(examples.iter().any(|example| example.contains(&quoted)), "{field} has no example");
    }
}
