//! The examples of `docs/guide/collections.md`, each of them run.

use nexuslite::Database;
use nexuslite::bson::{Bson, Document, doc};

use super::parsed;
use crate::fixture::memory;

const GUIDE: &str = include_str!("../../../../docs/guide/collections.md");

/// What a line made: an answer without `ok`, or the number of an error.
type Outcome = Result<Document, Option<i32>>;

fn do_line(db: &Database, word: &str, rest: &str) -> Outcome {
    let number = |count: u64| doc! { "n": i32::try_from(count).expect("few") };
    let outcome = match word {
        "run" => db.run_command(parsed(rest)).map(|mut answer| {
            answer.remove("ok");
            answer
        }),
        _ => {
            let (name, filter) = rest.split_once(' ').expect("a collection and a filter");
            let (collection, filter) = (db.collection(name), parsed(filter));
            match word {
                "restore" => collection.restore(filter).map(number),
                "purge" => collection.purge(filter).map(number),
                _ => panic!("{word} is no word of the guide"),
            }
        }
    };
    outcome.map_err(|error| error.code())
}

fn found(outcome: &Outcome) -> Vec<Bson> {
    let answer = outcome.as_ref().expect("an answer");
    let mut batch =
        answer.get_document("cursor").expect("a cursor").get_array("firstBatch").expect("a batch").clone();
    // A collection's own number is another one each time.
    for one in batch.iter_mut().filter_map(Bson::as_document_mut) {
        if let Ok(info) = one.get_document_mut("info") {
            info.remove("uuid");
        }
    }
    batch
}

#[test]
fn examples_of_collections_do_what_they_say() {
    let blocks = GUIDE.split("```text\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    let mut run = 0;
    for block in blocks {
        let db = memory();
        let (mut last, mut told): (Option<Outcome>, Vec<Bson>) = (None, Vec::new());
        let lines: Vec<(&str, &str)> = block
            .lines()
            .map(|line| line.split_once(' ').map(|(word, rest)| (word, rest.trim())).expect("a word"))
            .collect();
        for (at, (word, rest)) in lines.iter().enumerate() {
            let next = lines.get(at + 1).map(|(word, _)| *word);
            match *word {
                "gives" => assert_eq!(last.take().expect("a run"), Ok(parsed(rest)), "{block}"),
                "error" => {
                    assert_eq!(
                        last.take().expect("a run"),
                        Err(Some(rest.parse().expect("a number"))),
                        "{block}"
                    );
                }
                "finds" => {
                    told.push(Bson::Document(parsed(rest)));
                    if next != Some("finds") {
                        assert_eq!(found(&last.take().expect("a run")), told, "{block}");
                        told.clear();
                    }
                }
                word => {
                    let outcome = do_line(&db, word, rest);
                    run += 1;
                    if !matches!(next, Some("gives" | "error" | "finds")) {
                        assert!(outcome.is_ok(), "{outcome:?}: {rest}");
                    }
                    last = Some(outcome);
                }
            }
        }
        assert_eq!(db.check().expect("a check").faults, Vec::<String>::new(), "{block}");
    }
    assert!(run > 50, "only {run} lines were run");
}
