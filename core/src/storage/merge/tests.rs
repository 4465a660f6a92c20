use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::scan;
use crate::base::{Entropy, SeededEntropy};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::memtable::{Entry, Memtable};
use crate::storage::{Batch, Direction, KeyRange, Scan, Slice};

type Flat = BTreeMap<Vec<u8>, Vec<u8>>;

/// Dice for one seed; says how to throw them again when the test fails.
struct Dice {
    source: SeededEntropy,
    seed: u64,
}

impl Dice {
    fn each(count: u64) -> impl Iterator<Item = Self> {
        let only = std::env::var("NEXUSLITE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seeds = only.map_or(0..count, |seed| seed..seed + 1);
        seeds.map(|seed| Self { source: SeededEntropy::new(seed), seed })
    }

    fn below(&self, bound: usize) -> usize {
        (u128::from_le_bytes(self.source.sixteen()) % bound as u128) as usize
    }

    fn key(&self, space: usize) -> Vec<u8> {
        (self.below(space) as u32).to_be_bytes()[1..].to_vec()
    }

    fn range(&self, space: usize) -> KeyRange {
        let bound = || match self.below(4) {
            0 | 1 => Bound::Unbounded,
            2 => Bound::Excluded(self.key(space)),
            _ => Bound::Included(self.key(space)),
        };
        KeyRange { start: bound(), end: bound() }
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("replay: NEXUSLITE_SEED={} cargo test -p nexuslite storage::merge", self.seed);
        }
    }
}

/// A base that hands out batches of changing size and counts how much it was asked for.
struct Rows {
    rows: std::vec::IntoIter<(Vec<u8>, Vec<u8>)>,
    sizes: std::iter::Cycle<std::vec::IntoIter<usize>>,
    asked: Arc<Asked>,
}

#[derive(Default)]
struct Asked {
    calls: AtomicUsize,
    entries: AtomicUsize,
}

impl Scan for Rows {
    fn next_batch(&mut self, batch: &mut Batch, limit: usize) -> Result<()> {
        batch.clear();
        self.asked.calls.fetch_add(1, Ordering::Relaxed);
        self.asked.entries.fetch_add(limit, Ordering::Relaxed);
        let size = self.sizes.next().unwrap_or(limit).min(limit);
        for (key, value) in self.rows.by_ref().take(size) {
            batch.push(&key, Slice::from(value));
        }
        Ok(())
    }
}

fn inside(flat: &Flat, range: &KeyRange, direction: Direction) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows =
        flat.iter().filter(|(key, _)| range.contains(key)).map(|(key, value)| (key.clone(), value.clone()));
    match direction {
        Direction::Forward => rows.collect(),
        Direction::Backward => rows.rev().collect(),
    }
}

fn base(
    flat: &Flat,
    range: &KeyRange,
    direction: Direction,
    sizes: Vec<usize>,
) -> (Box<dyn Scan>, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let rows = inside(flat, range, direction).into_iter();
    (Box::new(Rows { rows, sizes: sizes.into_iter().cycle(), asked: Arc::clone(&asked) }), asked)
}

fn drain(mut scan: Box<dyn Scan>, mut limit: impl FnMut() -> usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut batch, mut seen) = (Batch::new(), Vec::new());
    loop {
        let limit = limit();
        scan.next_batch(&mut batch, limit).unwrap();
        assert!(batch.len() <= limit);
        if batch.is_empty() {
            scan.next_batch(&mut batch, limit).unwrap();
            assert!(batch.is_empty(), "the end stays the end");
            return seen;
        }
        seen.extend(batch.iter().map(|(key, value)| (key.to_vec(), value.to_vec())));
    }
}

fn layer(changes: &[(&[u8], Option<&[u8]>)]) -> Memtable {
    let mut table = Memtable::default();
    for (key, value) in changes {
        table.insert(key, Entry::new(1, value.map(|value| Slice::from(value.to_vec()))));
    }
    table
}

fn flat(rows: &[(&[u8], &[u8])]) -> Flat {
    rows.iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
}

#[test]
fn random_layers_read_like_one_flat_map() {
    for dice in Dice::each(400) {
        let space = [10, 300, 5000][dice.below(3)];
        let has_base = dice.below(5) > 0;
        let mut all = Flat::new();
        if has_base {
            all.extend((0..dice.below(2 * space)).map(|_| (dice.key(space), b"base".to_vec())));
        }
        let on_disk = all.clone();
        let mut layers = Vec::new();
        for number in 0..dice.below(4) as u64 {
            let (mut table, low) = (Memtable::default(), dice.below(space));
            for _ in 0..dice.below(space) {
                let key = (low + dice.below(space - low)) as u32;
                let key = &key.to_be_bytes()[1..];
                let value =
                    (dice.below(3) > 0).then(|| Slice::from(vec![number as u8, dice.below(256) as u8]));
                match &value {
                    Some(value) => all.insert(key.to_vec(), value.to_vec()),
                    None => all.remove(key),
                };
                table.insert(key, Entry::new(number, value));
            }
            layers.insert(0, table);
        }
        for _ in 0..4 {
            let range = dice.range(space);
            for direction in [Direction::Forward, Direction::Backward] {
                let sizes = (0..4).map(|_| 1 + dice.below(700)).collect();
                let beneath = has_base.then(|| base(&on_disk, &range, direction, sizes).0);
                let merged = scan(&layers, beneath, None, &range, direction);
                let limits = [1, 1 + dice.below(10), 1 + dice.below(2000)];
                let steady = dice.below(4);
                let limit = || limits.get(steady).copied().unwrap_or_else(|| limits[dice.below(3)]);
                assert_eq!(drain(merged, limit), inside(&all, &range, direction), "{range:?} {direction:?}");
            }
        }
    }
}

