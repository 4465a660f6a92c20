//! Reading a record leaf where it lies.

use std::fmt;

use crate::error::Result;
use crate::storage::page::HEAD_LEN;

use super::layout::{self, END_EXTENT, END_LEN, ID_LEN, LEAF_HEAD_LEN, nonsense};
use super::leaf::Stored;
use super::search::{Place, count_below};

/// A leaf whose keys are record ids.
#[derive(Clone, Copy)]
pub(super) struct RecordLeaf<'p> {
    ids: &'p [[u8; ID_LEN]],
    ends: &'p [[u8; END_LEN]],
    /// Where in the page the values begin.
    values_at: usize,
    values_len: usize,
}

impl<'p> RecordLeaf<'p> {
    #[inline]
    pub(super) fn parse(page: &'p [u8]) -> Result<Self> {
        let body = layout::body(page)?;
        let count = usize::from(layout::u16_at(body, layout::AT_COUNT)?);
        let ends_at = LEAF_HEAD_LEN + count * ID_LEN;
        let values_at = ends_at + count * END_LEN;
        let (Some(ids), Some(ends)) = (body.get(LEAF_HEAD_LEN..ends_at), body.get(ends_at..values_at)) else {
            return Err(nonsense(format_args!("a record leaf has no room for its {count} entries")));
        };
        if count == 0 {
            return Err(nonsense("a record leaf is empty"));
        }
        Ok(Self {
            ids: ids.as_chunks().0,
            ends: ends.as_chunks().0,
            values_at: HEAD_LEN + values_at,
            values_len: body.len() - values_at,
        })
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    #[inline]
    pub(super) fn id(&self, slot: usize) -> u64 {
        u64::from_le_bytes(self.ids[slot])
    }

    /// Ids ascend by one at least, so one cannot stand further from the first than their difference; in a leaf
    /// without gaps it stands right there.
    #[inline]
    pub(super) fn find(&self, id: u64) -> Place {
        let Some(ahead) = id.checked_sub(self.id(0)) else { return Place { slot: 0, found: false } };
        let last = ahead.min(self.len() as u64 - 1) as usize;
        if self.id(last) == id {
            return Place { slot: last, found: true };
        }
        let slot = count_below(last + 1, |slot| self.id(slot) < id);
        Place { slot, found: slot < self.len() && self.id(slot) == id }
    }

    #[inline]
    pub(super) fn value(&self, slot: usize) -> Result<Stored> {
        match layout::span(self.ends, slot, !END_EXTENT) {
            Some((start, end)) if start <= end && end <= self.values_len => Ok(Stored {
                at: self.values_at + start,
                len: end - start,
                extent: u16::from_le_bytes(self.ends[slot]) & END_EXTENT != 0,
            }),
            span => Err(nonsense(format_args!("value {slot} of a record leaf lies at {span:?}"))),
        }
    }
}

impl fmt::Debug for RecordLeaf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordLeaf({} entries)", self.len())
    }
}
