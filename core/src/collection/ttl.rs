//! Documents whose time has passed.
//!
//! They are invisible at once, wherever a record is read; here they are counted and their space is given back.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::error::{Error, ErrorKind, Result};
use crate::index::spec::dates_up_to;
use crate::storage::{Batch, Direction, KeyRange, TreeId};
use crate::transaction::Transaction;

use super::fetch::{dangling, fetch_record};
use super::layout::{EXPIRY_KEY_LEN, sortable};
use super::opened::Opened;
use super::record;
use super::record_ids::RecordId;
use super::store::Store;

/// How many entries are read at a time.
const BATCH: usize = 1024;

/// How many records of the collection have expired and not been swept yet.
pub(crate) fn expired_count(txn: &Transaction, opened: &Opened) -> Result<u64> {
    let mut scan = txn.scan(opened.entry.expiries, expired_range(txn.now_ms()), Direction::Forward)?;
    let mut batch = Batch::new();
    let mut count = 0;
    loop {
        scan.next_batch(&mut batch, BATCH)?;
        if batch.is_empty() {
            return Ok(count);
        }
        count += batch.len() as u64;
    }
}

/// The records that have expired and not been swept yet, ascending.
pub(crate) fn expired_records(txn: &Transaction, opened: &Opened) -> Result<Vec<RecordId>> {
    let mut dead = expired(txn, opened, usize::MAX)?;
    dead.sort_unstable();
    Ok(dead)
}

/// Removes up to `limit` expired records, the longest dead first; says how many.
///
/// After those whose own time has passed come those that an index with `expireAfterSeconds` says are old, and those of
/// a clustered collection whose `_id` is an old date.
pub(crate) fn sweep(txn: &mut Transaction, opened: &Opened, limit: usize) -> Result<usize> {
    let mut swept = sweep_expired(txn, opened, limit)?;
    for index in opened.ready_indexes() {
        if swept < limit
            && let Some(seconds) = index.entry.spec.expire_after_seconds
        {
            let range = index.entry.spec.dates_up_to(last_ms(txn, seconds));
            let place = if index.entry.spec.unique { Place::Value } else { Place::Key };
            swept += sweep_old(txn, opened, (index.entry.tree, range, place), limit - swept)?;
        }
    }
    if swept < limit
        && let Some(seconds) = opened.entry.settings.expire_after_seconds
    {
        let range = dates_up_to(last_ms(txn, seconds));
        swept += sweep_old(txn, opened, (opened.entry.ids, range, Place::Value), limit - swept)?;
    }
    Ok(swept)
}

/// The last date of what is old.
fn last_ms(txn: &Transaction, seconds: i64) -> i64 {
    txn.now_ms().saturating_sub(seconds.saturating_mul(1000))
}

/// Where an entry says which record it leads to.
#[derive(Clone, Copy)]
enum Place {
    Key,
    Value,
}

/// Removes the documents that the entries in a range of a tree lead to.
fn sweep_old(
    txn: &mut Transaction,
    opened: &Opened,
    (tree, range, place): (TreeId, KeyRange, Place),
    limit: usize,
) -> Result<usize> {
    let mut scan = txn.scan(tree, range, Direction::Forward)?;
    let mut batch = Batch::new();
    let mut old = BTreeSet::new();
    while old.len() < limit {
        scan.next_batch(&mut batch, limit - old.len())?;
        if batch.is_empty() {
            break;
        }
        for (key, value) in batch.iter() {
            let record = match place {
                Place::Key => RecordId::from_end(key),
                Place::Value => RecordId::from_start(value),
            };
            old.insert(record.ok_or_else(|| dangling(opened, key))?);
        }
    }
    let mut store = Store::new(txn, opened);
    for record in &old {
        let bytes =
            fetch_record(store.txn(), opened, *record)?.ok_or_else(|| dangling(opened, &record.key()))?;
        store.remove(*record, &bytes)?;
    }
    store.finish()?;
    Ok(old.len())
}

fn sweep_expired(txn: &mut Transaction, opened: &Opened, limit: usize) -> Result<usize> {
    let dead = expired(txn, opened, limit)?;
    let mut store = Store::new(txn, opened);
    for record in &dead {
        let bytes =
            fetch_record(store.txn(), opened, *record)?.ok_or_else(|| dangling(opened, &record.key()))?;
        if record::live_body(&bytes, store.txn().now_ms())?.is_some() {
            let what =
                format!("collection {:?}: {record:?} lives, and stands among the expired", opened.name);
            return Err(Error::new(ErrorKind::Corrupt, what));
        }
        store.remove(*record, &bytes)?;
    }
    store.finish()?;
    Ok(dead.len())
}

fn expired(txn: &Transaction, opened: &Opened, limit: usize) -> Result<Vec<RecordId>> {
    let mut scan = txn.scan(opened.entry.expiries, expired_range(txn.now_ms()), Direction::Forward)?;
    let mut batch = Batch::new();
    let mut dead = Vec::new();
    while dead.len() < limit {
        scan.next_batch(&mut batch, BATCH.min(limit - dead.len()))?;
        if batch.is_empty() {
            break;
        }
        for (key, _) in batch.iter() {
            dead.push(record_of(opened, key)?);
        }
    }
    Ok(dead)
}

fn record_of(opened: &Opened, key: &[u8]) -> Result<RecordId> {
    let record = (key.len() == EXPIRY_KEY_LEN).then(|| RecordId::from_key(&key[8..])).flatten();
    record.ok_or_else(|| {
        Error::new(ErrorKind::Corrupt, format!("collection {:?}: {key:02x?} is no expiry entry", opened.name))
    })
}

/// The entries that expire at `now_ms` or before.
fn expired_range(now_ms: i64) -> KeyRange {
    let end =
        now_ms.checked_add(1).map_or(Bound::Unbounded, |after| Bound::Excluded(sortable(after).to_vec()));
    KeyRange { start: Bound::Unbounded, end }
}
