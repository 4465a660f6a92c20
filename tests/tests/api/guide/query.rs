//! The examples of `docs/guide/query.md`, each of them run.

use nexuslite::Database;
use nexuslite::bson::{Bson, Document};

use super::{documents, examples};

const GUIDE: &str = include_str!("../../../../docs/guide/query.md");

/// What an example may say.
const PARTS: &[&str] = &["documents", "filter", "projection", "sort", "finds", "gives", "error"];
/// Every operator of a projection and of a sort, with the part of an example that shows it.
const OTHERS: &[(&str, &str)] = &[
    ("Projection: `$slice`", "projection"),
    ("Projection: `$elemMatch`", "projection"),
    ("Projection: `$`", "projection"),
    ("Projection: `$meta`", "projection"),
    ("Sort: `$natural`", "sort"),
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
    "$expr",
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
fn examples_of_filters_projections_and_sorts_find_what_they_say() {
    let examples = examples(GUIDE);
    assert!(examples.len() >= 42, "only {} examples", examples.len());
    for example in examples {
        assert!(example.keys().all(|part| PARTS.contains(&part.as_str())), "{example}");
        let c = Database::open(":memory:").unwrap().collection("c");
        c.insert_many(documents(&example, "documents")).unwrap();
        let part = |name: &str| example.get_document(name).cloned().unwrap_or_default();
        let outcome = c.find(part("filter")).projection(part("projection")).sort(part("sort")).run();
        if let Ok(kind) = example.get_str("error") {
            assert_eq!(outcome.map(drop).expect_err(kind).kind().name(), kind, "{example}");
            continue;
        }
        let found: Vec<Document> = outcome.unwrap().collect::<nexuslite::Result<_>>().unwrap();
        let expected = match example.get_array("finds") {
            Ok(ids) => (ids.clone(), found.iter().map(|doc| doc.get("_id").unwrap().clone()).collect()),
            Err(_) => (
                example.get_array("gives").unwrap().clone(),
                found.into_iter().map(Bson::Document).collect::<Vec<Bson>>(),
            ),
        };
        assert_eq!(expected.1, expected.0, "{example}");
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
    for (heading, part) in OTHERS {
        let section = GUIDE.split("\n### ").find(|section| section.starts_with(heading));
        let section = section.unwrap_or_else(|| panic!("{heading} has no place"));
        assert!(section.contains(&format!("\"{part}\": {{")), "{heading} has no example");
    }
}
