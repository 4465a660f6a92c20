use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, Timestamp, doc, oid::ObjectId};

use super::super::convert::read_document;
use super::super::decode::decode;
use super::super::raw::RawDoc;

fn sample() -> Document {
    let binary = |subtype| Bson::Binary(Binary { subtype, bytes: vec![4, 0, 0, 0, 1, 2, 3, 4] });
    doc! {
        "_id": ObjectId::from_bytes([7; 12]), "double": -0.5, "text": "é\u{0}x", "empty": {}, "list": [1, [2_i64], {}],
        "uuid": binary(BinarySubtype::Uuid), "flag": true, "at": DateTime::from_millis(-1), "none": null,
        "int": i32::MIN, "long": i64::MAX, "stamp": Timestamp { time: 1, increment: 2 },
        "decimal": "1.50".parse::<bson::Decimal128>().expect("a number"), "code": Bson::JavaScriptCode("x".into()),
        "least": Bson::MinKey, "most": Bson::MaxKey, "deep": { "a": { "b": [{ "c": "d" }] } },
    }
}

fn bytes(doc: &Document) -> Vec<u8> {
    doc.to_vec().expect("a document")
}

#[test]
fn decoding_comes_to_what_the_crate_reads() {
    let encoded = bytes(&sample());
    let decoded = decode(RawDoc::new(&encoded)).expect("nothing in it is rare");
    assert_eq!(decoded, Document::from_reader(encoded.as_slice()).expect("the crate reads it"));
    assert_eq!(bytes(&decoded), encoded);
}

#[test]
fn what_is_rare_is_read_all_the_same() {
    let check = |rare: Bson| {
        let encoded = bytes(&doc! { "a": 1, "rare": rare });
        assert!(decode(RawDoc::new(&encoded)).is_none());
        let read = read_document(RawDoc::new(&encoded)).expect("the crate reads it");
        assert_eq!(bytes(&read), encoded);
    };
    check(Bson::Undefined);
    check(Bson::Symbol("s".into()));
    check(Bson::Binary(Binary { subtype: BinarySubtype::BinaryOld, bytes: vec![1] }));
    check(Bson::JavaScriptCodeWithScope(bson::JavaScriptCodeWithScope {
        code: "c".into(),
        scope: doc! { "x": 1 },
    }));
}

#[test]
fn a_name_that_comes_twice_counts_as_the_crate_counts_it() {
    let mut encoded = bytes(&doc! { "a": 1, "b": 2, "c": 3 });
    let at = encoded.windows(3).position(|part| part == b"\x10c\0").expect("the last field");
    encoded[at + 1] = b'a';
    let read = Document::from_reader(encoded.as_slice()).expect("the crate reads it");
    assert_eq!(decode(RawDoc::new(&encoded)), Some(read));
}

/// Whatever a flipped byte makes of a document: what is decoded is what the crate would have read.
#[test]
fn damage_is_never_decoded_into_something_else() {
    let whole = bytes(&sample());
    let (mut decoded, mut left) = (0, 0);
    for at in 0..whole.len() {
        for flip in [0x01, 0x02, 0x10, 0x80, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] ^= flip;
            match decode(RawDoc::new(&damaged)) {
                Some(doc) => {
                    let read = Document::from_reader(damaged.as_slice());
                    let read = read.unwrap_or_else(|error| panic!("byte {at} ^ {flip:#x}: {error}"));
                    assert_eq!(bytes(&doc), bytes(&read), "byte {at} ^ {flip:#x}");
                    decoded += 1;
                }
                None => left += 1,
            }
        }
    }
    assert!(decoded > 100 && left > 100, "{decoded} decoded, {left} left");
    for end in 0..whole.len() {
        assert_eq!(decode(RawDoc::new(&whole[..end])), None, "{end} bytes");
    }
}
