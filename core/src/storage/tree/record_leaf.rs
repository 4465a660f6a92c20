//! Reading a record leaf where it lies.

use std::fmt;

use crate::error::Result;
use crate::storage::page::HEAD_LEN;

use super::layout::{self, END_EXTENT, END_LEN, ID_LEN, LEAF_HEAD_LEN, nonsense};
use super::leaf::Stored;
use super::search::{Place, count_below};

/// How many slots off a guess may be.
const GUESS_REACH: usize = 6;

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

    /// In a leaf without gaps an id stands as far from the first as it is larger. In a leaf with even gaps a
    /// straight line from the first to the last says about where; a few neighbours tell, or all are searched.
    #[inline]
    pub(super) fn find(&self, id: u64) -> Place {
        let last = self.len() - 1;
        let Some(ahead) = id.checked_sub(self.id(0)) else { return Place { slot: 0, found: false } };
        if ahead <= last as u64 && self.id(ahead as usize) == id {
            return Place { slot: ahead as usize, found: true };
        }
        let slot = self.count_ids_below(id, ahead, last);
        Place { slot, found: slot <= last && self.id(slot) == id }
    }

    #[inline]
    fn count_ids_below(&self, id: u64, ahead: u64, last: usize) -> usize {
        let highest = self.id(last);
        if id > highest {
            return last + 1;
        }
        let span = highest.wrapping_sub(self.id(0)) as f64;
        let guess = (ahead as f64 / span * last as f64) as usize;
        let (from, to) = (guess.saturating_sub(GUESS_REACH), guess.saturating_add(GUESS_REACH).min(last));
        if from < to && self.id(from) < id && id <= self.id(to) {
            return from + count_below(to - from, |slot| self.id(from + slot) < id);
        }
        count_below(self.len(), |slot| self.id(slot) < id)
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
