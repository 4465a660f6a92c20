use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::thread;

use super::keys::CAPACITY;
use super::map::Map;
use super::node::Node;
use super::{Directory, Entry, Memtable};
use crate::base::{Entropy, SeededEntropy};
use crate::storage::{Direction, KeyRange, Slice, TreeId};

type Model = BTreeMap<Vec<u8>, Entry>;

/// Dice for one seed; says how to throw them again when the test fails.
struct Dice {
    source: SeededEntropy,
    seed: u64,
}

impl Dice {
    /// Those of `NEXUSLITE_SEED` alone when it is set, otherwise of each seed below `count`.
    fn each(count: u64) -> impl Iterator<Item = Self> {
        let only = std::env::var("NEXUSLITE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seeds = only.map_or(0..count, |seed| seed..seed + 1);
        seeds.map(|seed| Self { source: SeededEntropy::new(seed), seed })
    }

    fn below(&self, bound: usize) -> usize {
        (u128::from_le_bytes(self.source.sixteen()) % bound as u128) as usize
    }

    fn bytes(&self, len: usize, alphabet: usize) -> Vec<u8> {
        (0..len).map(|_| self.below(alphabet) as u8).collect()
    }

    /// Keys of each kind that trees have, dense enough to meet again.
    fn key(&self) -> Vec<u8> {
        match self.below(8) {
            0 => (self.below(3000) as u64).to_be_bytes().to_vec(),
            1 => self.bytes(self.below(14), 2),
            2 => [vec![b'p'; 300], self.bytes(self.below(3), 256)].concat(),
            3 => [vec![b'p'; 295], self.bytes(self.below(14), 2)].concat(),
            4 => self.bytes(self.below(3), 256),
            5 => [vec![0; self.below(20)], self.bytes(self.below(2), 3)].concat(),
            6 if self.below(20) == 0 => vec![self.below(6) as u8; 65536 - self.below(2)],
            _ => [b"city\0".to_vec(), self.bytes(2, 20), (self.below(50) as u64).to_be_bytes().to_vec()]
                .concat(),
        }
    }

    fn entry(&self, seq: u64) -> Entry {
        let value = (self.below(4) > 0).then(|| Slice::from(self.bytes(self.below(4), 256)));
        Entry::new(seq, value)
    }

    fn range(&self) -> KeyRange {
        let bound = || match self.below(5) {
            0 => Bound::Unbounded,
            1 | 2 => Bound::Excluded(self.key()),
            _ => Bound::Included(self.key()),
        };
        KeyRange { start: bound(), end: bound() }
    }

    fn direction(&self) -> Direction {
        if self.below(2) == 0 { Direction::Forward } else { Direction::Backward }
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("replay: NEXUSLITE_SEED={} cargo test -p nexuslite storage::memtable", self.seed);
        }
    }
}

fn put(seq: u64) -> Entry {
    Entry::new(seq, Some(Slice::from(seq.to_be_bytes().to_vec())))
}

