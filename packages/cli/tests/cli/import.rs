//! Documents from files: shapes of text, order, batches, and what is wrong.

use crate::bench::{Bench, numbered};

const IMPORT: [&str; 5] = ["import", "--db", "a", "-c", "c"];

/// The `_id`s that are there, in order.
fn ids(bench: &Bench) -> Vec<String> {
    let found = bench.run(&["find", "--db", "a", "-c", "c", "-p", "{\"_id\":1}"]).ok();
    found.lines().map(|line| line.replace("{\"_id\":", "").replace('}', "")).collect()
}

#[test]
fn every_shape_of_text_is_read() {
    let check = |shape: &str, text: &str| {
        let bench = Bench::new();
        bench.write("in", text);
        let said = bench.run(&[&IMPORT[..], &["in"]].concat()).ok();
        assert!(said.starts_with("imported 3 documents into c in "), "{shape}: {said}");
        assert_eq!(ids(&bench), ["1", "2", "3"], "{shape}");
        let bench = Bench::new();
        bench.run_with(&[&IMPORT[..], &["-"]].concat(), text).ok();
        assert_eq!(ids(&bench), ["1", "2", "3"], "{shape} on standard input");
    };
    check("lines", "{\"_id\":1}\n{\"_id\":2}\n{\"_id\":3}\n");
    check("no last line end", "{\"_id\":1}\n{\"_id\":2}\n{\"_id\":3}");
    check("CRLF", "{\"_id\":1}\r\n{\"_id\":2}\r\n{\"_id\":3}\r\n");
    check("byte order mark", "\u{feff}{\"_id\":1}\n{\"_id\":2}\n{\"_id\":3}\n");
    check("byte order mark and CRLF", "\u{feff}{\"_id\":1}\r\n{\"_id\":2}\r\n{\"_id\":3}\r\n");
    check("blank lines", "\n\n{\"_id\":1}\n\n{\"_id\":2}\n   \n{\"_id\":3}\n\n");
    check("array", "[{\"_id\":1},{\"_id\":2},{\"_id\":3}]");
    check("spread array", "[\n  {\n    \"_id\": 1\n  },\n  {\"_id\": 2},\n  {\"_id\": 3}\n]\n");
    check("array with byte order mark", "\u{feff}[{\"_id\":1},\r\n{\"_id\":2},{\"_id\":3}]\r\n");
    check("spread documents", "{\n  \"_id\": 1\n}\n{\n  \"_id\": 2\n}\n{ \"_id\": 3 }\n");
}

#[test]
fn several_files_keep_their_order() {
    let bench = Bench::new();
    bench.write("one", "[{\"_id\":3},{\"_id\":1}]");
    bench.write("two", "{\"_id\":2}\n{\"_id\":0}\n");
    bench.run_with(&[&IMPORT[..], &["one", "-", "two"]].concat(), "{\"_id\":9}").ok();
    assert_eq!(ids(&bench), ["3", "1", "9", "2", "0"]);
}

#[test]
fn many_batches_keep_their_order() {
    let bench = Bench::with(&numbered(0..3500));
    let wanted: Vec<String> = (0..3500).map(|n| n.to_string()).collect();
    assert_eq!(ids(&bench), wanted);
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "3500\n");
}

#[test]
fn nothing_to_import_is_an_empty_collection() {
    let check = |text: &str| {
        let bench = Bench::new();
        let said = bench.run_with(&[&IMPORT[..], &["-"]].concat(), text).ok();
        assert!(said.starts_with("imported 0 documents into c"), "{said}");
        assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "0\n");
    };
    check("");
    check("\n\n");
    check("[]");
}

#[test]
fn a_bad_line_ends_the_import_and_the_batches_before_it_stay() {
    let check = |bad: &str, what: &[&str]| {
        let bench = Bench::new();
        bench.write("in.ndjson", numbered(0..2500) + bad + "\n" + &numbered(2500..2600));
        let said = [what, &["in.ndjson, line 2501", "2,000 documents were imported before"]].concat();
        bench.run(&[&IMPORT[..], &["in.ndjson"]].concat()).fails(1, &said);
        assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "2000\n", "{bad}");
        assert_eq!(ids(&bench).last().map(String::as_str), Some("1999"));
        assert!(bench.run(&["check", "--db", "a"]).ok().ends_with("no faults\n"));
    };
    check("{\"_id\":1, oops}", &["column 11", "oops"]);
    check("{\"a\":1", &["column 1", "no end"]);
    check("{\"a\":{\"b\":[1,2,]}}", &["column 16", "a.b"]);
    check("not a document", &["column 1", "'n'"]);
    check("{\"a\":{\"$date\":\"yesterday\"}}", &["a.$date", "yesterday"]);
    check("{\"a\":1,\"a\":2}", &["column 8", "a"]);
    check(&format!("{{\"a\":{}1{}}}", "[".repeat(120), "]".repeat(120)), &["100"]);
    check("{\"_id\":[1]}", &["_id"]);
    check("{\"_id\":17}", &["duplicate key", "17"]);
}

