use super::random::Dice;
use crate::document::builder::{DocWriter, RawDocBuf};
use crate::document::raw::{RawDoc, Value};

fn sample() -> Vec<Value<'static>> {
    use Value as V;
    vec![
        V::Double(-0.0),
        V::String("a\0é"),
        V::Document(RawDoc::empty()),
        V::Array(RawDoc::empty()),
        V::Binary { subtype: 0x80, bytes: b"\0\x01" },
        V::Undefined,
        V::ObjectId([7; 12]),
        V::Boolean(true),
        V::DateTime(i64::MIN),
        V::Null,
        V::Regex { pattern: "^a", options: "i" },
        V::DbPointer { namespace: "db.c", id: [9; 12] },
        V::Code("f()"),
        V::Symbol("s"),
        V::CodeWithScope { code: "x", scope: RawDoc::empty() },
        V::Int32(i32::MIN),
        V::Timestamp { time: 1, increment: u32::MAX },
        V::Int64(i64::MAX),
        V::Decimal128([3; 16]),
        V::MinKey,
        V::MaxKey,
    ]
}

#[test]
fn every_type_is_read_back_as_it_was_put() {
    let values = sample();
    let doc = RawDocBuf::build(|out| {
        for value in &values {
            out.put("x", *value);
        }
        let mut array = out.array("all");
        for value in &values {
            array.put(*value);
        }
    });
    let doc = RawDoc::validate(doc.as_bytes()).unwrap();
    let mut seen: Vec<_> = doc.iter().map(|(_, value)| value.read()).collect();
    let all = doc.get("all").unwrap().as_array().unwrap();
    seen.pop();
    assert_eq!(seen, values);
    assert_eq!(all.iter().map(|(_, value)| value.read()).collect::<Vec<_>>(), values);
    assert_eq!(all.iter().map(|(name, _)| name.to_owned()).last(), Some("20".to_owned()));
}

#[test]
fn nesting_closes_itself_and_the_crate_agrees_about_the_bytes() {
    let mut bytes = b"before".to_vec();
    let mut out = DocWriter::new(&mut bytes);
    out.put("a", Value::Int32(1));
    {
        let mut inner = out.document("b");
        inner.put("c", Value::String("x"));
        inner.array("d").document().put("e", Value::Null);
    }
    out.array("f").finish();
    let size = out.size();
    out.finish();
    let expected = bson::doc! { "a": 1, "b": { "c": "x", "d": [{ "e": bson::Bson::Null }] }, "f": [] };
    let expected = bson::serialize_to_vec(&expected).unwrap();
    assert_eq!(&bytes[6..], expected);
    assert_eq!(size + 1, expected.len());
}

#[test]
fn copying_field_by_field_changes_nothing() {
    let mut dice = Dice::new(1);
    for _ in 0..500 {
        let doc = dice.document(8, 4);
        let copy = RawDocBuf::build(|out| {
            for (name, value) in doc.as_doc() {
                out.append(name, value);
            }
        });
        assert_eq!(copy, doc);
        assert_eq!(RawDocBuf::build(|out| out.extend(doc.as_doc())), doc);
    }
}

#[test]
fn long_arrays_count_in_decimal() {
    let doc = RawDocBuf::build(|out| {
        let mut array = out.array("a");
        (0..1_234).for_each(|at| array.put(Value::Int32(at)));
        assert_eq!(array.len(), 1_234);
    });
    let array = doc.as_doc().get("a").unwrap().as_array().unwrap();
    assert!(array.iter().enumerate().all(|(at, (name, _))| name == at.to_string()));
}

#[test]
fn bytes_are_checked_on_the_way_in() {
    assert!(RawDocBuf::from_bytes(vec![5, 0, 0, 0, 0]).is_ok());
    for broken in [&[][..], &[5, 0, 0, 0, 1], &[6, 0, 0, 0, 0], &[7, 0, 0, 0, 0x10, b'a', 0]] {
        assert!(RawDocBuf::from_bytes(broken.to_vec()).is_err(), "{broken:?}");
    }
}
