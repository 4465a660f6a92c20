//! What may be found after a crash, and looking whether it is.
//!
//! The state must be exactly one of those that the commits made, one after the other; it must hold every commit
//! that was acknowledged, seen by a reader or found by an earlier opening, and none that an earlier opening
//! found missing.

use std::collections::{BTreeMap, BTreeSet};

use nexuslite::Durability;
use nexuslite::simulation::{Change, Store, Tree, View};

use crate::model::{COUNTERS, Model, count_key, entry_digest, mirror_key, read};

/// Part of what is said when a store cannot be read, as opposed to when it says something wrong.
pub(crate) const UNREADABLE: &str = "cannot be read";

/// A commit that was tried.
#[derive(Debug)]
struct Commit {
    seq: u64,
    durability: Durability,
    /// The disk's next call when it was tried.
    from: u64,
    /// The disk's next call when an opening had found that it is not there.
    until: u64,
    changes: Vec<Change>,
    /// Stands for the state after it.
    digest: u64,
}

/// Everything that was tried and everything that was promised, in the order of the disk's calls.
#[derive(Debug, Default)]
pub(crate) struct History {
    commits: Vec<Commit>,
    /// From this call on, at least this commit must be there.
    floors: Vec<(u64, u64)>,
    /// What was there before all of it, and the commit that it is the state of.
    before: (u64, Model),
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
    /// What follows on the state `before` of commit `seq`.
    pub(crate) fn behind(seq: u64, before: Model) -> Self {
        Self { before: (seq, before), floors: vec![(0, seq)], ..Self::default() }
    }

    /// The commit that follows is tried; `after` is the state that it makes.
    pub(crate) fn submit(&mut self, at: u64, how: Durability, changes: Vec<Change>, after: &Model) -> u64 {
        let seq = self.newest() + 1;
        self.trees.extend(after.trees.keys());
        let digest = after.digest();
        self.commits.push(Commit { seq, durability: how, from: at, until: u64::MAX, changes, digest });
        seq
    }

    /// What the commit tried last changes.
    pub(crate) fn last_changes(&self) -> &[Change] {
        self.commits.last().map_or(&[], |commit| &commit.changes)
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
        self.live().last().map_or(self.before.0, |commit| commit.seq)
    }

    /// The last commit that must be there if the power goes at call `cut`.
    pub(crate) fn floor(&self, cut: u64) -> u64 {
        let after = self.floors.partition_point(|(at, _)| *at <= cut);
        self.floors[..after].last().map_or(0, |(_, seq)| *seq)
    }

    /// The state after commit `seq`, if that may be found when the power goes at call `cut`.
    pub(crate) fn model(&self, cut: u64, seq: u64) -> Option<Model> {
        let (before, mut model) = self.before.clone();
        (before + 1..=seq)
            .try_for_each(|seq| self.find(cut, seq).map(|commit| model.apply(&commit.changes)))?;
        Some(model)
    }

    fn find(&self, cut: u64, seq: u64) -> Option<&Commit> {
        let found = |commit: &&Commit| commit.seq == seq && commit.from <= cut && cut < commit.until;
        self.commits.iter().rev().find(found)
    }

    /// Judges what was found when the power went at call `cut`.
    pub(crate) fn judge(&self, cut: u64, seen: Seen) -> Result<(), String> {
        let floor = self.floor(cut);
        if seen.seq < floor {
            return Err(format!("LOST: commit {floor} was promised, found is commit {}", seen.seq));
        }
        let digest = match seen.seq {
            seq if seq == self.before.0 => Some(self.before.1.digest()),
            seq => self.find(cut, seq).map(|commit| commit.digest),
        };
        match digest {
            None => Err(format!("PHANTOM: found is commit {}, which may not be there", seen.seq)),
            Some(digest) if digest != seen.digest => {
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
    look_at(&store.view().map_err(|e| format!("the state {UNREADABLE}: {e}"))?, trees)
}

/// The same for a view.
pub(crate) fn look_at(view: &View, trees: &BTreeSet<Tree>) -> Result<Seen, String> {
    let (mut digest, mut found) = (0_u64, BTreeMap::new());
    for tree in trees {
        let entries = view.entries(*tree).map_err(|e| format!("{tree:?} {UNREADABLE}: {e}"))?;
        if entries.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(format!("{tree:?} is out of order"));
        }
        let sum = entries.iter().fold(0, |sum: u64, (k, v)| sum.wrapping_add(entry_digest(*tree, k, v)));
        digest = digest.wrapping_add(sum);
        found.insert(*tree, entries);
    }
    expect_mirrored(&found)?;
    Ok(Seen { seq: view.seq(), digest })
}

type Entries = Vec<(Vec<u8>, Vec<u8>)>;

fn expect_mirrored(found: &BTreeMap<Tree, Entries>) -> Result<(), String> {
    let none = Entries::new();
    let counters = found.get(&COUNTERS).unwrap_or(&none);
    for (tree, records) in found {
        let Tree::Records(number) = tree else { continue };
        let index = found.get(&Tree::Index(*number)).unwrap_or(&none);
        let mut mirrored: Vec<_> = records.iter().map(|(id, value)| mirror_key(id, value)).collect();
        mirrored.sort_unstable();
        let indexed = index.iter().map(|(key, _)| key);
        if let Some(key) = indexed.clone().zip(&mirrored).find(|(found, wanted)| found != wanted) {
            return Err(format!(
                "TORN: records and index {number} part at {:02x?} and {:02x?}",
                key.0, key.1
            ));
        }
        let key = count_key(*number);
        let count = counters.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| read(value));
        let (held, indexed) = (records.len(), index.len());
        if held != indexed || held as i64 != count {
            return Err(format!("TORN: {tree:?} holds {held}, its index {indexed}, its count says {count}"));
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
