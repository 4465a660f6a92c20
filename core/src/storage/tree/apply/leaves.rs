//! Merging changes into the leaves beneath one node.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::storage::Buffer;
use crate::storage::page::ExtentPtr;

use super::super::child::Bounded;
use super::super::given::NewValue;
use super::super::key::{Probe, record_id};
use super::super::layout::OnPage;
use super::super::leaf::Leaf;
use super::super::root::TreeKind;
use super::super::search::Place;
use super::super::separator::Separator;
use super::Merge;
use super::plan::Plan;

/// A plan that has grown to this many pages lays down what is certain.
const PLANNED_PAGES_MAX: usize = 16;

/// Neighbours that all were inserted into are laid out together, up to so many pages of entries: each alone would
/// be split in halves when it is full, and where keys come in random order leaves would stay two thirds full.
const GATHERED_PAGES_MAX: usize = 16;

/// The leaves beneath one node, from left to right.
struct LeafRow<V> {
    done: Vec<Bounded>,
    /// The plan for what comes right after `done`: not laid down as long as a small neighbour may join it.
    held: Option<Plan<V>>,
    changed: bool,
}

/// The page a plan starts from.
struct Before<'b> {
    page: &'b Arc<Buffer>,
    leaf: Leaf<'b>,
}

impl<K, V, I> Merge<'_, K, V, I>
where
    K: AsRef<[u8]>,
    V: NewValue,
    I: Iterator<Item = Result<(K, Option<V>)>>,
{
    /// What `leaves`, the last of them bounded by `high`, become; none when they stay as they are.
    pub(super) fn merge_leaves(
        &mut self,
        leaves: &[Bounded],
        high: Option<&Separator>,
    ) -> Result<Option<Vec<Bounded>>> {
        let mut row = LeafRow { done: Vec::with_capacity(leaves.len()), held: None, changed: false };
        for (index, leaf) in leaves.iter().enumerate() {
            let high = leaves.get(index + 1).map(|next| &next.low).or(high);
            if !(self.has_change_below(high)? && self.merge_leaf(leaf, high, &mut row)?) {
                self.pass_leaf(leaf, &mut row)?;
            }
        }
        self.settle(&mut row, high.is_none())?;
        Ok(row.changed.then_some(row.done))
    }

    /// What the changes become where there was no tree.
    pub(super) fn merge_into_nothing(&mut self) -> Result<Option<Vec<Bounded>>> {
        let mut row = LeafRow { done: Vec::new(), held: None, changed: false };
        let mut plan = Plan::new(self.limits, Separator::default());
        self.merge_changes(None, None, &mut plan, &mut row)?;
        self.hold(plan, &mut row)?;
        self.settle(&mut row, true)?;
        Ok(row.changed.then_some(row.done))
    }

    /// Merges the changes below `high` into a leaf; says whether that made any difference.
    fn merge_leaf(
        &mut self,
        bounded: &Bounded,
        high: Option<&Separator>,
        row: &mut LeafRow<V>,
    ) -> Result<bool> {
        let ptr = bounded.child.ptr;
        let page = self.reader.read_cached(&ptr, self.kind.leaf_page())?;
        let leaf = Leaf::parse(&page, self.kind).on_page(&ptr)?;
        let mut plan = Plan::new(self.limits, bounded.low.clone());
        plan.add_page(Arc::clone(&page), leaf.len());
        let before = Before { page: &page, leaf };
        if !self.merge_changes(Some(&before), high, &mut plan, row).on_page(&ptr)? {
            return Ok(false);
        }
        self.writer.free_page(&ptr);
        self.hold(plan, row)?;
        Ok(true)
    }

    /// Plans the entries of `before` with the changes below `high` made.
    fn merge_changes(
        &mut self,
        before: Option<&Before<'_>>,
        high: Option<&Separator>,
        plan: &mut Plan<V>,
        row: &mut LeafRow<V>,
    ) -> Result<bool> {
        let count = before.map_or(0, |before| before.leaf.len());
        let (mut at, mut changed) = (0, false);
        while self.has_change_below(high)? {
            let Some((key, value)) = self.feed.take()? else { break };
            let key = key.as_ref();
            self.admit(key)?;
            let mut found = false;
            if let Some(before) = before.filter(|_| at < count) {
                let place = self.find(before, key)?;
                plan.keep(&before.leaf, at..place.slot.max(at))?;
                (at, found) = (place.slot.max(at), place.found);
            }
            match (before.filter(|_| found), value) {
                (Some(before), Some(value)) => {
                    let rest = self.retire_value(before, at)?;
                    plan.replace(key, rest, value);
                    at += 1;
                }
                (Some(before), None) => {
                    if let Some(rest) = self.retire_value(before, at)? {
                        self.writer.free_extent(&rest);
                    }
                    plan.shrunk = true;
                    at += 1;
                }
                (None, Some(value)) => plan.insert(key, value),
                (None, None) => continue,
            }
            changed = true;
            if plan.bytes > PLANNED_PAGES_MAX * self.limits.page_size {
                self.lay_down_what_is_certain(plan, row)?;
            }
        }
        if let Some(before) = before.filter(|_| changed) {
            plan.keep(&before.leaf, at..count)?;
        }
        Ok(changed)
    }

    fn find(&self, before: &Before<'_>, key: &[u8]) -> Result<Place> {
        before.leaf.find(&Probe::new(key, self.limits.key_inline_max), self.reader)
    }

    /// Frees the extent of a value that goes; answers where its key goes on.
    fn retire_value(&mut self, before: &Before<'_>, slot: usize) -> Result<Option<ExtentPtr>> {
        let value = before.leaf.value(slot)?;
        if value.extent {
            self.writer.free_extent(&value.reference(before.page)?);
        }
        match &before.leaf {
            Leaf::Record(_) => Ok(None),
            Leaf::Index(leaf) => leaf.rest(&leaf.entry(slot)?),
        }
    }

    /// Refuses keys that this tree cannot hold.
    fn admit(&self, key: &[u8]) -> Result<()> {
        if self.kind == TreeKind::Record && record_id(key).is_none() {
            return Err(Error::internal(format!("a record id is eight bytes, not {}", key.len())));
        }
        Ok(())
    }

    fn lay_down_what_is_certain(&mut self, plan: &mut Plan<V>, row: &mut LeafRow<V>) -> Result<()> {
        if let Some(held) = row.held.take() {
            self.lay_down(held, false, &mut row.done)?;
        }
        self.lay_down_full_pages(plan, &mut row.done)
    }

    /// Takes a plan in, after the one held.
    fn hold(&mut self, plan: Plan<V>, row: &mut LeafRow<V>) -> Result<()> {
        row.changed = true;
        if plan.len() == 0 {
            self.retire(&plan.low);
            return Ok(());
        }
        row.held = Some(match row.held.take() {
            Some(mut held)
                if self.is_small(&held) || self.is_small(&plan) || self.should_gather(&held, &plan) =>
            {
                let between = held.append(plan);
                self.retire(&between);
                held
            }
            Some(held) => {
                self.lay_down(held, false, &mut row.done)?;
                plan
            }
            None => plan,
        });
        Ok(())
    }

    /// Goes past a leaf that stays as it is, unless what is held needs its entries.
    fn pass_leaf(&mut self, leaf: &Bounded, row: &mut LeafRow<V>) -> Result<()> {
        match row.held.take() {
            Some(mut held) if self.is_small(&held) => {
                let between = held.append(self.plan_as_it_is(leaf)?);
                self.retire(&between);
                row.held = Some(held);
            }
            held => {
                if let Some(held) = held {
                    self.lay_down(held, false, &mut row.done)?;
                }
                row.done.push(leaf.clone());
            }
        }
        Ok(())
    }

    fn settle(&mut self, row: &mut LeafRow<V>, at_right_edge: bool) -> Result<()> {
        let Some(mut held) = row.held.take() else { return Ok(()) };
        if self.is_small(&held)
            && let Some(left) = row.done.pop_if(|left| !left.fresh)
        {
            let mut joined = self.plan_as_it_is(&left)?;
            let between = joined.append(held);
            self.retire(&between);
            held = joined;
        }
        self.lay_down(held, at_right_edge, &mut row.done)
    }

    /// A plan with the entries of a leaf, which is thereby given up.
    fn plan_as_it_is(&mut self, leaf: &Bounded) -> Result<Plan<V>> {
        let ptr = leaf.child.ptr;
        let page = self.reader.read_cached(&ptr, self.kind.leaf_page())?;
        let parsed = Leaf::parse(&page, self.kind).on_page(&ptr)?;
        let mut plan = Plan::new(self.limits, leaf.low.clone());
        plan.add_page(Arc::clone(&page), parsed.len());
        plan.keep(&parsed, 0..parsed.len()).on_page(&ptr)?;
        self.writer.free_page(&ptr);
        Ok(plan)
    }

    fn should_gather(&self, held: &Plan<V>, plan: &Plan<V>) -> bool {
        let bytes_max = GATHERED_PAGES_MAX * self.limits.page_size;
        self.kind == TreeKind::Index
            && held.has_grown()
            && plan.has_grown()
            && held.bytes + plan.bytes <= bytes_max
    }

    /// Whether deletions left so little that a neighbour should take it in.
    fn is_small(&self, plan: &Plan<V>) -> bool {
        plan.shrunk && self.size(plan) < self.limits.capacity / 4
    }
}
