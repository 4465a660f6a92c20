//! Documents into files: every type kept, nothing half-written.

use crate::bench::{Bench, numbered};

/// One value of every type, canonical.
const ALL_TYPES: &str = r#"{"_id":{"$oid":"57e193d7a9cc81b4027498b5"},"double":{"$numberDouble":"-1.5"},"whole":{"$numberDouble":"2.0"},"nan":{"$numberDouble":"NaN"},"infinite":{"$numberDouble":"-Infinity"},"text":"a \"b\" \\ ü 😀 \n \u0000","empty":"","document":{"a":{"b":{}}},"array":[{"$numberInt":"1"},[],[null]],"binary":{"$binary":{"base64":"AQIDBA==","subType":"00"}},"uuid":{"$binary":{"base64":"xoLyPkzwQ4ecB3Nvn27wbA==","subType":"04"}},"true":true,"false":false,"date":{"$date":{"$numberLong":"-1"}},"far":{"$date":{"$numberLong":"9223372036854775807"}},"null":null,"pattern":{"$regularExpression":{"pattern":"^a.*/","options":"im"}},"code":{"$code":"f()"},"scoped":{"$code":"g()","$scope":{"x":{"$numberInt":"1"}}},"symbol":{"$symbol":"s"},"int":{"$numberInt":"-2147483648"},"stamp":{"$timestamp":{"t":4294967295,"i":1}},"long":{"$numberLong":"1"},"decimal":{"$numberDecimal":"1.10"},"min":{"$minKey":1},"max":{"$maxKey":1},"undefined":{"$undefined":true},"pointer":{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"57e193d7a9cc81b4027498b5"}}},"":{"$numberInt":"0"},"dotted.name":{"$numberInt":"1"}}
"#;

const EXPORT: [&str; 5] = ["export", "--db", "a", "-c", "c"];

#[test]
fn canonical_text_comes_back_as_it_went_in() {
    let bench = Bench::with(&(ALL_TYPES.to_owned() + &numbered(0..2500)));
    let said = bench.run(&[&EXPORT[..], &["--json=canonical", "--output", "out"]].concat()).ok();
    assert!(said.starts_with("exported 2,501 documents to out in "), "{said}");
    let out = bench.read("out");
    assert!(out.starts_with(ALL_TYPES), "{}", out.lines().next().unwrap_or_default());
    assert_eq!(bench.all(), out, "standard output and a file get the same");
    bench.run(&["import", "--db", "b", "-c", "copy", "out"]).ok();
    let again = bench.run(&["export", "--db", "b", "-c", "copy", "--json=canonical"]).ok();
    assert!(again == out, "a second round trip changed something");
}

#[test]
fn relaxed_text_is_the_default() {
    let bench = Bench::with("{\"_id\":{\"$numberLong\":\"5\"}}\n");
    assert_eq!(bench.run(&EXPORT).ok(), "{\"_id\":5}\n");
    bench.run(&[&EXPORT[..], &["-o", "out"]].concat()).ok();
    assert_eq!(bench.read("out"), "{\"_id\":5}\n");
}

#[test]
fn an_export_replaces_what_had_its_name() {
    let bench = Bench::with("{\"_id\":1}\n");
    bench.write("out", "something much longer that was here before\n".repeat(100));
    bench.run(&[&EXPORT[..], &["-o", "out"]].concat()).ok();
    assert_eq!(bench.read("out"), "{\"_id\":1}\n");
    assert_eq!(bench.names().iter().filter(|name| name.starts_with('.')).count(), 0, "{:?}", bench.names());
}

#[test]
fn an_export_that_fails_leaves_what_was_there() {
    let bench = Bench::with("{\"_id\":1}\n");
    bench.write("out", "before\n");
    std::fs::create_dir(bench.path("folder")).expect("a folder");
    let names = bench.names();
    bench.run(&["export", "--db", "a", "-c", "none", "-o", "out"]).fails(1, &["a", "\"none\""]);
    bench.run(&["export", "--db", "none", "-c", "c", "-o", "out"]).fails(1, &["none.db"]);
    bench.run(&[&EXPORT[..], &["-o", "folder"]].concat()).fails(1, &["write folder"]);
    bench.run(&[&EXPORT[..], &["-o", "missing/out"]].concat()).fails(1, &["write missing/out"]);
    assert_eq!(bench.read("out"), "before\n");
    assert_eq!(bench.names(), names);
}

#[cfg(unix)]
#[test]
fn an_export_can_be_read_by_whom_a_new_file_could() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::with("{\"_id\":1}\n");
    bench.write("plain", "");
    let mode = |name: &str| std::fs::metadata(bench.path(name)).expect("a file").permissions().mode() & 0o777;
    bench.run(&[&EXPORT[..], &["-o", "out"]].concat()).ok();
    assert_eq!(mode("out"), mode("plain"));
    std::fs::set_permissions(bench.path("out"), std::fs::Permissions::from_mode(0o600)).expect("permissions");
    bench.run(&[&EXPORT[..], &["-o", "out"]].concat()).ok();
    assert_eq!(mode("out"), 0o600, "a file that was private stays so");
}
