//! What a life is made of: commits of every kind, and looking back.

use nexuslite::Durability;
use nexuslite::simulation::{Change, Tree};

use crate::model::{COUNTERS, count_key, set_record};
use crate::oracle::look_at;
use crate::workload::Session;

/// A tree of keys of every length.
const KEYS: Tree = Tree::Index(2_000_000);

impl Session {
    /// A commit of a few random changes.
    pub(crate) fn commit(&mut self, durability: Durability) -> Result<(), String> {
        let mut changes = Vec::new();
        for _ in 0..self.dice.between(1, 6) {
            let more = self.change();
            self.add(&mut changes, more);
        }
        self.try_commit(changes, durability)
    }

    /// The change is part of the commit in the making, and what comes after it is made knowing it.
    pub(crate) fn add(&mut self, changes: &mut Vec<Change>, more: Vec<Change>) {
        self.model.apply(&more);
        changes.extend(more);
    }

    pub(crate) fn change(&mut self) -> Vec<Change> {
        if self.dice.one_in(12) {
            return vec![self.change_of_keys()];
        }
        let pair = self.pair();
        let records = Tree::Records(pair);
        let known = self.dice.below(u64::MAX);
        let id = match (self.dice.below(3), self.model.key_at(records, known)) {
            (0, Some(id)) => id,
            (1, _) => self.dice.below(200).to_be_bytes().to_vec(),
            _ => (self.model.len(records) as u64).to_be_bytes().to_vec(),
        };
        let value = if self.dice.one_in(4) { None } else { Some(self.value()) };
        set_record(&self.model, pair, &id, value)
    }

    pub(crate) fn change_of_keys(&mut self) -> Change {
        let known = self.dice.below(u64::MAX);
        match self.model.key_at(KEYS, known) {
            Some(key) if self.dice.one_in(2) => Change::Delete(KEYS, key),
            _ => {
                let len = self.dice.pick(&[1, 8, 30, 200, 3000]);
                let key = self.dice.bytes(len);
                Change::Put(KEYS, key, self.value())
            }
        }
    }

    pub(crate) fn pair(&mut self) -> u32 {
        if self.pairs.is_empty() || (self.pairs.len() < 3 && self.dice.one_in(20)) {
            self.pairs.push(self.next_pair);
            self.next_pair += 1;
        }
        self.dice.pick(&self.pairs)
    }

    pub(crate) fn value(&mut self) -> Vec<u8> {
        let len = match self.dice.below(100) {
            0..=82 => self.dice.below(300),
            83..=94 => self.dice.below(self.plan.value_max.min(4_000)),
            95..=98 => self.dice.below(self.plan.value_max.min(20_000)),
            _ => self.dice.below(self.plan.value_max),
        };
        self.dice.bytes(len as usize)
    }

    /// Takes a view to look at later, or looks at an old one again.
    pub(crate) fn look_back(&mut self) -> Result<(), String> {
        if self.views.len() < 3 && self.dice.one_in(2) {
            let fired = self.disk.faults_fired();
            let view = self.store()?.view().map_err(|e| e.to_string())?;
            return match look_at(&view, &self.history.trees) {
                Ok(seen) => {
                    self.views.push((view, seen));
                    Ok(())
                }
                Err(error) => self.excuse(fired, Err(error)),
            };
        }
        self.look_back_at_all()?;
        let keep = self.dice.below(3) as usize;
        self.views.truncate(keep);
        Ok(())
    }

    pub(crate) fn look_back_at_all(&self) -> Result<(), String> {
        for (view, before) in &self.views {
            let fired = self.disk.faults_fired();
            let now = match look_at(view, &self.history.trees) {
                Ok(now) => now,
                Err(error) => {
                    self.excuse(fired, Err(format!("an old view: {error}")))?;
                    continue;
                }
            };
            if now != *before {
                return Err(format!("a view of commit {} changed", before.seq));
            }
        }
        Ok(())
    }

    pub(crate) fn delete_much(&mut self) -> Result<(), String> {
        let pair = self.pair();
        let (mut changes, part) = (Vec::new(), self.dice.between(1, 3));
        let ids = self.model.trees.get(&Tree::Records(pair)).into_iter().flatten();
        let ids: Vec<_> = ids.map(|(id, _)| id.clone()).filter(|id| u64::from(id[7]) % 4 <= part).collect();
        for id in ids {
            let more = set_record(&self.model, pair, &id, None);
            self.add(&mut changes, more);
        }
        if changes.is_empty() {
            return self.commit(Durability::Full);
        }
        self.try_commit(changes, Durability::Full)?;
        self.checkpoint()?;
        self.idle()
    }

    pub(crate) fn drop_pair(&mut self) -> Result<(), String> {
        let Some(pair) = self.pairs.pop() else { return Ok(()) };
        let mut changes = vec![Change::Drop(Tree::Records(pair)), Change::Drop(Tree::Index(pair))];
        changes.push(Change::Delete(COUNTERS, count_key(pair)));
        self.model.apply(&changes);
        let (other, value) = (self.pair(), self.value());
        let more = set_record(&self.model, other, &7_u64.to_be_bytes(), Some(value));
        self.add(&mut changes, more);
        self.try_commit(changes, Durability::Full)
    }

    /// One commit of many records, so that both files grow.
    pub(crate) fn fill(&mut self) -> Result<(), String> {
        let pair = self.pair();
        let mut changes = Vec::new();
        for _ in 0..self.dice.between(20, 60) {
            let id = (self.model.len(Tree::Records(pair)) as u64 + 1000).to_be_bytes();
            let len = self.dice.between(100, 500) as usize;
            let more = set_record(&self.model, pair, &id, Some(self.dice.bytes(len)));
            self.add(&mut changes, more);
        }
        self.try_commit(changes, Durability::Full)
    }
}
