//! Looking up single keys.

use crate::error::Result;
use crate::storage::Slice;
use crate::storage::page::PageReader;

use super::child::Child;
use super::index_leaf::IndexLeaf;
use super::key::{Probe, record_id};
use super::layout::OnPage;
use super::leaf::Stored;
use super::record_leaf::RecordLeaf;
use super::root::{Tree, TreeKind};

impl Tree {
    /// The value of `key`.
    pub(crate) fn get(&self, reader: &dyn PageReader, key: &[u8]) -> Result<Option<Slice>> {
        match self.kind {
            TreeKind::Record => match record_id(key) {
                Some(id) => self.get_record(reader, id),
                None => Ok(None),
            },
            TreeKind::Index => self.get_key(reader, key),
        }
    }

    /// The value of a record.
    pub(crate) fn get_record(&self, reader: &dyn PageReader, id: u64) -> Result<Option<Slice>> {
        let Some(child) = self.leaf_of_id(reader, id)? else { return Ok(None) };
        let page = child.leaf(reader, TreeKind::Record)?;
        let stored = record_in_page(&page, id).on_page(&child.ptr)?;
        stored.map(|stored| stored.read(page, reader)).transpose()
    }

    fn get_key(&self, reader: &dyn PageReader, key: &[u8]) -> Result<Option<Slice>> {
        let probe = Probe::new(key, self.limits(reader.page_size())?.key_inline_max);
        let Some(child) = self.leaf_of_key(reader, &probe)? else { return Ok(None) };
        let page = child.leaf(reader, TreeKind::Index)?;
        let stored = key_in_page(&page, &probe, reader).on_page(&child.ptr)?;
        stored.map(|stored| stored.read(page, reader)).transpose()
    }

    /// The leaf in which `id` lies, if anywhere.
    #[inline]
    pub(super) fn leaf_of_id(&self, reader: &dyn PageReader, id: u64) -> Result<Option<&Child>> {
        let Some(root) = &self.root else { return Ok(None) };
        let mut child = &**root;
        for level in (1..=self.height).rev() {
            let node = child.node(reader, TreeKind::Record, level)?;
            child = &node.children[node.find_id(id)];
        }
        Ok(Some(child))
    }

    /// The leaf in which the key lies, if anywhere.
    #[inline]
    pub(super) fn leaf_of_key(&self, reader: &dyn PageReader, probe: &Probe<'_>) -> Result<Option<&Child>> {
        let Some(root) = &self.root else { return Ok(None) };
        let mut child = &**root;
        for level in (1..=self.height).rev() {
            let node = child.node(reader, TreeKind::Index, level)?;
            child = &node.children[node.find_key(probe, reader)?];
        }
        Ok(Some(child))
    }
}

/// Where in a leaf the value of `id` lies.
#[inline]
pub(super) fn record_in_page(page: &[u8], id: u64) -> Result<Option<Stored>> {
    let leaf = RecordLeaf::parse(page)?;
    let place = leaf.find(id);
    place.found.then(|| leaf.value(place.slot)).transpose()
}

/// Where in a leaf the value of a key lies.
#[inline]
pub(super) fn key_in_page(page: &[u8], probe: &Probe<'_>, reader: &dyn PageReader) -> Result<Option<Stored>> {
    let leaf = IndexLeaf::parse(page)?;
    let place = leaf.find(probe, reader)?;
    place.found.then(|| Ok(leaf.entry(place.slot)?.value)).transpose()
}
