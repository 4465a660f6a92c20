//! New documents.

use std::collections::BTreeMap;
use std::ops::Range;

use bson::Bson;
use serde::Serialize;

use crate::collection::Metadata;
use crate::document::builder::RawDocBuf;
use crate::document::convert::write;
use crate::document::id::{ID, IdGenerator, check_id, ensure_id};
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::query::execute::Watch;
use crate::query::execute::nodes::{Insert, insert_chunk};

use super::asides::{Asides, aside_methods};
use super::collection::Collection;
use super::document::id_of;
use super::modify::Limits;
use super::session::block_bytes;

/// So many faults of one call are described; all are counted.
const FAULTS_DESCRIBED_MAX: usize = 1000;

/// What [`Collection::insert_one`] did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InsertOneResult {
    /// The document's `_id`, given or generated.
    pub inserted_id: Bson,
}

/// What [`Collection::insert_many`] did.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct InsertManyResult {
    /// The `_id` of each document, by its place in the call.
    pub inserted_ids: BTreeMap<usize, Bson>,
}

/// How many documents are inserted.
#[derive(Debug, Clone)]
#[must_use]
pub struct InsertManyOptions {
    ordered: bool,
    asides: Asides,
    limits: Limits,
}

/// How a document is inserted.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct InsertOneOptions {
    asides: Asides,
    limits: Limits,
}

impl InsertOneOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores whatever the collection's validator says; off by default.
    pub fn bypass_document_validation(mut self, bypass: bool) -> Self {
        self.limits.bypass_validation = bypass;
        self
    }

    aside_methods!(comment);
    aside_methods!(limits);
}

impl Default for InsertManyOptions {
    fn default() -> Self {
        Self { ordered: true, asides: Asides::default(), limits: Limits::default() }
    }
}

impl InsertManyOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the first document that cannot be inserted ends the call; on by default.
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.ordered = ordered;
        self
    }

    /// Stores whatever the collection's validator says; off by default.
    pub fn bypass_document_validation(mut self, bypass: bool) -> Self {
        self.limits.bypass_validation = bypass;
        self
    }

    aside_methods!(comment);
    aside_methods!(limits);
}

/// Documents ready to be stored: checked, each with its `_id` first, one after the other.
#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    scratch: Vec<u8>,
    /// Each document's place in the call, and its bytes.
    ready: Vec<(usize, Range<usize>)>,
}

/// How the documents of one call are inserted.
struct Inserting<'a> {
    metadata: &'a Metadata,
    ordered: bool,
    bypass_validation: bool,
    watch: Option<&'a Watch>,
}

/// What became of the documents of one call.
#[derive(Debug, Default)]
struct Outcome {
    inserted: u64,
    faults: Vec<(usize, Error)>,
}

impl<T> Collection<T> {
    /// Inserts a document; its `_id` is generated when it has none.
    ///
    /// # Errors
    /// `DuplicateKey` (11000) when the `_id` is taken; `Invalid` for a document that cannot be stored.
    pub fn insert_one(&self, document: impl std::borrow::Borrow<T>) -> Result<InsertOneResult>
    where
        T: Serialize,
    {
        self.insert_one_with(document, InsertOneOptions::default())
    }

    /// Inserts a document as the options say.
    ///
    /// # Errors
    /// As [`insert_one`](Self::insert_one); `Timeout`, `Cancelled`.
    pub fn insert_one_with(
        &self,
        document: impl std::borrow::Borrow<T>,
        options: InsertOneOptions,
    ) -> Result<InsertOneResult>
    where
        T: Serialize,
    {
        let put = |out: &mut Vec<u8>| write(document.borrow(), out);
        let inserted_id = self.insert_bytes(&Metadata::default(), options, put)?;
        Ok(InsertOneResult { inserted_id })
    }

    /// Inserts documents in the order given, ending at the first that cannot be inserted.
    ///
    /// Outside a transaction they are committed in runs of some megabytes: a smaller call is all or nothing
    /// in the file even when the power fails.
    ///
    /// # Errors
    /// The error of the first document that could not be inserted, its details (`writeErrors`, `nInserted`)
    /// saying which and how many; `DuplicateKey`, `Invalid`.
    pub fn insert_many(
        &self,
        documents: impl IntoIterator<Item = impl std::borrow::Borrow<T>>,
    ) -> Result<InsertManyResult>
    where
        T: Serialize,
    {
        self.insert_many_with(documents, InsertManyOptions::default())
    }

    /// Inserts documents as the options say.
    ///
    /// # Errors
    /// As [`insert_many`](Self::insert_many); `Timeout` and `Cancelled`, whose context says how many documents were
    /// inserted before.
    pub fn insert_many_with(
        &self,
        documents: impl IntoIterator<Item = impl std::borrow::Borrow<T>>,
        options: InsertManyOptions,
    ) -> Result<InsertManyResult>
    where
        T: Serialize,
    {
        let mut inserted_ids = BTreeMap::new();
        let documents = documents.into_iter();
        let put = |document: &_, out: &mut Vec<u8>| write(std::borrow::Borrow::<T>::borrow(document), out);
        self.insert_all(documents, put, options, |at, doc| {
            inserted_ids.insert(at, id_of(doc)?);
            Ok(())
        })?;
        Ok(InsertManyResult { inserted_ids })
    }

