//! Whether records and the trees beside them agree.

use std::sync::Arc;

use crate::document::id::ID;
use crate::document::raw::RawDoc;
use crate::error::{ErrorKind, Result};
use crate::index::Entry;
use crate::storage::{Batch, Direction, KeyRange, TreeId};
use crate::transaction::Transaction;

use super::capped::{body_bytes, held_bytes};
use super::catalog::{Catalog, Handle};
use super::fetch::fetch_record;
use super::layout::expiry_key;
use super::opened::{Opened, OpenedIndex};
use super::record;
use super::store::stored_count;

/// How many entries are read at a time.
const BATCH: usize = 1024;
/// So many faults of one collection are described.
const FAULTS_MAX: usize = 100;

/// Adds to `faults` a sentence for everything that disagrees (C2, C3, the count); changes nothing.
pub(crate) fn check(catalog: &Arc<Catalog>, txn: &Transaction, faults: &mut Vec<String>) -> Result<()> {
    for (name, _) in catalog.entries(txn)? {
        if let Some(opened) = catalog.look(txn, &Handle::new(&name))?.filter(|opened| !opened.entry.is_view())
        {
            let (_, found) = check_one(txn, &opened)?;
            faults.extend(found.into_iter().map(|fault| format!("collection {name:?}: {fault}")));
        }
    }
    Ok(())
}

/// How many records a collection has, and a sentence for everything that disagrees in it; changes nothing.
pub(crate) fn check_one(txn: &Transaction, opened: &Opened) -> Result<(u64, Vec<String>)> {
    let mut found = Vec::new();
    let walked = check_collection(txn, opened, &mut found);
    found.truncate(FAULTS_MAX);
    match walked {
        Err(error) if error.kind() == ErrorKind::Corrupt => {
            found.push(error.to_string());
            Ok((0, found))
        }
        walked => Ok((walked?, found)),
    }
}

fn check_collection(txn: &Transaction, opened: &Opened, faults: &mut Vec<String>) -> Result<u64> {
    let entry = &opened.entry;
    let (mut records, mut expiries, mut held) = (0, 0, 0);
    let mut indexed: Vec<Indexed> = opened.indexes.iter().map(|_| Indexed::default()).collect();
    walk(txn, entry.records, |key, bytes| {
        records += 1;
        held += body_bytes(bytes).unwrap_or(0) as u64;
        let checked = check_record(txn, opened, key, bytes)
            .and_then(|expires| check_indexes(txn, opened, key, bytes, &mut indexed).map(|()| expires));
        match checked {
            Ok(expires) => expiries += u64::from(expires),
            Err(fault) => faults.push(format!("record {key:02x?}: {fault}")),
        }
        Ok(())
    })?;
    let mut agree = |what: &str, there: u64, wanted: u64| {
        if there != wanted {
            faults.push(format!("{what}: {there}, where {wanted} were expected"));
        }
    };
    agree("counted documents", stored_count(txn, opened)?, records);
    agree("entries of _ids", entries(txn, entry.ids)?, records);
    agree("entries of expiries", entries(txn, entry.expiries)?, expiries);
    if entry.settings.capped.is_some() {
        agree("bytes of documents", held_bytes(txn, opened)?, held);
    }
    for (index, indexed) in opened.indexes.iter().zip(indexed).filter(|(index, _)| is_checked(index)) {
        let what = format!("entries of the index {}", index.entry.spec.name);
        let there = entries(txn, index.entry.tree)?;
        if there != indexed.wanted {
            faults.push(format!("{what}: {there}, where {} were expected", indexed.wanted));
        }
        if there != indexed.wanted || indexed.missing > 0 {
            name_strays(txn, opened, index, faults)?;
        }
    }
    if let Some(graves) = entry.graves {
        check_graves(txn, graves, faults)?;
    }
    Ok(records)
}

/// Whether every deleted document can be restored.
fn check_graves(txn: &Transaction, graves: TreeId, faults: &mut Vec<String>) -> Result<()> {
    walk(txn, graves, |key, bytes| {
        let doc = record::body(bytes).and_then(|body| RawDoc::validate(&bytes[body..]));
        match doc {
            Ok(doc) if doc.get(ID).is_some() => {}
            Ok(_) => faults.push(format!("deleted record {key:02x?}: it has no _id")),
            Err(error) => faults.push(format!("deleted record {key:02x?}: {error}")),
        }
        Ok(())
    })
}

/// Whether there is something to compare it with: an index that is ready, and whose keys this build can make.
fn is_checked(index: &OpenedIndex) -> bool {
    index.entry.is_readable() && index.entry.spec.is_usable()
}

/// What the records say of an index.
#[derive(Debug, Default)]
struct Indexed {
    /// So many entries it should have.
    wanted: u64,
    /// So many of them it lacks.
    missing: u64,
}

