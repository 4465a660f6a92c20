//! How full pages get, what is read and rewritten, and the odd cases.

use std::sync::Arc;

use super::super::root::ROOT_REFERENCE_LEN;
use super::super::{Reached, Tree, TreeKind};
use super::pages::{Dice, MemoryFile, whole};
use crate::error::ErrorKind;
use crate::storage::page::{PageKind, PageReader, PageWriter};
use crate::storage::{Batch, Direction, KeyRange};

type Pairs = Vec<(Vec<u8>, Option<Vec<u8>>)>;

fn apply(file: &Arc<MemoryFile>, tree: &Tree, changes: &Pairs) -> Tree {
    let mut writer = file.writer(1);
    let stream = changes.iter().map(|(key, value)| Ok((key, value.as_deref())));
    let tree = tree.apply(&**file, &mut writer, stream).expect("the changes apply");
    file.reclaim(&writer.freed);
    tree
}

fn records(ids: impl Iterator<Item = u64>, len: usize) -> Pairs {
    ids.map(|id| (id.to_be_bytes().to_vec(), Some(vec![id as u8; len]))).collect()
}

fn sixteen(mut dice: Dice, count: usize) -> Pairs {
    let mut pairs: Pairs = (0..count)
        .map(|_| {
            let key = [dice.roll().to_be_bytes(), dice.roll().to_be_bytes()].concat();
            (key, Some(vec![7; 8]))
        })
        .collect();
    pairs.sort();
    pairs
}

fn leaves(tree: &Tree, file: &MemoryFile) -> usize {
    let leaf = |what: &&Reached| !matches!(what, Reached::Page(_, PageKind::Inner));
    whole(tree, file).reached.iter().filter(leaf).count()
}

/// Bytes of entries over bytes of leaves.
fn filled(tree: &Tree, file: &MemoryFile, entry_len: usize) -> f64 {
    (tree.len() as usize * entry_len) as f64 / (leaves(tree, file) * file.page_size()) as f64
}

#[test]
fn bulk_load_fills_its_leaves() {
    let file = MemoryFile::new(16384);
    let tree = apply(&file, &Tree::empty(TreeKind::Record), &records(0..50_000, 300));
    assert!(filled(&tree, &file, 310) > 0.96, "{}", filled(&tree, &file, 310));
    let file = MemoryFile::new(8192);
    let tree = apply(&file, &Tree::empty(TreeKind::Index), &sixteen(Dice(1), 50_000));
    assert!(filled(&tree, &file, 24) > 0.97, "{}", filled(&tree, &file, 24));
}

#[test]
fn ascending_batches_fill_their_leaves() {
    for batch in [1, 7, 500] {
        let file = MemoryFile::new(8192);
        let mut tree = Tree::empty(TreeKind::Record);
        for start in (0..4_000).step_by(batch) {
            tree = apply(&file, &tree, &records(start..start + batch as u64, 100));
        }
        assert!(filled(&tree, &file, 110) > 0.94, "batches of {batch}: {}", filled(&tree, &file, 110));
    }
}

#[test]
fn ascending_runs_in_the_middle_fill_their_leaves() {
    let file = MemoryFile::new(8192);
    let mut tree = Tree::empty(TreeKind::Record);
    for round in 0..40 {
        let runs = (0..20_u64).flat_map(|run| (0..60).map(move |at| run << 32 | (round * 60 + at)));
        tree = apply(&file, &tree, &records(runs, 100));
    }
    assert!(filled(&tree, &file, 110) > 0.85, "{}", filled(&tree, &file, 110));
}

/// How full leaves are on average while batches of random keys double the tree.
fn filled_by_random_batches(batches: usize, of: usize) -> f64 {
    let file = MemoryFile::new(8192);
    let (mut tree, mut dice, mut sum) = (Tree::empty(TreeKind::Index), Dice(5), 0.0);
    for batch in 0..batches {
        tree = apply(&file, &tree, &sixteen(Dice(dice.roll()), of));
        if batch >= batches / 2 {
            sum += filled(&tree, &file, 24);
        }
    }
    sum / (batches - batches / 2) as f64
}

#[test]
fn random_batches_that_meet_few_leaves_leave_them_two_thirds_full() {
    let filled = filled_by_random_batches(2000, 20);
    assert!((0.6..0.75).contains(&filled), "{filled}");
}

#[test]
fn random_batches_that_meet_all_leaves_leave_a_tenth_of_each() {
    let filled = filled_by_random_batches(30, 1400);
    assert!((0.8..0.93).contains(&filled), "{filled}");
}