    /// Inserts documents given as BSON; answers how many.
    ///
    /// # Errors
    /// As [`insert_many`](Self::insert_many).
    pub fn insert_many_raw(
        &self,
        documents: impl IntoIterator<Item = impl AsRef<[u8]>>,
        options: InsertManyOptions,
    ) -> Result<u64> {
        let put = |document: &_, out: &mut Vec<u8>| {
            out.extend_from_slice(AsRef::<[u8]>::as_ref(document));
            Ok(())
        };
        self.insert_all(documents.into_iter(), put, options, |_, _| Ok(()))
    }

    /// Inserts a document given as BSON; answers its `_id`.
    ///
    /// # Errors
    /// As [`insert_one`](Self::insert_one).
    pub fn insert_one_raw(&self, document: &[u8]) -> Result<Bson> {
        self.insert_one_raw_with(document, InsertOneOptions::default())
    }

    /// Inserts a document given as BSON as the options say; answers its `_id`.
    ///
    /// # Errors
    /// As [`insert_one`](Self::insert_one).
    pub fn insert_one_raw_with(&self, document: &[u8], options: InsertOneOptions) -> Result<Bson> {
        self.insert_bytes(&Metadata::default(), options, |out| {
            out.extend_from_slice(document);
            Ok(())
        })
    }

    pub(super) fn insert_with_metadata<D: Serialize>(
        &self,
        document: &D,
        metadata: &Metadata,
    ) -> Result<Bson> {
        self.insert_bytes(metadata, InsertOneOptions::default(), |out| write(document, out))
    }

