use std::sync::Arc;
use std::time::Duration;

use bson::{Bson, Decimal128, Document, doc};

use super::*;
use crate::base::{Clock, ManualClock};
use crate::collection::RecordId;
use crate::document::builder::RawDocBuf;
use crate::document::convert::IntoDocument;
use crate::document::raw::Value;
use crate::error::ErrorKind;
use crate::expression::number_range::NumberRange;
use crate::query::parse;
use crate::storage::Slice;

fn rows(numbers: std::ops::Range<u64>) -> Rows {
    let mut rows = Rows::new();
    for number in numbers {
        let doc = RawDocBuf::build(|doc| doc.put("n", Value::Int64(number.cast_signed())));
        let record = [&[0][..], doc.as_bytes()].concat();
        rows.push(RecordId(number), Slice::from(record), 1);
    }
    rows
}

fn numbers(rows: &Rows) -> Vec<i64> {
    let number = |at| match rows.doc(at).get("n").unwrap().read() {
        Value::Int64(number) => number,
        other => panic!("{other:?}"),
    };
    (0..rows.len()).map(number).collect()
}

#[test]
fn rows_are_narrowed_without_being_moved() {
    let mut rows = rows(0..10);
    rows.retain(|doc| Ok(!matches!(doc.get("n").unwrap().read(), Value::Int64(n) if n % 2 == 0))).unwrap();
    assert_eq!(numbers(&rows), [1, 3, 5, 7, 9]);
    rows.skip(1);
    rows.truncate(3);
    assert_eq!(numbers(&rows), [3, 5, 7]);
    assert_eq!(rows.record_id(1).unwrap(), RecordId(5));
    assert_eq!(rows.record(0)[0], 0);
    assert_eq!(&*rows.slice(2), rows.bytes(2));
    rows.skip(9);
    assert!(rows.is_empty());
}

#[test]
fn dead_records_are_not_chosen() {
    let mut dead = vec![1];
    dead.extend_from_slice(&10_i64.to_le_bytes());
    dead.extend_from_slice(&[5, 0, 0, 0, 0]);
    for (now_ms, expected) in [(9, 2), (10, 1), (11, 1)] {
        let mut rows = Rows::new();
        let met = rows.fill(now_ms, |batch| {
            batch.push(&RecordId(1).key(), Slice::from(dead.clone()));
            batch.push(&RecordId(2).key(), Slice::from(vec![0, 5, 0, 0, 0, 0]));
            Ok(())
        });
        assert_eq!((met.unwrap(), rows.len()), (2, expected), "{now_ms}");
    }
}

#[test]
fn a_watch_stops_at_its_time_and_at_a_wish() {
    let manual = Arc::new(ManualClock::new(1000));
    let clock: Arc<dyn Clock> = Arc::clone(&manual) as Arc<dyn Clock>;
    let kind = |watch: &Watch| watch.check().err().map(|error| error.kind());
    let token = CancelToken::new();
    let watch =
        Watch::new(&clock, 0).time_limit(Some(Duration::from_millis(10))).cancel_with(Some(token.clone()));
    assert_eq!(kind(&watch), None);
    manual.advance_ms(9);
    assert_eq!(kind(&watch), None);
    manual.advance_ms(1);
    assert_eq!(kind(&watch), Some(ErrorKind::Timeout));
    token.clone().cancel();
    assert_eq!(kind(&watch), Some(ErrorKind::Cancelled));
    assert_eq!(kind(&Watch::new(&clock, 0)), None);
}

fn number_range(asked: Document) -> Option<NumberRange> {
    parse::filter(asked.into_raw().unwrap().as_doc()).unwrap().number_range(0)
}

#[test]
fn a_range_holds_the_numbers_that_the_filter_takes() {
    let check = |test: Bson, taken: &[f64], left: &[f64]| {
        let range = number_range(doc! { "a": test.clone() }).unwrap_or_else(|| panic!("no range for {test}"));
        for number in taken {
            assert!(range.holds(*number), "{number} of {test}");
        }
        for number in left {
            assert!(!range.holds(*number), "{number} of {test}");
        }
    };
    let infinity = f64::INFINITY;
    check(42.into(), &[42.0], &[41.0, 43.0, 42.000_000_000_000_01, infinity]);
    check(0.into(), &[0.0, -0.0], &[f64::MIN_POSITIVE, -1.0]);
    check(doc! { "$gt": 1 }.into(), &[1.000_000_000_000_000_2, infinity], &[1.0, -infinity]);
    check(doc! { "$gte": 1, "$lt": 3.5 }.into(), &[1.0, 3.499_999_999_999_999_6], &[0.9, 3.5]);
    check(doc! { "$lte": 3_i64 }.into(), &[3.0, -infinity], &[3.1]);
    check(doc! { "$gt": 3, "$lt": 3 }.into(), &[], &[2.0, 3.0, 4.0]);
    check(doc! { "$gt": -0.0 }.into(), &[f64::from_bits(1)], &[0.0, -0.0]);
    check(doc! { "$gte": infinity }.into(), &[infinity], &[f64::MAX]);
}

#[test]
fn other_filters_have_no_range() {
    for asked in [
        doc! { "a": "42" },
        doc! { "a": { "$ne": 42 } },
        doc! { "a": { "$gt": 1, "$mod": [2, 0] } },
        doc! { "a": { "$in": [1, 2] } },
        doc! { "a.b": 42 },
        doc! { "a": f64::NAN },
        doc! { "a": { "$gt": f64::INFINITY } },
        doc! { "a": (1_i64 << 53) + 1 },
        doc! { "a": Bson::Decimal128("1".parse::<Decimal128>().unwrap()) },
    ] {
        assert_eq!(number_range(asked.clone()), None, "{asked}");
    }
}

#[test]
fn a_range_decides_where_nothing_else_is_asked() {
    let check = |asked: Document, decides: bool| {
        let range = number_range(asked.clone()).unwrap_or_else(|| panic!("no range for {asked}"));
        assert_eq!(range.decides, decides, "{asked}");
    };
    check(doc! { "a": 42 }, true);
    check(doc! { "a": { "$gte": 1, "$lt": 3 } }, true);
    check(doc! { "$and": [{ "a": { "$gte": 1 } }, { "a": { "$lt": 3 } }] }, true);
    check(doc! { "a": 42, "b": 1 }, false);
    check(doc! { "a": 42, "$or": [{ "b": 1 }, { "c": 1 }] }, false);
    check(doc! { "a": 42, "$expr": { "$eq": ["$b", 1] } }, false);
    check(doc! { "a": 42, "$jsonSchema": { "required": ["b"] } }, false);
    check(doc! { "a": 42, "$sampleRate": 0.5 }, false);
}