#[test]
fn deletions_give_pages_back() {
    let file = MemoryFile::new(8192);
    let all = sixteen(Dice(3), 40_000);
    let mut tree = apply(&file, &Tree::empty(TreeKind::Index), &all);
    let (before, height) = (leaves(&tree, &file), tree.height);
    let mut dice = Dice(9);
    for _ in 0..12 {
        let gone: Pairs =
            all.iter().filter(|_| dice.below(3) == 0).map(|(key, _)| (key.clone(), None)).collect();
        tree = apply(&file, &tree, &gone);
    }
    let left = tree.len() as usize;
    assert!(left > 100 && left < 1000, "{left}");
    assert!(leaves(&tree, &file) * 20 < before, "{} of {before}", leaves(&tree, &file));
    assert!(filled(&tree, &file, 24) > 0.25 && tree.height <= height);
    let rest: Pairs = all.iter().map(|(key, _)| (key.clone(), None)).collect();
    tree = apply(&file, &tree, &rest);
    assert!(tree.root.is_none() && tree.height == 0 && file.used().is_empty());
}

#[test]
fn only_touched_leaves_are_rewritten() {
    let file = MemoryFile::new(8192);
    let tree = apply(&file, &Tree::empty(TreeKind::Record), &records(0..100_000, 100));
    assert_eq!(tree.height, 2);
    let (mut writer, reads) = (file.writer(2), file.reads());
    let changes = records([5_000, 5_001, 90_000].into_iter(), 100);
    let stream = changes.iter().map(|(key, value)| Ok((key, value.as_deref())));
    tree.apply(&*file, &mut writer, stream).expect("the changes apply");
    assert_eq!(file.reads() - reads, 2, "a leaf each, and no node, for all nodes are in memory");
    assert_eq!((writer.written, writer.freed.len()), (5, 5), "two leaves, two nodes above, the root");
}

#[test]
fn changes_without_effect_write_nothing() {
    let file = MemoryFile::new(8192);
    let tree = apply(&file, &Tree::empty(TreeKind::Record), &records((0..10_000).map(|n| n * 2), 50));
    let mut writer = file.writer(2);
    let stream = (0..10_000_u64).map(|n| Ok(((n * 2 + 1).to_be_bytes(), None::<Vec<u8>>)));
    let same = tree.apply(&*file, &mut writer, stream).expect("the changes apply");
    assert_eq!((writer.written, writer.freed.len()), (0, 0));
    assert_eq!(same.encode(), tree.encode());
    let nothing = std::iter::empty::<crate::Result<(Vec<u8>, Option<Vec<u8>>)>>();
    let still_empty =
        Tree::empty(TreeKind::Index).apply(&*file, &mut writer, nothing).expect("nothing applies");
    assert!(still_empty.root.is_none() && writer.written == 0);
}

#[test]
fn get_many_reads_each_leaf_once() {
    let file = MemoryFile::new(8192);
    let tree = apply(&file, &Tree::empty(TreeKind::Record), &records(0..20_000, 100));
    let leaves = leaves(&tree, &file) as u64;
    let keys: Vec<_> = (0..20_000_u64).map(u64::to_be_bytes).collect();
    let keys: Vec<&[u8]> = keys.iter().map(<[u8; 8]>::as_slice).collect();
    let reads = file.reads();
    let values = tree.get_many(&*file, &keys).expect("the keys can be looked up");
    assert_eq!(file.reads() - reads, leaves);
    assert!(values.iter().zip(0_u64..).all(|(value, id)| value.as_deref() == Some(&[id as u8; 100][..])));
}