#[test]
fn a_fault_in_the_first_batch_leaves_nothing() {
    let bench = Bench::new();
    let text = "{\"_id\":1}\n{\"_id\":1}\n";
    let what = ["standard input, line 2", "duplicate key", "0 documents were imported before"];
    bench.run_with(&[&IMPORT[..], &["-"]].concat(), text).fails(1, &what);
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "0\n");
}

#[test]
fn a_fault_in_the_second_file_keeps_all_of_the_first() {
    let bench = Bench::new();
    bench.write("one", numbered(0..1500));
    bench.write("two", "[{\"_id\":5000}, {\"_id\":5001]");
    let what = ["two, line 1", "1,500 documents were imported before"];
    bench.run(&[&IMPORT[..], &["one", "two"]].concat()).fails(1, &what);
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "1500\n");
}

#[test]
fn an_import_adds_to_what_is_there() {
    let bench = Bench::with(&numbered(0..10));
    bench.run_with(&[&IMPORT[..], &["-"]].concat(), numbered(10..20)).ok();
    assert_eq!(ids(&bench).len(), 20);
    bench.run_with(&[&IMPORT[..], &["-"]].concat(), numbered(15..30)).fails(1, &["line 1", "15"]);
    assert_eq!(ids(&bench).len(), 20);
}

#[test]
fn a_source_that_cannot_be_read_creates_nothing() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("folder")).expect("a folder");
    bench.write("good", "{}");
    bench.run(&[&IMPORT[..], &["missing.ndjson"]].concat()).fails(1, &["open missing.ndjson"]);
    bench.run(&[&IMPORT[..], &["good", "missing.ndjson"]].concat()).fails(1, &["missing.ndjson"]);
    bench.run(&[&IMPORT[..], &["folder"]].concat()).fails(1, &["folder"]);
    bench.run_with(&[&IMPORT[..], &["-", "-"]].concat(), "{}").fails(2, &["standard input", "2"]);
    assert_eq!(bench.names(), ["folder", "good"]);
}

#[test]
fn texts_without_an_end_name_where_they_begin() {
    let bench = Bench::new();
    let check = |text: &str, what: &[&str]| {
        bench.run_with(&[&IMPORT[..], &["-"]].concat(), text).fails(1, what);
    };
    check("[{\"_id\":1},", &["standard input, line 1"]);
    check("{\"_id\":1}\n{\"_id\":2", &["line 2"]);
    check("[{\"_id\":1}] {\"_id\":2}", &["line 1, column 13"]);
    check("17", &["line 1, column 1"]);
    check("{\"a\":\"\u{0007}\"}", &["line 1"]);
    let bytes = b"{\"a\":\"\xff\"}";
    bench.run_with(&[&IMPORT[..], &["-"]].concat(), bytes).fails(1, &["line 1", "0xff"]);
}

#[test]
fn integers_that_become_doubles_are_told() {
    let bench = Bench::new();
    let text = "{\"_id\":1,\"n\":18446744073709551616}\n{\"_id\":2,\"n\":9223372036854775807}\n";
    let said = bench.run_with(&[&IMPORT[..], &["-"]].concat(), text);
    said.ok_but_says("1 integer beyond 64 bits became doubles");
    assert!(bench.all().contains(r#"{"$numberLong":"9223372036854775807"}"#));
}

#[test]
fn large_documents_make_smaller_batches() {
    let bench = Bench::new();
    let megabyte = "x".repeat(1 << 20);
    let text: String = (0..80).map(|n| format!("{{\"_id\":{n},\"text\":\"{megabyte}\"}}\n")).collect();
    bench.write("in", text);
    bench.run(&[&IMPORT[..], &["in"]].concat()).ok();
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "80\n");
    let over = format!("{{\"text\":\"{}\"}}", "x".repeat(17 << 20));
    bench.run_with(&[&IMPORT[..], &["-"]].concat(), over).fails(1, &["line 1", "16777216"]);
}
