//! A leaf of either kind.

use std::sync::Arc;

use crate::error::Result;
use crate::storage::page::{ExtentPtr, PageReader};
use crate::storage::{Buffer, Slice};

use super::index_leaf::IndexLeaf;
use super::key::{Cut, Probe, record_id};
use super::layout::{self, EXTENT_LEN, nonsense};
use super::record_leaf::RecordLeaf;
use super::root::TreeKind;
use super::search::Place;

/// Where in its page a value lies, or the reference to the extent that holds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored {
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) extent: bool,
}

impl Stored {
    /// The reference that lies here.
    pub(super) fn reference(&self, page: &[u8]) -> Result<ExtentPtr> {
        if self.len != EXTENT_LEN {
            return Err(nonsense(format_args!("an extent reference of {} bytes", self.len)));
        }
        layout::decode_extent(page, self.at)
    }

    /// The value itself.
    #[inline]
    pub(super) fn read(&self, page: Arc<Buffer>, reader: &dyn PageReader) -> Result<Slice> {
        if self.extent {
            return reader.read_extent(&self.reference(&page)?);
        }
        Ok(Slice::new(page, self.at..self.at + self.len))
    }
}

/// A leaf, read where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaf<'p> {
    Record(RecordLeaf<'p>),
    Index(IndexLeaf<'p>),
}

impl<'p> Leaf<'p> {
    pub(super) fn parse(page: &'p [u8], kind: TreeKind) -> Result<Self> {
        match kind {
            TreeKind::Record => RecordLeaf::parse(page).map(Self::Record),
            TreeKind::Index => IndexLeaf::parse(page).map(Self::Index),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Record(leaf) => leaf.len(),
            Self::Index(leaf) => leaf.len(),
        }
    }

    pub(super) fn find(&self, probe: &Probe<'_>, reader: &dyn PageReader) -> Result<Place> {
        match self {
            Self::Index(leaf) => leaf.find(probe, reader),
            Self::Record(leaf) => match record_id(probe.inline) {
                Some(id) => Ok(leaf.find(id)),
                None => Err(nonsense("a record id is eight bytes long")),
            },
        }
    }

    pub(super) fn value(&self, slot: usize) -> Result<Stored> {
        match self {
            Self::Record(leaf) => leaf.value(slot),
            Self::Index(leaf) => Ok(leaf.entry(slot)?.value),
        }
    }

    /// Appends what the page shows of the key of `slot`; answers the reference to the rest, and the value.
    #[inline]
    pub(super) fn append_key(&self, slot: usize, key: &mut Vec<u8>) -> Result<(Option<ExtentPtr>, Stored)> {
        match self {
            Self::Record(leaf) => {
                key.extend_from_slice(&leaf.id(slot).to_be_bytes());
                Ok((None, leaf.value(slot)?))
            }
            Self::Index(leaf) => {
                let entry = leaf.entry(slot)?;
                leaf.append_key(slot, &entry, key);
                Ok((leaf.rest(&entry)?, entry.value))
            }
        }
    }

    /// The whole key of `slot`.
    pub(super) fn key(&self, slot: usize, reader: &dyn PageReader) -> Result<Vec<u8>> {
        let mut key = Vec::new();
        if let (Some(rest), _) = self.append_key(slot, &mut key)? {
            key.extend_from_slice(&reader.read_extent(&rest)?);
        }
        Ok(key)
    }

    /// How many entries lie before `cut`.
    pub(super) fn count_before(
        &self,
        cut: &Cut,
        inline_max: usize,
        reader: &dyn PageReader,
    ) -> Result<usize> {
        match (self, cut) {
            (_, Cut::Start) => Ok(0),
            (Self::Record(leaf), Cut::Id(id)) => Ok(leaf.find(*id).slot),
            (Self::Index(leaf), Cut::Key { key, after }) => {
                let place = leaf.find(&Probe::new(key, inline_max), reader)?;
                Ok(place.slot + usize::from(place.found && *after))
            }
            (_, _) => Ok(self.len()),
        }
    }

    /// Every extent that the entry of `slot` owns, with where in the page the reference to it lies.
    pub(super) fn extents(
        &self,
        page: &[u8],
        slot: usize,
    ) -> Result<impl Iterator<Item = (usize, ExtentPtr)>> {
        let (rest_at, value) = match self {
            Self::Record(leaf) => (None, leaf.value(slot)?),
            Self::Index(leaf) => {
                let entry = leaf.entry(slot)?;
                (IndexLeaf::rest_at(&entry), entry.value)
            }
        };
        let rest = rest_at.map(|at| Ok((at, layout::decode_extent(page, at)?))).transpose()?;
        let value = value.extent.then(|| Ok((value.at, value.reference(page)?))).transpose()?;
        Ok(rest.into_iter().chain(value))
    }
}
