use std::io::{self, BufReader, Read};

use serde_json::Value as Json;

use super::parse::parse_document_at;
use super::*;
use crate::document::json::fault::Origin;
use crate::document::raw::{RawDoc, Value};
use crate::document::tests::random::Dice;
use crate::error::{Error, ErrorKind};

const CORPUS: &str = include_str!("../../../../tests/conformance/extjson.json");

fn text<'c>(case: &'c Json, key: &str) -> Option<&'c str> {
    case.get(key).map(|value| value.as_str().unwrap())
}

fn flag(case: &Json, key: &str) -> bool {
    case.get(key).is_some_and(|value| value.as_bool().unwrap())
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is wrong with a case, if anything.
fn run(case: &Json) -> Result<(), String> {
    let options = case.get("options").map_or_else(ParseOptions::default, |options| ParseOptions {
        legacy: flag(options, "legacy"),
        strict_numbers: flag(options, "strict_numbers"),
    });
    if let Some(kind) = text(case, "error") {
        let result = match (text(case, "input"), text(case, "bson")) {
            (Some(input), _) => parse_document_with(input, options).map(|doc| hex_of(doc.as_bytes())),
            (None, bson) => RawDoc::validate(&bytes_of(bson.unwrap())).map(|doc| hex_of(doc.as_bytes())),
        };
        let error = result.err().ok_or("was accepted")?;
        let expected = text(case, "error_contains").unwrap();
        let right = error.kind().name() == kind && error.to_string().contains(expected);
        return if right { Ok(()) } else { Err(format!("expected {kind} with `{expected}`, got {error:?}")) };
    }
    let hex = text(case, "bson").unwrap();
    let bytes = bytes_of(hex);
    let doc = RawDoc::validate(&bytes).map_err(|error| error.to_string())?;
    let same = |what: &str, seen: &str, expected: &str| {
        if seen == expected { Ok(()) } else { Err(format!("{what} is\n  {seen}\nnot\n  {expected}")) }
    };
    let read =
        |input: &str| parse_document_at(input, options, Origin::START).map_err(|error| error.to_string());
    if let Some(input) = text(case, "input") {
        let (doc, inexact) = read(input)?;
        same("the input's BSON", &hex_of(doc.as_bytes()), hex)?;
        same(
            "inexact",
            &inexact.to_string(),
            &case.get("inexact_integers").map_or("0".to_owned(), Json::to_string),
        )?;
    }
    let (canonical, relaxed) = (text(case, "canonical").unwrap(), text(case, "relaxed").unwrap());
    same("canonical", &document_to_string(doc, Mode::Canonical), canonical)?;
    same("relaxed", &document_to_string(doc, Mode::Relaxed), relaxed)?;
    same("safe", &document_to_string(doc, Mode::Safe), text(case, "safe").unwrap_or(relaxed))?;
    for (text, exact) in [(canonical, !flag(case, "one_way")), (relaxed, !lossy(case))] {
        let again = parse_document(text).map_err(|error| format!("its own output is refused: {error}"))?;
        if exact {
            same(text, &hex_of(again.as_bytes()), hex)?;
        }
    }
    Ok(())
}

fn lossy(case: &Json) -> bool {
    flag(case, "one_way") || flag(case, "one_way_relaxed")
}

#[test]
fn the_corpus_holds() {
    let corpus: Json = serde_json::from_str(CORPUS).unwrap();
    let cases = corpus["cases"].as_array().unwrap();
    assert!(cases.len() >= 300, "{} cases", cases.len());
    let failures: Vec<_> = cases
        .iter()
        .filter_map(|case| run(case).err().map(|what| format!("{}: {what}", case["name"])))
        .collect();
    assert!(failures.is_empty(), "{} of {} fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn random_documents_come_back_from_canonical_text() {
    let seed = 30;
    let mut dice = Dice::new(seed);
    for round in 0..3_000 {
        let doc = dice.document(8, 5);
        let once = document_to_string(doc.as_doc(), Mode::Canonical);
        match parse_document(&once) {
            Ok(again) => {
                let twice = document_to_string(again.as_doc(), Mode::Canonical);
                assert_eq!(once, twice, "seed {seed}, round {round}");
            }
            // Random documents repeat names, and random names include `$x`.
            Err(error) => {
                assert!(error.message().contains("stands twice"), "seed {seed}, round {round}: {error}");
            }
        }
    }
}

#[test]
fn broken_texts_are_errors_and_nothing_worse() {
    let seed = 31;
    let mut dice = Dice::new(seed);
    let corpus: Json = serde_json::from_str(CORPUS).unwrap();
    for case in corpus["cases"].as_array().unwrap() {
        let Some(input) = text(case, "input").filter(|input| input.len() < 2_000) else { continue };
        for end in (0..input.len()).filter(|end| input.is_char_boundary(*end)) {
            let _ = parse_document(&input[..end]);
        }
        for _ in 0..20 {
            let mut bytes = input.as_bytes().to_vec();
            if !bytes.is_empty() {
                let at = dice.below(bytes.len() as u64) as usize;
                bytes[at] = dice.next() as u8;
            }
            for legacy in [false, true] {
                let options = ParseOptions { legacy, strict_numbers: false };
                if let Ok(doc) = parse_document_with(&String::from_utf8_lossy(&bytes), options) {
                    assert!(RawDoc::validate(doc.as_bytes()).is_ok(), "seed {seed}: {bytes:?}");
                }
            }
        }
    }
}

#[test]
fn bare_values() {
    let check = |text: &str, expected: Value<'_>| {
        assert_eq!(parse_value(text).unwrap().as_value().read(), expected, "{text}");
    };
    check("5", Value::Int32(5));
    check(r#" "x" "#, Value::String("x"));
    check(r#"{"$oid":"000000000000000000000000"}"#, Value::ObjectId([0; 12]));
    check("[]", Value::Array(RawDoc::empty()));
    assert!(parse_value("1 2").is_err());
    assert!(parse_value("").is_err());
}

#[test]
fn dates_agree_with_a_walk_through_the_calendar() {
    let (mut ms, mut year, mut month, mut day) = (0_i64, 1970, 1, 1);
    while year < 2_500 {
        let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
        assert_eq!(format_date(ms).as_deref(), Some(&*text));
        assert_eq!(parse_date(&text), Ok(ms));
        let leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
        day += 1;
        if day > days {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
        ms += 86_400_000;
    }
}

#[test]
fn a_document_that_grows_too_large_is_refused() {
    let text = format!("{{\"a\":\"{}\"}}", "x".repeat(16 * 1024 * 1024));
    let error = parse_document(&text).unwrap_err();
    assert_eq!(error.code(), Some(10334));
    assert!(error.message().contains("at \"a\""));
}

/// A source that hands out a few bytes at a time.
struct Drops<'t>(&'t [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.1.min(out.len()).min(self.0.len());
        out[..len].copy_from_slice(&self.0[..len]);
        self.0 = &self.0[len..];
        Ok(len)
    }
}

fn shown(item: Result<JsonDocument, Error>) -> String {
    match item {
        Ok(found) => format!("{} {}", found.line, document_to_string(found.doc.as_doc(), Mode::Relaxed)),
        Err(error) => error.to_string(),
    }
}

/// Each expected line is a beginning of what is seen.
fn check_stream(source: &str, expected: &[&str]) {
    for drop in [1, 2, 7, 4_096] {
        let drops = || BufReader::with_capacity(drop, Drops(source.as_bytes(), drop));
        let seen: Vec<_> = JsonDocuments::new(drops()).map(shown).collect();
        let right = seen.len() == expected.len() && seen.iter().zip(expected).all(|(a, b)| a.starts_with(b));
        assert!(right, "{source:?} by {drop}: {seen:#?}\nexpected {expected:#?}");
    }
}

#[test]
fn documents_one_after_the_other() {
    check_stream("", &[]);
    check_stream(" \r\n\n", &[]);
    check_stream("{\"a\":1}", &["1 {\"a\":1}"]);
    check_stream("{\"a\":1}\n{\"a\":2}\n", &["1 {\"a\":1}", "2 {\"a\":2}"]);
    check_stream("\u{feff}{\"a\":1}\r\n\r\n{\"a\":2}", &["1 {\"a\":1}", "3 {\"a\":2}"]);
    check_stream("{\"a\":1}{\"a\":2} {\"a\":3}", &["1 {\"a\":1}", "1 {\"a\":2}", "1 {\"a\":3}"]);
    check_stream("{\n\"a\":\n1}\n{}", &["1 {\"a\":1}", "4 {}"]);
    check_stream("{\"a\":\"}{\\\"\\\\\"}{}", &["1 {\"a\":\"}{\\\"\\\\\"}", "1 {}"]);
    check_stream(
        "{\"a\":1}\n{\"a\":nope}\n{\"a\":3}",
        &[
            "1 {\"a\":1}",
            "JSON line 2, column 6, at \"a\": expected a value, but found `nope}`",
            "3 {\"a\":3}",
        ],
    );
    check_stream("  {\"ä\":x}", &["JSON line 1, column 8, at \"ä\""]);
    check_stream(
        "5\n{}",
        &["JSON line 1, column 1: expected a document, beginning with `{`, but found '5'", "2 {}"],
    );
    check_stream("{}\n{\"a\":", &["1 {}", "JSON line 2, column 1: this document has no end"]);
}

#[test]
fn an_array_of_documents() {
    check_stream("[]", &[]);
    check_stream(" [ ] \n", &[]);
    check_stream("[{\"a\":[1]},\n {\"a\":2}\n]\n", &["1 {\"a\":[1]}", "2 {\"a\":2}"]);
    check_stream("[{},{\"a\":x},{}]", &["1 {}", "JSON line 1, column 10, at \"a\"", "1 {}"]);
    check_stream("[{}", &["1 {}", "JSON line 1, column 4: the array has no end"]);
    check_stream("[{} {}]", &["1 {}", "JSON line 1, column 5: expected `,` or `]`, but found '{'"]);
    check_stream(
        "[{},]",
        &["1 {}", "JSON line 1, column 5: expected a document, beginning with `{`, but found ']'"],
    );
    check_stream("[,{}]", &["JSON line 1, column 2: expected a document"]);
    check_stream("[1]", &["JSON line 1, column 2: expected a document"]);
    check_stream("[{}]{}", &["1 {}", "JSON line 1, column 5: expected nothing after the array"]);
    check_stream("[", &["JSON line 1, column 2: the array has no end"]);
}

#[test]
fn line_by_line_a_broken_line_costs_no_other() {
    let source = "{\"a\":1}\n{\"a\":\n\n [1]\r\n{\"a\":4} {}\n{\"a\":5}";
    let mut documents = JsonDocuments::lines(source.as_bytes(), ParseOptions::default());
    let expected = [
        "1 {\"a\":1}",
        "JSON line 2, column 6, at \"a\": expected a value, but found the end",
        "JSON line 4, column 2",
        "JSON line 5, column 9: expected the end of the text",
        "6 {\"a\":5}",
    ];
    for expected in expected {
        let seen = shown(documents.next().unwrap());
        assert!(seen.starts_with(expected), "{seen}, expected {expected}");
    }
    assert_eq!(documents.text(), b"{\"a\":5}");
    assert!(documents.next().is_none());
}

#[test]
fn bytes_that_are_no_text_cost_one_document() {
    let source = b"{\"a\":\"\xff\"}\n{\"a\":2}";
    let mut documents = JsonDocuments::new(&source[..]);
    assert!(shown(documents.next().unwrap()).contains("byte 0xff is not UTF-8"));
    assert_eq!(shown(documents.next().unwrap()), "2 {\"a\":2}");
    assert!(documents.next().is_none());
    let half_mark = JsonDocuments::new(&b"\xef\xbb{}"[..]).map(shown).collect::<Vec<_>>();
    assert_eq!(half_mark.len(), 1);
    assert!(half_mark[0].contains("byte order mark"));
}

#[test]
fn a_failing_source_ends_the_documents() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable is out"))
        }
    }
    let source = BufReader::new((&b"{\"a\":1}\n{\"a\""[..]).chain(Failing));
    let seen: Vec<_> = JsonDocuments::new(source).collect();
    assert_eq!(seen.len(), 2);
    let error = seen[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().contains("the cable is out"));
}

#[test]
fn integers_that_became_doubles_are_counted() {
    let mut documents =
        JsonDocuments::new(&b"{\"a\":18446744073709551615,\"b\":1}\n{\"a\":[99999999999999999999]}"[..]);
    assert_eq!(documents.by_ref().filter(Result::is_ok).count(), 2);
    assert_eq!(documents.inexact_integers(), 2);
}
