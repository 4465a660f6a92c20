//! The conformance corpus, run against parsers and expressions.

use std::fmt::Write as _;

use super::{Projected, Terms};
use crate::document::json::{Mode, parse_document, value_to_string};
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::Result;
use crate::expression::projection::Meta;
use crate::expression::update::Occasion;
use crate::expression::upsert::upsert;
use crate::expression::value::Moment;

/// Runs every case of a corpus and tells of all that fail.
pub(super) fn check_all(corpus: &str, least: usize, check: impl Fn(RawDoc<'_>) -> Result<(), String>) {
    let (count, faults) = faults_of(corpus, check);
    assert!(faults.is_empty(), "\n{faults}");
    assert!(count >= least, "only {count} cases");
}

/// How many cases there are, and all that fail. A file names the pages of the manual that it follows.
fn faults_of(corpus: &str, check: impl Fn(RawDoc<'_>) -> Result<(), String>) -> (usize, String) {
    let corpus = parse_document(corpus).expect("the corpus is Extended JSON");
    let manual = corpus.as_doc().get("manual").and_then(|manual| manual.as_str()).unwrap_or_default();
    assert!(manual.starts_with("https://www.mongodb.com/docs/manual/"), "a file names no page of the manual");
    let cases = corpus.as_doc().get("cases").and_then(|cases| cases.as_array()).expect("cases");
    let mut faults = String::new();
    let mut count = 0;
    for (_, case) in cases.iter() {
        let case = case.as_document().expect("a case is a document");
        count += 1;
        if let Err(fault) = check(case) {
            let case = text(case);
            writeln!(faults, "{case}\n    {fault}").expect("writing to a string");
        }
    }
    (count, faults)
}

pub(super) fn doc<'a>(case: RawDoc<'a>, name: &str) -> Option<RawDoc<'a>> {
    case.get(name).and_then(|value| value.as_document())
}

fn text(doc: RawDoc<'_>) -> String {
    value_to_string(RawValue::new(crate::document::raw::tag::DOCUMENT, doc.as_bytes()), Mode::Canonical)
}

/// Compares an outcome with the `error` of a case; answers whether there was one to compare with.
pub(super) fn check_error<T: std::fmt::Debug>(case: RawDoc<'_>, outcome: &Result<T>) -> Result<bool, String> {
    let (expected, error) = match (doc(case, "error"), outcome) {
        (None, Ok(_)) => return Ok(false),
        (None, Err(error)) => return Err(format!("failed: {error:?}")),
        (Some(_), Ok(value)) => return Err(format!("did not fail: {value:?}")),
        (Some(expected), Err(error)) => (expected, error),
    };
    let kind = expected.get("kind").and_then(|kind| kind.as_str());
    let code = expected.get("code").map(|code| code.read());
    let says = expected.get("says").and_then(|says| says.as_str()).unwrap_or_default();
    let same = kind == Some(error.kind().name())
        && code == error.code().map(Value::Int32)
        && error.message().contains(says);
    if same { Ok(true) } else { Err(format!("failed in another way: {error:?}")) }
}

pub(super) fn same_bytes(found: &[u8], expected: RawDoc<'_>) -> Result<(), String> {
    RawDoc::validate(found).map_err(|error| format!("made a broken document: {error}"))?;
    if found == expected.as_bytes() { Ok(()) } else { Err(format!("made {}", text(RawDoc::new(found)))) }
}

macro_rules! filters {
    ($($operator:ident = $least:literal;)+) => {
        $(#[test]
        fn $operator() {
            let corpus = include_str!(concat!("../../../../tests/conformance/filters/", stringify!($operator), ".json"));
            check_all(corpus, $least, check_filter);
        })+

        #[test]
        fn every_file_is_run() {
            let run = [$(concat!(stringify!($operator), ".json")),+];
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conformance/filters");
            for file in std::fs::read_dir(folder).expect("the folder of the corpus") {
                let name = file.expect("a file").file_name();
                assert!(run.contains(&name.to_str().expect("a name")), "{name:?} is not run");
            }
        }
    };
}

