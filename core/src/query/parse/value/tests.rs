//! The conformance corpus of expressions.

use super::{expression, pipeline};
use crate::document::builder::RawDocBuf;
use crate::document::json::{Mode, value_to_string};
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, ErrorKind, Result};
use crate::expression::value::Moment;
use crate::query::parse::Terms;
use crate::query::parse::tests::{check_all, check_error, doc, same_bytes};

/// What an expression computed to: none when it is missing.
fn evaluate(written: RawValue<'_>, document: RawDoc<'_>) -> Result<Option<(u8, Vec<u8>)>> {
    let expression = expression(written, Terms::default())?;
    let item = expression.evaluate(document, &Moment::at(0))?;
    Ok(item.raw().map(|value| (value.tag(), value.as_bytes().to_vec())))
}

fn check_corpus(corpus: &str, least: usize) {
    check_all(corpus, least, |case| {
        let written = case.get("expression").ok_or("no expression")?;
        let outcome = evaluate(written, doc(case, "document").unwrap_or(RawDoc::empty()));
        if check_error(case, &outcome)? {
            return Ok(());
        }
        let found = outcome.map_err(|error| error.to_string())?;
        let found = found.as_ref().map(|(tag, bytes)| RawValue::new(*tag, bytes));
        match (found, case.get("result"), case.get("missing")) {
            (None, None, Some(_)) => Ok(()),
            (Some(found), Some(expected), None) if found == expected => Ok(()),
            (None, ..) => Err("computed to nothing".to_owned()),
            (Some(found), ..) => Err(format!("computed {}", value_to_string(found, Mode::Canonical))),
        }
    });
}

macro_rules! corpora {
    ($($name:ident = $file:literal, $least:literal;)+) => {
        $(#[test]
        fn $name() {
            check_corpus(include_str!(concat!("../../../../../tests/conformance/", $file)), $least);
        })+
    };
}

corpora! {
    paths_comparisons_and_conditions_compute_as_in_mongodb = "expressions.json", 240;
    arithmetic_computes_as_in_mongodb = "expressions_arithmetic.json", 360;
    arrays_sets_and_objects_compute_as_in_mongodb = "expressions_arrays.json", 230;
    texts_conversions_and_dates_compute_as_in_mongodb = "expressions_text.json", 400;
}

#[test]
fn pipelines_make_of_documents_what_they_make_in_mongodb() {
    check_all(include_str!("../../../../../tests/conformance/pipeline_updates.json"), 45, |case| {
        let stages = case.get("pipeline").and_then(|stages| stages.as_array()).ok_or("no pipeline")?;
        let document = doc(case, "document").unwrap_or(RawDoc::empty());
        let outcome = pipeline(stages, Terms::default()).and_then(|pipeline| pipeline.run(document, &Moment::at(0)));
        if check_error(case, &outcome)? {
            return Ok(());
        }
        let found = outcome.map_err(|error| error.to_string())?;
        same_bytes(&found, doc(case, "result").ok_or("no result")?)
    });
}

/// The document `{v: …}` that `written`, in JSON, is.
fn value(written: &str) -> RawDocBuf {
    crate::document::json::parse_document(&format!("{{\"v\": {written}}}")).expect("Extended JSON")
}

#[test]
fn every_operator_of_the_guide_computes_what_it_says() {
    let guide = include_str!("../../../../../docs/guide/expressions.md");
    let (mut examples, mut named) = (0, std::collections::BTreeSet::new());
    for line in guide.lines().filter(|line| line.starts_with("| `$")) {
        let cells: Vec<&str> = line.split(" | ").map(|cell| cell.trim_matches(['|', ' ', '`'])).collect();
        let [name, document, written, result] = cells[..] else { panic!("four cells: {line}") };
        named.insert(name.to_owned());
        let (document, written, result) = (value(document), value(written), value(result));
        let inside = |doc: &RawDocBuf| doc.as_doc().get("v").map(|v| (v.tag(), v.as_bytes().to_vec()));
        let document = document.as_doc().get("v").and_then(|v| v.as_document()).expect("a document");
        let written = written.as_doc().get("v").expect("an expression");
        let found = evaluate(written, document).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(found, inside(&result), "{line}");
        examples += 1;
    }
    let known = crate::expression::value::Function::all().map(|function| function.name.to_owned());
    let missing: Vec<String> = known.filter(|name| !named.contains(name)).collect();
    assert!(missing.is_empty(), "the guide has no example of {missing:?}");
    assert!(examples >= 110, "only {examples} examples");
}

#[test]
fn expressions_deeper_than_the_bound_are_refused() {
    let nested = |depth: usize| {
        let mut bytes = RawDocBuf::build(|doc| doc.put("$literal", Value::Int32(1)));
        for _ in 1..depth {
            bytes =
                RawDocBuf::build(|doc| doc.append("$not", RawValue::new(tag::DOCUMENT, bytes.as_bytes())));
        }
        expression(RawValue::new(tag::DOCUMENT, bytes.as_bytes()), Terms::default()).map(|_| ())
    };
    assert!(nested(100).is_ok());
    assert_eq!(nested(101).expect_err("too deep").code(), Some(15));
}

#[test]
fn a_loop_ends_when_its_leave_does() {
    let written = value(
        r#"{"$map": {"input": {"$range": [0, 1000]}, "as": "x", "in": {"$size": {"$map": {"input": {"$range": [0, 1000]}, "in": "$$x"}}}}}"#,
    );
    let expression = expression(written.as_doc().get("v").expect("v"), Terms::default()).expect("an expression");
    let asked = std::cell::Cell::new(0);
    let leave = || {
        asked.set(asked.get() + 1);
        if asked.get() > 100 { Err(Error::new(ErrorKind::Cancelled, "enough")) } else { Ok(()) }
    };
    let error =
        expression.evaluate(RawDoc::empty(), &Moment { now_ms: 0, leave: &leave }).expect_err("stopped");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(asked.get(), 101);
}

#[test]
fn values_that_double_again_and_again_stop_at_the_size_of_a_document() {
    let mut written = r#"{"$concat": ["$$a", "$$a"]}"#.to_owned();
    for _ in 0..30 {
        written =
            format!(r#"{{"$let": {{"vars": {{"a": {{"$concat": ["$$a", "$$a"]}}}}, "in": {written}}}}}"#);
    }
    let written = value(&format!(r#"{{"$let": {{"vars": {{"a": "$s"}}, "in": {written}}}}}"#));
    let document = value(r#""0123456789""#);
    let document = RawDocBuf::build(|doc| doc.append("s", document.as_doc().get("v").expect("v")));
    let error = evaluate(written.as_doc().get("v").expect("v"), document.as_doc()).expect_err("too large");
    assert_eq!(error.code(), Some(10334));
}
