use std::sync::Arc;

use super::*;
use crate::base::{Budget, Clock, ManualClock};
use crate::document::builder::RawDocBuf;
use crate::document::raw::Value;
use crate::query::parse;
use crate::storage::Scratch;
use crate::vfs::{MemoryFs, Vfs};

/// A place for scratch files, and a watch over so many bytes that may use it.
fn place(bytes_max: usize) -> (MemoryFs, Watch) {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(0));
    let disk = MemoryFs::new();
    let scratch = Scratch::new(Arc::new(disk.clone()), "/shop.db".as_ref());
    (disk, Watch::new(&clock, bytes_max).with_scratch(Some(Arc::new(scratch))))
}

/// A claim on memory that nobody else asks for.
fn claim() -> Claim {
    Claim::on(&Arc::new(Budget::new(1 << 40)))
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A record of one byte before its document.
fn record(number: u64, group: u64, padding: usize) -> Slice {
    let doc = RawDocBuf::build(|doc| {
        doc.put("g", Value::Int64(group.cast_signed()));
        doc.put("n", Value::Int64(number.cast_signed()));
        doc.put("p", Value::String(&"x".repeat(padding)));
    });
    Slice::from([&[0][..], doc.as_bytes()].concat())
}

/// The ids in the order in which they come out.
fn sorted(spec: &Arc<SortSpec>, records: &[Slice], keep: Option<usize>, watch: &Watch) -> Result<Vec<u64>> {
    let mut sorter = Sorter::new(spec, keep, claim());
    for (id, record) in records.iter().enumerate() {
        let key = spec.key(crate::document::raw::RawDoc::new(&record[1..]))?;
        sorter.push(watch, key, RecordId(id as u64), record, 1)?;
    }
    let mut sorted = sorter.finish(watch)?;
    let (mut rows, mut ids) = (Rows::new(), Vec::new());
    loop {
        rows.clear();
        sorted.next_into(watch, 7, &mut rows)?;
        if rows.is_empty() {
            return Ok(ids);
        }
        for at in 0..rows.len() {
            let id = rows.record_id(at)?.0;
            assert_eq!(rows.record(at), &*records[id as usize], "row {id} is not what it was");
            assert_eq!(rows.body(at), 1);
            ids.push(id);
        }
    }
}

fn spec() -> Arc<SortSpec> {
    let written = RawDocBuf::build(|doc| doc.put("g", Value::Int32(-1)));
    Arc::new(parse::sort(written.as_doc()).expect("a sort"))
}

#[test]
fn any_budget_gives_the_order_of_a_stable_sort() {
    let spec = spec();
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let (count, groups) = (dice.below(600), 1 + dice.below(40));
        let widest = [8, 200, 6_000][dice.below(3) as usize];
        let groups: Vec<u64> = (0..count).map(|_| dice.below(groups)).collect();
        let records: Vec<Slice> = (0..count)
            .map(|number| record(number, groups[number as usize], dice.below(widest) as usize))
            .collect();
        let mut expected: Vec<u64> = (0..count).collect();
        expected.sort_by_key(|id| std::cmp::Reverse(groups[*id as usize]));
        for bytes_max in [1, 5_000, 60_000, 1 << 30] {
            for keep in [None, Some(1), Some(dice.below(count + 9) as usize)] {
                let (disk, watch) = place(bytes_max);
                let found = sorted(&spec, &records, keep, &watch).expect("a sort");
                let expected = &expected[..keep.unwrap_or(usize::MAX).min(expected.len())];
                assert_eq!(found, expected, "seed {seed}, {bytes_max} bytes, keep {keep:?}");
                assert!(
                    !disk.exists("/shop.wasp-scratch".as_ref()).expect("a disk"),
                    "the file kept its name"
                );
            }
        }
    }
}

#[test]
fn what_does_not_come_first_is_not_written() {
    let (_disk, watch) = place(100_000);
    let spec = spec();
    let records: Vec<Slice> = (0..5_000).map(|number| record(number, 5_000 - number, 100)).collect();
    let mut sorter = Sorter::new(&spec, Some(5), claim());
    for (id, record) in records.iter().enumerate() {
        let key = spec.key(crate::document::raw::RawDoc::new(&record[1..])).expect("a key");
        sorter.push(&watch, key, RecordId(id as u64), record, 1).expect("room");
    }
    assert!(sorter.runs.is_none() && sorter.rows.len() <= 5 + 5 + CUT_ROWS);
}

#[test]
fn without_the_disk_the_bound_is_an_error_that_names_the_option() {
    let (_disk, watch) = place(1_000);
    let records: Vec<Slice> = (0..100).map(|number| record(number, number, 100)).collect();
    for (watch, why) in
        [(watch.clone().allow_disk_use(false), "allow_disk_use"), (watch.with_scratch(None), "memory")]
    {
        let error = sorted(&spec(), &records, None, &watch).expect_err("over the bound");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Limit, Some(292)));
        assert!(error.message().contains("sort_bytes_max") && error.message().contains(why), "{error}");
    }
}