/// Filters take what they take in MongoDB: a file of cases for each operator.
mod filters_take {
    use super::{check_all, check_filter};

    filters! {
        all = 60;
        bits = 150;
        elem_match = 95;
        exists = 85;
        in_list = 95;
        json_schema = 420;
        logical = 80;
        miscellaneous = 60;
        modulo = 110;
        regex = 380;
        size = 50;
        type_set = 170;
    }
}

#[test]
fn filters_take_what_they_take_in_mongodb() {
    check_all(include_str!("../../../../tests/conformance/filters.json"), 280, check_filter);
}

fn check_filter(case: RawDoc<'_>) -> Result<(), String> {
    let filter = super::filter(doc(case, "filter").ok_or("no filter")?);
    let document = doc(case, "document").unwrap_or(RawDoc::empty());
    let found = filter.and_then(|filter| filter.matches_at(document, &Moment::at(0)));
    if check_error(case, &found)? {
        return Ok(());
    }
    let expected = case.get("matches").map(|matches| matches.read());
    let found = found.ok().map(Value::Boolean);
    if found == expected { Ok(()) } else { Err(format!("answered {found:?}")) }
}

/// The moment of every update in the corpus.
const NOW_MS: i64 = 1_700_000_000_123;

#[test]
fn updates_make_what_they_make_in_mongodb() {
    check_corpora(UPDATES, 600, check_update);
}

