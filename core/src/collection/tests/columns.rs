//! What is kept of records is found again for these records, and for no others.

use std::sync::Arc;

use super::doc;
use crate::collection::RecordId;
use crate::collection::columns::{Cell, Columns, Field, columns_room};
use crate::document::builder::RawDocBuf;
use crate::document::json::parse_document;
use crate::document::raw::RawDoc;
use crate::storage::{Batch, Slice};

const CACHE: usize = 16 << 20;

/// Records that lie in one buffer, as those of a page do.
struct Page {
    owner: Slice,
    places: Vec<(u64, std::ops::Range<usize>)>,
}

impl Page {
    fn of(ids: std::ops::Range<u64>) -> Self {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for id in ids {
            let start = bytes.len();
            bytes.push(0);
            bytes.extend_from_slice(doc(id as i32).as_bytes());
            places.push((id, start..bytes.len()));
        }
        Self { owner: Slice::from(bytes), places }
    }

    fn batch(&self, among: impl Fn(u64) -> bool) -> Batch {
        let mut batch = Batch::new();
        for (id, place) in self.places.iter().filter(|(id, _)| among(*id)) {
            batch.push(&RecordId(*id).key(), self.owner.slice(place.clone()));
        }
        batch
    }
}

fn cells(batch: &Batch) -> Vec<Cell> {
    batch.iter().map(|(_, record)| Cell::of(RawDoc::new(&record[1..]), "_id")).collect()
}

