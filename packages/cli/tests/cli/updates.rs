//! Documents changed, replaced, deleted.

use crate::bench::Bench;

const STOCK: &str = "{\"_id\":1,\"n\":1,\"kind\":\"ink\"}\n{\"_id\":2,\"n\":2,\"kind\":\"ink\"}\n{\"_id\":3,\"n\":3,\"kind\":\"pen\"}\n";

/// Runs a command on a bench of its own and compares its answer, and what is there afterwards.
#[track_caller]
fn check(words: &[&str], answer: &str, after: &[&str]) {
    let bench = Bench::with(STOCK);
    let all = [&words[..1], &["--db", "a", "-c", "c"], &words[1..]].concat();
    assert_eq!(bench.run(&all).ok(), format!("{answer}\n"), "{words:?}");
    let there = bench.run(&["find", "--db", "a", "-c", "c"]).ok();
    assert_eq!(there.lines().collect::<Vec<_>>(), after, "{words:?}");
}

const ONE: &str = r#"{"_id":1,"n":1,"kind":"ink"}"#;
const TWO: &str = r#"{"_id":2,"n":2,"kind":"ink"}"#;
const THREE: &str = r#"{"_id":3,"n":3,"kind":"pen"}"#;

#[test]
fn update_changes_the_first_or_all() {
    let ink = r#"{"kind":"ink"}"#;
    check(
        &["update", "--filter", ink, "--update", r#"{"$inc":{"n":10}}"#],
        "matched 1, modified 1",
        &[r#"{"_id":1,"n":11,"kind":"ink"}"#, TWO, THREE],
    );
    check(
        &["update", "--filter", ink, "--update", r#"{"$inc":{"n":10},"$unset":{"kind":""}}"#, "--many"],
        "matched 2, modified 2",
        &[r#"{"_id":1,"n":11}"#, r#"{"_id":2,"n":12}"#, THREE],
    );
    check(
        &["update", "--filter", ink, "--update", r#"{"$set":{"kind":"ink"}}"#, "--many"],
        "matched 2, modified 0",
        &[ONE, TWO, THREE],
    );
    check(
        &["update", "--filter", "{\"n\":9}", "--update", r#"{"$set":{"x":1}}"#],
        "matched 0, modified 0",
        &[ONE, TWO, THREE],
    );
    check(
        &["update", "--filter", "{}", "--update", r#"{"$set":{"x":1}}"#, "--many", "--yes"],
        "matched 3, modified 3",
        &[
            r#"{"_id":1,"n":1,"kind":"ink","x":1}"#,
            r#"{"_id":2,"n":2,"kind":"ink","x":1}"#,
            r#"{"_id":3,"n":3,"kind":"pen","x":1}"#,
        ],
    );
}

#[test]
fn update_with_a_whole_document_replaces() {
    check(
        &["update", "--filter", r#"{"_id":2}"#, "--update", r#"{"kind":"paper"}"#],
        "matched 1, modified 1",
        &[ONE, r#"{"_id":2,"kind":"paper"}"#, THREE],
    );
    check(
        &["update", "--filter", r#"{"_id":2}"#, "--update", "{}"],
        "matched 1, modified 1",
        &[ONE, r#"{"_id":2}"#, THREE],
    );
    check(
        &["update", "--filter", r#"{"_id":4}"#, "--update", r#"{"kind":"paper"}"#, "--upsert"],
        r#"matched 0, modified 0, inserted {"_id":4}"#,
        &[ONE, TWO, THREE, r#"{"_id":4,"kind":"paper"}"#],
    );
    let bench = Bench::with(STOCK);
    let words = ["update", "--db", "a", "-c", "c", "--filter", "{\"_id\":1}", "--update", "{\"_id\":5}"];
    bench.run(&words).fails(1, &["_id"]);
}

#[test]
fn update_inserts_when_asked_to() {
    check(
        &["update", "--filter", r#"{"_id":4,"kind":"pen"}"#, "--update", r#"{"$set":{"n":4}}"#, "--upsert"],
        r#"matched 0, modified 0, inserted {"_id":4}"#,
        &[ONE, TWO, THREE, r#"{"_id":4,"kind":"pen","n":4}"#],
    );
    let bench = Bench::new();
    let words = ["--filter", "{\"_id\":1}", "--update", "{\"$set\":{\"n\":1}}"];
    bench.run(&[&["update", "--db", "new", "-c", "c", "--upsert"], &words[..]].concat()).ok();
    assert_eq!(bench.run(&["find", "--db", "new", "-c", "c"]).ok(), "{\"_id\":1,\"n\":1}\n");
    bench.run(&[&["update", "--db", "none", "-c", "c"], &words[..]].concat()).fails(1, &["none.db"]);
}

#[test]
fn delete_takes_the_first_or_all() {
    let ink = r#"{"kind":"ink"}"#;
    check(&["delete", "--filter", ink, "--yes"], "deleted 1 document", &[TWO, THREE]);
    check(&["delete", "--filter", ink, "--many", "--yes"], "deleted 2 documents", &[THREE]);
    check(&["delete", "--filter", "{}", "--many", "--yes"], "deleted 3 documents", &[]);
    check(&["delete", "--filter", "{\"n\":9}", "-y"], "deleted 0 documents", &[ONE, TWO, THREE]);
}

#[test]
fn nothing_is_destroyed_unless_somebody_says_yes() {
    let bench = Bench::with(STOCK);
    for words in [
        &["delete", "--db", "a", "-c", "c", "--filter", "{}", "--many"][..],
        &["delete", "--db", "a", "-c", "c", "--filter", "{\"_id\":1}"],
        &["drop", "--db", "a", "-c", "c"],
        &["update", "--db", "a", "-c", "c", "--filter", "{}", "--update", "{\"$set\":{\"n\":0}}", "--many"],
    ] {
        bench.run(words).fails(2, &[words[0], "--yes"]);
        bench.run_with(words, "y\n").fails(2, &[words[0], "--yes"]);
    }
    assert_eq!(bench.run(&["find", "--db", "a", "-c", "c"]).ok(), STOCK);
}
