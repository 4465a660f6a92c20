//! Each command, doing what it is for.

use crate::bench::{Bench, numbered};

const PEOPLE: &str = r#"{"_id":1,"name":"Ada","born":1815,"likes":["engines","numbers"],"home":{"city":"London"}}
{"_id":2,"name":"Grace","born":1906,"likes":["compilers"],"home":{"city":"New York"}}
{"_id":3,"name":"Alan","born":1912,"likes":["numbers","running"],"home":{"city":"London"}}
"#;

#[test]
fn create_makes_what_is_missing_and_leaves_the_rest() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["create", "--db", "shop"]).ok(), "created shop.db\n");
    assert_eq!(bench.run(&["create", "--db", "shop.db"]).ok(), "shop.db was there already\n");
    let created = bench.run(&["create", "--db", "shop", "--collection", "orders"]).ok();
    assert_eq!(created, "created the collection orders in shop.db\n");
    bench.run(&["insert", "--db", "shop", "-c", "orders", "{\"_id\":7}"]).ok();
    let again = bench.run(&["create", "--db", "shop", "--collection", "orders"]).ok();
    assert_eq!(again, "shop.db with the collection orders was there already\n");
    assert_eq!(bench.run(&["find", "--db", "shop", "-c", "orders"]).ok(), "{\"_id\":7}\n");
    let both = bench.run(&["create", "--db", "other.data", "-c", "things"]).ok();
    assert_eq!(both, "created other.data with the collection things\n");
}

#[test]
fn create_takes_an_engine_and_a_page_size() {
    let bench = Bench::new();
    let check = |name: &str, options: &[&str], engine: &str, pages: &str| {
        bench.run(&[&["create", "--db", name], options].concat()).ok();
        bench.run(&["insert", "--db", name, "-c", "c", "{\"_id\":1}"]).ok();
        let info = bench.run(&["info", "--db", name]).ok();
        let said = |what: &str| {
            info.lines().find_map(|line| line.strip_prefix(what)).map(str::trim).map(str::to_owned)
        };
        assert_eq!(said("engine").as_deref(), Some(engine), "{info}");
        assert_eq!(said("pages").as_deref(), Some(pages), "{info}");
        assert_eq!(bench.run(&["count", "--db", name, "-c", "c"]).ok(), "1\n");
        assert!(bench.run(&["check", "--db", name]).ok().ends_with("no faults\n"));
    };
    check("a", &[], "wasp", "of 16.0 KiB");
    check("b", &["--page-size", "8192"], "wasp", "of 8.0 KiB");
    check("c", &["--engine", "log"], "log", "none");
    bench.run(&["create", "--db", "d", "--page-size", "4096"]).fails(1, &["page_bytes", "4096"]);
    assert!(!bench.path("d.db").exists());
}

