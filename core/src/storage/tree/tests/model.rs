//! Random batches of changes through every page size and kind of tree, against an ordered map.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::super::{Tree, TreeKind};
use super::pages::{Dice, MemoryFile, places, whole};
use crate::storage::{Batch, Direction, KeyRange};

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// How the keys and values of a run look.
#[derive(Debug, Clone, Copy)]
struct Taste {
    kind: TreeKind,
    page_size: usize,
    /// How many different keys there are.
    keys: u64,
    key: fn(u64) -> Vec<u8>,
    value_max: u64,
    /// One in so many values is far larger; 0 is never.
    big_every: u64,
}

fn record_key(n: u64) -> Vec<u8> {
    n.to_be_bytes().to_vec()
}

fn sparse_record_key(n: u64) -> Vec<u8> {
    Dice(n).roll().to_be_bytes().to_vec()
}

fn random_key(n: u64) -> Vec<u8> {
    let mut dice = Dice(n);
    [dice.roll().to_be_bytes(), dice.roll().to_be_bytes()].concat()
}

/// Lengths from none up, many zeros, so that padded heads collide.
fn zero_rich_key(n: u64) -> Vec<u8> {
    let mut dice = Dice(n);
    (0..dice.below(9)).map(|_| dice.below(2) as u8 * dice.below(3) as u8).collect()
}

/// A few values, each followed by a number: what an index that is not unique holds.
fn grouped_key(n: u64) -> Vec<u8> {
    let mut key = format!("a common beginning/{}/", "town".repeat(1 + (n % 7) as usize)).into_bytes();
    key.extend_from_slice(&(n / 7).to_be_bytes());
    key
}

/// Keys that differ only far beyond what a page keeps of them, some of them beginnings of others.
fn long_key(n: u64) -> Vec<u8> {
    let mut key = vec![b'x'; 1000 + 1500 * (n % 4) as usize];
    if !n.is_multiple_of(5) {
        key.extend_from_slice(&(n / 4).to_be_bytes());
        key.extend(vec![b'y'; (n % 3) as usize * 700]);
    }
    key
}

fn value(dice: &mut Dice, taste: &Taste) -> Vec<u8> {
    let big = taste.big_every > 0 && dice.below(taste.big_every) == 0;
    let len = if big { dice.below(60_000) } else { dice.below(taste.value_max + 1) };
    let seed = dice.roll();
    (0..len).map(|at| (seed >> (at % 57)) as u8).collect()
}

struct Run {
    taste: Taste,
    file: Arc<MemoryFile>,
    dice: Dice,
    tree: Tree,
    map: Map,
    version: u64,
}

impl Run {
    fn new(taste: Taste, seed: u64) -> Self {
        let tree = Tree::empty(taste.kind);
        let file = MemoryFile::new(taste.page_size);
        Self { taste, file, dice: Dice(seed), tree, map: Map::new(), version: 0 }
    }

