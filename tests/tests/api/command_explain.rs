//! Commands that are explained instead of being run.

use nexuslite::Database;
use nexuslite::bson::{Bson, Document, doc};

use crate::commands::{refused, run};
use crate::fixture::{memory, people};

#[test]
fn what_a_command_says_beside_is_told_when_it_is_explained() {
    let db = memory();
    run(&db, doc! { "insert": "c", "documents": [{ "_id": 1 }] });
    let beside = |mut command: Document| {
        let is_count = command.contains_key("count");
        command.insert("comment", doc! { "why": 1 });
        if !is_count {
            command.insert("let", doc! { "x": 1 });
        }
        let told = run(&db, doc! { "explain": command.clone(), "verbosity": "queryPlanner" });
        let echoed = told.get_document("command").unwrap();
        assert_eq!(echoed.get_document("comment").ok(), Some(&doc! { "why": 1 }), "{command}: {told}");
        assert_eq!(echoed.contains_key("let"), !is_count, "{command}: {told}");
    };
    beside(doc! { "find": "c" });
    beside(doc! { "count": "c" });
    beside(doc! { "update": "c", "updates": [{ "q": {}, "u": { "$set": { "a": 1 } } }] });
    beside(doc! { "delete": "c", "deletes": [{ "q": {}, "limit": 1 }] });
    beside(doc! { "findAndModify": "c", "remove": true });
}

/// What is told of a command at a verbosity, or without one being named.
fn told(db: &Database, command: Document, verbosity: Option<&str>) -> Document {
    let mut explain = doc! { "explain": command };
    explain.extend(verbosity.map(|word| ("verbosity".to_owned(), word.into())));
    run(db, explain)
}

#[test]
fn every_command_that_finds_documents_is_explained() {
    let (db, people) = people();
    people.create_index(doc! { "age": 1 }).unwrap();
    let by_age = || doc! { "age": { "$gt": 25 } };
    let set = doc! { "$set": { "x": 1 } };
    for command in [
        doc! { "find": "people", "filter": by_age() },
        doc! { "count": "people", "query": by_age() },
        doc! { "distinct": "people", "key": "age", "query": by_age() },
        doc! { "update": "people", "updates": [{ "q": by_age(), "u": &set, "multi": true }] },
        doc! { "update": "people", "updates": [{ "q": by_age(), "u": [&set] }] },
        doc! { "update": "people", "updates": [{ "q": by_age(), "u": [{ "$set": { "x": "$$y" } }], "c": { "y": 1 } }] },
        doc! { "update": "people", "updates": [{ "q": by_age(), "u": { "whole": true }, "sort": { "age": 1 } }] },
        doc! { "delete": "people", "deletes": [{ "q": by_age(), "limit": 0 }] },
        doc! { "findAndModify": "people", "query": by_age(), "remove": true },
        doc! { "findAndModify": "people", "query": by_age(), "update": &set, "new": true, "fields": { "x": 1 } },
        doc! { "findAndModify": "people", "query": by_age(), "update": { "whole": true } },
    ] {
        let planned = told(&db, command.clone(), Some("queryPlanner"));
        let plan = planned.get_document("queryPlanner").unwrap();
        assert!(
            plan.get_document("winningPlan").unwrap().to_string().contains("age_1"),
            "{command}: {planned}"
        );
        assert!(!planned.contains_key("executionStats"), "{command}");
        let ran = told(&db, command.clone(), Some("executionStats"));
        let stats = ran.get_document("executionStats").unwrap();
        assert!(stats.get_i32("totalKeysExamined").unwrap() > 0, "{command}: {ran}");
        assert!(!stats.contains_key("allPlansExecution"), "{command}");
        assert_eq!(ran.get_f64("ok").ok(), Some(1.0));
    }
    for write in [
        doc! { "update": "people", "updates": [{ "q": by_age(), "u": &set, "multi": true }] },
        doc! { "delete": "people", "deletes": [{ "q": by_age(), "limit": 0 }] },
        doc! { "findAndModify": "people", "query": by_age(), "remove": true },
    ] {
        let all = told(&db, write, Some("allPlansExecution"));
        let plans = all.get_document("executionStats").unwrap().get_array("allPlansExecution").unwrap();
        assert!(!plans.is_empty(), "{all}");
        for plan in plans {
            let ran = plan.as_document().unwrap();
            let steps = ran.get_document("executionStages").unwrap();
            assert!(
                !["UPDATE", "DELETE"].contains(&steps.get_str("stage").unwrap()),
                "only the search is compared: {all}"
            );
            assert!(
                ran.get_i32("nReturned").unwrap() > 0 && ran.get_i32("totalDocsExamined").unwrap() > 0,
                "{all}"
            );
        }
    }
    for verbosity in [None, Some("allPlansExecution")] {
        let all = told(&db, doc! { "find": "people", "filter": by_age() }, verbosity);
        let stats = all.get_document("executionStats").unwrap();
        assert!(!stats.get_array("allPlansExecution").unwrap().is_empty(), "{all}");
    }
    assert_eq!(people.count_documents(doc! { "x": 1 }).unwrap(), 0);
    assert_eq!(people.count_documents(doc! {}).unwrap(), 5);
}

#[test]
fn what_cannot_be_done_cannot_be_explained_either() {
    let db = memory();
    let refuse =
        |command: Document, code: i32, name: &str| refused(&db, doc! { "explain": command }, code, name);
    refuse(doc! { "insert": "c", "documents": [{}] }, 20, "IllegalOperation");
    refuse(doc! { "ping": 1 }, 20, "IllegalOperation");
    refuse(doc! { "aggregate": "c", "pipeline": [] }, 115, "CommandNotSupported");
    refuse(doc! { "dream": "c" }, 59, "CommandNotFound");
    refuse(doc! { "find": "c", "nope": 1 }, 40415, "IDLUnknownField");
    refuse(doc! { "distinct": "c" }, 40414, "IDLFailedToParse");
    refuse(doc! { "findAndModify": "c" }, 9, "FailedToParse");
    let many = |u: Bson| doc! { "update": "c", "updates": [{ "q": {}, "u": u, "multi": true }] };
    refuse(many(doc! { "a": 1 }.into()), 9, "FailedToParse");
    refuse(many(doc! { "$no": 1 }.into()), 9, "FailedToParse");
    let two = doc! { "delete": "c", "deletes": [{ "q": {}, "limit": 1 }, { "q": {}, "limit": 1 }] };
    refuse(two, 72, "InvalidOptions");
}