#[test]
fn insert_answers_a_filter_that_finds_the_document() {
    let bench = Bench::new();
    let given = bench.run(&["insert", "--db", "a", "-c", "c", r#"{"name":"Ada","_id":"ada"}"#]).ok();
    assert_eq!(given, "{\"_id\":\"ada\"}\n");
    let generated = bench.run_with(&["insert", "--db", "a", "-c", "c"], "{\n  \"name\": \"Grace\"\n}\n").ok();
    let dash = bench.run_with(&["insert", "--db", "a", "-c", "c", "-"], "{\"name\": \"Alan\"}").ok();
    let check = |filter: &str, name: &str| {
        let found =
            bench.run(&["find", "--db", "a", "-c", "c", "-f", filter, "-p", r#"{"name":1,"_id":0}"#]).ok();
        assert_eq!(found, format!("{{\"name\":\"{name}\"}}\n"));
    };
    check(given.trim(), "Ada");
    check(generated.trim(), "Grace");
    check(dash.trim(), "Alan");
    bench.run(&["insert", "--db", "a", "-c", "c", r#"{"_id":"ada"}"#]).fails(1, &["duplicate key", "ada"]);
}

#[test]
fn find_filters_sorts_projects_and_cuts() {
    let bench = Bench::with(PEOPLE);
    let check = |words: &[&str], wanted: &[&str]| {
        let found = bench.run(&[&["find", "--db", "a", "-c", "c"], words].concat()).ok();
        assert_eq!(found.lines().collect::<Vec<_>>(), wanted, "{words:?}");
    };
    let names = ["-p", r#"{"name":1,"_id":0}"#];
    let check_names = |words: &[&str], wanted: &[&str]| {
        let lines: Vec<String> = wanted.iter().map(|name| format!("{{\"name\":\"{name}\"}}")).collect();
        check(&[words, &names].concat(), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    };
    check(&[], &PEOPLE.lines().collect::<Vec<_>>());
    check_names(&["--filter", r#"{"home.city":"London"}"#], &["Ada", "Alan"]);
    check_names(&["--filter", r#"{"likes":"numbers","born":{"$gt":1900}}"#], &["Alan"]);
    check_names(&["--filter", r#"{"$or":[{"_id":2},{"likes":{"$in":["engines"]}}]}"#], &["Ada", "Grace"]);
    check_names(&["--sort", r#"{"born":-1}"#], &["Alan", "Grace", "Ada"]);
    check_names(&["--sort", r#"{"home.city":1,"born":-1}"#], &["Alan", "Ada", "Grace"]);
    check_names(&["--limit", "2"], &["Ada", "Grace"]);
    check_names(&["--skip", "1"], &["Grace", "Alan"]);
    check_names(&["--skip", "1", "--limit", "1"], &["Grace"]);
    check_names(&["--filter", r#"{"born":{"$gt":3000}}"#], &[]);
    check(&["--project", r#"{"home.city":1,"_id":0}"#, "--limit", "1"], &[r#"{"home":{"city":"London"}}"#]);
}

#[test]
fn find_explains_instead_of_finding() {
    let bench = Bench::with(PEOPLE);
    let plan = bench.run(&["find", "--db", "a", "-c", "c", "--filter", "{\"_id\":2}", "--explain"]).ok();
    assert!(!plan.is_empty() && !plan.contains("Grace"), "{plan}");
    let other = bench.run(&["find", "--db", "a", "-c", "c", "--filter", "{\"born\":2}", "--explain"]).ok();
    assert_ne!(plan, other);
    assert!(
        plan.contains("IDHACK") && other.contains("COLLSCAN") && !plan.contains("executionStats"),
        "{plan}"
    );
    let filter = r#"{"born":{"$gt":3000}}"#;
    let run =
        bench.run(&["find", "--db", "a", "-c", "c", "--filter", filter, "--explain=executionStats"]).ok();
    assert!(run.contains(r#""totalDocsExamined":3"#) && run.contains(r#""nReturned":0"#), "{run}");
}

#[test]
fn documents_are_spelt_as_asked() {
    let bench = Bench::new();
    let long = r#"{"_id":{"$numberInt":"1"},"n":{"$numberLong":"9007199254740993"},"at":{"$date":{"$numberLong":"0"}}}"#;
    bench.run(&["insert", "--db", "a", "-c", "c", long]).ok();
    let check =
        |words: &[&str], wanted: &str| assert_eq!(bench.run(words).ok(), format!("{wanted}\n"), "{words:?}");
    check(&["find", "--db", "a", "-c", "c", "--json=canonical"], long);
    check(&["--json", "canonical", "find", "--db", "a", "-c", "c"], long);
    let relaxed = r#"{"_id":1,"n":9007199254740993,"at":{"$date":"1970-01-01T00:00:00Z"}}"#;
    check(&["find", "--db", "a", "-c", "c"], relaxed);
    let safe = r#"{"_id":1,"n":{"$numberLong":"9007199254740993"},"at":{"$date":"1970-01-01T00:00:00Z"}}"#;
    check(&["find", "--db", "a", "-c", "c", "--json=safe"], safe);
}

#[test]
fn count_answers_a_bare_number() {
    let bench = Bench::with(PEOPLE);
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "3\n");
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c", "-f", "{\"born\":{\"$lt\":1910}}"]).ok(), "2\n");
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c", "-f", "{\"x\":1}"]).ok(), "0\n");
}

#[test]
fn collections_and_info_tell_what_is_there() {
    let bench = Bench::with(PEOPLE);
    bench.run_with(&["import", "--db", "a", "-c", "numbers and more", "-"], numbered(0..1200)).ok();
    let listed = "   3  c\n1200  numbers and more\n";
    assert_eq!(bench.run(&["collections", "--db", "a"]).ok(), listed);
    let info = bench.run(&["info", "--db", "a"]).ok();
    assert!(info.ends_with(listed), "{info}");
    for line in
        ["file                      a.db", "collections               2", "documents                 1,203"]
    {
        assert!(info.lines().any(|said| said == line), "wanted {line:?} in {info}");
    }
}

#[test]
fn drop_takes_the_collection_and_nothing_else() {
    let bench = Bench::with(PEOPLE);
    bench.run(&["create", "--db", "a", "-c", "other"]).ok();
    assert_eq!(bench.run(&["drop", "--db", "a", "-c", "c", "--yes"]).ok(), "dropped c with 3 documents\n");
    assert_eq!(bench.run(&["collections", "--db", "a"]).ok(), "0  other\n");
    bench.run(&["drop", "--db", "a", "-c", "c", "--yes"]).fails(1, &["a", "\"c\""]);
}

#[test]
fn checkpoint_leaves_everything_in_the_main_file() {
    let bench = Bench::with(PEOPLE);
    assert!(bench.run(&["checkpoint", "--db", "a"]).ok().starts_with("everything is in the main file, "));
    std::fs::rename(bench.path("a.db"), bench.path("alone.db")).expect("a rename");
    assert_eq!(bench.run(&["find", "--db", "alone", "-c", "c"]).ok(), PEOPLE);
}

#[test]
fn every_durability_keeps_what_a_command_has_done() {
    for level in ["full", "group", "none"] {
        let bench = Bench::new();
        let durability = ["--durability", level];
        let import = ["import", "--db", "a", "-c", "c", "-"];
        bench.run_with(&[&import[..], &durability].concat(), numbered(0..1500)).ok();
        bench.run(&[&["insert", "--db", "a", "-c", "c", "{\"_id\":-1}"], &durability[..]].concat()).ok();
        assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "1501\n", "{level}");
    }
}

#[test]
fn check_finds_a_page_that_has_changed() {
    let bench = Bench::with(&numbered(0..3000));
    let report = bench.run(&["check", "--db", "a"]).ok();
    assert!(report.ends_with("no faults\n"), "{report}");
    let whole = std::fs::read(bench.path("a.db")).expect("the database's bytes");
    let mut found = 0;
    for at in (0..whole.len()).step_by(16 * 1024).map(|page| page + 100) {
        let mut broken = whole.clone();
        broken[at] ^= 0x40;
        bench.write("a.db", &broken);
        let ran = bench.run(&["check", "--db", "a"]);
        assert!(ran.ended_decently(), "byte {at}: {ran:#?}");
        if !ran.succeeded() {
            ran.fails_after_answering(1, &["a.db"]);
            found += 1;
        }
    }
    assert!(found > 5, "only {found} of the changed bytes were found");
}

#[test]
fn commands_that_read_change_nothing() {
    let bench = Bench::with(PEOPLE);
    let before = (std::fs::read(bench.path("a.db")).expect("bytes"), bench.names());
    for words in [
        &["find", "--db", "a", "-c", "c"][..],
        &["count", "--db", "a", "-c", "c", "-f", "{\"born\":1815}"],
        &["export", "--db", "a", "-c", "c"],
        &["collections", "--db", "a"],
        &["indexes", "--db", "a", "-c", "c"],
        &["info", "--db", "a"],
        &["check", "--db", "a"],
    ] {
        bench.run(words).ok();
        let after = (std::fs::read(bench.path("a.db")).expect("bytes"), bench.names());
        assert!(before == after, "{words:?}");
    }
}

#[test]
fn help_and_version_are_answers() {
    let bench = Bench::new();
    assert!(bench.run(&["--version"]).ok().starts_with("nexuslite "));
    assert!(bench.run(&["--help"]).ok().contains("import"));
    let help = bench.run(&["find", "--help"]).ok();
    assert!(help.contains("--filter") && help.contains("Only canonical keeps every"), "{help}");
}

#[test]
fn a_command_answers_in_mongodbs_shape() {
    let bench = Bench::new();
    bench.run(&["create", "--db", "shop"]).ok();
    let run = |command: &str| bench.run(&["command", "--db", "shop", command]);
    assert_eq!(run(r#"{"ping":1}"#).ok(), "{\"ok\":1.0}\n");
    run(r#"{"create":"log","capped":true,"size":4096,"max":2}"#).ok();
    let inserted = run(r#"{"insert":"log","documents":[{"_id":1},{"_id":2},{"_id":3}]}"#).ok();
    assert_eq!(inserted, "{\"n\":3,\"ok\":1.0}\n");
    assert_eq!(
        run(r#"{"find":"log"}"#).ok(),
        "{\"cursor\":{\"firstBatch\":[{\"_id\":2},{\"_id\":3}],\"id\":0,\"ns\":\"shop.log\"},\"ok\":1.0}\n"
    );
    run(r#"{"frobnicate":1}"#).fails(1, &["frobnicate"]);
}
