//! Several memtables, read as one.

use crate::storage::memtable::{Cursor, Entry, Memtable};
use crate::storage::{Direction, KeyRange};

/// Cursors over memtables, newest first; those that have come to their end are dropped.
///
/// There are two or three at most, so the next key is found by looking at each.
#[derive(Debug)]
pub(super) struct Layers {
    cursors: Vec<Cursor>,
    /// Which cursor has the next entry: the newest of those that stand on the next key.
    next: usize,
    direction: Direction,
}

impl Layers {
    /// Memtables, newest first, from the beginning of `range`.
    pub(super) fn over<'m>(
        memtables: impl IntoIterator<Item = &'m Memtable>,
        range: &KeyRange,
        direction: Direction,
    ) -> Self {
        let mut cursors = Vec::new();
        for memtable in memtables.into_iter().filter(|memtable| !memtable.is_empty()) {
            let mut cursor = memtable.cursor();
            cursor.seek(range, direction);
            cursors.push(cursor);
        }
        cursors.retain(|cursor| !cursor.is_done());
        let mut layers = Self { cursors, next: 0, direction };
        layers.choose();
        layers
    }

    /// Whether nothing is left.
    pub(super) fn is_done(&self) -> bool {
        self.cursors.is_empty()
    }

    /// The next key, with its newest entry.
    pub(super) fn peek(&self) -> Option<(&[u8], &Entry)> {
        self.cursors.get(self.next)?.peek()
    }

    /// Goes to the next key, past whatever older layers say about this one.
    pub(super) fn advance(&mut self) {
        if let [only] = self.cursors.as_mut_slice() {
            only.advance();
        } else if let Some((newest, older)) =
            self.cursors.get_mut(self.next..).and_then(<[_]>::split_first_mut)
        {
            if let Some((key, _)) = newest.peek() {
                let same =
                    older.iter_mut().filter(|cursor| cursor.peek().is_some_and(|(other, _)| other == key));
                same.for_each(Cursor::advance);
            }
            newest.advance();
        }
        self.cursors.retain(|cursor| !cursor.is_done());
        self.choose();
    }

    fn choose(&mut self) {
        self.next = 0;
        for other in 1..self.cursors.len() {
            if let (Some((best, _)), Some((key, _))) =
                (self.cursors[self.next].peek(), self.cursors[other].peek())
                && comes_before(key, best, self.direction)
            {
                self.next = other;
            }
        }
    }
}

/// Whether a scan in this direction meets `key` before `other`.
pub(super) fn comes_before(key: &[u8], other: &[u8], direction: Direction) -> bool {
    match direction {
        Direction::Forward => key < other,
        Direction::Backward => key > other,
    }
}