#[test]
fn relocation_clears_the_end_of_the_file_in_steps() {
    let long = |n: u64| [vec![b'p'; 2500], n.to_be_bytes().to_vec(), vec![b'q'; 800]].concat();
    let plain = |n: u64| n.to_be_bytes().to_vec();
    let key = |kind, n| if kind == TreeKind::Index && n >= 900 { long(n) } else { plain(n) };
    for kind in [TreeKind::Record, TreeKind::Index] {
        let file = MemoryFile::new(8192);
        let hole = file.writer(1).write_extent(&vec![0; 8192 * 1500]).expect("written");
        let value = |n: u64| vec![n as u8; if n % 50 == 7 { 20_000 } else { 90 }];
        let all: Pairs = (0..1000).map(|n| (key(kind, n), Some(value(n)))).collect();
        let mut tree = apply(&file, &Tree::empty(kind), &all);
        let occupied = whole(&tree, &file).reached.len();
        file.reclaim(&[Reached::Extent(hole)]);
        assert!(*file.used().first().expect("in use") >= 1500);
        let (mut steps, budget) = (0, 20);
        loop {
            let mut writer = file.writer(2);
            let (next, moved) = tree.relocate(&*file, &mut writer, 1500, budget).expect("moved");
            assert!(moved < budget + 10, "{moved} pages in one step");
            file.reclaim(&writer.freed);
            tree = next;
            steps += 1;
            if moved < budget {
                break;
            }
        }
        assert!(steps > 3 && file.end() <= 1500, "{steps} steps, end {}", file.end());
        assert_eq!(whole(&tree, &file).reached.len(), occupied);
        for (key, value) in &all {
            assert_eq!(tree.get(&*file, key).expect("found").as_deref(), value.as_deref());
        }
        let (reads, mut writer) = (file.reads(), file.writer(3));
        let (_, moved) = tree.relocate(&*file, &mut writer, 1500, budget).expect("nothing moves");
        let read = file.reads() - reads;
        assert_eq!((moved, writer.written), (0, 0));
        assert!(read <= leaves(&tree, &file) as u64, "a leaf is read once at most");
    }
}

#[test]
fn keys_of_several_mebibytes() {
    let key = |n: u8| [vec![b'k'; 3 << 20], vec![n]].concat();
    let file = MemoryFile::new(16384);
    let mut tree = Tree::empty(TreeKind::Index);
    for n in [4, 1, 9, 7, 2, 8, 3, 6, 5, 0] {
        tree = apply(&file, &tree, &vec![(key(n), Some(vec![n; 3]))]);
    }
    whole(&tree, &file);
    assert_eq!(tree.len(), 10);
    for n in 0..10 {
        assert_eq!(tree.get(&*file, &key(n)).expect("found").as_deref(), Some(&[n; 3][..]));
    }
    assert_eq!(tree.get(&*file, &key(10)).expect("not found"), None);
    assert_eq!(tree.get(&*file, &vec![b'k'; 3 << 20]).expect("not found"), None);
    let half = KeyRange { start: std::ops::Bound::Included(key(5)), ..KeyRange::all() };
    for direction in [Direction::Forward, Direction::Backward] {
        let mut scan = tree.scan(file.clone(), half.clone(), direction).expect("the range can be walked");
        let (mut batch, mut seen) = (Batch::new(), 0);
        loop {
            scan.next_batch(&mut batch, 100).expect("the walk goes on");
            if batch.is_empty() {
                break;
            }
            seen += batch.len();
        }
        assert_eq!(seen, 5, "{direction:?}");
    }
    tree = apply(&file, &tree, &(0..10).map(|n| (key(n), None)).collect());
    assert!(tree.root.is_none() && file.used().is_empty());
}

#[test]
fn changes_that_do_not_ascend_are_refused() {
    let file = MemoryFile::new(8192);
    for keys in [[2_u64, 1], [3, 3]] {
        let changes = keys.map(|id| Ok((id.to_be_bytes(), Some([0; 4]))));
        let refused = Tree::empty(TreeKind::Record).apply(&*file, &mut file.writer(1), changes);
        assert_eq!(refused.expect_err("refused").kind(), ErrorKind::Internal);
    }
    let short = [Ok((b"seven..", Some([0; 4])))];
    let refused = Tree::empty(TreeKind::Record).apply(&*file, &mut file.writer(1), short);
    assert_eq!(refused.expect_err("refused").kind(), ErrorKind::Internal);
}

#[test]
fn references_survive_and_nonsense_does_not() {
    let file = MemoryFile::new(8192);
    let tree = apply(&file, &Tree::empty(TreeKind::Index), &sixteen(Dice(2), 5000));
    let bytes = tree.encode();
    const { assert!(ROOT_REFERENCE_LEN <= 64) };
    assert_eq!(Tree::decode(&bytes).expect("decoded").encode(), bytes);
    let empty = Tree::empty(TreeKind::Record).encode();
    assert!(Tree::decode(&empty).expect("decoded").root.is_none());
    let forged = |at: usize, byte: u8| {
        let mut bytes = bytes;
        bytes[at] = byte;
        bytes
    };
    for wrong in [forged(0, 9), forged(1, 2), forged(1, 0), forged(2, 200)] {
        assert_eq!(Tree::decode(&wrong).expect_err("refused").kind(), ErrorKind::Corrupt);
    }
    assert_eq!(Tree::decode(&bytes[..40]).expect_err("refused").kind(), ErrorKind::Corrupt);
}
