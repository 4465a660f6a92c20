//! Which of many documents have an `_id` that nobody has.

use std::ops::Range;

use crate::document::raw::RawDoc;
use crate::error::Result;

use super::store::{Store, id_of};

/// The keys of many `_id`s, looked up together: in the order of the tree, neighbours are found where the one
/// before was.
#[derive(Debug)]
pub(crate) struct NewKeys {
    bytes: Vec<u8>,
    /// By the document's place; nothing for those whose `_id` is there already, living or expired, or comes twice.
    new: Vec<Option<Range<usize>>>,
}

impl NewKeys {
    /// Looks up the `_id`s of `docs`.
    pub(crate) fn look_up(docs: &[RawDoc<'_>], store: &Store<'_>) -> Result<Self> {
        let mut bytes = Vec::with_capacity(docs.len() * 24);
        let mut order = Vec::with_capacity(docs.len());
        for (place, doc) in docs.iter().enumerate() {
            let start = bytes.len();
            store.opened().encode_id(id_of(*doc)?, &mut bytes);
            order.push((place, start..bytes.len()));
        }
        order.sort_by(|(_, a), (_, b)| bytes[a.clone()].cmp(&bytes[b.clone()]));
        let keys: Vec<&[u8]> = order.iter().map(|(_, range)| &bytes[range.clone()]).collect();
        let found = store.txn().get_many(store.opened().entry.ids, &keys)?;
        let mut new = vec![None; docs.len()];
        for (at, (place, range)) in order.iter().enumerate() {
            let is_first = at == 0 || keys[at - 1] != keys[at];
            if is_first && found[at].is_none() {
                new[*place] = Some(range.clone());
            }
        }
        drop(keys);
        Ok(Self { bytes, new })
    }

    /// The key of the document at `place`, when nobody can have it.
    pub(crate) fn get(&self, place: usize) -> Option<&[u8]> {
        self.new[place].clone().map(|range| &self.bytes[range])
    }
}