/// Whether the record expires, or what is wrong with it.
fn check_record(txn: &Transaction, opened: &Opened, key: &[u8], bytes: &[u8]) -> Result<bool, String> {
    let say = |error: crate::Error| error.to_string();
    let doc = RawDoc::validate(&bytes[record::body(bytes).map_err(say)?..]).map_err(say)?;
    let id = doc.get(ID).ok_or("it has no _id")?;
    let mut id_entry = Vec::new();
    opened.encode_id(id, &mut id_entry);
    if txn.get(opened.entry.ids, &id_entry).map_err(say)?.as_deref() != Some(key) {
        return Err(format!("the entry of its _id {id:?} does not lead to it"));
    }
    let Some(expires_at_ms) = record::expires_at(bytes).map_err(say)? else { return Ok(false) };
    let record = key.try_into().map_err(|_| "its key has not eight bytes".to_owned())?;
    let expiry = expiry_key(expires_at_ms, record);
    if txn.get(opened.entry.expiries, &expiry).map_err(say)?.is_none() {
        return Err(format!("it expires at {expires_at_ms} and has no entry that says so"));
    }
    Ok(true)
}

/// Whether every index that is ready leads to the record by each of its keys; counts those.
fn check_indexes(
    txn: &Transaction,
    opened: &Opened,
    key: &[u8],
    bytes: &[u8],
    indexed: &mut [Indexed],
) -> Result<(), String> {
    let say = |error: crate::Error| error.to_string();
    let doc = RawDoc::new(&bytes[record::body(bytes).map_err(say)?..]);
    for (index, indexed) in opened.indexes.iter().zip(indexed).filter(|(index, _)| is_checked(index)) {
        let (spec, tree) = (&index.entry.spec, index.entry.tree);
        let made = spec.entries(doc).map_err(say)?;
        if !index.arrays.know(&made) {
            return Err(format!("the index {} does not know of an array in it", spec.name));
        }
        indexed.wanted += made.all.len() as u64;
        for Entry { key: values, kinds } in made.all {
            let (there, wanted) = match spec.unique {
                true => (txn.get(tree, &values).map_err(say)?, [key, &kinds].concat()),
                false => (txn.get(tree, &[&values, key].concat()).map_err(say)?, kinds),
            };
            if there.as_deref() != Some(&wanted[..]) {
                indexed.missing += 1;
                return Err(format!("the index {} has no entry {values:02x?} that leads to it", spec.name));
            }
        }
    }
    Ok(())
}

/// Names the entries of an index that no record has, the first of them.
fn name_strays(
    txn: &Transaction,
    opened: &Opened,
    index: &OpenedIndex,
    faults: &mut Vec<String>,
) -> Result<()> {
    let most = faults.len() + FAULTS_MAX;
    walk(txn, index.entry.tree, |key, value| {
        if faults.len() < most
            && let Err(why) = check_entry(txn, opened, index, key, value)?
        {
            faults.push(format!("the entry {key:02x?} of the index {} {why}", index.entry.spec.name));
        }
        Ok(())
    })
}

/// Whether the document that an entry leads to has that entry, or why not.
fn check_entry(
    txn: &Transaction,
    opened: &Opened,
    index: &OpenedIndex,
    key: &[u8],
    value: &[u8],
) -> Result<Result<(), String>> {
    let spec = &index.entry.spec;
    let values = if spec.unique { Some(key) } else { key.split_last_chunk::<8>().map(|(values, _)| values) };
    let (Some(values), Some(record)) = (values, index.entry.record_of(key, value)) else {
        return Ok(Err("names no record".to_owned()));
    };
    let Some(bytes) = fetch_record(txn, opened, record)? else {
        return Ok(Err(format!("leads to no record: {record:?} is not there")));
    };
    let made = record::body(&bytes).and_then(|body| spec.entries(RawDoc::new(&bytes[body..])));
    Ok(match made {
        Ok(made) if made.find(values).is_some() => Ok(()),
        Ok(_) => Err(format!("leads to {record:?}, but its document makes no such entry")),
        Err(error) => Err(format!("leads to {record:?}: {error}")),
    })
}

fn entries(txn: &Transaction, tree: TreeId) -> Result<u64> {
    let mut count = 0;
    walk(txn, tree, |_, _| {
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

/// Visits every entry of a tree.
pub(super) fn walk(
    txn: &Transaction,
    tree: TreeId,
    mut visit: impl FnMut(&[u8], &[u8]) -> Result<()>,
) -> Result<()> {
    let mut scan = txn.scan(tree, KeyRange::all(), Direction::Forward)?;
    let mut batch = Batch::new();
    loop {
        scan.next_batch(&mut batch, BATCH)?;
        if batch.is_empty() {
            return Ok(());
        }
        for (key, value) in batch.iter() {
            visit(key, value)?;
        }
    }
}
