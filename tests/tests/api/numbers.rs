//! The numbers that MongoDB gives its errors, each from a command that is refused with it.

use nexuslite::bson::Document;
use nexuslite::document::json::parse_document;
use nexuslite::{Database, Result};

const CASES: &str = include_str!("../../commands/numbers.json");

/// The numbers that a program which knows MongoDB looks for, but those of time and of the end of a transaction, which
/// no command brings about: 50, 251 and 11601 are tested beside what they end.
const LOOKED_FOR: &[i32] = &[
    2, 9, 14, 20, 26, 27, 28, 40, 43, 48, 52, 53, 54, 56, 59, 66, 72, 73, 85, 86, 112, 115, 121, 171, 263,
    10334, 11000, 31253, 40324,
];

#[test]
fn every_number_comes_from_a_command_that_is_refused_with_it() {
    let corpus = parse_document(CASES).unwrap();
    let corpus = Document::from_reader(corpus.as_bytes()).unwrap();
    let cases: Vec<&Document> =
        corpus.get_array("cases").unwrap().iter().map(|case| case.as_document().unwrap()).collect();
    let mut faults = Vec::new();
    for case in &cases {
        let name = case.get_str("name").unwrap();
        let wanted = case.get_i32("number").unwrap();
        let steps = case.get_array("commands").unwrap();
        let numbers = numbers_of(steps.iter().map(|step| step.as_document().unwrap()));
        let (last, before) = numbers.split_last().unwrap();
        if *last != Some(wanted) || before.iter().any(Option::is_some) {
            faults.push(format!("{name}: {numbers:?}, and not {wanted} at the end"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let asked = |number: &&i32| !cases.iter().any(|case| case.get_i32("number").unwrap() == **number);
    assert_eq!(LOOKED_FOR.iter().filter(asked).collect::<Vec<_>>(), Vec::<&i32>::new());
}

/// The number with which each step was refused, nothing where it was not.
fn numbers_of<'a>(steps: impl Iterator<Item = &'a Document>) -> Vec<Option<i32>> {
    let db = Database::open(":memory:").unwrap();
    let mut transaction = None;
    let number = |step: &Document| {
        if step.contains_key("commit") {
            return number_of(
                transaction.take().map_or(Ok(Document::new()), |tx: nexuslite::Transaction| {
                    tx.commit().map(|()| Document::new())
                }),
            );
        }
        match step.get_document("in") {
            Ok(command) => {
                number_of(transaction.get_or_insert_with(|| db.begin().unwrap()).run_command(command))
            }
            Err(_) => number_of(db.run_command(step)),
        }
    };
    steps.map(number).collect()
}

fn number_of(answer: Result<Document>) -> Option<i32> {
    match answer {
        Err(error) => error.code(),
        Ok(answer) => {
            let first = answer.get_array("writeErrors").ok()?.first()?;
            first.as_document().unwrap().get_i32("code").ok()
        }
    }
}
