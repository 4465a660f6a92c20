//! Documents by their `_id`: where they were last found, or else where the tree of `_id`s says.

use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::Slice;
use crate::transaction::Transaction;

use super::id_hints::{IdHints, Spot};
use super::opened::Opened;
use super::record;
use super::record_ids::RecordId;
use super::store::id_of;

/// The record under an encoded `_id`, living or expired.
#[inline]
pub(crate) fn fetch(txn: &Transaction, opened: &Opened, id_key: &[u8]) -> Result<Option<(RecordId, Slice)>> {
    let spot = IdHints::spot(opened.entry.id, id_key);
    if let Some(record) = opened.id_hints.look(spot)
        && let Some(bytes) = fetch_record(txn, opened, record)?
        && is_of(opened, &bytes, id_key)?
    {
        return Ok(Some((record, bytes)));
    }
    let Some(at) = txn.get(opened.entry.ids, id_key)? else { return Ok(None) };
    match (RecordId::from_key(&at), txn.get(opened.entry.records, &at)?) {
        (Some(record), Some(bytes)) => {
            opened.id_hints.learn(spot, record);
            Ok(Some((record, bytes)))
        }
        _ => Err(dangling(opened, &at)),
    }
}

/// The records under many encoded `_id`s, in the order asked, living or expired.
pub(crate) fn fetch_many(
    txn: &Transaction,
    opened: &Opened,
    id_keys: &[&[u8]],
) -> Result<Vec<Option<(RecordId, Slice)>>> {
    if let [alone] = id_keys {
        return Ok(vec![fetch(txn, opened, alone)?]);
    }
    let spots: Vec<Spot> = id_keys.iter().map(|key| IdHints::spot(opened.entry.id, key)).collect();
    let mut found = vec![None; id_keys.len()];
    guess_many(txn, opened, id_keys, &spots, &mut found)?;

    let open: Vec<usize> = (0..found.len()).filter(|at| found[*at].is_none()).collect();
    if open.is_empty() {
        return Ok(found);
    }
    let asked: Vec<&[u8]> = open.iter().map(|at| id_keys[*at]).collect();
    let led = open.into_iter().zip(txn.get_many(opened.entry.ids, &asked)?);
    let led: Vec<(usize, Slice)> = led.filter_map(|(at, record)| Some((at, record?))).collect();
    let keys: Vec<&[u8]> = led.iter().map(|(_, key)| &key[..]).collect();
    for ((at, key), bytes) in led.iter().zip(txn.get_many(opened.entry.records, &keys)?) {
        let (Some(record), Some(bytes)) = (RecordId::from_key(key), bytes) else {
            return Err(dangling(opened, key));
        };
        opened.id_hints.learn(spots[*at], record);
        found[*at] = Some((record, bytes));
    }
    Ok(found)
}

/// Those that are where they were last found.
fn guess_many(
    txn: &Transaction,
    opened: &Opened,
    id_keys: &[&[u8]],
    spots: &[Spot],
    found: &mut [Option<(RecordId, Slice)>],
) -> Result<()> {
    let guesses = spots.iter().map(|spot| opened.id_hints.look(*spot)).enumerate();
    let guesses: Vec<(usize, RecordId, [u8; 8])> =
        guesses.filter_map(|(at, guess)| guess.map(|record| (at, record, record.key()))).collect();
    let keys: Vec<&[u8]> = guesses.iter().map(|(_, _, key)| &key[..]).collect();
    for ((at, record, _), bytes) in guesses.iter().zip(txn.get_many(opened.entry.records, &keys)?) {
        if let Some(bytes) = bytes
            && is_of(opened, &bytes, id_keys[*at])?
        {
            found[*at] = Some((*record, bytes));
        }
    }
    Ok(())
}

/// Whether the record's document has this `_id`.
#[inline]
fn is_of(opened: &Opened, record: &[u8], id_key: &[u8]) -> Result<bool> {
    Ok(opened.is_id(id_of(RawDoc::new(&record[record::body(record)?..]))?, id_key))
}

/// The record of this id, living or expired.
pub(crate) fn fetch_record(txn: &Transaction, opened: &Opened, record: RecordId) -> Result<Option<Slice>> {
    txn.get(opened.entry.records, &record.key())
}

/// The error for an index entry that leads to no record.
pub(crate) fn dangling(opened: &Opened, at: &[u8]) -> Error {
    let what =
        format!("collection {:?}: an entry leads to the record {at:02x?}, which is not there", opened.name);
    Error::new(ErrorKind::Corrupt, what)
}
