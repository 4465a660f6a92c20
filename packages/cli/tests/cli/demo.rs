//! The demo, and the data it ships.

use crate::bench::{Bench, PROGRAM};

#[test]
fn the_demo_shows_the_whole_of_it() {
    let bench = Bench::new();
    let said = bench.run(&["demo"]).ok();
    let mut rest = said.as_str();
    for wanted in [
        "earthquakes.ndjson: 1,707 documents",
        "airports.ndjson: 3,376 documents",
        "$ nexuslite create --db world.db\ncreated world.db\n",
        "$ nexuslite import --db world.db --collection earthquakes earthquakes.ndjson\nimported 1,707 documents",
        "$ nexuslite import --db world.db --collection airports airports.ndjson\nimported 3,376 documents",
        "3376  airports\n1707  earthquakes\n",
        "\"place\":\"22km NNE of Hualian, Taiwan\"",
        "\n39\n",
        "--sort '{\"magnitude.value\": -1}'",
        "\"place\":\"272km SSE of Sigave, Wallis and Futuna\"",
        "18km WSW of Corcoran, CA",
        "\nCOLLSCAN  3,376 documents examined, 8 returned\n",
        "created the index city_1 of airports, over 3,376 documents, in ",
        "\n  IXSCAN city_1  8 keys examined, 8 returned\n",
        "8 returned; 8 keys and 8 documents examined, in ",
        "{\"v\":2,\"key\":{\"city\":1},\"name\":\"city_1\"}\n",
        "matched 5, modified 5\n",
        "inserted {\"_id\":\"BER\"}\n",
        "deleted 28 documents\n",
        "exported 1,679 documents to week.ndjson",
        "{\"edition\":1,\"headline\":true}",
        "\nno faults\n",
        "3377  airports\n1679  earthquakes\n   1  visitors\n",
        "# Done in ",
    ] {
        let Some(at) = rest.find(wanted) else {
            panic!("after what was found before, {wanted:?} is not in:\n{rest}")
        };
        rest = &rest[at + wanted.len()..];
    }
    assert!(bench.names().is_empty(), "{:?}", bench.names());
}

#[test]
fn the_demo_leaves_everything_in_a_folder_that_is_named() {
    let bench = Bench::new();
    bench.run(&["demo", "--dir", "shown/here"]).ok();
    let count = |collection: &str| bench.run(&["count", "--db", "shown/here/world", "-c", collection]).ok();
    assert_eq!((count("earthquakes"), count("airports")), ("1679\n".to_owned(), "3377\n".to_owned()));
    bench.run(&["import", "--db", "again", "-c", "c", "shown/here/week.ndjson"]).ok();
    let exported = bench.run(&["export", "--db", "again", "-c", "c", "--json=canonical"]).ok();
    assert!(exported == bench.read("shown/here/week.ndjson"));
    bench.run(&["demo", "--dir", "shown/here"]).fails(1, &["earthquakes.ndjson", "exists already"]);
}

/// What the demo prints can be typed: a shell runs the same commands to the same end.
#[cfg(unix)]
#[test]
fn the_commands_that_the_demo_shows_can_be_typed() {
    let bench = Bench::new();
    let said = bench.run(&["demo", "--dir", "shown"]).ok();
    let typed: String = said
        .lines()
        .filter_map(|line| line.strip_prefix("$ nexuslite "))
        .map(|words| format!("\"$PROGRAM\" {words}\n"))
        .collect();
    for name in ["earthquakes.ndjson", "airports.ndjson"] {
        std::fs::copy(bench.path("shown").join(name), bench.path(name)).expect("a copy");
    }
    let shell = std::process::Command::new("sh")
        .args(["-e", "-c", &typed])
        .env("PROGRAM", PROGRAM)
        .current_dir(bench.path(""))
        .output()
        .expect("a shell");
    assert!(shell.status.success(), "{}\n{}", typed, String::from_utf8_lossy(&shell.stderr));
    assert!(bench.read("week.ndjson") == bench.read("shown/week.ndjson"));
    assert_eq!(bench.run(&["count", "--db", "world", "-c", "earthquakes"]).ok(), "1679\n");
}

#[test]
fn every_shipped_document_has_what_the_readme_promises() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data/");
    let text = |name: &str| std::fs::read_to_string(format!("{data}{name}")).expect("a data file");
    let earthquakes = text("earthquakes.ndjson");
    assert_eq!((earthquakes.lines().count(), text("airports.ndjson").lines().count()), (1707, 3376));
    for line in earthquakes.lines() {
        for field in ["\"time\":{\"$date\":\"2018-", "\"magnitude\":{", "\"coordinates\":[", "\"products\":["]
        {
            assert!(line.contains(field), "{field} is missing in {line}");
        }
    }
    let readme = text("README.md");
    assert!(readme.contains("public domain") && readme.contains("1,707") && readme.contains("3,376"));
}
