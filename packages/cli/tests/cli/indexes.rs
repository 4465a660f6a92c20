//! Indexes created, listed, used, explained, dropped.

use crate::bench::{Bench, numbered};

const PEOPLE: &str = r#"{"_id":1,"name":"Ada","born":1815,"likes":["engines","numbers"]}
{"_id":2,"name":"Grace","born":1906,"likes":["compilers"]}
{"_id":3,"name":"Alan","born":1912,"likes":["numbers","running"]}
"#;
const ID: &str = r#"{"v":2,"key":{"_id":1},"name":"_id_"}"#;

/// The words of a command about the collection `c` of `a.db`.
fn words<'w>(command: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    [&[command, "--db", "a", "-c", "c"], more].concat()
}

fn indexes(bench: &Bench) -> Vec<String> {
    bench.run(&words("indexes", &[])).ok().lines().map(str::to_owned).collect()
}

#[test]
fn an_index_is_created_listed_and_dropped() {
    let bench = Bench::with(PEOPLE);
    assert_eq!(indexes(&bench), [ID]);
    let created = bench.run(&words("create-index", &["--key", r#"{"born":-1}"#])).ok();
    assert!(created.starts_with("created the index born_-1 of c, over 3 documents, in "), "{created}");
    let again = bench.run(&words("create-index", &["--key", r#"{"born":-1}"#])).ok();
    assert_eq!(again, "the index born_-1 of c was there already\n");
    let id = bench.run(&words("create-index", &["--key", r#"{"_id":1}"#])).ok();
    assert_eq!(id, "the index _id_ of c was there already\n");
    assert_eq!(indexes(&bench), [ID, r#"{"v":2,"key":{"born":-1},"name":"born_-1"}"#]);
    let dropped = bench.run(&words("drop-index", &["born_-1", "--yes"])).ok();
    assert_eq!(dropped, "dropped the index born_-1 of c\n");
    assert_eq!(indexes(&bench), [ID]);
    assert_eq!(bench.run(&words("count", &[])).ok(), "3\n");
}

#[test]
fn an_index_tells_how_much_it_holds() {
    let bench = Bench::with(PEOPLE);
    bench.run(&words("create-index", &["--key", r#"{"likes":1}"#])).ok();
    let told = bench.run(&words("indexes", &["--stats"])).ok();
    let [ids, by_taste] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
    assert!(ids.starts_with(r#"{"name":"_id_","key":{"_id":1},"entries":3,"#), "{ids}");
    assert!(by_taste.starts_with(r#"{"name":"likes_1","key":{"likes":1},"entries":5,"#), "{by_taste}");
    assert!(by_taste.contains(r#""distinct":4,"#) && by_taste.contains(r#""multikey":true"#), "{by_taste}");
}

#[test]
fn every_option_of_an_index_is_kept() {
    let check = |options: &[&str], listed: &str| {
        let bench = Bench::with(PEOPLE);
        bench.run(&words("create-index", options)).ok();
        assert_eq!(indexes(&bench)[1..], [listed], "{options:?}");
        assert!(bench.run(&["check", "--db", "a"]).ok().ends_with("no faults\n"));
        assert_eq!(bench.run(&words("find", &[])).ok(), PEOPLE);
    };
    check(
        &["-k", r#"{"name":1,"born":-1}"#],
        r#"{"v":2,"key":{"name":1,"born":-1},"name":"name_1_born_-1"}"#,
    );
    check(&["-k", r#"{"likes":1}"#, "--name", "by taste"], r#"{"v":2,"key":{"likes":1},"name":"by taste"}"#);
    check(&["-k", r#"{"name":1}"#, "--unique"], r#"{"v":2,"key":{"name":1},"name":"name_1","unique":true}"#);
    check(&["-k", r#"{"a":1}"#, "--sparse"], r#"{"v":2,"key":{"a":1},"name":"a_1","sparse":true}"#);
    check(&["-k", r#"{"a":1}"#, "--hidden"], r#"{"v":2,"key":{"a":1},"name":"a_1","hidden":true}"#);
    check(
        &["-k", r#"{"at":1}"#, "--expire-after", "3600"],
        r#"{"v":2,"key":{"at":1},"name":"at_1","expireAfterSeconds":3600}"#,
    );
    check(
        &["-k", r#"{"name":1}"#, "--partial", r#"{"born":{"$gt":1900}}"#, "--durability", "none"],
        r#"{"v":2,"key":{"name":1},"name":"name_1","partialFilterExpression":{"born":{"$gt":1900}}}"#,
    );
    check(
        &["-k", r#"{"$**":1}"#, "--wildcard-projection", r#"{"of.ink":0}"#],
        r#"{"v":2,"key":{"$**":1},"name":"$**_1","wildcardProjection":{"of.ink":0}}"#,
    );
}

#[test]
fn a_find_goes_by_an_index_and_says_so() {
    let bench = Bench::with(&numbered(0..2000));
    let filter = r#"{"text":"this is document number 77"}"#;
    let explained = |more: &[&str]| {
        let words = words("find", &[&["--filter", filter, "--explain=text"], more].concat());
        bench.run(&words).ok().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let walked = explained(&[]);
    assert_eq!(walked[0], "COLLSCAN  2,000 documents examined, 1 returned");
    assert!(walked[1].starts_with("1 returned; 0 keys and 2,000 documents examined, in "), "{walked:?}");
    bench.run(&words("create-index", &["-k", r#"{"text":1}"#])).ok();
    let sought = explained(&[]);
    assert_eq!(sought[0], "FETCH            1 document examined, 1 returned");
    assert_eq!(sought[1], "  IXSCAN text_1  1 key examined, 1 returned");
    assert!(sought[2].starts_with("1 returned; 1 key and 1 document examined, in "), "{sought:?}");
    assert!(explained(&["--hint", r#"{"$natural":1}"#])[0].starts_with("COLLSCAN"));
    assert_eq!(explained(&["--hint", "text_1"])[1], sought[1]);
    assert_eq!(explained(&["--hint", r#"{"text":1}"#])[1], sought[1]);
    assert!(explained(&["--hint", "_id_"])[1].starts_with("  IXSCAN _id_"));
    let found = bench.run(&words("find", &["--filter", filter, "--hint", "text_1"])).ok();
    assert_eq!(found, "{\"_id\":77,\"text\":\"this is document number 77\"}\n");
    let json = bench.run(&words("find", &["--filter", filter, "--explain"])).ok();
    assert!(json.contains(r#""indexName":"text_1""#) && json.lines().count() == 1, "{json}");
}

#[test]
fn a_find_goes_by_two_indexes_and_says_so() {
    let documents: String =
        (0..3000).map(|n| format!("{{\"_id\":{n},\"e\":{},\"f\":{}}}\n", n % 31, n % 23)).collect();
    let bench = Bench::with(&documents);
    bench.run(&words("create-index", &["-k", r#"{"e":1}"#])).ok();
    bench.run(&words("create-index", &["-k", r#"{"f":1}"#])).ok();
    let find = |how: &'static str| bench.run(&words("find", &["--filter", r#"{"f":2,"e":1}"#, how])).ok();
    let explained = find("--explain=text");
    let lines: Vec<&str> = explained.lines().collect();
    assert_eq!(lines[0], "FETCH           5 documents examined, 5 returned");
    assert_eq!(lines[1], "  AND_HASH      5 returned");
    assert_eq!(lines[2], "    IXSCAN e_1  97 keys examined, 97 returned");
    assert_eq!(lines[3], "    IXSCAN f_1  131 keys examined, 131 returned");
    assert!(lines[4].starts_with("5 returned; 228 keys and 5 documents examined, in "), "{explained}");
    let json = find("--explain");
    assert!(json.contains(r#""stage":"AND_HASH""#) && json.contains(r#""inputStages":[{"#), "{json}");
}

#[test]
fn what_cannot_be_is_told_in_one_line() {
    let bench = Bench::with(PEOPLE);
    bench.run(&words("create-index", &["-k", r#"{"born":1}"#])).ok();
    let check = |command: &str, more: &[&str], status: i32, what: &[&str]| {
        bench.run(&words(command, more)).fails(status, what);
    };
    check("create-index", &[], 2, &["--key"]);
    check("create-index", &["-k", "born"], 2, &["--key", "born"]);
    check("create-index", &["-k", r#"{"a":1}"#, "--expire-after", "-1"], 2, &["--expire-after", "-1"]);
    check("create-index", &["-k", r#"{"a":1}"#, "--partial", "[]"], 2, &["--partial"]);
    check("create-index", &["-k", "{}"], 1, &["empty"]);
    check("create-index", &["-k", r#"{"a":0}"#], 1, &["\"a\"", "0"]);
    check("create-index", &["-k", r#"{"a":"text"}"#], 1, &["text"]);
    check("create-index", &["-k", r#"{"a":1}"#, "--name", "born_1"], 1, &["born_1", "exists"]);
    check("create-index", &["-k", r#"{"born":1}"#, "--name", "other"], 1, &["born", "exists"]);
    check("create-index", &["-k", r#"{"a":1}"#, "--unique"], 1, &["duplicate key", "a_1"]);
    check("create-index", &["-k", r#"{"_id":1}"#, "--sparse"], 1, &["sparse", "_id"]);
    check("create-index", &["-k", r#"{"a":1}"#, "--partial", r#"{"a":{"$foo":1}}"#], 1, &["$foo"]);
    check("create-index", &["-k", r#"{"a":1}"#, "--sparse", "--partial", "{}"], 1, &["sparse", "partial"]);
    check("drop-index", &["--yes"], 2, &["NAME"]);
    check("drop-index", &["born_1"], 2, &["drop-index", "--yes"]);
    check("drop-index", &["nope", "--yes"], 1, &["nope"]);
    check("drop-index", &["_id_", "--yes"], 1, &["_id"]);
    check("find", &["--hint", "nope"], 1, &["hint", "nope"]);
    check("find", &["--hint", "{born:1}"], 2, &["--hint", "column 2"]);
    for command in [&["create-index", "-k", r#"{"a":1}"#][..], &["indexes"], &["drop-index", "a_1", "-y"]] {
        bench
            .run(&[&command[..1], &["--db", "missing", "-c", "c"], &command[1..]].concat())
            .fails(1, &["missing.db"]);
        bench
            .run(&[&command[..1], &["--db", "a", "-c", "nope"], &command[1..]].concat())
            .fails(1, &["a", "\"nope\""]);
    }
    assert_eq!(indexes(&bench).len(), 2);
    assert!(!bench.path("missing.db").exists());
}

#[test]
fn documents_that_break_a_unique_index_are_refused() {
    let bench = Bench::with(PEOPLE);
    bench.run(&words("create-index", &["-k", r#"{"name":1}"#, "--unique"])).ok();
    bench.run(&words("insert", &[r#"{"name":"Ada"}"#])).fails(1, &["duplicate key", "name_1", "Ada"]);
    let import = bench.run_with(&words("import", &["-"]), "{\"name\":\"Ida\"}\n{\"name\":\"Alan\"}\n");
    import.fails(1, &["line 2", "duplicate key", "name_1"]);
    assert_eq!(bench.run(&words("find", &[])).ok(), PEOPLE);
}
