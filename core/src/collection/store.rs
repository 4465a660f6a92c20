//! A record and its entries in the collection's other trees, changed together.

use crate::document::builder::RawDocBuf;
use crate::document::id::ID;
use crate::document::json::{Mode, value_to_string};
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::storage::Savepoint;
use crate::transaction::Transaction;

use super::capped::{Fill, body_bytes};
use super::fetch::fetch;
use super::layout::{self, COUNTERS};
use super::opened::Opened;
use super::record::{self, Envelope};
use super::record_ids::RecordId;
use super::ttl;

/// Writes to one collection; what it did to the count is told by [`finish`](Self::finish), once.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    txn: &'a mut Transaction,
    opened: &'a Opened,
    added: i64,
    /// Whether the collection's validator is left out.
    bypass: bool,
    /// What a capped collection holds, once it was changed.
    fill: Option<Fill>,
    key: Vec<u8>,
    upkeep: Upkeep,
}

/// How many entries of secondary indexes were put, and taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Upkeep {
    pub(crate) inserted: u64,
    pub(crate) deleted: u64,
}

impl std::ops::AddAssign for Upkeep {
    fn add_assign(&mut self, more: Self) {
        self.inserted += more.inserted;
        self.deleted += more.deleted;
    }
}

/// A moment in the work of a store to come back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoreMark {
    savepoint: Savepoint,
    added: i64,
    fill: Option<Fill>,
}

impl<'a> Store<'a> {
    /// Writes to `opened` in `txn`.
    pub(crate) fn new(txn: &'a mut Transaction, opened: &'a Opened) -> Self {
        let upkeep = Upkeep::default();
        Self { txn, opened, added: 0, bypass: false, fill: None, key: Vec::new(), upkeep }
    }

    /// Stores documents whatever the collection's validator says of them.
    pub(crate) fn bypass_validation(mut self, bypass: bool) -> Self {
        self.bypass = bypass;
        self
    }

    pub(super) fn txn_mut(&mut self) -> &mut Transaction {
        self.txn
    }

    /// The transaction written in.
    pub(crate) fn txn(&self) -> &Transaction {
        self.txn
    }

    /// What was done so far to keep the indexes up, also what was taken back since.
    pub(crate) fn upkeep(&self) -> Upkeep {
        self.upkeep
    }

    pub(super) fn count_upkeep(&mut self, inserted: u64, deleted: u64) {
        self.upkeep += Upkeep { inserted, deleted };
    }