    fn changes(&mut self, count: u64, deletes_of_8: u64) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        let near = self.dice.below(self.taste.keys);
        let width = [self.taste.keys, 40][self.dice.below(2) as usize].max(1);
        (0..count)
            .map(|_| {
                let key = (self.taste.key)((near + self.dice.below(width)) % self.taste.keys);
                let deletes = self.dice.below(8) < deletes_of_8;
                (key, (!deletes).then(|| value(&mut self.dice, &self.taste)))
            })
            .collect()
    }

    fn apply(&mut self, changes: &BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        self.version += 1;
        let mut writer = self.file.writer(self.version);
        let before = self.tree.clone();
        let old_map = self.map.clone();
        let reached_before = whole(&before, &self.file).places();
        let stream = changes.iter().map(|(key, value)| Ok((key, value.as_ref())));
        self.tree = self.tree.apply(&*self.file, &mut writer, stream).expect("the changes apply");
        for (key, value) in changes {
            match value {
                Some(value) => self.map.insert(key.clone(), value.clone()),
                None => self.map.remove(key),
            };
        }
        let reached = whole(&self.tree, &self.file).places();
        let freed = places(&writer.freed);
        assert!(freed.is_disjoint(&reached), "no page is both freed and reached");
        let expected_used = reached.union(&freed).copied().collect();
        assert_eq!(self.file.used(), expected_used, "every page is either reached or freed");
        let kept: Vec<_> = reached_before.difference(&freed).collect();
        assert!(kept.iter().all(|page| reached.contains(page)), "what was not freed is still reached");
        self.compare_some(&before, &old_map);
        self.reopen_sometimes();
        self.file.reclaim(&writer.freed);
        assert_eq!(self.tree.len(), self.map.len() as u64);
    }

    /// Reads everything from the file again, and not what writing left in memory.
    fn reopen_sometimes(&mut self) {
        if self.dice.below(3) == 0 {
            self.tree = Tree::decode(&self.tree.encode()).expect("what was encoded can be decoded");
        }
    }

    fn compare_some(&mut self, tree: &Tree, map: &Map) {
        let keys: Vec<_> = (0..20).map(|_| (self.taste.key)(self.dice.below(self.taste.keys))).collect();
        for key in &keys {
            let seen = tree.get(&*self.file, key).expect("the key can be looked up");
            assert_eq!(seen.as_deref(), map.get(key).map(Vec::as_slice));
        }
        // More than go together, some of them twice.
        let mut many: Vec<&[u8]> = keys.iter().chain(&keys).chain(&keys).map(Vec::as_slice).collect();
        for sorted in [false, true] {
            if sorted {
                many.sort_unstable();
            }
            let seen = tree.get_many(&*self.file, &many).expect("the keys can be looked up");
            assert_eq!(seen.len(), many.len());
            for (key, seen) in many.iter().zip(seen) {
                assert_eq!(seen.as_deref(), map.get(*key).map(Vec::as_slice));
            }
        }
        let leaf_max = self.largest_leaf(tree);
        for _ in 0..4 {
            let range = KeyRange { start: self.bound(), end: self.bound() };
            self.compare_scan(tree, map, &range);
            let wanted = map.keys().filter(|key| range.contains(key)).count() as u64;
            let told = tree.estimate(&*self.file, &range).expect("the size of a range can be told");
            assert!(told.abs_diff(wanted) <= leaf_max, "{told}, not {wanted}, in {range:?}");
        }
        assert_eq!(tree.estimate(&*self.file, &KeyRange::all()).expect("the size of all"), tree.len());
    }

    /// How many entries the fullest leaf has: a walk hands out a leaf at a time.
    fn largest_leaf(&self, tree: &Tree) -> u64 {
        let reader = Arc::clone(&self.file) as _;
        let mut scan =
            tree.scan(reader, KeyRange::all(), Direction::Forward).expect("the tree can be walked");
        let (mut largest, mut batch) = (0, Batch::new());
        loop {
            scan.next_batch(&mut batch, usize::MAX).expect("the walk goes on");
            largest = largest.max(batch.len());
            if batch.is_empty() {
                return largest as u64;
            }
        }
    }

    fn bound(&mut self) -> Bound<Vec<u8>> {
        let mut key = (self.taste.key)(self.dice.below(self.taste.keys));
        match self.dice.below(4) {
            0 => key.truncate(self.dice.below(9) as usize),
            1 => key.push(self.dice.below(2) as u8),
            _ => {}
        }
        match self.dice.below(5) {
            0 => Bound::Unbounded,
            1 | 2 => Bound::Included(key),
            _ => Bound::Excluded(key),
        }
    }

    fn compare_scan(&mut self, tree: &Tree, map: &Map, range: &KeyRange) {
        let expected: Vec<_> = map.iter().filter(|(key, _)| range.contains(key)).collect();
        let direction = [Direction::Forward, Direction::Backward][self.dice.below(2) as usize];
        let limit = [1, 3, 1000][self.dice.below(3) as usize];
        let reader = Arc::clone(&self.file) as _;
        let mut scan = tree.scan(reader, range.clone(), direction).expect("the range can be walked");
        let (mut seen, mut batch) = (Vec::new(), Batch::new());
        loop {
            scan.next_batch(&mut batch, limit).expect("the walk goes on");
            assert!(batch.len() <= limit);
            if batch.is_empty() {
                break;
            }
            seen.extend(batch.iter().map(|(key, value)| (key.to_vec(), value.to_vec())));
        }
        if direction == Direction::Backward {
            seen.reverse();
        }
        assert_eq!(seen.len(), expected.len(), "{range:?} {direction:?}");
        assert!(seen.iter().map(|(key, value)| (key, value)).eq(expected), "{range:?} {direction:?}");
    }

    /// Moves everything from `from` on elsewhere, in steps of `budget` pages.
    fn relocate(&mut self, from: u64, budget: u64) {
        loop {
            self.version += 1;
            let mut writer = self.file.writer(self.version);
            let (tree, moved) =
                self.tree.relocate(&*self.file, &mut writer, from, budget).expect("the pages can be moved");
            let reached = whole(&tree, &self.file).places();
            let freed = places(&writer.freed);
            assert!(freed.is_disjoint(&reached), "no page is both freed and reached");
            assert_eq!(self.file.used(), reached.union(&freed).copied().collect());
            self.tree = tree;
            self.file.reclaim(&writer.freed);
            if moved < budget {
                break;
            }
        }
        let map = self.map.clone();
        self.compare_some(&self.tree.clone(), &map);
    }

    /// Cuts the file as far as the free pages before the end allow.
    fn shrink(&mut self, budget: u64) {
        let used = self.file.used().len() as u64;
        // What is moved needs a place while it is still in its old one, and a large extent needs pages in a row.
        let from = used + used / 2 + 64;
        if from < self.file.end() {
            self.relocate(from, budget);
            assert!(self.file.end() <= from, "nothing is left behind the cut");
        }
    }

    fn free_all(&mut self) {
        let expected = whole(&self.tree, &self.file).places();
        let mut writer = self.file.writer(self.version + 1);
        self.tree.free_all(&*self.file, &mut writer).expect("the tree can be dropped");
        assert_eq!(places(&writer.freed), expected);
        self.file.reclaim(&writer.freed);
        assert!(self.file.used().is_empty());
    }
}