/// Runs several files of cases.
fn check_corpora(corpora: &[(&str, &str)], least: usize, check: fn(RawDoc<'_>) -> Result<(), String>) {
    let (mut total, mut all_faults) = (0, String::new());
    for (name, corpus) in corpora {
        let (count, faults) = faults_of(corpus, check);
        total += count;
        if !faults.is_empty() {
            let _ = writeln!(all_faults, "{name}:\n{faults}");
        }
    }
    assert!(all_faults.is_empty(), "\n{all_faults}");
    assert!(total >= least, "only {total} cases");
}

macro_rules! corpora {
    ($($corpora:ident: $($name:literal)+;)+) => {$(
        const $corpora: &[(&str, &str)] = &[$(
            ($name, include_str!(concat!("../../../../tests/conformance/", $name, ".json"))),
        )+];
    )+};
}

corpora! {
    UPDATES:
    "updates" "updates-numbers" "updates-fields" "updates-push" "updates-sets" "updates-pull" "updates-positional"
    "updates-upserts" "updates-refusals";
    PROJECTIONS: "projections" "projections-slice" "projections-elem-match" "projections-positional";
}

fn check_update(case: RawDoc<'_>) -> Result<(), String> {
    let list = |name: &str| case.get(name).and_then(|value| value.as_array());
    let array_filters: Vec<RawDoc<'_>> =
        list("arrayFilters").iter().flat_map(RawDoc::iter).filter_map(|(_, doc)| doc.as_document()).collect();
    let update = super::update(doc(case, "update").ok_or("no update")?, &array_filters, Terms::default());
    let filter = doc(case, "filter").map(super::filter).transpose().map_err(|error| error.to_string())?;
    let Some(document) = doc(case, "document") else {
        let filter = filter.ok_or("neither a document nor a filter")?;
        let outcome = update.and_then(|update| upsert(&update, &filter, NOW_MS));
        return match check_error(case, &outcome)? {
            true => Ok(()),
            false => same_bytes(&outcome.unwrap_or_default(), doc(case, "result").ok_or("no result")?),
        };
    };
    if filter.as_ref().is_some_and(|filter| !filter.matches(document)) {
        return Err("the filter does not find the document".to_owned());
    }
    let matched = filter.and_then(|filter| filter.position(document));
    let occasion = Occasion { now_ms: NOW_MS, is_insert: false, matched };
    let outcome = update.and_then(|update| update.apply(document, &occasion));
    if check_error(case, &outcome)? {
        return Ok(());
    }
    let applied = outcome.map_err(|error| error.to_string())?;
    let modified = case.get("modified").map_or(Value::Boolean(true), |modified| modified.read());
    let expected = doc(case, "result").or((modified == Value::Boolean(false)).then_some(document));
    same_bytes(&applied.bytes, expected.ok_or("no result")?)?;
    if modified == Value::Boolean(applied.modified) { Ok(()) } else { Err("modified is wrong".to_owned()) }
}

#[test]
fn projections_hand_out_what_they_hand_out_in_mongodb() {
    check_corpora(PROJECTIONS, 220, |case| {
        let filter = doc(case, "filter").map(super::filter).transpose().map_err(|error| error.to_string())?;
        let of = Projected::Find(filter.as_ref());
        let projection =
            super::projection(doc(case, "projection").ok_or("no projection")?, Terms::default(), of);
        let Some(document) = doc(case, "document") else {
            return match check_error(case, &projection)? {
                true => Ok(()),
                false => Err("no document".to_owned()),
            };
        };
        if filter.as_ref().is_some_and(|filter| !filter.matches(document)) && case.get("error").is_some() {
            return Err("the filter does not find the document".to_owned());
        }
        let known = doc(case, "metadata").unwrap_or(RawDoc::empty());
        let time = |name: &str| match known.get(name).map(|value| value.read()) {
            Some(Value::DateTime(number) | Value::Int64(number)) => Some(number),
            _ => None,
        };
        let meta = Meta {
            created_at: time("createdAt"),
            updated_at: time("updatedAt"),
            version: time("version"),
            ..Meta::default()
        };
        let found = projection.and_then(|projection| projection.apply(document, &meta, &Moment::at(0)));
        if check_error(case, &found)? {
            return Ok(());
        }
        same_bytes(&found.unwrap_or_default(), doc(case, "result").ok_or("no result")?)
    });
}

#[test]
fn sorts_leave_the_order_that_they_leave_in_mongodb() {
    check_all(include_str!("../../../../tests/conformance/sorts.json"), 30, |case| {
        let spec = super::sort(doc(case, "sort").ok_or("no sort")?);
        let outcome = spec.and_then(|spec| match doc(case, "document") {
            Some(document) => spec.key(document).map(|_| spec),
            None => Ok(spec),
        });
        if check_error(case, &outcome)? {
            return Ok(());
        }
        let spec = outcome.map_err(|error| error.to_string())?;
        let sorted = case.get("sorted").and_then(|sorted| sorted.as_array()).ok_or("no documents")?;
        let docs: Vec<RawDoc<'_>> = sorted.iter().filter_map(|(_, doc)| doc.as_document()).collect();
        let keys: Vec<_> = docs
            .iter()
            .map(|doc| spec.key(*doc))
            .collect::<Result<_>>()
            .map_err(|error| error.to_string())?;
        for pair in keys.windows(2) {
            if spec.compare(&pair[0], &pair[1]).is_gt() {
                return Err(format!("puts {:?} behind {:?}", pair[0], pair[1]));
            }
            if spec.compare(&pair[0], &pair[1]) != spec.compare(&pair[1], &pair[0]).reverse() {
                return Err(format!("has no order for {:?} and {:?}", pair[0], pair[1]));
            }
        }
        let mut places: Vec<usize> = (0..keys.len()).rev().collect();
        places.sort_by(|a, b| spec.compare(&keys[*a], &keys[*b]).then(a.cmp(b)));
        let in_order = places.iter().copied().eq(0..keys.len());
        if in_order { Ok(()) } else { Err(format!("leaves the order {places:?}")) }
    });
}

#[test]
fn filters_deeper_than_the_bound_are_refused() {
    let nested = |depth: usize| {
        let mut filter = bson::doc! { "a": 1 };
        for _ in 0..depth {
            filter = bson::doc! { "$and": [filter] };
        }
        super::filter(RawDoc::new(&filter.to_vec().expect("BSON"))).map(|_| ())
    };
    assert!(nested(100).is_ok());
    let error = nested(101).expect_err("too deep");
    assert_eq!(error.code(), Some(2));
}
