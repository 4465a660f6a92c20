//! Pages that carry the right hash over nonsense.

use std::sync::Arc;

use super::super::layout::{AT_COUNT, AT_LEVEL, AT_PREFIX_LEN, CHILD_LEN, INNER_HEAD_LEN, LEAF_HEAD_LEN};
use super::super::{Reached, Tree, TreeKind};
use super::pages::{Dice, Found, MemoryFile};
use crate::error::{ErrorKind, Result};
use crate::storage::page::{HEAD_LEN, PageKind, PagePtr};
use crate::storage::{Batch, Direction, KeyRange};

fn key(kind: TreeKind, n: u64) -> Vec<u8> {
    match kind {
        TreeKind::Record => (n * 3).to_be_bytes().to_vec(),
        TreeKind::Index if n.is_multiple_of(40) => [vec![b'z'; 2000], n.to_be_bytes().to_vec()].concat(),
        TreeKind::Index => format!("key {n:08}").into_bytes(),
    }
}

fn tree(kind: TreeKind, uniform: bool) -> (Arc<MemoryFile>, Tree, Vec<Vec<u8>>) {
    let file = MemoryFile::new(8192);
    let mut keys: Vec<_> = (0..1500).filter(|n| !uniform || n % 40 != 0).map(|n| key(kind, n)).collect();
    keys.sort();
    let value = |at: usize| vec![3; if uniform { 20 } else { at % 50 + (at % 300 / 299) * 6000 }];
    let changes = keys.iter().enumerate().map(|(at, key)| Ok((key, Some(value(at)))));
    let tree = Tree::empty(kind).apply(&*file, &mut file.writer(1), changes).expect("the changes apply");
    (file, tree, keys)
}

fn pages(tree: &Tree, file: &MemoryFile, wanted: impl Fn(PageKind) -> bool) -> Vec<PagePtr> {
    let mut found = Vec::new();
    let mut visit = |what| match what {
        Reached::Page(ptr, kind) if wanted(kind) => found.push(ptr),
        _ => {}
    };
    tree.reach(file, &mut visit).expect("the tree can be walked");
    found
}

/// Does everything that reads; answers the kinds of errors that came of it.
fn use_everything(file: &Arc<MemoryFile>, tree: &Tree, keys: &[Vec<u8>]) -> Vec<ErrorKind> {
    // Nodes in memory would hide what is in the file.
    let tree = Tree::decode(&tree.encode()).expect("decoded");
    let mut errors = Vec::new();
    let mut note = |result: Result<()>| errors.extend(result.err().map(|error| error.kind()));
    for key in keys.iter().step_by(7) {
        note(tree.get(&**file, key).map(|_| ()));
    }
    for direction in [Direction::Forward, Direction::Backward] {
        let mut scan = tree.scan(Arc::clone(file) as _, KeyRange::all(), direction).expect("opened");
        let mut batch = Batch::new();
        loop {
            match scan.next_batch(&mut batch, 100) {
                Ok(()) if batch.is_empty() => break,
                Ok(()) => {}
                Err(error) => {
                    note(Err(error));
                    break;
                }
            }
        }
    }
    let changes = keys.iter().step_by(3).map(|key| Ok((key, Some(b"changed"))));
    note(tree.apply(&**file, &mut file.writer(2), changes).map(|_| ()));
    let gone = keys.iter().map(|key| Ok((key, None::<&[u8]>)));
    note(tree.apply(&**file, &mut file.writer(2), gone).map(|_| ()));
    note(tree.relocate(&**file, &mut file.writer(3), 0, u64::MAX).map(|_| ()));
    note(tree.free_all(&**file, &mut file.writer(4)));
    let mut found = Found::default();
    tree.check(&**file, &mut found);
    errors
}

fn faults(file: &MemoryFile, tree: &Tree) -> usize {
    let mut found = Found::default();
    Tree::decode(&tree.encode()).expect("decoded").check(file, &mut found);
    found.faults.len()
}

