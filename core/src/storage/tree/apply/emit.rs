//! Parting plans into pages and writing these.

use std::ops::Range;

use crate::error::Result;

use super::super::child::{Bounded, Child};
use super::super::given::NewValue;
use super::super::key::common_len;
use super::super::root::TreeKind;
use super::super::separator::Separator;
use super::Merge;
use super::pack::{Fill, IndexMeasure, Measure, RecordMeasure, pack};
use super::plan::Plan;

impl<K, V, I> Merge<'_, K, V, I>
where
    K: AsRef<[u8]>,
    V: NewValue,
    I: Iterator<Item = Result<(K, Option<V>)>>,
{
    /// Writes all of a plan.
    pub(super) fn lay_down(
        &mut self,
        mut plan: Plan<V>,
        at_right_edge: bool,
        done: &mut Vec<Bounded>,
    ) -> Result<()> {
        let ends = self.pack(&plan, plan.fill(at_right_edge));
        let low = std::mem::take(&mut plan.low);
        self.write_leaves(&plan, &ends, low, done).map(|_| ())
    }

    /// Writes a plan but for its last page, which may yet grow.
    pub(super) fn lay_down_full_pages(&mut self, plan: &mut Plan<V>, done: &mut Vec<Bounded>) -> Result<()> {
        let mut ends = self.pack(plan, Fill::Full);
        ends.pop();
        let Some(last) = ends.last().copied() else { return Ok(()) };
        let low = std::mem::take(&mut plan.low);
        plan.low = self.write_leaves(plan, &ends, low, done)?;
        plan.drop_front(last);
        Ok(())
    }

    /// What the entries would take on one page, were it large enough.
    pub(super) fn size(&self, plan: &Plan<V>) -> usize {
        let all = 0..plan.len();
        match self.kind {
            TreeKind::Record => {
                let mut measure = RecordMeasure::new(plan);
                all.fold(0, |_, index| measure.add(index))
            }
            TreeKind::Index => {
                let mut measure = IndexMeasure::new(plan);
                all.fold(0, |_, index| measure.add(index))
            }
        }
    }

    fn pack(&self, plan: &Plan<V>, fill: Fill) -> Vec<usize> {
        let (count, capacity) = (plan.len(), self.limits.capacity);
        if plan.fits_one_page() {
            return vec![count];
        }
        match self.kind {
            TreeKind::Record => pack(&mut RecordMeasure::new(plan), count, capacity, fill),
            TreeKind::Index => pack(&mut IndexMeasure::new(plan), count, capacity, fill),
        }
    }

    /// Writes the pages that end at `ends`; answers the bound before what follows the last of them.
    fn write_leaves(
        &mut self,
        plan: &Plan<V>,
        ends: &[usize],
        low: Separator,
        done: &mut Vec<Bounded>,
    ) -> Result<Separator> {
        let (mut low, mut start) = (low, 0);
        for end in ends {
            let child = self.write_leaf(plan, start..*end)?;
            let next = match *end < plan.len() {
                true => self.bound_before(plan, *end)?,
                false => Separator::default(),
            };
            done.push(Bounded { low: std::mem::replace(&mut low, next), child, fresh: true });
            start = *end;
        }
        Ok(low)
    }

    fn write_leaf(&mut self, plan: &Plan<V>, entries: Range<usize>) -> Result<Child> {
        let count = entries.len() as u64;
        let (page, has_extents) = match self.kind {
            TreeKind::Record => self.lay_out_records(plan, entries)?,
            TreeKind::Index => self.lay_out_keys(plan, entries)?,
        };
        let ptr = self.writer.write_page(self.kind.leaf_page(), page)?;
        Ok(Child::new(ptr, count, has_extents))
    }

    /// The shortest bytes above the entry before `index` and not above the entry itself.
    fn bound_before(&mut self, plan: &Plan<V>, index: usize) -> Result<Separator> {
        let (left, right) = (plan.known_key(index - 1), plan.known_key(index));
        if self.kind == TreeKind::Record {
            return Ok(Separator { inline: right.into(), rest: None });
        }
        let common = common_len(left, right);
        if common < left.len().min(right.len()).min(self.limits.key_inline_max) {
            return self.separator(&right[..=common]);
        }
        let left = plan.whole_key(index - 1, self.reader)?;
        let right = plan.whole_key(index, self.reader)?;
        let common = common_len(&left, &right);
        self.separator(&right[..right.len().min(common + 1)])
    }
}
