//! The examples of `docs/guide/update.md`, each of them run.

use nexuslite::bson::doc;
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::json::{Mode, document_to_string, parse_document};
use nexuslite::{IntoDocument, UpdateOptions};

use crate::fixture::with_clock;

const GUIDE: &str = include_str!("../../../../docs/guide/update.md");

/// Every operator that the guide must show.
pub(super) const OPERATORS: [&str; 15] = [
    "$set",
    "$setOnInsert",
    "$unset",
    "$rename",
    "$currentDate",
    "$inc",
    "$mul",
    "$min",
    "$max",
    "$bit",
    "$push",
    "$addToSet",
    "$pop",
    "$pull",
    "$pullAll",
];

/// The examples: each line's word and what follows it.
fn examples() -> Vec<Vec<(&'static str, &'static str)>> {
    let blocks = GUIDE.split("```text\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    let line = |line: &'static str| {
        let (word, rest) = line.split_once(' ').expect("a word and a document");
        (word, rest.trim())
    };
    blocks.map(|block| block.lines().map(line).collect()).collect()
}

fn parsed(text: &str) -> RawDocBuf {
    parse_document(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn run(example: &[(&str, &str)]) -> Result<String, Option<i32>> {
    let find = |word: &str| example.iter().find(|(known, _)| *known == word).map(|(_, rest)| *rest);
    let (db, _clock) = with_clock();
    let c = db.collection("c");
    if let Some(before) = find("before") {
        c.insert_one_raw(parsed(before).as_bytes()).expect("a document");
    }
    let elements = example.iter().filter(|(word, _)| *word == "elements").map(|(_, filter)| parsed(filter));
    let options = UpdateOptions::new().upsert(find("before").is_none()).array_filters(elements);
    let filter = parsed(find("filter").unwrap_or("{}"));
    c.update_one_with(filter, parsed(find("update").expect("an update")), options)
        .map_err(|error| error.code())?;
    let after = c.find_one(doc! {}).expect("a find").expect("a document").into_raw().expect("BSON");
    Ok(document_to_string(after.as_doc(), Mode::Canonical))
}

#[test]
fn every_example_of_the_guide_is_true() {
    let examples = examples();
    for example in &examples {
        let find = |word: &str| example.iter().find(|(known, _)| *known == word).map(|(_, rest)| *rest);
        let expected = match (find("after"), find("error")) {
            (Some(after), None) => Ok(document_to_string(parsed(after).as_doc(), Mode::Canonical)),
            (None, Some(code)) => Err(code.parse().ok()),
            _ => panic!("an example has one end: {example:?}"),
        };
        let known = ["before", "filter", "elements", "update", "after", "error"];
        assert!(example.iter().all(|(word, _)| known.contains(word)), "{example:?}");
        assert_eq!(run(example), expected, "{example:?}");
    }
    for operator in OPERATORS {
        let shown = examples
            .iter()
            .flatten()
            .any(|(word, rest)| *word == "update" && rest.contains(&format!("\"{operator}\"")));
        assert!(shown, "the guide shows no {operator}");
    }
}
