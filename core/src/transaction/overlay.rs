//! A scan over a snapshot with private changes over it.

use crate::error::Result;
use crate::storage::{Batch, Direction, KeyRange, Scan, Slice, TreeId};

use super::Transaction;

/// How many entries of the snapshot are read at a time.
const BENEATH_BATCH: usize = 256;

/// The changes of the range, copied when the scan opens, and the snapshot's entries beneath them.
struct Overlay {
    changes: std::iter::Peekable<std::vec::IntoIter<(Vec<u8>, Option<Slice>)>>,
    beneath: Option<Box<dyn Scan>>,
    read: Batch,
    at: usize,
    direction: Direction,
}

pub(super) fn scan(
    txn: &Transaction,
    tree: TreeId,
    range: KeyRange,
    direction: Direction,
) -> Result<Box<dyn Scan>> {
    let mut changes = Vec::new();
    for (key, staged) in txn.writes.staged_in(tree, &range) {
        changes.push((key.to_vec(), txn.resolve(tree, key, staged)?));
    }
    if direction == Direction::Backward {
        changes.reverse();
    }
    let beneath = match txn.writes.is_dropped(tree) {
        true => None,
        false => Some(txn.snapshot.scan(tree, range, direction)?),
    };
    let changes = changes.into_iter().peekable();
    Ok(Box::new(Overlay { changes, beneath, read: Batch::new(), at: 0, direction }))
}

impl Scan for Overlay {
    fn next_batch(&mut self, batch: &mut Batch, limit: usize) -> Result<()> {
        batch.clear();
        while batch.len() < limit.max(1) {
            self.refill()?;
            let beneath = (self.at < self.read.len()).then(|| self.read.key(self.at));
            match (self.changes.peek(), beneath) {
                (None, None) => break,
                (Some((changed, _)), Some(key)) if comes_first(key, changed, self.direction) => {
                    batch.push_of(&self.read, self.at);
                    self.at += 1;
                }
                (Some((changed, _)), beneath) => {
                    self.at += usize::from(beneath == Some(changed.as_slice()));
                    if let Some((key, Some(value))) = self.changes.next() {
                        batch.push(&key, value);
                    }
                }
                (None, Some(_)) => {
                    batch.push_of(&self.read, self.at);
                    self.at += 1;
                }
            }
        }
        Ok(())
    }
}

impl Overlay {
    fn refill(&mut self) -> Result<()> {
        if self.at < self.read.len() {
            return Ok(());
        }
        if let Some(beneath) = &mut self.beneath {
            beneath.next_batch(&mut self.read, BENEATH_BATCH)?;
            self.at = 0;
            if self.read.is_empty() {
                self.beneath = None;
            }
        }
        Ok(())
    }
}

fn comes_first(key: &[u8], other: &[u8], direction: Direction) -> bool {
    match direction {
        Direction::Forward => key < other,
        Direction::Backward => key > other,
    }
}
