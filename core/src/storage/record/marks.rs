//! The keys of a small commit as numbers, by which it is told from others without looking anything up.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::decode::RecordOp;
use super::layout::OpKind;
use super::write_set::Expected;
use crate::storage::TreeId;

/// A commit with more keys than these has no marks.
const MARKS_MAX: usize = 16;

/// A hash of each key that a commit writes, and of each that it expects unchanged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    /// Those of keys written without regard to what was there, as counters are, of other keys written, and of keys
    /// that are expected unchanged.
    all: [u64; MARKS_MAX],
    blind: u8,
    written: u8,
    expected: u8,
}

impl Marks {
    /// Nothing where the keys are many, or are not known one by one.
    pub(super) fn of(record: &[u8], ops: &[RecordOp], expected: &Expected) -> Option<Self> {
        let is_small = ops.len() + expected.len() <= MARKS_MAX;
        if !is_small || ops.iter().any(|op| op.kind == OpKind::DropTree) {
            return None;
        }
        let blind = ops.iter().filter(|op| !op.kind.replaces());
        let replacing = ops.iter().filter(|op| op.kind.replaces());
        let blind_count = blind.clone().count() as u8;
        let written = blind.chain(replacing).map(|op| mark(op.tree, &record[op.key.clone()]));
        let marks = written.chain(expected.iter().map(|(tree, key)| mark(*tree, key)));
        let mut all = [0; MARKS_MAX];
        all.iter_mut().zip(marks).for_each(|(place, mark)| *place = mark);
        Some(Self { all, blind: blind_count, written: ops.len() as u8, expected: expected.len() as u8 })
    }

    /// The keys that a commit writes.
    pub(crate) fn written(&self) -> &[u64] {
        &self.all[..usize::from(self.written)]
    }

    /// The keys that nobody may have changed before it.
    pub(crate) fn asked(&self) -> &[u64] {
        &self.all[usize::from(self.blind)..usize::from(self.written + self.expected)]
    }
}

fn mark(tree: TreeId, key: &[u8]) -> u64 {
    xxh3_64_with_seed(key, u64::from(tree.0))
}