    fn insert_bytes(
        &self,
        metadata: &Metadata,
        options: InsertOneOptions,
        put: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<Bson> {
        let mut block = Block::default();
        block.add(0, put, &self.session().shared()?.ids)?;
        let InsertOneOptions { asides, limits } = options;
        asides.log("insert", self.name());
        let watch = limits.watch(self.session().shared()?);
        let bypass_validation = limits.bypass_validation;
        let insert = Inserting { metadata, ordered: true, bypass_validation, watch: watch.as_ref() };
        let outcome = self.insert_block(&block, &insert, 0)?;
        match outcome.faults.into_iter().next() {
            Some((_, fault)) => Err(fault),
            None => id_of(RawDoc::new(&block.bytes)),
        }
    }

    fn insert_all<D>(
        &self,
        documents: impl Iterator<Item = D>,
        put: impl Fn(&D, &mut Vec<u8>) -> Result<()>,
        options: InsertManyOptions,
        mut inserted: impl FnMut(usize, RawDoc<'_>) -> Result<()>,
    ) -> Result<u64> {
        let InsertManyOptions { ordered, asides, limits } = options;
        asides.log("insert", self.name());
        let watch = limits.watch(self.session().shared()?);
        let (metadata, bypass_validation) = (&Metadata::default(), limits.bypass_validation);
        let insert = Inserting { metadata, ordered, bypass_validation, watch: watch.as_ref() };
        self.session().statement(|| {
            let mut documents = documents.enumerate().peekable();
            let mut total = Outcome::default();
            let mut block = Block::default();
            while documents.peek().is_some() && (!ordered || total.faults.is_empty()) {
                block.clear();
                let refused = self.gather(&mut documents, &put, ordered, &mut block)?;
                let done = self.insert_block(&block, &insert, total.inserted)?;
                report_inserted(&block, &done, &mut inserted)?;
                total.inserted += done.inserted;
                let ended = ordered && !done.faults.is_empty();
                total.faults.extend(done.faults);
                if !ended {
                    total.faults.extend(refused);
                }
            }
            if total.faults.is_empty() { Ok(total.inserted) } else { Err(bulk_error(total)) }
        })
    }

    /// Makes the next documents ready, and answers those that are no documents.
    fn gather<D>(
        &self,
        documents: &mut std::iter::Peekable<impl Iterator<Item = (usize, D)>>,
        put: &impl Fn(&D, &mut Vec<u8>) -> Result<()>,
        ordered: bool,
        block: &mut Block,
    ) -> Result<Vec<(usize, Error)>> {
        let shared = self.session().shared()?;
        let (ids, block_bytes) = (&shared.ids, block_bytes(&shared.options));
        let mut refused = Vec::new();
        while block.bytes.len() < block_bytes {
            let Some((at, document)) = documents.next() else { break };
            if let Err(fault) = block.add(at, |out| put(&document, out), ids) {
                refused.push((at, fault));
                if ordered {
                    break;
                }
            }
        }
        Ok(refused)
    }

    /// Inserts a block, in as many commits as it takes, `before` which so many documents were inserted.
    fn insert_block(&self, block: &Block, insert: &Inserting<'_>, before: u64) -> Result<Outcome> {
        let Inserting { metadata, ordered, bypass_validation, watch } = *insert;
        let docs: Vec<RawDoc<'_>> =
            block.ready.iter().map(|(_, range)| RawDoc::new(&block.bytes[range.clone()])).collect();
        let insert = Insert { docs: &docs, metadata, ordered, bypass_validation, watch };
        let chunk_bytes = self.session().chunk_bytes()?;
        let mut outcome = Outcome::default();
        let mut next = 0;
        while next < docs.len() && (!ordered || outcome.faults.is_empty()) {
            let chunk = self.session().write(|_, scope| {
                let opened = scope.open_or_create(self.handle())?;
                insert_chunk(scope.txn, &opened, insert, next, chunk_bytes)
            });
            let chunk = chunk.map_err(|error| self.so_far(error, before + outcome.inserted))?;
            outcome.inserted += (chunk.next - next - chunk.faults.len()) as u64;
            next = chunk.next;
            let faults = chunk.faults.into_iter();
            outcome.faults.extend(faults.map(|(place, fault)| (block.ready[place].0, fault)));
        }
        Ok(outcome)
    }

    /// Says how far a call came that was stopped; inside a transaction nothing of it is left.
    fn so_far(&self, error: Error, inserted: u64) -> Error {
        if inserted == 0 || self.session().is_inside() {
            return error;
        }
        error.context(format!("after {inserted} documents were inserted"))
    }
}

/// Checks a document and puts its `_id` first, a new one when it has none.
pub(super) fn ready_document(document: Vec<u8>, ids: &IdGenerator) -> Result<Vec<u8>> {
    let mut block = Block { bytes: document, ..Block::default() };
    block.complete(0, ids)?;
    Ok(block.bytes)
}

impl Block {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ready.clear();
    }

    /// Appends the document that `put` writes, or nothing when it cannot be stored.
    fn add(
        &mut self,
        at: usize,
        put: impl FnOnce(&mut Vec<u8>) -> Result<()>,
        ids: &IdGenerator,
    ) -> Result<()> {
        let start = self.bytes.len();
        let added = put(&mut self.bytes).and_then(|()| self.complete(start, ids));
        match added {
            Ok(()) => self.ready.push((at, start..self.bytes.len())),
            Err(_) => self.bytes.truncate(start),
        }
        added
    }

    /// Checks the document that begins at `start` and puts its `_id` first.
    fn complete(&mut self, start: usize, ids: &IdGenerator) -> Result<()> {
        let doc = RawDoc::validate(&self.bytes[start..])?;
        let mut fields = doc.fields();
        if let Some(first) = fields.next()
            && first.name == ID.as_bytes()
            && fields.all(|field| field.name != ID.as_bytes())
        {
            return check_id(first.value);
        }
        self.scratch.clear();
        ensure_id(doc, ids, &mut self.scratch)?;
        self.bytes.truncate(start);
        self.bytes.extend_from_slice(&self.scratch);
        Ok(())
    }
}

/// Tells which documents of the block are in.
fn report_inserted(
    block: &Block,
    done: &Outcome,
    inserted: &mut impl FnMut(usize, RawDoc<'_>) -> Result<()>,
) -> Result<()> {
    let mut faults = done.faults.iter().map(|(at, _)| *at).peekable();
    let tried = done.inserted as usize + done.faults.len();
    for (at, range) in block.ready.iter().take(tried) {
        if faults.next_if_eq(at).is_none() {
            inserted(*at, RawDoc::new(&block.bytes[range.clone()]))?;
        }
    }
    Ok(())
}

/// The error of a call of which some documents could not be inserted: the first one's, and details of all.
fn bulk_error(outcome: Outcome) -> Error {
    let mut faults = outcome.faults;
    faults.sort_by_key(|(at, _)| *at);
    let details = RawDocBuf::build(|details| {
        details.put("nInserted", Value::Int64(outcome.inserted.cast_signed()));
        details.put("nFailed", Value::Int64(faults.len() as i64));
        let mut errors = details.array("writeErrors");
        for (at, fault) in faults.iter().take(FAULTS_DESCRIBED_MAX) {
            let mut error = errors.document();
            error.put("index", Value::Int64(*at as i64));
            error.put("code", Value::Int32(fault.code().unwrap_or_default()));
            error.put("errmsg", Value::String(fault.message()));
            if let Some(more) = fault.details() {
                error.extend(RawDoc::new(more));
            }
        }
    });
    let inserted = outcome.inserted;
    let failed = faults.len();
    match faults.into_iter().next() {
        Some((at, fault)) => {
            let message = format!(
                "{failed} of {} documents could not be inserted, the first at place {at}: {}",
                inserted + failed as u64,
                fault.message()
            );
            let error = Error::new(fault.kind(), message).with_details(details.into_bytes());
            match (fault.code(), fault.code_name()) {
                (Some(number), Some(name)) => error.with_code((number, name)),
                _ => error,
            }
        }
        None => Error::new(ErrorKind::Internal, "an insert failed without a fault"),
    }
}
