//! Looking up single keys.

use std::sync::Arc;

use crate::error::Result;
use crate::storage::Slice;
use crate::storage::page::{PagePtr, PageReader};

use super::child::Child;
use super::index_leaf::IndexLeaf;
use super::key::{Probe, record_id};
use super::layout::OnPage;
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
        record_in_page(page, &child.ptr, reader, id)
    }

    fn get_key(&self, reader: &dyn PageReader, key: &[u8]) -> Result<Option<Slice>> {
        let probe = Probe::new(key, self.limits(reader.page_size())?.key_inline_max);
        let Some(child) = self.leaf_of_key(reader, &probe)? else { return Ok(None) };
        let page = child.leaf(reader, TreeKind::Index)?;
        key_in_page(page, &child.ptr, reader, &probe)
    }

    /// The values of many keys, in the order asked. Neighbours in one leaf share one reading of it.
    pub(crate) fn get_many(&self, reader: &dyn PageReader, keys: &[&[u8]]) -> Result<Vec<Option<Slice>>> {
        let inline_max = self.limits(reader.page_size())?.key_inline_max;
        // The page in which the last value lies. The value holds it, so that it need not be held once more.
        let mut open: Option<u64> = None;
        let mut values: Vec<Option<Slice>> = Vec::with_capacity(keys.len());
        for key in keys {
            let probe = Probe::new(key, inline_max);
            let id = record_id(key);
            let child = match (self.kind, id) {
                (TreeKind::Record, Some(id)) => self.leaf_of_id(reader, id)?,
                (TreeKind::Record, None) => None,
                (TreeKind::Index, _) => self.leaf_of_key(reader, &probe)?,
            };
            let Some(child) = child else {
                values.push(None);
                open = None;
                continue;
            };
            let page = match values.last() {
                Some(Some(last)) if open == Some(child.ptr.page) => match last.owner() {
                    Some(page) => Arc::clone(page),
                    None => child.leaf(reader, self.kind)?,
                },
                _ => child.leaf(reader, self.kind)?,
            };
            let here = Arc::as_ptr(&page);
            let value = match (self.kind, id) {
                (TreeKind::Record, Some(id)) => record_in_page(page, &child.ptr, reader, id)?,
                _ => key_in_page(page, &child.ptr, reader, &probe)?,
            };
            let owner = value.as_ref().and_then(Slice::owner);
            let is_here = owner.is_some_and(|owner| Arc::as_ptr(owner) == here);
            open = is_here.then_some(child.ptr.page);
            values.push(value);
        }
        Ok(values)
    }

    /// The leaf in which `id` lies, if anywhere.
    #[inline]
    fn leaf_of_id(&self, reader: &dyn PageReader, id: u64) -> Result<Option<&Child>> {
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
    fn leaf_of_key(&self, reader: &dyn PageReader, probe: &Probe<'_>) -> Result<Option<&Child>> {
        let Some(root) = &self.root else { return Ok(None) };
        let mut child = &**root;
        for level in (1..=self.height).rev() {
            let node = child.node(reader, TreeKind::Index, level)?;
            child = &node.children[node.find_key(probe, reader)?];
        }
        Ok(Some(child))
    }
}

fn record_in_page(
    page: Arc<Vec<u8>>,
    ptr: &PagePtr,
    reader: &dyn PageReader,
    id: u64,
) -> Result<Option<Slice>> {
    let leaf = RecordLeaf::parse(&page).on_page(ptr)?;
    let place = leaf.find(id);
    if !place.found {
        return Ok(None);
    }
    let stored = leaf.value(place.slot).on_page(ptr)?;
    stored.read(page, reader).map(Some)
}

fn key_in_page(
    page: Arc<Vec<u8>>,
    ptr: &PagePtr,
    reader: &dyn PageReader,
    probe: &Probe<'_>,
) -> Result<Option<Slice>> {
    let leaf = IndexLeaf::parse(&page).on_page(ptr)?;
    let place = leaf.find(probe, reader).on_page(ptr)?;
    if !place.found {
        return Ok(None);
    }
    let stored = leaf.entry(place.slot).on_page(ptr)?.value;
    stored.read(page, reader).map(Some)
}