#[test]
fn the_newest_layer_wins_and_tombstones_hide() {
    let newest = layer(&[(b"a", Some(b"3")), (b"b", None), (b"e", Some(b"3"))]);
    let older = layer(&[(b"a", Some(b"2")), (b"b", Some(b"2")), (b"c", None), (b"e", None), (b"f", None)]);
    let beneath = flat(&[(b"b", b"1"), (b"c", b"1"), (b"d", b"1"), (b"e", b"1")]);
    let range = KeyRange::all();
    for direction in [Direction::Forward, Direction::Backward] {
        let merged = scan(
            [&newest, &older],
            Some(base(&beneath, &range, direction, vec![2]).0),
            None,
            &range,
            direction,
        );
        let want = flat(&[(b"a", b"3"), (b"d", b"1"), (b"e", b"3")]);
        assert_eq!(drain(merged, || 1), inside(&want, &range, direction));
        let memory_only = scan([&newest, &older], None, None, &range, direction);
        assert_eq!(
            drain(memory_only, || 100),
            inside(&flat(&[(b"a", b"3"), (b"e", b"3")]), &range, direction)
        );
    }
}

#[test]
fn everything_deleted_reads_as_nothing() {
    let keys: Vec<_> = (0..2000_u32).map(u32::to_be_bytes).collect();
    let mut deleted = Memtable::default();
    deleted.insert_run(keys.iter().map(|key| (key.as_slice(), Entry::new(1, None))));
    let mut beneath: Flat = keys.iter().map(|key| (key.to_vec(), b"x".to_vec())).collect();
    let range = KeyRange::all();
    let over = |beneath: &Flat| {
        let (base, asked) = base(beneath, &range, Direction::Forward, vec![512]);
        (scan([&deleted], Some(base), None, &range, Direction::Forward), asked)
    };
    assert_eq!(drain(over(&beneath).0, || 1), []);
    beneath.insert(vec![0xFF], b"last".to_vec());
    let (merged, asked) = over(&beneath);
    assert_eq!(drain(merged, || 1), [(vec![0xFF], b"last".to_vec())]);
    assert!(asked.entries.load(Ordering::Relaxed) < 2 * 2000 + 1024);
    assert!(asked.calls.load(Ordering::Relaxed) < 24, "a long deleted stretch is read in large batches");
}

#[test]
fn whoever_wants_one_entry_reads_few_of_the_base() {
    let beneath: Flat = (0..1000_u32).map(|n| (n.to_be_bytes().to_vec(), b"x".to_vec())).collect();
    let above = layer(&[(&999_u32.to_be_bytes(), Some(b"new"))]);
    let range = KeyRange::all();
    let (base, asked) = base(&beneath, &range, Direction::Forward, vec![512]);
    let mut merged = scan([&above], Some(base), None, &range, Direction::Forward);
    let mut batch = Batch::new();
    merged.next_batch(&mut batch, 1).unwrap();
    assert_eq!(batch.len(), 1);
    assert!(asked.entries.load(Ordering::Relaxed) <= 3);
}

#[test]
fn an_empty_overlay_leaves_the_base_as_it_is() {
    let beneath = flat(&[(b"a", b"1"), (b"b", b"1")]);
    let outside = layer(&[(b"z", Some(b"2"))]);
    let range = KeyRange { start: Bound::Unbounded, end: Bound::Excluded(b"c".to_vec()) };
    let (base, asked) = base(&beneath, &range, Direction::Forward, vec![1000]);
    let mut merged = scan([&outside, &Memtable::default()], Some(base), None, &range, Direction::Forward);
    let mut batch = Batch::new();
    merged.next_batch(&mut batch, 700).unwrap();
    assert_eq!(asked.entries.load(Ordering::Relaxed), 700, "the reader's limit reaches the base unchanged");
    assert_eq!(batch.len(), 2);
}

#[test]
fn a_failing_base_fails_the_scan() {
    struct Broken;
    impl Scan for Broken {
        fn next_batch(&mut self, _batch: &mut Batch, _limit: usize) -> Result<()> {
            Err(Error::new(ErrorKind::Corrupt, "page 7"))
        }
    }
    let above = layer(&[(b"a", Some(b"1"))]);
    let mut merged = scan([&above], Some(Box::new(Broken)), None, &KeyRange::all(), Direction::Forward);
    let failed = merged.next_batch(&mut Batch::new(), 10).unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Corrupt);
}