fn id(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

fn walk(map: &Memtable, range: &KeyRange, direction: Direction) -> Vec<(Vec<u8>, Entry)> {
    let mut cursor = map.cursor();
    assert!(cursor.is_done() && cursor.peek().is_none());
    cursor.seek(range, direction);
    let mut seen = Vec::new();
    while let Some((key, entry)) = cursor.peek() {
        seen.push((key.to_vec(), entry.clone()));
        cursor.advance();
    }
    assert!(cursor.is_done());
    cursor.advance();
    assert!(cursor.peek().is_none());
    seen
}

fn expected(model: &Model, range: &KeyRange, direction: Direction) -> Vec<(Vec<u8>, Entry)> {
    let inside =
        model.iter().filter(|(key, _)| range.contains(key)).map(|(key, entry)| (key.clone(), entry.clone()));
    match direction {
        Direction::Forward => inside.collect(),
        Direction::Backward => inside.rev().collect(),
    }
}

/// Whether the map holds exactly what the model does and keeps M2, M3 and M4.
fn check(map: &Memtable, model: &Model) {
    assert_eq!(map.len(), model.len());
    assert_eq!(map.is_empty(), model.is_empty());
    assert!(map.iter().eq(model.iter().map(|(key, entry)| (key.as_slice(), entry))));
    for (key, entry) in model {
        assert_eq!(map.get(key), Some(entry));
    }
    if !map.is_empty() {
        check_node(&map.root, None, None);
    }
}

fn check_node<V>(node: &Node<V>, low: Option<&[u8]>, high: Option<&[u8]>) -> usize {
    let keys = match node {
        Node::Empty => panic!("a node is missing"),
        Node::Leaf(leaf) => &leaf.keys,
        Node::Inner(inner) => &inner.keys,
    };
    for at in 0..keys.len() {
        let key = keys.key(at);
        assert_eq!(keys.search(key), Ok(at));
        assert!(at == 0 || keys.key(at - 1) < key);
        assert!(low.is_none_or(|low| low <= key) && high.is_none_or(|high| key < high));
    }
    let Node::Inner(inner) = node else {
        assert!(keys.len() > 0);
        return 1;
    };
    let mut heights = Vec::new();
    for at in 0..inner.len() {
        let low = if at == 0 { low } else { Some(keys.key(at - 1)) };
        let high = if at == keys.len() { high } else { Some(keys.key(at)) };
        heights.push(check_node(&inner.children[at], low, high));
    }
    assert!(heights.iter().all(|height| *height == heights[0]));
    heights[0] + 1
}

fn leaves<V>(node: &Node<V>) -> usize {
    match node {
        Node::Empty => 0,
        Node::Leaf(_) => 1,
        Node::Inner(inner) => inner.children[..inner.len()].iter().map(leaves).sum(),
    }
}

#[test]
fn random_changes_agree_with_a_model_and_leave_snapshots_alone() {
    for dice in Dice::each(40) {
        let (mut map, mut model) = (Memtable::default(), Model::new());
        let mut snapshots = Vec::new();
        for seq in 0..400 {
            match dice.below(10) {
                0 => snapshots.push((map.clone(), model.clone())),
                1 => {
                    let (range, direction) = (dice.range(), dice.direction());
                    assert_eq!(walk(&map, &range, direction), expected(&model, &range, direction));
                }
                2 => {
                    let mut run: Vec<_> =
                        (0..dice.below(300)).map(|_| (dice.key(), dice.entry(seq))).collect();
                    if dice.below(4) > 0 {
                        run.sort_by(|(one, _), (other, _)| one.cmp(other));
                    }
                    map.insert_run(run.iter().map(|(key, entry)| (key.as_slice(), entry.clone())));
                    model.extend(run);
                }
                _ => {
                    let (key, entry) = (dice.key(), dice.entry(seq));
                    assert_eq!(map.get(&key), model.get(&key));
                    assert_eq!(map.insert(&key, entry.clone()), model.insert(key, entry));
                }
            }
            assert_eq!(map.len(), model.len());
        }
        snapshots.push((map, model));
        for (map, model) in &snapshots {
            check(map, model);
        }
    }
}

#[test]
fn every_seek_meets_every_bound() {
    let keys: Vec<Vec<u8>> = (1..200_u64).map(|number| id(number * 2).to_vec()).collect();
    let model: Model = keys.iter().map(|key| (key.clone(), put(1))).collect();
    let mut map = Memtable::default();
    map.insert_run(model.iter().map(|(key, entry)| (key.as_slice(), entry.clone())));
    for from in 0..402 {
        for width in [0, 1, 2, 3, 63, 64, 65, 400] {
            let (low, high) = (id(from).to_vec(), id(from + width).to_vec());
            for (start, end) in [
                (Bound::Included(low.clone()), Bound::Included(high.clone())),
                (Bound::Included(low.clone()), Bound::Excluded(high.clone())),
                (Bound::Excluded(low.clone()), Bound::Included(high.clone())),
                (Bound::Excluded(low.clone()), Bound::Excluded(high.clone())),
                (Bound::Unbounded, Bound::Excluded(high)),
                (Bound::Excluded(low), Bound::Unbounded),
            ] {
                let range = KeyRange { start, end };
                for direction in [Direction::Forward, Direction::Backward] {
                    assert_eq!(
                        walk(&map, &range, direction),
                        expected(&model, &range, direction),
                        "{range:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_cursor_keeps_its_version_and_can_be_sent_elsewhere() {
    let mut map = Memtable::default();
    map.insert_run([1, 2, 3].map(|number| [number]).iter().map(|key| (key.as_slice(), put(1))));
    let mut cursor = map.cursor();
    cursor.seek(&KeyRange::all(), Direction::Forward);
    map.insert(&[0], put(2));
    map.insert(&[2], Entry::new(2, None));
    drop(map);
    assert_eq!(cursor.peek(), Some(([1].as_slice(), &put(1))));
    cursor.advance();
    assert_eq!(cursor.peek(), Some(([2].as_slice(), &put(1))));
    cursor.seek(&KeyRange { start: Bound::Included(vec![3]), ..KeyRange::all() }, Direction::Backward);
    assert_eq!(cursor.peek(), Some(([3].as_slice(), &put(1))));
    cursor.advance();
    assert!(cursor.is_done());
}

#[test]
fn ascending_keys_fill_leaves_wholly() {
    let count = 100_000;
    let (mut single, mut run) = (Memtable::default(), Memtable::default());
    let keys: Vec<_> = (0..count).map(id).collect();
    for key in &keys {
        single.insert(key, put(1));
    }
    for chunk in keys.chunks(100) {
        run.insert_run(chunk.iter().map(|key| (key.as_slice(), put(1))));
    }
    let model: Model = keys.iter().map(|key| (key.to_vec(), put(1))).collect();
    for map in [&single, &run] {
        check(map, &model);
        assert_eq!(leaves(&map.root), (count as usize).div_ceil(CAPACITY));
    }
}

#[test]
fn a_run_between_two_keys_fills_leaves_too() {
    let mut map = Memtable::default();
    map.insert_run((0..20_u8).map(|n| [n]).collect::<Vec<_>>().iter().map(|key| (key.as_slice(), put(1))));
    let keys: Vec<_> = (0..1000_u16).map(|n| [&[9], n.to_be_bytes().as_slice()].concat()).collect();
    map.insert_run(keys.iter().map(|key| (key.as_slice(), put(2))));
    assert_eq!(map.len(), 1020);
    assert!(leaves(&map.root) <= 1020 / CAPACITY + 3, "{} leaves", leaves(&map.root));
}

#[test]
fn a_run_copies_each_touched_leaf_once_and_no_other() {
    let mut map = Memtable::default();
    map.insert_run((0..3200).map(id).collect::<Vec<_>>().iter().map(|key| (key.as_slice(), put(1))));
    let before = map.clone();
    let touched: Vec<_> = (640..672).map(id).collect();
    map.insert_run(touched.iter().map(|key| (key.as_slice(), put(2))));
    let (old, new) = (leaf_addresses(&before.root), leaf_addresses(&map.root));
    assert_eq!(old.len(), 100);
    assert_eq!(old.iter().zip(&new).filter(|(old, new)| old != new).count(), 1);
    let alone = new.clone();
    drop(before);
    map.insert(&id(640), put(3));
    assert_eq!(leaf_addresses(&map.root), alone, "what nobody shares is changed in place");
}

fn leaf_addresses<V>(node: &Node<V>) -> Vec<usize> {
    match node {
        Node::Empty => Vec::new(),
        Node::Leaf(leaf) => vec![Arc::as_ptr(leaf).addr()],
        Node::Inner(inner) => inner.children[..inner.len()].iter().flat_map(leaf_addresses).collect(),
    }
}

#[test]
fn descending_and_shuffled_keys_are_found() {
    let count = 100_000_u64;
    let shuffled = |number: u64| (number * 40_503) % count;
    for order in [&(|number| count - 1 - number) as &dyn Fn(u64) -> u64, &shuffled] {
        let (mut map, mut model) = (Memtable::default(), Model::new());
        for number in 0..count {
            map.insert(&id(order(number)), put(number));
            model.insert(id(order(number)).to_vec(), put(number));
        }
        check(&map, &model);
        assert_eq!(map.get(&id(count)), None);
        assert!(leaves(&map.root) < 2 * count as usize / CAPACITY + 2);
    }
}

#[test]
fn keys_that_look_alike_are_told_apart() {
    let mut keys = vec![Vec::new()];
    for len in 1..40 {
        keys.push(vec![0; len]);
        keys.push(vec![0xFF; len]);
        keys.push([vec![b'x'; len], vec![0]].concat());
        keys.push([vec![b'x'; len], vec![0, 0]].concat());
        keys.push(vec![b'x'; len]);
    }
    let mut map = Memtable::default();
    for key in &keys {
        assert_eq!(map.get(key), None, "{key:?}");
        assert_eq!(map.insert(key, put(key.len() as u64)), None, "{key:?}");
    }
    for key in &keys {
        assert_eq!(map.get(key), Some(&put(key.len() as u64)), "{key:?}");
    }
    for absent in [[vec![b'x'; 9], vec![0, 1]].concat(), [vec![0; 8], vec![1]].concat(), vec![0xFF; 41]] {
        assert_eq!(map.get(&absent), None, "{absent:?}");
    }
    check(&map, &keys.iter().map(|key| (key.clone(), put(key.len() as u64))).collect());
}

#[test]
fn a_shared_map_is_freed_with_a_small_stack() {
    let freed = thread::Builder::new().stack_size(128 << 10).spawn(|| {
        let mut map = Map::<u64>::default();
        for number in 0..300_000_u64 {
            map.insert(&id(number), number);
        }
        let (one, other) = (map.clone(), map.clone());
        *map.get_or_default(&id(7)) = 0;
        drop(map);
        drop(one);
        assert_eq!(other.get(&id(7)), Some(&7));
    });
    freed.unwrap().join().unwrap();
}

#[test]
fn a_directory_keeps_its_trees_apart() {
    let (orders, by_city) = (TreeId::record(1), TreeId::index(2));
    let mut directory = Directory::default();
    assert!(directory.is_empty() && directory.get(orders).is_none() && !directory.is_dropped(orders));
    directory.get_mut(orders).insert(b"a", put(1));
    let before = directory.clone();
    directory.get_mut(by_city).insert(b"a", put(2));
    directory.get_mut(orders).insert(b"a", put(3));
    assert_eq!(before.entry(orders, b"a"), Some(&put(1)));
    assert_eq!(before.entry(by_city, b"a"), None);
    assert_eq!(directory.entry(orders, b"a"), Some(&put(3)));
    assert_eq!(directory.entry(by_city, b"a"), Some(&put(2)));
    assert_eq!(directory.iter().map(|(tree, _)| tree).collect::<Vec<_>>(), [orders, by_city]);
}

#[test]
fn a_dropped_tree_is_empty_and_hides_what_lies_beneath() {
    let tree = TreeId::index(3);
    let mut directory = Directory::default();
    directory.get_mut(tree).insert(b"a", put(1));
    let before = directory.clone();
    directory.drop_tree(tree, 2);
    assert!(directory.is_dropped(tree) && !directory.is_empty());
    assert_eq!(directory.dropped_at(tree), Some(2));
    assert!(directory.get(tree).is_some_and(Memtable::is_empty));
    assert_eq!(directory.entry(tree, b"a"), None);
    assert_eq!(before.entry(tree, b"a"), Some(&put(1)));
    assert!(!before.is_dropped(tree));
}

#[test]
fn thousands_of_trees_are_listed_in_order() {
    let mut directory = Directory::default();
    let mut versions = Vec::new();
    for number in 0..3000 {
        let tree = TreeId((number * 7919) % 3001);
        directory.get_mut(tree).insert(b"k", put(u64::from(tree.0)));
        versions.push(directory.clone());
    }
    let listed: Vec<_> =
        directory.iter().map(|(tree, state)| (tree.0, state.table.get(b"k").cloned())).collect();
    assert_eq!(listed.len(), 3000);
    assert!(listed.is_sorted_by_key(|(tree, _)| *tree));
    assert!(listed.iter().all(|(tree, entry)| *entry == Some(put(u64::from(*tree)))));
    assert!(versions.iter().enumerate().all(|(at, version)| version.iter().count() == at + 1));
}

#[test]
fn the_size_of_a_range_is_told_about_right() {
    for dice in Dice::each(4) {
        let count: u64 = 40_000;
        let mut map = Memtable::default();
        let mut order: Vec<u64> = (0..count).collect();
        if dice.seed % 2 == 1 {
            (1..order.len()).for_each(|at| order.swap(at, dice.below(at + 1)));
        }
        for number in &order {
            map.insert(&number.to_be_bytes(), Entry::new(1, None));
        }
        let key = |number: u64| number.to_be_bytes().to_vec();
        for _ in 0..300 {
            let from = dice.below(count as usize) as u64;
            let len = [1, 20, 500, 3000, 20_000][dice.below(5)].min(count - from);
            let range = KeyRange { start: Bound::Included(key(from)), end: Bound::Excluded(key(from + len)) };
            let told = map.estimate(&range);
            let right = if len <= 500 { told == len } else { told >= len / 2 && told <= len * 2 };
            assert!(right, "{told}, not {len}, from {from}");
        }
        assert_eq!(map.estimate(&KeyRange::all()), count);
        assert_eq!(map.estimate(&KeyRange { start: Bound::Included(key(count)), end: Bound::Unbounded }), 0);
    }
}
