//! Looking up many keys at once.
//!
//! A look-up goes from one place in memory to the next, and each may be in no cache: it mostly waits. Of many look-ups
//! the places of one step do not depend on each other. So a group of keys takes each step together, and every step
//! begins by touching the places of all: the processor fetches several at a time.
//! This is group prefetching (Chen, Ailamaki, Gibbons, Mowry: Improving Hash Join Performance through Prefetching,
//! ICDE 2004), with plain loads in place of prefetches.

use std::hint::black_box;
use std::sync::Arc;

use crate::error::Result;
use crate::storage::page::{HEAD_LEN, PageReader};
use crate::storage::{Buffer, Slice};

use super::child::Child;
use super::get::{key_in_page, record_in_page};
use super::key::{Probe, record_id};
use super::layout::{LEAF_HEAD_LEN, OnPage};
use super::leaf::Stored;
use super::root::{Tree, TreeKind};

/// How many keys go together: more than a processor has loads under way, few enough that nothing is pushed out of its
/// caches again before it is needed.
const GROUP: usize = 32;
/// How much of a value is touched: its head, which whoever asks for it reads first.
const HEAD: usize = 256;
const CACHE_LINE: usize = 64;

impl Tree {
    /// The values of many keys, in the order asked. Neighbours in one leaf share one reading of it.
    pub(crate) fn get_many(&self, reader: &dyn PageReader, keys: &[&[u8]]) -> Result<Vec<Option<Slice>>> {
        let inline_max = self.limits(reader.page_size())?.key_inline_max;
        let mut values = Vec::with_capacity(keys.len());
        for group in keys.chunks(GROUP) {
            self.get_group(reader, inline_max, group, &mut values)?;
        }
        Ok(values)
    }

    fn get_group(
        &self,
        reader: &dyn PageReader,
        inline_max: usize,
        keys: &[&[u8]],
        values: &mut Vec<Option<Slice>>,
    ) -> Result<()> {
        let mut leaves: [Option<&Child>; GROUP] = [None; GROUP];
        for (leaf, key) in leaves.iter_mut().zip(keys) {
            *leaf = match (self.kind, record_id(key)) {
                (TreeKind::Record, Some(id)) => self.leaf_of_id(reader, id)?,
                (TreeKind::Record, None) => None,
                (TreeKind::Index, _) => self.leaf_of_key(reader, &Probe::new(key, inline_max))?,
            };
        }
        touch(leaves.iter().flatten().map(|leaf| leaf.touch()));

        let mut pages: [Option<Arc<Buffer>>; GROUP] = [const { None }; GROUP];
        for at in 0..keys.len() {
            let Some(leaf) = leaves[at] else { continue };
            let before = at
                .checked_sub(1)
                .filter(|before| leaves[*before].is_some_and(|other| other.ptr.page == leaf.ptr.page));
            pages[at] = match before {
                Some(before) => pages[before].clone(),
                None => Some(leaf.leaf(reader, self.kind)?),
            };
        }
        touch(pages.iter().flatten().map(|page| byte(page, HEAD_LEN) ^ byte(page, HEAD_LEN + LEAF_HEAD_LEN)));

        let mut places: [Option<Stored>; GROUP] = [None; GROUP];
        for (at, key) in keys.iter().enumerate() {
            let (Some(leaf), Some(page)) = (leaves[at], &pages[at]) else { continue };
            let place = match (self.kind, record_id(key)) {
                (TreeKind::Record, Some(id)) => record_in_page(page, id),
                _ => key_in_page(page, &Probe::new(key, inline_max), reader),
            };
            places[at] = place.on_page(&leaf.ptr)?;
        }
        touch(pages.iter().zip(&places).map(|(page, place)| match (page, place) {
            (Some(page), Some(place)) => head(page, place),
            _ => 0,
        }));

        for (page, place) in pages.into_iter().zip(places).take(keys.len()) {
            values.push(match (page, place) {
                (Some(page), Some(place)) => Some(place.read(page, reader)?),
                _ => None,
            });
        }
        Ok(())
    }
}

/// Makes the loads that gave these bytes happen.
#[inline]
fn touch(bytes: impl Iterator<Item = u8>) {
    black_box(bytes.fold(0, |all, byte| all ^ byte));
}

#[inline]
fn byte(page: &[u8], at: usize) -> u8 {
    page.get(at).copied().unwrap_or_default()
}

/// A byte of each cache line of a value's head.
#[inline]
fn head(page: &[u8], place: &Stored) -> u8 {
    let lines = (0..place.len.min(HEAD)).step_by(CACHE_LINE);
    lines.fold(0, |all, line| all ^ byte(page, place.at + line))
}
