use super::{COMMITS, Recent};
use crate::storage::record::{Marks, WriteSet};
use crate::storage::{Seq, TreeId};

const TREE: TreeId = TreeId(8);

/// The marks of a commit that puts some keys and expects others unchanged.
fn marks(put: &[&str], expected: &[&str]) -> Option<Marks> {
    let mut writes = WriteSet::new(1 << 20);
    put.iter().for_each(|key| writes.put(TREE, key.as_bytes(), &[b"v"]).unwrap());
    expected.iter().for_each(|key| writes.expect_unchanged(TREE, key.as_bytes()));
    writes.seal(&[]).marks
}

fn counted(key: &str) -> Option<Marks> {
    let mut writes = WriteSet::new(1 << 20);
    writes.add(TREE, key.as_bytes(), 1).unwrap();
    writes.seal(&[]).marks
}

#[test]
fn a_commit_is_apart_from_those_that_wrote_other_keys() {
    let mut recent = Recent::behind(10);
    let first = [marks(&["a"], &[]), counted("n"), marks(&["c", "d"], &["e"])];
    first.into_iter().zip(11..).for_each(|(marks, seq)| recent.note(seq, marks));
    let check = |put: &[&str], expected: &[&str], base: Seq, apart: bool| {
        let asked = marks(put, expected).unwrap();
        assert_eq!(recent.are_apart(&asked, base, 13), apart, "{put:?} {expected:?} from {base} on");
    };
    check(&["x"], &[], 10, true);
    check(&["a"], &[], 10, false);
    check(&["a"], &[], 11, true);
    check(&["x"], &["d"], 12, false);
    check(&["x"], &["d"], 13, true);
    // What a commit only expected it did not change.
    check(&["e"], &[], 10, true);
    // Who puts a counter asks for it, who adds to it does not.
    check(&["n"], &[], 10, false);
    assert!(recent.are_apart(&counted("n").unwrap(), 10, 13));
    // Older than what is remembered.
    check(&["x"], &[], 9, false);
}

#[test]
fn what_is_not_known_is_never_apart() {
    let asked = marks(&["x"], &[]).unwrap();
    let mut recent = Recent::behind(0);
    assert!(!recent.are_apart(&asked, 0, 1), "a commit that nobody noted");
    recent.note(1, None);
    assert!(!recent.are_apart(&asked, 0, 1), "a commit without marks");
    recent.note(2, marks(&["a"], &[]));
    assert!(recent.are_apart(&asked, 1, 2));
    recent.note(9, marks(&["a"], &[]));
    assert!(recent.are_apart(&asked, 8, 9));
    assert!(!recent.are_apart(&asked, 7, 9), "commits that were left out");
    let last = 9 + COMMITS as Seq;
    (10..=last).for_each(|seq| recent.note(seq, marks(&["a"], &[])));
    assert!(recent.are_apart(&asked, 9, last));
    recent.note(last + 1, marks(&["a"], &[]));
    assert!(!recent.are_apart(&asked, 9, last + 1), "more than there is room for");
}

#[test]
fn large_commits_and_dropped_trees_have_no_marks() {
    let keys: Vec<String> = (0..17).map(|at| at.to_string()).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    assert!(marks(&keys, &[]).is_none());
    assert!(marks(&keys[..16], &[]).is_some());
    assert!(marks(&keys[..16], &["e"]).is_none());
    let mut writes = WriteSet::new(1 << 20);
    writes.drop_tree(TREE).unwrap();
    assert!(writes.seal(&[]).marks.is_none());
}
