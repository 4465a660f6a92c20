//! Which keys the last commits wrote, as hashes.
//!
//! With many writers each commit is computed from a state that is a few commits old, so all its keys are asked after.
//! Looking them up takes as long as putting them in, and it is done while everybody waits; comparing them with those
//! of the few commits between takes next to nothing.
//!
//! A hash that two keys share makes the question be asked the long way; it never makes a conflict, nor hides one.

use crate::storage::Seq;
use crate::storage::record::Marks;

/// So many commits are remembered: more than write at a time.
const COMMITS: usize = 64;

/// The last commits, each in the place that its number has.
#[derive(Debug)]
pub(super) struct Recent {
    /// Nothing where the keys of a commit are not known.
    commits: Box<[Option<Marks>; COMMITS]>,
    /// The commits behind the first number up to the second are remembered, as far as there is room.
    from: Seq,
    last: Seq,
}

impl Recent {
    /// Nothing is known of commits up to `seq`.
    pub(super) fn behind(seq: Seq) -> Self {
        Self { commits: Box::new([None; COMMITS]), from: seq, last: seq }
    }

    /// The commit after the last one wrote these keys.
    pub(super) fn note(&mut self, seq: Seq, marks: Option<Marks>) {
        if seq != self.last + 1 {
            self.from = seq - 1;
        }
        self.last = seq;
        self.commits[place(seq)] = marks;
    }

    /// Whether no commit between `base` and `tip` wrote a key that `marks` ask for. Where it cannot be told it is not so.
    pub(super) fn are_apart(&self, marks: &Marks, base: Seq, tip: Seq) -> bool {
        let is_remembered = tip == self.last && base >= self.from && tip - base <= COMMITS as Seq;
        is_remembered
            && (base + 1..=tip).all(|seq| {
                self.commits[place(seq)].is_some_and(|commit| {
                    commit.written().iter().all(|written| !marks.asked().contains(written))
                })
            })
    }
}

fn place(seq: Seq) -> usize {
    (seq % COMMITS as Seq) as usize
}

#[cfg(test)]
mod tests;
