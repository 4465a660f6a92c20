//! Guesses where a document is: right or wrong, they change no answer.

use super::{Bed, doc};
use crate::collection::id_hints::{IdHints, hints_room};
use crate::collection::{Handle, Metadata, RecordId, fetch, fetch_many};
use crate::document::raw::{RawDoc, Value};
use crate::index::key::encode_value;
use crate::storage::Slice;
use crate::transaction::Transaction;

fn key(id: i32) -> Vec<u8> {
    let mut key = Vec::new();
    encode_value(Value::Int32(id), &mut key);
    key
}

fn find(bed: &Bed, txn: &Transaction, name: &str, id: i32) -> Option<RecordId> {
    let opened = bed.catalog.find(txn, &Handle::new(name)).unwrap().unwrap();
    let (record, bytes) = fetch(txn, &opened, &key(id)).unwrap()?;
    assert_eq!(&bytes[1..], doc(id).as_bytes(), "{name} {id}");
    Some(record)
}

#[test]
fn a_guess_that_is_out_of_date_is_passed_over() {
    let bed = Bed::new();
    let first = bed.insert("people", 1, &Metadata::default()).unwrap();
    let before = bed.read();
    assert_eq!(find(&bed, &before, "people", 1), Some(first));
    bed.write(|scope| {
        let opened = scope.open_or_create(&Handle::new("people"))?;
        let (record, bytes) = fetch(scope.txn, &opened, &key(1))?.unwrap();
        let mut store = crate::collection::Store::new(scope.txn, &opened);
        store.remove(record, &bytes)?;
        store.finish()?;
        assert!(fetch(scope.txn, &opened, &key(1))?.is_none(), "within the transaction");
        Ok(())
    })
    .unwrap();
    let between = bed.read();
    let second = bed.insert("people", 1, &Metadata::default()).unwrap();
    assert_ne!(first, second);
    for _ in 0..2 {
        assert_eq!(find(&bed, &bed.read(), "people", 1), Some(second));
        assert_eq!(find(&bed, &between, "people", 1), None);
        assert_eq!(find(&bed, &before, "people", 1), Some(first));
    }
}

#[test]
fn a_guess_of_one_collection_says_nothing_of_another() {
    let bed = Bed::new();
    for (name, ids) in [("a", 0..50), ("b", 25..75)] {
        ids.for_each(|id| {
            bed.insert(name, id, &Metadata::default()).unwrap();
        });
    }
    for _ in 0..2 {
        let txn = bed.read();
        for id in 0..75 {
            assert_eq!(find(&bed, &txn, "a", id).is_some(), id < 50, "{id}");
            assert_eq!(find(&bed, &txn, "b", id).is_some(), id >= 25, "{id}");
        }
    }
}

#[test]
fn many_are_found_whatever_is_known_of_each() {
    let bed = Bed::new();
    let insert = |id: i32| {
        bed.insert("people", id, &Metadata::default()).unwrap();
    };
    (0..100).for_each(insert);
    let before = bed.read();
    (0..50).for_each(|id| assert!(find(&bed, &before, "people", id).is_some()));
    bed.write(|scope| {
        let opened = scope.open_or_create(&Handle::new("people"))?;
        let mut store = crate::collection::Store::new(scope.txn, &opened);
        for id in (0..100).step_by(10) {
            let (record, bytes) = fetch(store.txn(), &opened, &key(id))?.unwrap();
            store.remove(record, &bytes)?;
        }
        store.finish()
    })
    .unwrap();
    (0..100).step_by(20).for_each(insert);
    let opened = bed.catalog.find(&before, &Handle::new("people")).unwrap().unwrap();
    let keys: Vec<Vec<u8>> = (0..120).rev().chain([3, 20, 3]).map(key).collect();
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    for _ in 0..2 {
        for txn in [&before, &bed.read()] {
            let many = fetch_many(txn, &opened, &keys).unwrap();
            assert_eq!(many.len(), keys.len());
            for (key, found) in keys.iter().zip(many) {
                let alone = fetch(txn, &opened, key).unwrap();
                let plain =
                    |found: Option<(RecordId, Slice)>| found.map(|(record, bytes)| (record, bytes.to_vec()));
                assert_eq!(plain(found), plain(alone), "{key:02x?}");
            }
        }
    }
}

#[test]
fn an_id_of_another_number_type_is_the_same_id() {
    let bed = Bed::new();
    bed.insert("people", 7, &Metadata::default()).unwrap();
    let txn = bed.read();
    let opened = bed.catalog.find(&txn, &Handle::new("people")).unwrap().unwrap();
    for value in [Value::Int32(7), Value::Int64(7), Value::Double(7.0), Value::Int32(7)] {
        let mut key = Vec::new();
        encode_value(value, &mut key);
        let (_, bytes) = fetch(&txn, &opened, &key).unwrap().unwrap();
        assert_eq!(RawDoc::new(&bytes[1..]).get("_id").unwrap().read(), Value::Int32(7));
    }
}

#[test]
fn guesses_are_kept_until_others_need_their_place() {
    let hints = IdHints::new(1 << 20);
    let spot = |id: u32| IdHints::spot(1, &id.to_be_bytes());
    let know = |ids: u32| (0..ids).filter(|id| hints.look(spot(*id)) == Some(RecordId(u64::from(*id) + 1)));
    let learn = |id: u32| hints.learn(spot(id), RecordId(u64::from(id) + 1));
    assert_eq!(hints.look(spot(0)), None);
    (0..1000).for_each(learn);
    assert_eq!(know(1000).count(), 1000);
    hints.learn(spot(3), RecordId(4000));
    assert_eq!(hints.look(spot(3)), Some(RecordId(4000)));
    (0..100_000).for_each(learn);
    assert!((3000..=4096).contains(&know(100_000).count()), "{}", know(100_000).count());
    hints.learn(spot(100_000), RecordId(1 << 48));
    assert_eq!(hints.look(spot(100_000)).filter(|found| found.0 >> 48 != 0), None);
}

#[test]
fn guesses_take_their_share_of_the_cache_and_no_more() {
    let check = |cache: usize, room: usize| assert_eq!(hints_room(cache), room, "{cache}");
    check(0, 0);
    check((512 << 10) - 1, 0);
    check(512 << 10, 32 << 10);
    check(16 << 20, (32 << 10) + (256 << 10));
    check(64 << 20, (32 << 10) + (256 << 10) + (2 << 20));
    check(1 << 30, (32 << 10) + (256 << 10) + (2 << 20) + (16 << 20));
    check(usize::MAX, (32 << 10) + (256 << 10) + (2 << 20) + (16 << 20));
    let none = IdHints::new(1000);
    none.learn(IdHints::spot(1, b"a"), RecordId(1));
    assert_eq!(none.look(IdHints::spot(1, b"a")), None);
}
