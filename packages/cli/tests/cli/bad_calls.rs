//! Calls that are wrong (exit status 2) and calls that cannot be carried out (exit status 1).

use crate::bench::{Bench, numbered};

#[test]
fn wrong_calls_are_told_in_one_line() {
    let bench = Bench::with(&numbered(0..3));
    let check = |words: &[&str], what: &[&str]| bench.run(words).fails(2, what);
    check(&[], &["command"]);
    check(&["fnid"], &["fnid", "find"]);
    check(&["find"], &["--db", "--collection"]);
    check(&["find", "--db", "a"], &["--collection"]);
    check(&["find", "-c", "c"], &["--db"]);
    check(&["find", "--db", "a", "-c", "c", "--limit", "-1"], &["--limit", "-1"]);
    check(&["find", "--db", "a", "-c", "c", "--limit", "ten"], &["--limit", "ten"]);
    check(&["find", "--db", "a", "-c", "c", "--limit", "99999999999999999999"], &["99999999999999999999"]);
    check(&["find", "--db", "a", "-c", "c", "--filter", "{name: 1}"], &["--filter", "{name: 1}", "column 2"]);
    check(&["find", "--db", "a", "-c", "c", "--filter", "[]"], &["--filter", "[]"]);
    check(&["find", "--db", "a", "-c", "c", "--filter", ""], &["--filter"]);
    check(&["find", "--db", "a", "-c", "c", "--filter", "{}", "--filter", "{}"], &["--filter"]);
    check(&["find", "--db", "a", "-c", "c", "--sort", "name"], &["--sort", "name"]);
    check(&["find", "--db", "a", "-c", "c", "--json=yaml"], &["yaml", "relaxed", "canonical", "safe"]);
    check(&["find", "--db", "a", "-c", "c", "extra"], &["extra"]);
    check(&["import", "--db", "a", "-c", "c"], &["FILE"]);
    check(&["insert", "--db", "a", "-c", "c", "{\"a\":}"], &["column 6"]);
    check(&["insert", "--db", "a", "-c", "c", "{}", "--durability", "some"], &["some", "full"]);
    check(&["update", "--db", "a", "-c", "c", "--filter", "{}"], &["--update"]);
    check(&["update", "--db", "a", "-c", "c", "--update", "{}"], &["--filter"]);
    let replace =
        ["update", "--db", "a", "-c", "c", "--filter", "{\"_id\":1}", "--update", "{\"a\":1}", "--many"];
    check(&replace, &["--many", "$set"]);
    check(&["delete", "--db", "a", "-c", "c", "--yes"], &["--filter"]);
    check(&["create", "--db", "x", "--engine", "tape"], &["tape", "wasp", "log"]);
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "3\n");
}

#[test]
fn what_cannot_be_carried_out_is_told_in_one_line() {
    let bench = Bench::with(&numbered(0..3));
    bench.write("text.db", "this is no database\n".repeat(2000));
    bench.write("empty.db", "");
    std::fs::create_dir(bench.path("folder.db")).expect("a folder");
    let check = |words: &[&str], what: &[&str]| bench.run(words).fails(1, what);
    check(&["find", "--db", "a", "-c", "nope"], &["a", "\"nope\""]);
    check(&["count", "--db", "a", "-c", "nope"], &["\"nope\""]);
    check(&["find", "--db", "a", "-c", "sys$em"], &["sys$em"]);
    check(&["insert", "--db", "a", "-c", "system.x", "{}"], &["system.x"]);
    check(&["insert", "--db", "a", "-c", "c", "{\"_id\":[1]}"], &["_id"]);
    check(&["insert", "--db", "a", "-c", "c", "{\"_id\":2}"], &["duplicate key", "2"]);
    check(&["find", "--db", "a", "-c", "c", "--filter", "{\"a\":{\"$foo\":1}}"], &["$foo", "a"]);
    check(&["find", "--db", "a", "-c", "c", "--filter", "{\"$and\":1}"], &["$and"]);
    check(&["find", "--db", "a", "-c", "c", "--sort", "{\"a\":2}"], &["2"]);
    check(&["find", "--db", "a", "-c", "c", "--project", "{\"a\":1,\"b\":0}"], &["b"]);
    check(&["update", "--db", "a", "-c", "c", "-f", "{}", "-u", "{\"$foo\":{\"a\":1}}"], &["$foo"]);
    check(&["update", "--db", "a", "-c", "c", "-f", "{}", "-u", "{\"$inc\":{\"text\":1}}"], &["text"]);
    check(&["update", "--db", "a", "-c", "c", "-f", "{}", "-u", "{\"$set\":{\"_id\":9}}"], &["_id"]);
    check(&["update", "--db", "a", "-c", "c", "-f", "{}", "-u", "{\"$set\":{\"a\":1},\"b\":1}"], &["b"]);
    for reading in [&["info"][..], &["collections"], &["check"], &["find", "-c", "c"], &["count", "-c", "c"]]
    {
        for (name, what) in
            [("missing", "missing.db"), ("text", "text.db"), ("empty", "empty.db"), ("folder", "folder.db")]
        {
            check(&[&reading[..1], &["--db", name], &reading[1..]].concat(), &[what]);
        }
    }
    for writing in [&["checkpoint"][..], &["drop", "-c", "c", "-y"], &["delete", "-c", "c", "-f", "{}", "-y"]]
    {
        check(&[&writing[..1], &["--db", "missing"], &writing[1..]].concat(), &["missing.db"]);
    }
    check(&["insert", "--db", "text", "-c", "c", "{}"], &["text.db"]);
    check(&["insert", "--db", "no/such/folder/x", "-c", "c", "{}"], &["no/such/folder"]);
    check(&["info", "--db", ":memory:"], &["memory"]);
    assert!(!bench.path("missing.db").exists(), "{:?}", bench.names());
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "3\n");
}

#[test]
fn standard_input_must_hold_one_document_to_insert() {
    let bench = Bench::new();
    let check = |input: &str, what: &[&str]| {
        bench.run_with(&["insert", "--db", "a", "-c", "c"], input).fails(1, what);
    };
    check("", &["standard input", "no document"]);
    check("{} {}", &["standard input", "line 1", "import"]);
    check("{\"a\":", &["standard input", "line 1"]);
    check("{}\nrest", &["standard input", "line 2"]);
    assert!(bench.names().is_empty(), "{:?}", bench.names());
}