fn check(name: &str, taste: Taste, batches: u64, batch_max: u64) {
    let only =
        std::env::var("TREE_SEED").ok().map(|seed| seed.parse::<u64>().expect("TREE_SEED is a number"));
    for seed in only.map_or(1..=3, |seed| seed..=seed) {
        let replay = Replay { name, seed };
        let mut run = Run::new(taste, seed);
        for batch in 0..batches {
            let deletes = [1, 1, 3, 7][(batch / 3 % 4) as usize];
            let count = 1 + run.dice.below(batch_max);
            let changes = run.changes(count, deletes);
            run.apply(&changes);
            if batch % 4 == 3 {
                let budget = 1 + run.dice.below(40);
                run.shrink(budget);
            }
        }
        let map = run.map.clone();
        run.compare_scan(&run.tree.clone(), &map, &KeyRange::all());
        let all = map.keys().map(|key| (key.clone(), None)).collect();
        match seed % 2 {
            0 => run.free_all(),
            _ => {
                run.apply(&all);
                assert!(run.tree.root.is_none() && run.file.used().is_empty(), "an empty tree has no page");
            }
        }
        drop(replay);
    }
}

/// Says how to see a failure again.
struct Replay<'n> {
    name: &'n str,
    seed: u64,
}

impl Drop for Replay<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (name, seed) = (self.name, self.seed);
            eprintln!(
                "seed {seed}: TREE_SEED={seed} cargo test -p nexuslite storage::tree::tests::model::{name}"
            );
        }
    }
}

fn taste(kind: TreeKind, page_size: usize, keys: u64, key: fn(u64) -> Vec<u8>) -> Taste {
    Taste { kind, page_size, keys, key, value_max: 120, big_every: 0 }
}

#[test]
fn dense_record_ids() {
    check("dense_record_ids", taste(TreeKind::Record, 8192, 6000, record_key), 40, 800);
}

#[test]
fn sparse_record_ids() {
    check("sparse_record_ids", taste(TreeKind::Record, 16384, 5000, sparse_record_key), 30, 800);
}

#[test]
fn records_with_large_values() {
    let taste = Taste { value_max: 9000, big_every: 9, ..taste(TreeKind::Record, 8192, 400, record_key) };
    check("records_with_large_values", taste, 24, 120);
}

#[test]
fn random_keys() {
    check("random_keys", Taste { value_max: 8, ..taste(TreeKind::Index, 16384, 9000, random_key) }, 30, 1500);
}

#[test]
fn random_keys_in_tiny_pages() {
    check("random_keys_in_tiny_pages", taste(TreeKind::Index, 1024, 3000, random_key), 40, 400);
}

#[test]
fn records_in_tiny_pages() {
    check("records_in_tiny_pages", taste(TreeKind::Record, 1024, 3000, record_key), 40, 400);
}

#[test]
fn keys_full_of_zeros() {
    let taste = Taste { value_max: 40, ..taste(TreeKind::Index, 1024, 4000, zero_rich_key) };
    check("keys_full_of_zeros", taste, 30, 500);
}

#[test]
fn keys_in_groups() {
    let taste = Taste { value_max: 0, ..taste(TreeKind::Index, 8192, 20_000, grouped_key) };
    check("keys_in_groups", taste, 30, 2000);
}

#[test]
fn index_with_large_values() {
    let taste = Taste { value_max: 5000, big_every: 7, ..taste(TreeKind::Index, 16384, 400, random_key) };
    check("index_with_large_values", taste, 24, 120);
}

#[test]
fn long_keys_that_differ_late() {
    for page_size in [8192, 16384] {
        let taste =
            Taste { value_max: 3000, big_every: 12, ..taste(TreeKind::Index, page_size, 300, long_key) };
        check("long_keys_that_differ_late", taste, 16, 90);
    }
}