#[test]
fn planted_nonsense_is_corrupt_and_check_finds_it() {
    let at = |at: usize| HEAD_LEN + at;
    let shapes = [(TreeKind::Record, false), (TreeKind::Index, true), (TreeKind::Index, false)];
    for (kind, uniform) in shapes {
        let (file, tree, keys) = tree(kind, uniform);
        let leaf = pages(&tree, &file, |kind| kind != PageKind::Inner)[1];
        let inner = pages(&tree, &file, |kind| kind == PageKind::Inner)[0];
        let plant = |what: &str, ptr: &PagePtr, change: &dyn Fn(&mut Vec<u8>)| {
            let before = file.page(ptr);
            file.forge(ptr, change);
            let errors = use_everything(&file, &tree, &keys);
            assert!(errors.contains(&ErrorKind::Corrupt), "{kind:?} {what}: {errors:?}");
            assert!(errors.iter().all(|kind| *kind == ErrorKind::Corrupt), "{kind:?} {what}: {errors:?}");
            assert!(faults(&file, &tree) > 0, "{kind:?} {what}");
            file.forge(ptr, |page| *page = before);
        };
        let put = |page: &mut Vec<u8>, place: usize, bytes: &[u8]| {
            page[at(place)..at(place) + bytes.len()].copy_from_slice(bytes);
        };
        plant("no entries", &leaf, &|page| put(page, AT_COUNT, &[0, 0]));
        plant("too many entries", &leaf, &|page| put(page, AT_COUNT, &[0xFF, 0xFF]));
        plant("a page too short", &leaf, &|page| page.truncate(60));
        plant("no children", &inner, &|page| put(page, AT_COUNT, &[0, 0]));
        plant("too many children", &inner, &|page| put(page, AT_COUNT, &[0xFF, 0xFF]));
        plant("a wrong level", &inner, &|page| put(page, AT_LEVEL, &[7]));
        plant("a wrong count", &inner, &|page| put(page, INNER_HEAD_LEN + 32, &[1]));
        plant("a pointer to itself", &inner, &|page| {
            put(page, INNER_HEAD_LEN + CHILD_LEN, &inner.page.to_le_bytes());
        });
        if kind == TreeKind::Index {
            plant("a long prefix", &leaf, &|page| put(page, AT_PREFIX_LEN, &[0xFF, 0xFF]));
        } else {
            plant("ids out of order", &leaf, &|page| put(page, LEAF_HEAD_LEN + 8, &[0xFF; 8]));
        }
    }
}

#[test]
fn no_single_damaged_byte_makes_a_panic() {
    let shapes = [(TreeKind::Record, false), (TreeKind::Index, true), (TreeKind::Index, false)];
    for (kind, uniform) in shapes {
        let (file, tree, keys) = tree(kind, uniform);
        let all = pages(&tree, &file, |_| true);
        let mut dice = Dice(11);
        for _ in 0..120 {
            let ptr = all[dice.below(all.len() as u64) as usize];
            let before = file.page(&ptr);
            // Heads, lists of ends and prefixes stand early in a body.
            let reach = [64, 700, 8100][dice.below(3) as usize];
            let (place, byte) = (HEAD_LEN + dice.below(reach) as usize, dice.roll() as u8);
            file.forge(&ptr, |page| page[place] = byte);
            let errors = use_everything(&file, &tree, &keys[..300]);
            assert!(
                errors.iter().all(|kind| *kind == ErrorKind::Corrupt),
                "page {} byte {place} = {byte}: {errors:?}",
                ptr.page
            );
            file.forge(&ptr, |page| *page = before);
        }
        assert_eq!(faults(&file, &tree), 0, "every page was put back");
    }
}

#[test]
fn an_unreadable_leaf_is_named_and_the_rest_is_still_checked() {
    let (file, tree, _) = tree(TreeKind::Record, false);
    let leaves = pages(&tree, &file, |kind| kind != PageKind::Inner);
    let lost = leaves[2];
    file.reclaim(&[Reached::Page(lost, PageKind::RecordLeaf)]);
    let mut found = Found::default();
    let seen = tree.check(&*file, &mut found);
    assert!(
        found.faults.iter().any(|fault| fault.contains(&format!("page {}", lost.page))),
        "{:?}",
        found.faults
    );
    assert!(seen > tree.len() / 2 && seen < tree.len());
}
