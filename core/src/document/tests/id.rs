use std::collections::HashSet;
use std::sync::Arc;

use crate::base::{Entropy, ManualClock, SeededEntropy, SystemClock, SystemEntropy};
use crate::document::builder::RawDocBuf;
use crate::document::id::{IdGenerator, IdKind, check_id, ensure_id, id_of};
use crate::document::raw::{DOCUMENT_BYTES_MAX, RawDoc, Value, tag};
use crate::error::ErrorKind;

const NOW_MS: i64 = 1_700_000_000_123;

fn generator(kind: IdKind) -> (IdGenerator, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(NOW_MS));
    (IdGenerator::new(kind, Arc::new(SeededEntropy::new(7)), clock.clone()), clock)
}

fn uuid(ids: &IdGenerator) -> uuid::Uuid {
    match ids.next().as_value().read() {
        Value::Binary { subtype: 4, bytes } => uuid::Uuid::from_slice(bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn version_4_ids_are_random_and_differ_over_many_refills() {
    let ids = IdGenerator::new(IdKind::UuidV4, Arc::new(SystemEntropy), Arc::new(SystemClock::new()));
    let mut seen = HashSet::new();
    let mut ever_set = 0;
    for _ in 0..10_000 {
        let id = uuid(&ids);
        assert_eq!((id.get_version_num(), id.get_variant()), (4, uuid::Variant::RFC4122));
        ever_set |= id.as_u128();
        assert!(seen.insert(id));
    }
    assert_eq!(
        ever_set.count_ones(),
        128 - 4,
        "every bit but three of the version and one of the variant varies"
    );
}

#[test]
fn version_7_ids_ascend_within_a_millisecond_and_while_the_clock_goes_back() {
    let (ids, clock) = generator(IdKind::UuidV7);
    let mut before = uuid(&ids);
    assert_eq!(before.as_u128() >> 80, NOW_MS as u128);
    for step in 0..50_000 {
        match step % 1_000 {
            500 => clock.advance_ms(1),
            700 => clock.advance_ms(-2),
            800 => clock.advance_ms(2),
            _ => {}
        }
        let id = uuid(&ids);
        assert!(id > before, "step {step}: {before} then {id}");
        assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
        before = id;
    }
    clock.advance_ms(10_000);
    let id = uuid(&ids);
    assert!(id > before);
    assert!((id.as_u128() >> 80) as i64 >= NOW_MS + 10_000);
}

#[test]
fn object_ids_hold_the_seconds_and_count() {
    let (ids, clock) = generator(IdKind::ObjectId);
    let next = || match ids.next().as_value().read() {
        Value::ObjectId(id) => id,
        other => panic!("{other:?}"),
    };
    let (a, b) = (next(), next());
    assert_eq!(a[..4], 1_700_000_000_u32.to_be_bytes());
    assert_eq!(a[4..9], b[4..9]);
    let counter = |id: [u8; 12]| u32::from_be_bytes([0, id[9], id[10], id[11]]);
    assert_eq!((counter(a) + 1) & 0xFF_FFFF, counter(b));
    clock.advance_ms(1_000);
    assert_eq!(next()[..4], 1_700_000_001_u32.to_be_bytes());
    let seen: HashSet<_> = (0..100_000).map(|_| next()).collect();
    assert_eq!(seen.len(), 100_000);
}

#[test]
fn threads_never_get_the_same_id() {
    let ids = generator(IdKind::UuidV4).0;
    let mut all: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..5_000).map(|_| uuid(&ids)).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 20_000);
}

#[test]
fn the_systems_entropy_fills_everything() {
    let mut bytes = [0; 4_099];
    SystemEntropy.fill(&mut bytes);
    assert!(bytes.chunks(16).filter(|chunk| chunk.len() == 16).all(|chunk| chunk != [0; 16]));
}

#[test]
fn what_may_be_an_id() {
    let check = |value: Value<'_>, expected: Option<i32>| {
        let doc = RawDocBuf::build(|out| out.put("_id", value));
        let result = check_id(id_of(doc.as_doc()).unwrap());
        assert_eq!(result.err().and_then(|error| error.code()), expected, "{value:?}");
    };
    let plain = RawDocBuf::build(|out| out.document("a").put("b.c", Value::Int32(1)));
    let dollar = RawDocBuf::build(|out| out.put("$a", Value::Int32(1)));
    let deep = RawDocBuf::build(|out| out.array("a").document().put("$ref", Value::Int32(1)));
    for fine in [
        Value::Null,
        Value::MinKey,
        Value::MaxKey,
        Value::Int32(0),
        Value::String(""),
        Value::Boolean(true),
        Value::Double(f64::NAN),
        Value::Code(""),
        Value::Document(RawDoc::empty()),
        Value::Document(plain.as_doc()),
        Value::Timestamp { time: 0, increment: 0 },
        Value::Decimal128([0; 16]),
    ] {
        check(fine, None);
    }
    check(Value::Array(RawDoc::empty()), Some(53));
    check(Value::Regex { pattern: "a", options: "" }, Some(53));
    check(Value::Undefined, Some(53));
    check(Value::Document(dollar.as_doc()), Some(52));
    check(Value::Document(deep.as_doc()), Some(52));
}

#[test]
fn the_id_comes_to_stand_first() {
    let ids = generator(IdKind::UuidV4).0;
    let check = |doc: bson::Document, expected: &[&str]| {
        let bytes = bson::serialize_to_vec(&doc).unwrap();
        let mut out = b"before".to_vec();
        ensure_id(RawDoc::new(&bytes), &ids, &mut out).unwrap();
        let stored = RawDoc::validate(&out[6..]).unwrap();
        assert_eq!(stored.iter().map(|(name, _)| name).collect::<Vec<_>>(), expected);
        for (name, value) in RawDoc::new(&bytes) {
            assert_eq!(stored.get(name), Some(value), "{name}");
        }
        id_of(stored).unwrap().tag()
    };
    use bson::doc;
    assert_eq!(check(doc! {}, &["_id"]), tag::BINARY);
    assert_eq!(check(doc! { "a": 1 }, &["_id", "a"]), tag::BINARY);
    assert_eq!(check(doc! { "_id": 5, "a": 1 }, &["_id", "a"]), tag::INT32);
    assert_eq!(check(doc! { "a": 1, "_id": "x", "b": [1] }, &["_id", "a", "b"]), tag::STRING);
    assert_eq!(
        check(doc! { "a": 1, "b": { "_id": 1 }, "_id": bson::Bson::Null }, &["_id", "a", "b"]),
        tag::NULL
    );
}

#[test]
fn a_refused_document_leaves_the_output_as_it_was() {
    let ids = generator(IdKind::UuidV4).0;
    let check = |doc: &RawDocBuf, code: i32| {
        let mut out = b"before".to_vec();
        let error = ensure_id(doc.as_doc(), &ids, &mut out).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(code)));
        assert_eq!(out, b"before");
    };
    let two = RawDocBuf::build(|out| {
        out.put("_id", Value::Int32(1));
        out.put("_id", Value::Int32(2));
    });
    check(&two, 2);
    check(&RawDocBuf::build(|out| out.array("_id").finish()), 53);
    let text = "x".repeat(DOCUMENT_BYTES_MAX - 20);
    check(&RawDocBuf::build(|out| out.put("a", Value::String(&text))), 10334);
}
