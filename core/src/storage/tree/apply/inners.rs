//! Merging changes into inner nodes.

use std::ops::Range;

use crate::error::Result;
use crate::storage::page::PageKind;

use super::super::child::{Bounded, Child};
use super::super::given::NewValue;
use super::super::inner::Inner;
use super::super::separator::Separator;
use super::Merge;
use super::pack::{Fill, InnerMeasure, Measure, pack};

/// The nodes beneath one node, from left to right.
struct NodeRow {
    level: u8,
    done: Vec<Bounded>,
    /// What the node right after `done` shall hold: not written as long as a small neighbour may join it.
    held: Option<Held>,
}

struct Held {
    parts: Vec<Bounded>,
    shrunk: bool,
}

impl<K, V, I> Merge<'_, K, V, I>
where
    K: AsRef<[u8]>,
    V: NewValue,
    I: Iterator<Item = Result<(K, Option<V>)>>,
{
    /// What the children of `node`, bounded by `low` and `high`, become; none when they stay as they are.
    pub(super) fn merge_inner(
        &mut self,
        node: &Inner,
        low: &Separator,
        high: Option<&Separator>,
    ) -> Result<Option<Vec<Bounded>>> {
        let parts = node.parts(low);
        if node.level == 1 {
            return self.merge_leaves(&parts, high);
        }
        let mut row = NodeRow { level: node.level - 1, done: Vec::with_capacity(parts.len()), held: None };
        let mut changed = false;
        for (index, part) in parts.iter().enumerate() {
            let high = parts.get(index + 1).map(|next| &next.low).or(high);
            let merged = match self.has_change_below(high)? {
                true => self.merge_node(part, high, row.level)?,
                false => None,
            };
            match merged {
                Some(held) => {
                    changed = true;
                    self.hold_node(held, &mut row)?;
                }
                None => self.pass_node(part, &mut row)?,
            }
        }
        self.settle_nodes(&mut row, high.is_none())?;
        Ok(changed.then_some(row.done))
    }

    fn merge_node(&mut self, part: &Bounded, high: Option<&Separator>, level: u8) -> Result<Option<Held>> {
        let node = part.child.node(self.reader, self.kind, level)?;
        let Some(parts) = self.merge_inner(node, &part.low, high)? else { return Ok(None) };
        self.writer.free_page(&part.child.ptr);
        Ok(Some(Held { shrunk: parts.len() < node.children.len(), parts }))
    }

    fn hold_node(&mut self, next: Held, row: &mut NodeRow) -> Result<()> {
        if next.parts.is_empty() {
            return Ok(());
        }
        row.held = Some(match row.held.take() {
            Some(mut held) if self.is_small_node(&held) || self.is_small_node(&next) => {
                held.parts.extend(next.parts);
                held.shrunk |= next.shrunk;
                held
            }
            Some(held) => {
                self.write_held(&held, row, false)?;
                next
            }
            None => next,
        });
        Ok(())
    }

    /// Goes past a node that stays as it is, unless what is held needs its children.
    fn pass_node(&mut self, part: &Bounded, row: &mut NodeRow) -> Result<()> {
        match row.held.take() {
            Some(mut held) if self.is_small_node(&held) => {
                held.parts.extend(self.take_apart(part, row.level)?);
                row.held = Some(held);
            }
            held => {
                if let Some(held) = held {
                    self.write_held(&held, row, false)?;
                }
                row.done.push(part.clone());
            }
        }
        Ok(())
    }

    fn settle_nodes(&mut self, row: &mut NodeRow, at_right_edge: bool) -> Result<()> {
        let Some(mut held) = row.held.take() else { return Ok(()) };
        if self.is_small_node(&held)
            && let Some(left) = row.done.pop_if(|left| !left.fresh)
        {
            let mut parts = self.take_apart(&left, row.level)?;
            parts.append(&mut held.parts);
            held.parts = parts;
        }
        self.write_held(&held, row, at_right_edge)
    }

    /// The children of a node, which is thereby given up.
    fn take_apart(&mut self, part: &Bounded, level: u8) -> Result<Vec<Bounded>> {
        let node = part.child.node(self.reader, self.kind, level)?;
        self.writer.free_page(&part.child.ptr);
        Ok(node.parts(&part.low))
    }

    fn write_held(&mut self, held: &Held, row: &mut NodeRow, at_right_edge: bool) -> Result<()> {
        row.done.extend(self.write_inners(&held.parts, row.level, at_right_edge)?);
        Ok(())
    }

    /// Writes nodes of `level` over `parts`.
    pub(super) fn write_inners(
        &mut self,
        parts: &[Bounded],
        level: u8,
        at_right_edge: bool,
    ) -> Result<Vec<Bounded>> {
        let mut measure = InnerMeasure::new(parts, self.kind);
        let ends = pack(&mut measure, parts.len(), self.limits.capacity, fill(parts, at_right_edge));
        let (mut nodes, mut start) = (Vec::with_capacity(ends.len()), 0);
        for end in ends {
            nodes.push(self.write_inner(&parts[start..end], level)?);
            start = end;
        }
        Ok(nodes)
    }

    fn write_inner(&mut self, parts: &[Bounded], level: u8) -> Result<Bounded> {
        let node = Inner::new(self.kind, level, parts);
        let ptr = self.writer.write_page(PageKind::Inner, node.encode(self.limits.page_size)?.into())?;
        let low = parts.first().map(|first| first.low.clone()).unwrap_or_default();
        Ok(Bounded { low, child: Child::written(ptr, node), fresh: true })
    }

    fn is_small_node(&self, held: &Held) -> bool {
        let mut measure = InnerMeasure::new(&held.parts, self.kind);
        let all: Range<usize> = 0..held.parts.len();
        held.shrunk && all.fold(0, |_, index| measure.add(index)) < self.limits.capacity / 4
    }
}

/// New pages in one run up to the right edge are an ascending load, whose nodes are filled.
fn fill(parts: &[Bounded], at_right_edge: bool) -> Fill {
    let old = parts.iter().rposition(|part| !part.fresh).map_or(0, |last| last + 1);
    let one_run = parts[..old].iter().all(|part| !part.fresh);
    if at_right_edge && one_run { Fill::Full } else { Fill::Even }
}