#[test]
fn a_cell_holds_a_short_value_whole_or_nothing_of_it() {
    let check = |json: &str, known: bool| {
        let parsed: RawDocBuf = parse_document(json).unwrap();
        let cell = Cell::of(parsed.as_doc(), "a");
        let value = parsed.as_doc().get("a");
        assert_eq!(cell.value().is_some(), known, "{json}");
        if let Some(found) = cell.value() {
            assert_eq!(
                found.map(|found| (found.tag(), found.as_bytes())),
                value.map(|v| (v.tag(), v.as_bytes()))
            );
        }
    };
    check("{}", true);
    check(r#"{"b": 1}"#, true);
    check(r#"{"a": null}"#, true);
    check(r#"{"a": 1}"#, true);
    check(r#"{"a": {"$numberLong": "9007199254740993"}}"#, true);
    check(r#"{"a": {"$numberDouble": "NaN"}}"#, true);
    check(r#"{"a": true}"#, true);
    check(r#"{"a": {"$oid": "0123456789abcdef01234567"}}"#, true);
    check(r#"{"a": {"$numberDecimal": "1"}}"#, false);
    check(r#"{"a": ""}"#, true);
    check(r#"{"a": "ninechars"}"#, true);
    check(r#"{"a": "ten chars!"}"#, false);
    check(r#"{"a": []}"#, true);
    check(r#"{"a": [1]}"#, true);
    check(r#"{"a": [1, 2]}"#, false);
    check(r#"{"a": {}}"#, true);
    check(r#"{"a": {"b": "text"}}"#, false);
    assert!(Cell::unknown().value().is_none());
}

#[test]
fn a_column_is_found_for_its_own_records_alone() {
    let columns = Columns::new(CACHE);
    let (id, other) = (Arc::new(Field::new(1, "_id")), Arc::new(Field::new(1, "other")));
    let (first, second) = (Page::of(0..50), Page::of(0..50));
    let all = first.batch(|_| true);
    assert!(columns.find(&id, &all, None).is_none());
    columns.keep(&id, &all, &cells(&all));
    let found = columns.find(&id, &first.batch(|_| true), None).expect("the same records");
    assert_eq!(found.cells().len(), 50);
    assert!(columns.find(&other, &all, None).is_none(), "another field");
    let elsewhere = Field::new(2, "_id");
    assert!(columns.find(&elsewhere, &all, None).is_none(), "another collection");
    assert!(columns.find(&elsewhere, &all, Some(&found)).is_none(), "another collection");
    assert!(columns.find(&id, &second.batch(|_| true), None).is_none(), "equal records elsewhere");
    assert!(columns.find(&id, &first.batch(|id| id != 7), None).is_none(), "one record is hidden");
    assert!(columns.find(&id, &first.batch(|id| id < 49), None).is_none(), "the last is missing");
    assert!(columns.find(&id, &Batch::new(), None).is_none(), "no records");
    let mut both = first.batch(|id| id < 25);
    second.batch(|id| id >= 25).iter().for_each(|(key, value)| both.push(key, Slice::from(value.to_vec())));
    assert!(columns.find(&id, &both, None).is_none(), "records of two buffers");
}

#[test]
fn a_column_tells_of_the_next_one_as_long_as_it_is_right() {
    let columns = Columns::new(CACHE);
    let (id, other) = (Arc::new(Field::new(1, "_id")), Arc::new(Field::new(1, "other")));
    let pages: Vec<_> = (0..4).map(|page| Page::of(page * 50..page * 50 + 50)).collect();
    let batches: Vec<_> = pages.iter().map(|page| page.batch(|_| true)).collect();
    batches.iter().for_each(|batch| columns.keep(&id, batch, &cells(batch)));
    columns.keep(&other, &batches[1], &cells(&batches[1]));
    let walk = |order: &[usize]| {
        let mut before = None;
        for at in order {
            let found = columns.find(&id, &batches[*at], before.as_deref()).expect("it was kept");
            assert!(Arc::ptr_eq(&found, &columns.find(&id, &batches[*at], None).expect("it was kept")));
            before = Some(found);
        }
    };
    for order in [[0, 1, 2, 3], [0, 1, 2, 3], [3, 2, 1, 0], [0, 2, 1, 3], [1, 1, 0, 0]] {
        walk(&order);
    }
    walk(&[0, 1]);
    let first = columns.find(&id, &batches[0], None).expect("it was kept");
    let of_other = columns.find(&other, &batches[1], Some(&first)).expect("it was kept");
    assert!(!Arc::ptr_eq(&of_other, &columns.find(&id, &batches[1], Some(&first)).expect("it was kept")));
    let part = pages[1].batch(|id| id != 70);
    assert!(columns.find(&id, &part, Some(&first)).is_none(), "one record is hidden");
}

#[test]
fn a_buffer_that_is_gone_takes_its_column_with_it() {
    let columns = Columns::new(CACHE);
    let id = Arc::new(Field::new(1, "_id"));
    for round in 0..1000 {
        let page = Page::of(round..round + 3);
        let batch = page.batch(|_| true);
        assert!(columns.find(&id, &batch, None).is_none(), "round {round}");
        columns.keep(&id, &batch, &cells(&batch));
        assert!(columns.find(&id, &batch, None).is_some(), "round {round}");
    }
}

#[test]
fn values_are_kept_where_all_have_room() {
    let columns = Columns::new(CACHE);
    let room = columns_room(CACHE) as u64 / 24;
    assert!(columns.shall_keep(1) && columns.shall_keep(room));
    assert!(!columns.shall_keep(room + 1));
    assert!(!Columns::new(0).shall_keep(1));
}

#[test]
fn nothing_is_kept_for_a_while_when_nothing_is_found_again() {
    let columns = Columns::new(CACHE);
    let id = Arc::new(Field::new(1, "_id"));
    let pages: Vec<Page> = (0..1024).map(|at| Page::of(at..at + 1)).collect();
    for page in &pages {
        let batch = page.batch(|_| true);
        assert!(columns.shall_keep(1));
        columns.keep(&id, &batch, &cells(&batch));
    }
    let waited = (0..1000).take_while(|_| !columns.shall_keep(1)).count();
    assert!((1..100).contains(&waited), "{waited}");
    for page in &pages {
        let batch = page.batch(|_| true);
        columns.keep(&id, &batch, &cells(&batch));
        assert!(columns.find(&id, &batch, None).is_some());
    }
    assert!(columns.shall_keep(1), "what is found again pays");
}