    /// The collection written to.
    pub(crate) fn opened(&self) -> &'a Opened {
        self.opened
    }

    /// A moment to come back to.
    pub(crate) fn mark(&self) -> StoreMark {
        StoreMark { savepoint: self.txn.savepoint(), added: self.added, fill: self.fill }
    }

    /// Forgets what was done since `mark`.
    pub(crate) fn roll_back_to(&mut self, mark: StoreMark) {
        self.txn.roll_back_to(mark.savepoint);
        self.added = mark.added;
        self.fill = mark.fill;
    }

    pub(super) fn added(&self) -> i64 {
        self.added
    }

    pub(super) fn fill(&self) -> Option<Fill> {
        self.fill
    }

    pub(super) fn set_fill(&mut self, fill: Fill) {
        self.fill = Some(fill);
    }

    /// Puts a new document, whose `_id` no living document may have.
    pub(crate) fn insert(&mut self, doc: RawDoc<'_>, envelope: &Envelope<'_>) -> Result<RecordId> {
        self.accept(doc, None)?;
        self.free_id(id_of(doc)?)?;
        let key = std::mem::take(&mut self.key);
        let put = self.put_new(doc, &key, envelope);
        self.key = key;
        put
    }

    /// Accepts a document in the place of `before`, or a new one, for what it holds.
    fn accept(&self, doc: RawDoc<'_>, before: Option<RawDoc<'_>>) -> Result<()> {
        let settings = &self.opened.entry.settings;
        settings.check(&self.opened.name, doc, before, self.txn.now_ms(), self.bypass)?;
        self.check_room(doc)
    }

    /// Sees to it that no other living document has this `_id`, whose key is left in `key`.
    fn free_id(&mut self, id: RawValue<'_>) -> Result<()> {
        self.set_key(id);
        if let Some((there, bytes)) = fetch(self.txn, self.opened, &self.key)? {
            if record::live_body(&bytes, self.txn.now_ms())?.is_some() {
                return Err(duplicate_id(&self.opened.name, id));
            }
            self.remove_dead(there, &bytes)?;
        }
        Ok(())
    }

    /// Puts a new document, whose `_id`, encoded in `key`, is known to be nobody's.
    ///
    /// After an error the caller goes back to where it was before.
    pub(crate) fn insert_new(
        &mut self,
        doc: RawDoc<'_>,
        key: &[u8],
        envelope: &Envelope<'_>,
    ) -> Result<RecordId> {
        self.accept(doc, None)?;
        self.put_new(doc, key, envelope)
    }

    fn put_new(&mut self, doc: RawDoc<'_>, key: &[u8], envelope: &Envelope<'_>) -> Result<RecordId> {
        let record = self.opened.record_ids.allocate(self.txn)?;
        let entry = &self.opened.entry;
        self.txn.put(entry.records, &record.key(), &[&envelope.encode(), doc.as_bytes()])?;
        self.txn.put(entry.ids, key, &[&record.key()])?;
        self.put_expiry(record, envelope.expires_at_ms)?;
        self.count_bytes(doc.as_bytes().len(), 0, 1)?;
        self.added += 1;
        self.add_entries(record, doc)?;
        self.make_room()?;
        Ok(record)
    }

    /// Puts a record as it once was; no living document may have its `_id`.
    pub(super) fn put_back(&mut self, record: RecordId, bytes: &[u8]) -> Result<()> {
        let doc = RawDoc::new(&bytes[record::body(bytes)?..]);
        self.free_id(id_of(doc)?)?;
        self.txn.put(self.opened.entry.records, &record.key(), &[bytes])?;
        self.txn.put(self.opened.entry.ids, &self.key, &[&record.key()])?;
        self.put_expiry(record, record::expires_at(bytes)?)?;
        self.added += 1;
        self.add_entries(record, doc)
    }

    /// Puts another document with the same `_id` in the place of `before`.
    pub(crate) fn replace(
        &mut self,
        record: RecordId,
        before: &[u8],
        doc: RawDoc<'_>,
        envelope: &Envelope<'_>,
    ) -> Result<()> {
        let old = RawDoc::new(&before[record::body(before)?..]);
        self.accept(doc, Some(old))?;
        self.count_bytes(doc.as_bytes().len(), old.as_bytes().len(), 0)?;
        let expired_at_ms = record::expires_at(before)?;
        if expired_at_ms != envelope.expires_at_ms {
            self.delete_expiry(record, expired_at_ms)?;
            self.put_expiry(record, envelope.expires_at_ms)?;
        }
        self.txn.put(self.opened.entry.records, &record.key(), &[&envelope.encode(), doc.as_bytes()])?;
        self.move_entries(record, old, doc)
    }

    /// Removes a record, whose bytes are `before`.
    pub(crate) fn remove(&mut self, record: RecordId, before: &[u8]) -> Result<()> {
        self.set_key(id_of(RawDoc::new(&before[record::body(before)?..]))?);
        self.remove_dead(record, before)
    }

    /// Writes the change of the count.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.finish_fill()?;
        if self.added == 0 {
            return Ok(());
        }
        self.txn.add(COUNTERS, &count_key(self.opened), self.added)
    }

    /// Removes the record whose `_id` stands encoded in `key`.
    fn remove_dead(&mut self, record: RecordId, before: &[u8]) -> Result<()> {
        self.remove_entries(record, RawDoc::new(&before[record::body(before)?..]))?;
        self.delete_expiry(record, record::expires_at(before)?)?;
        self.txn.delete(self.opened.entry.records, &record.key())?;
        self.txn.delete(self.opened.entry.ids, &self.key)?;
        self.count_bytes(0, body_bytes(before)?, -1)?;
        self.added -= 1;
        Ok(())
    }

    fn set_key(&mut self, id: RawValue<'_>) {
        self.key.clear();
        self.opened.encode_id(id, &mut self.key);
    }

    fn put_expiry(&mut self, record: RecordId, expires_at_ms: Option<i64>) -> Result<()> {
        let Some(at) = expires_at_ms else { return Ok(()) };
        self.txn.put(self.opened.entry.expiries, &layout::expiry_key(at, record.key()), &[])
    }

    fn delete_expiry(&mut self, record: RecordId, expires_at_ms: Option<i64>) -> Result<()> {
        let Some(at) = expires_at_ms else { return Ok(()) };
        self.txn.delete(self.opened.entry.expiries, &layout::expiry_key(at, record.key()))
    }
}

/// How many documents live in the collection.
pub(crate) fn count(txn: &Transaction, opened: &Opened) -> Result<u64> {
    let stored = stored_count(txn, opened)?;
    Ok(stored.saturating_sub(ttl::expired_count(txn, opened)?))
}

/// How many records the collection holds, expired ones included.
pub(crate) fn stored_count(txn: &Transaction, opened: &Opened) -> Result<u64> {
    let stored = txn.counter(COUNTERS, &count_key(opened))?;
    u64::try_from(stored).map_err(|_| {
        Error::new(ErrorKind::Corrupt, format!("the collection {:?} counts {stored} documents", opened.name))
    })
}

fn count_key(opened: &Opened) -> [u8; 5] {
    layout::counter_key(layout::COUNT_RECORDS, opened.entry.id)
}

pub(super) fn id_of(doc: RawDoc<'_>) -> Result<RawValue<'_>> {
    doc.get(ID).ok_or_else(|| Error::internal("a stored document has no _id"))
}

/// The error for an `_id` that is taken.
fn duplicate_id(collection: &str, id: RawValue<'_>) -> Error {
    let shown = value_to_string(id, Mode::Relaxed);
    let message = format!(
        "E11000 duplicate key error collection: {collection} index: _id_ dup key: {{ _id: {shown} }}"
    );
    let details = RawDocBuf::build(|details| {
        details.document("keyPattern").put(ID, Value::Int32(1));
        details.document("keyValue").append(ID, id);
    });
    Error::new(ErrorKind::DuplicateKey, message)
        .with_code(code::DUPLICATE_KEY)
        .with_details(details.into_bytes())
}
