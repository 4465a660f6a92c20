//! What may be found after a crash, and looking whether it is.
//!
//! The state must be exactly one of those that the commits made, one after the other; it must hold every commit
//! that was acknowledged, seen by a reader or found by an earlier opening, and none that an earlier opening
//! found missing.

use std::collections::BTreeSet;

use nexuslite::Durability;
use nexuslite::simulation::{Store, Tree, View};

use crate::model::{COUNTERS, Model, count_key, entry_digest, mirror_key};

/// A commit that was tried.
#[derive(Debug)]
struct Commit {
    seq: u64,
    durability: Durability,
    /// The disk's next call when it was tried.
    from: u64,
    /// The disk's next call when an opening had found that it is not there.
    until: u64,
    after: Model,
}

/// Everything that was tried and everything that was promised, in the order of the disk's calls.
#[derive(Debug, Default)]
pub(crate) struct History {
    commits: Vec<Commit>,
    /// From this call on, at least this commit must be there.
    floors: Vec<(u64, u64)>,
    empty: Model,
    /// Every tree that was ever written to.
    pub(crate) trees: BTreeSet<Tree>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) seq: u64,
    pub(crate) digest: u64,
}

impl History {
    /// The commit that follows is tried; `after` is the state that it makes.
    pub(crate) fn submit(&mut self, at: u64, durability: Durability, after: &Model) -> u64 {
        let seq = self.newest() + 1;
        self.trees.extend(after.trees.keys());
        self.commits.push(Commit { seq, durability, from: at, until: u64::MAX, after: after.clone() });
        seq
    }

    /// The commit tried last left no trace, and says so.
    pub(crate) fn withdraw(&mut self) {
        self.commits.pop();
    }

    /// From call `at` on, commit `seq` must be there.
    pub(crate) fn promise(&mut self, at: u64, seq: u64) {
        if self.floors.last().is_none_or(|(_, floor)| *floor < seq) {
            self.floors.push((at, seq));
        }
    }

    /// A reader saw `seq`: what of it was to be durable is promised.
    pub(crate) fn was_shown(&mut self, at: u64, seq: u64) {
        let full = |commit: &&Commit| commit.durability == Durability::Full && commit.seq <= seq;
        if let Some(commit) = self.live().filter(full).last() {
            let seq = commit.seq;
            self.promise(at, seq);
        }
    }

    /// An opening returned at call `at` and found `seq`: what is there is promised, what is missing is gone.
    pub(crate) fn resolve(&mut self, at: u64, seq: u64) {
        self.promise(at, seq);
        for commit in self.commits.iter_mut().filter(|commit| commit.until == u64::MAX && commit.seq > seq) {
            commit.until = at;
        }
    }

    /// The last commit that may be there now.
    pub(crate) fn newest(&self) -> u64 {
        self.live().last().map_or(0, |commit| commit.seq)
    }

    /// The last commit that must be there if the power goes at call `cut`.
    pub(crate) fn floor(&self, cut: u64) -> u64 {
        let after = self.floors.partition_point(|(at, _)| *at <= cut);
        self.floors[..after].last().map_or(0, |(_, seq)| *seq)
    }

    /// The state after commit `seq`, if that may be found when the power goes at call `cut`.
    pub(crate) fn state(&self, cut: u64, seq: u64) -> Option<&Model> {
        if seq == 0 {
            return Some(&self.empty);
        }
        let found = |commit: &&Commit| commit.seq == seq && commit.from <= cut && cut < commit.until;
        self.commits.iter().rev().find(found).map(|commit| &commit.after)
    }

    /// Judges what was found when the power went at call `cut`.
    pub(crate) fn judge(&self, cut: u64, seen: Seen) -> Result<(), String> {
        let floor = self.floor(cut);
        if seen.seq < floor {
            return Err(format!("LOST: commit {floor} was promised, found is commit {}", seen.seq));
        }
        match self.state(cut, seen.seq) {
            None => Err(format!("PHANTOM: found is commit {}, which may not be there", seen.seq)),
            Some(state) if state.digest() != seen.digest => {
                Err(format!("TORN: the state found is not the one of commit {}", seen.seq))
            }
            Some(_) => Ok(()),
        }
    }

    fn live(&self) -> impl Iterator<Item = &Commit> {
        self.commits.iter().filter(|commit| commit.until == u64::MAX)
    }
}

/// Reads everything that a store shows and compares it with itself: order, records against index, counts.
pub(crate) fn look(store: &Store, trees: &BTreeSet<Tree>) -> Result<Seen, String> {
    look_at(&store.view().map_err(|e| format!("no view: {e}"))?, trees)
}

/// The same for a view.
pub(crate) fn look_at(view: &View, trees: &BTreeSet<Tree>) -> Result<Seen, String> {
    let (mut digest, mut found) = (0_u64, Model::default());
    for tree in trees {
        let entries = view.entries(*tree).map_err(|e| format!("{tree:?} cannot be read: {e}"))?;
        if entries.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(format!("{tree:?} is out of order"));
        }
        for (key, value) in entries {
            digest = digest.wrapping_add(entry_digest(*tree, &key, &value));
            found.trees.entry(*tree).or_default().insert(key, value.into());
        }
    }
    expect_mirrored(&found)?;
    Ok(Seen { seq: view.seq(), digest })
}

fn expect_mirrored(found: &Model) -> Result<(), String> {
    for (tree, records) in &found.trees {
        let Tree::Records(number) = tree else { continue };
        let index = Tree::Index(*number);
        let missing = records.iter().find(|(id, value)| found.value(index, &mirror_key(id, value)).is_none());
        if let Some((id, _)) = missing {
            return Err(format!("TORN: record {id:02x?} of {tree:?} is not in its index"));
        }
        let (held, indexed) = (records.len(), found.len(index));
        let counted = found.counter(COUNTERS, &count_key(*number));
        if held != indexed || held as i64 != counted {
            return Err(format!(
                "TORN: {tree:?} holds {held}, its index {indexed}, its count says {counted}"
            ));
        }
    }
    Ok(())
}

/// Where two states part, for a diagnosis.
pub(crate) fn difference(store: &Store, expected: &Model, trees: &BTreeSet<Tree>) -> String {
    let Ok(view) = store.view() else { return String::new() };
    for tree in trees {
        let found = view.entries(*tree).unwrap_or_default();
        let empty = Default::default();
        let wanted = expected.trees.get(tree).unwrap_or(&empty);
        let extra = found.iter().find(|(key, value)| wanted.get(key).is_none_or(|w| w[..] != value[..]));
        if let Some((key, value)) = extra {
            let instead = wanted.get(key).map(|value| value.len());
            return format!("{tree:?} has {key:02x?} with {} bytes, expected {instead:?}", value.len());
        }
        let missing = wanted.keys().find(|key| found.binary_search_by(|(k, _)| k.cmp(key)).is_err());
        if let Some(key) = missing {
            return format!("{tree:?} lacks {key:02x?}");
        }
    }
    "no difference was found at a second look".to_owned()
}
