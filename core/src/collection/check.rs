//! Whether records and the trees beside them agree.

use std::sync::Arc;

use crate::document::id::ID;
use crate::document::raw::RawDoc;
use crate::error::{ErrorKind, Result};
use crate::index::Entry;
use crate::index::key::encode_key;
use crate::storage::{Batch, Direction, KeyRange, TreeId};
use crate::transaction::Transaction;

use super::catalog::{Catalog, Handle, Opened};
use super::layout::expiry_key;
use super::record;
use super::store::stored_count;

/// How many entries are read at a time.
const BATCH: usize = 1024;
/// So many faults of one collection are described.
const FAULTS_MAX: usize = 100;

/// Adds to `faults` a sentence for everything that disagrees (C2, C3, the count); changes nothing.
pub(crate) fn check(catalog: &Arc<Catalog>, txn: &Transaction, faults: &mut Vec<String>) -> Result<()> {
    for (name, _) in catalog.entries(txn)? {
        if let Some(opened) = catalog.find(txn, &Handle::new(&name))? {
            let mut found = Vec::new();
            let walked = check_collection(txn, &opened, &mut found);
            found.truncate(FAULTS_MAX);
            match walked {
                Err(error) if error.kind() == ErrorKind::Corrupt => found.push(error.to_string()),
                walked => walked?,
            }
            faults.extend(found.into_iter().map(|fault| format!("collection {name:?}: {fault}")));
        }
    }
    Ok(())
}

fn check_collection(txn: &Transaction, opened: &Opened, faults: &mut Vec<String>) -> Result<()> {
    let entry = &opened.entry;
    let (mut records, mut expiries) = (0, 0);
    let mut indexed = vec![0; opened.indexes.len()];
    walk(txn, entry.records, |key, bytes| {
        records += 1;
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
    for (index, wanted) in opened.indexes.iter().zip(indexed).filter(|(index, _)| index.entry.ready) {
        agree(
            &format!("entries of the index {}", index.entry.spec.name),
            entries(txn, index.entry.tree)?,
            wanted,
        );
    }
    Ok(())
}

/// Whether the record expires, or what is wrong with it.
fn check_record(txn: &Transaction, opened: &Opened, key: &[u8], bytes: &[u8]) -> Result<bool, String> {
    let say = |error: crate::Error| error.to_string();
    let doc = RawDoc::validate(&bytes[record::body(bytes).map_err(say)?..]).map_err(say)?;
    let id = doc.get(ID).ok_or("it has no _id")?;
    let mut id_entry = Vec::new();
    encode_key(id, &mut id_entry);
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
    indexed: &mut [u64],
) -> Result<(), String> {
    let say = |error: crate::Error| error.to_string();
    let doc = RawDoc::new(&bytes[record::body(bytes).map_err(say)?..]);
    for (index, count) in opened.indexes.iter().zip(indexed).filter(|(index, _)| index.entry.ready) {
        let (spec, tree) = (&index.entry.spec, index.entry.tree);
        let made = spec.entries(doc).map_err(say)?;
        if made.arrays & !index.array_fields() != 0 {
            return Err(format!("the index {} does not know of an array in it", spec.name));
        }
        *count += made.all.len() as u64;
        for Entry { key: values, kinds } in made.all {
            let (there, wanted) = match spec.unique {
                true => (txn.get(tree, &values).map_err(say)?, [key, &kinds].concat()),
                false => (txn.get(tree, &[&values, key].concat()).map_err(say)?, kinds),
            };
            if there.as_deref() != Some(&wanted[..]) {
                return Err(format!("the index {} has no entry {values:02x?} that leads to it", spec.name));
            }
        }
    }
    Ok(())
}

fn entries(txn: &Transaction, tree: TreeId) -> Result<u64> {
    let mut count = 0;
    walk(txn, tree, |_, _| {
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

fn walk(txn: &Transaction, tree: TreeId, mut visit: impl FnMut(&[u8], &[u8]) -> Result<()>) -> Result<()> {
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
