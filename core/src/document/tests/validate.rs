//! What is a document, and what is said of bytes that are none.

use crate::document::builder::RawDocBuf;
use crate::document::raw::{DEPTH_MAX, RawDoc, tag};
use crate::document::tests::random::Dice;

/// A document of fields as they lie: type, name without its end, value.
fn document(fields: &[(u8, &[u8], &[u8])]) -> Vec<u8> {
    let body: Vec<u8> =
        fields.iter().flat_map(|(kind, name, value)| [&[*kind], *name, &[0], *value].concat()).collect();
    [&(body.len() as i32 + 5).to_le_bytes(), &body[..], &[0]].concat()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let check = |bytes: &[u8], said: &str| {
        let error = RawDoc::validate(bytes).expect_err(said);
        assert_eq!((error.code(), error.message()), (Some(22), format!("invalid BSON {said}").as_str()));
    };
    let within = |inner: &[u8]| document(&[(tag::DOCUMENT, b"a", &document(&[(tag::ARRAY, b"b", inner)]))]);
    check(&[], "at the top: 0 bytes do not hold one document");
    check(&[5, 0, 0, 0, 1], "at the top: 5 bytes do not hold one document");
    check(&[6, 0, 0, 0, 0], "at the top: 5 bytes do not hold one document");
    check(&[7, 0, 0, 0, 10, b'a', 0], "at the top: a field name has no end");
    check(&[7, 0, 0, 0, 0, 0, 0], "at \"\": type 0x00 is unknown or reaches over the end");
    check(&document(&[(tag::NULL, b"a\xFF", b"")]), "at the top: a field name is not UTF-8");
    check(&document(&[(0x77, b"a\xFF", b"")]), "at the top: a field name is not UTF-8");
    check(&document(&[(0x77, b"a", b"")]), "at \"a\": type 0x77 is unknown or reaches over the end");
    check(
        &document(&[(tag::INT32, b"a", &[1, 2, 3])]),
        "at \"a\": type 0x10 is unknown or reaches over the end",
    );
    check(
        &document(&[(tag::STRING, b"a", &[1, 0])]),
        "at \"a\": type 0x02 is unknown or reaches over the end",
    );
    for kind in [tag::STRING, tag::CODE, tag::SYMBOL] {
        let unreadable = format!("at \"a\": a value of type 0x{kind:02x} cannot be read");
        check(&document(&[(kind, b"a", &[0, 0, 0, 0])]), &unreadable);
        check(&document(&[(kind, b"a", &[2, 0, 0, 0, b'x', b'y'])]), &unreadable);
        check(&document(&[(kind, b"a", &[2, 0, 0, 0, 0xFF, 0])]), &unreadable);
    }
    check(&document(&[(tag::BOOLEAN, b"yes", &[2])]), "at \"yes\": a boolean is 2");
    check(
        &document(&[(tag::BINARY, b"a", &[4, 0, 0, 0, 2, 9, 0, 0, 0])]),
        "at \"a\": a binary of subtype 2 cannot be read: its inner length is wrong",
    );
    check(&within(&[4, 0, 0, 0]), "at \"a.b\": 4 bytes do not hold one document");
    check(&within(&document(&[(tag::BOOLEAN, b"0", &[9])])), "at \"a.b.0\": a boolean is 9");
    let scope = document(&[(tag::BOOLEAN, b"s", &[9])]);
    let code = [&(scope.len() as i32 + 10).to_le_bytes()[..], &[2, 0, 0, 0, b'x', 0], &scope].concat();
    check(&document(&[(tag::CODE_WITH_SCOPE, b"f", &code)]), "at \"f.s\": a boolean is 9");
}

#[test]
fn documents_nest_as_deep_as_they_may() {
    let nested = |levels: usize| {
        (1..levels).fold(document(&[]), |inner, _| document(&[(tag::DOCUMENT, b"a", &inner)]))
    };
    assert!(RawDoc::validate(&nested(DEPTH_MAX)).is_ok());
    let error = RawDoc::validate(&nested(DEPTH_MAX + 1)).unwrap_err();
    let place = vec!["a"; DEPTH_MAX].join(".");
    assert_eq!(error.message(), format!("invalid BSON at \"{place}\": nested over {DEPTH_MAX} levels deep"));
}

#[test]
fn a_checked_document_can_be_walked_to_its_end() {
    let mut dice = Dice::new(11);
    for _ in 0..20_000 {
        let mut bytes = dice.document(6, 3).into_bytes();
        for _ in 0..dice.below(4) {
            let at = dice.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << dice.below(8);
        }
        if let Ok(doc) = RawDoc::validate(&bytes) {
            assert!(RawDocBuf::from_bytes(bytes.clone()).is_ok());
            walk(doc);
        }
    }
}

/// Every field is there and can be read.
fn walk(doc: RawDoc<'_>) {
    let mut end = 4;
    for field in doc.fields() {
        assert!(std::str::from_utf8(field.name).is_ok());
        let value = field.value;
        let readable =
            value.tag() == tag::UNDEFINED || value.read() != crate::document::raw::Value::Undefined;
        assert!(readable, "{doc:?}");
        value.as_document().or(value.as_array()).into_iter().for_each(walk);
        end = field.end;
    }
    assert_eq!(end, doc.as_bytes().len() - 1, "{doc:?}");
}
