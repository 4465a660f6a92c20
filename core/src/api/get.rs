//! One document by its `_id`, without a plan.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use bson::Bson;
use serde::de::DeserializeOwned;

use crate::collection::{Opened, RecordId, fetch, fetch_many, live_body};
use crate::document::convert::{IntoDocument, read, scalar, single};
use crate::document::id::ID;
use crate::document::raw::RawDoc;
use crate::error::Result;
use crate::index::key::encode_value;
use crate::query::execute::{Context, Rows, Watch, start};
use crate::query::parse;
use crate::query::statement::Find;
use crate::query::view::Seen;
use crate::storage::Slice;
use crate::transaction::Transaction;

use super::collection::Collection;
use super::document::Document;
use super::modify::Limits;
use super::opening::Shared;

/// Longest scalar that is turned into a key without a detour.
const KEY_BYTES: usize = 64;
/// So many documents are looked up together: each may be of 16 MiB, and is in memory until it is handed out.
const TOGETHER: usize = 32;

/// The bytes of a document, where they lie: inside a page or a commit that they keep in memory.
#[derive(Clone)]
pub struct DocumentBytes(Slice);

impl DocumentBytes {
    pub(super) fn new(slice: Slice) -> Self {
        Self(slice)
    }

    /// The bytes, length and final zero included.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The document, to be walked without being decoded.
    #[must_use]
    pub fn as_doc(&self) -> RawDoc<'_> {
        RawDoc::new(&self.0)
    }

    /// The document as a value of the caller's type.
    ///
    /// # Errors
    /// `Invalid`, when the document does not fit.
    pub fn decode<T: DeserializeOwned + 'static>(&self) -> Result<T> {
        read(self.as_doc())
    }
}

impl Deref for DocumentBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for DocumentBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_doc().fmt(f)
    }
}

impl<T> Collection<T> {
    /// The bytes of the document of this `_id`. The fastest way to one document: nothing is decoded or copied.
    ///
    /// # Errors
    /// `Closed`, or when the file cannot be read.
    pub fn get_raw(&self, id: &Bson) -> Result<Option<DocumentBytes>> {
        self.get_with(id, |record, body| Ok(DocumentBytes(record.slice(body..record.len()))))
    }

    /// The document of this `_id`.
    ///
    /// # Errors
    /// `Invalid` when it does not fit `T`; otherwise as [`get_raw`](Self::get_raw).
    pub fn get(&self, id: &Bson) -> Result<Option<T>>
    where
        T: DeserializeOwned + 'static,
    {
        self.get_with(id, |record, body| read(RawDoc::new(&record[body..])))
    }

    /// The document of this `_id` with its metadata.
    ///
    /// # Errors
    /// As [`get_raw`](Self::get_raw).
    pub fn find_document(&self, id: &Bson) -> Result<Option<Document>> {
        self.refuse_view()?;
        let kind = super::document::kind_of(self.name());
        self.get_with(id, |record, body| Document::read(record, body, kind))
    }

    fn get_with<R>(&self, id: &Bson, take: impl FnOnce(&Slice, usize) -> Result<R>) -> Result<Option<R>> {
        self.session().read(|shared, txn| self.get_in(shared, txn, id, take))
    }

    /// The documents with these `_id`s, from one state, until it is time to stop.
    pub(super) fn get_all<R>(
        &self,
        ids: impl IntoIterator<Item = impl Borrow<Bson>>,
        limits: &Limits,
        take: impl Fn(&Slice, usize) -> Result<R>,
    ) -> Result<Vec<Option<R>>> {
        self.session().read(|shared, txn| {
            let (watch, mut ids, mut all) = (limits.watch(shared), ids.into_iter(), Vec::new());
            let check = || watch.as_ref().map_or(Ok(()), Watch::check);
            let opened = shared.catalog.look(txn, self.handle())?;
            let Some(opened) = opened.filter(|opened| !opened.entry.is_view()) else {
                let get = |id: &Bson| check().and_then(|()| self.get_in(shared, txn, id, &take));
                return ids.map(|id| get(id.borrow())).collect();
            };
            opened.check_ids()?;
            loop {
                check()?;
                let keys = ids.by_ref().take(TOGETHER).map(|id| key_of(id.borrow(), &opened));
                let keys = keys.collect::<Result<Vec<_>>>()?;
                if keys.is_empty() {
                    return Ok(all);
                }
                let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
                for fetched in fetch_many(txn, &opened, &keys)? {
                    opened.id_uses.look_up(txn.now_ms(), fetched.is_some());
                    all.push(taken(txn, fetched, &take)?);
                }
            }
        })
    }

    fn get_in<R>(
        &self,
        shared: &Shared,
        txn: &Transaction,
        id: &Bson,
        take: impl FnOnce(&Slice, usize) -> Result<R>,
    ) -> Result<Option<R>> {
        let Some(opened) = shared.catalog.look(txn, self.handle())? else { return Ok(None) };
        if opened.entry.is_view() {
            return self.get_seen(shared, txn, id, take);
        }
        opened.check_ids()?;
        let key = key_of(id, &opened)?;
        let fetched = fetch(txn, &opened, &key)?;
        opened.id_uses.look_up(txn.now_ms(), fetched.is_some());
        taken(txn, fetched, take)
    }

    /// The document of this `_id` that a view shows.
    #[cold]
    fn get_seen<R>(
        &self,
        shared: &Shared,
        txn: &Transaction,
        id: &Bson,
        take: impl FnOnce(&Slice, usize) -> Result<R>,
    ) -> Result<Option<R>> {
        let filter = bson::doc! { ID: { "$eq": id.clone() } }.into_raw()?;
        let seen = Seen::find(&shared.catalog, txn, self.handle())?;
        let find = Find { limit: Some(1), ..Find::new(parse::filter(filter.as_doc())?) };
        let plan = seen.plan(&find, txn)?;
        let Some(opened) = seen.opened.as_deref() else { return Ok(None) };
        let watch = shared.watch();
        let ctx = Context { txn, opened, watch: &watch };
        let mut rows = Rows::new();
        start(&plan, &ctx)?.next(&ctx, 1, &mut rows)?;
        if rows.is_empty() { Ok(None) } else { take(&rows.record_slice(0), rows.body(0)).map(Some) }
    }
}

/// What is taken of a record that was found, if it lives.
#[inline]
fn taken<R>(
    txn: &Transaction,
    fetched: Option<(RecordId, Slice)>,
    take: impl FnOnce(&Slice, usize) -> Result<R>,
) -> Result<Option<R>> {
    let Some((_, record)) = fetched else { return Ok(None) };
    live_body(&record, txn.now_ms())?.map(|body| take(&record, body)).transpose()
}

/// The key of an `_id` in its tree.
fn key_of(id: &Bson, opened: &Opened) -> Result<Vec<u8>> {
    let mut key = Vec::with_capacity(KEY_BYTES);
    match scalar(id) {
        // A text stands where its collation says.
        Some(value) if opened.collation().is_none() => encode_value(value, &mut key),
        _ => {
            let whole = single(ID, id)?;
            if let Some(value) = whole.as_doc().get(ID) {
                opened.encode_id(value, &mut key);
            }
        }
    }
    Ok(key)
}
