//! Bytes that are no BSON.

use nexuslite::ErrorKind::Invalid;
use nexuslite::InsertManyOptions;
use nexuslite::bson::doc;

use crate::check::{check, small, untouched};

/// A document of these elements: type, name, value.
fn document(elements: &[(u8, &[u8], &[u8])]) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    for (kind, name, value) in elements {
        bytes.push(*kind);
        bytes.extend_from_slice(name);
        bytes.push(0);
        bytes.extend_from_slice(value);
    }
    bytes.push(0);
    let len = (bytes.len() as u32).to_le_bytes();
    bytes[..4].copy_from_slice(&len);
    bytes
}

#[test]
fn raw_documents() {
    let (db, c) = small();
    let is = |what, bytes: &[u8], parts: &[&str]| {
        check(what, c.insert_one_raw(bytes), Invalid, Some(22), parts);
        let many = c.insert_many_raw([bytes], InsertManyOptions::new());
        check(what, many, Invalid, Some(22), parts);
        let inner = document(&[(3, b"in", bytes)]);
        check(what, c.insert_one_raw(&inner), Invalid, Some(22), &["\"in"]);
    };
    let whole = doc! { "_id": 9, "a": "text" }.to_vec().unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        bytes
    };
    is("nothing", &[], &["at the top", "0 bytes"]);
    is("three bytes", &[1, 2, 3], &["at the top", "3 bytes"]);
    is("a length over the end", &with(0, 200), &["do not hold one document"]);
    is("a length within", &with(0, 9), &["do not hold one document"]);
    is("a negative length", &with(3, 0xFF), &["do not hold one document"]);
    is("no final zero", &with(whole.len() - 1, 7), &["do not hold one document"]);
    is("cut short", &whole[..whole.len() - 2], &["do not hold one document"]);
    is("an unknown type", &document(&[(0x20, b"a", b"")]), &["\"a\"", "0x20"]);
    is("a number cut short", &document(&[(0x10, b"a", &[1, 2])]), &["\"a\"", "0x10"]);
    is("a text over the end", &document(&[(2, b"a", &[90, 0, 0, 0, b'x', 0])]), &["\"a\"", "0x02"]);
    is("a text of no length", &document(&[(2, b"a", &[0, 0, 0, 0])]), &["\"a\""]);
    is("a text of negative length", &document(&[(2, b"a", &[0xFF; 4])]), &["\"a\""]);
    is("a text without its zero", &document(&[(2, b"a", &[2, 0, 0, 0, b'x', b'y'])]), &["\"a\""]);
    is("a text not UTF-8", &document(&[(2, b"a", &[2, 0, 0, 0, 0xFF, 0])]), &["\"a\""]);
    is("a name not UTF-8", &document(&[(10, b"a\xFF", b"")]), &["UTF-8"]);
    is("a boolean of 2", &document(&[(8, b"a", &[2])]), &["\"a\""]);
    is("a document of no length", &document(&[(3, b"a", &[0; 4])]), &["\"a\""]);
    is("an old binary that lies", &document(&[(5, b"a", &[5, 0, 0, 0, 2, 9, 0, 0, 0, 1])]), &["\"a\""]);
    let mut bytes = document(&[(10, b"a", b"")]);
    bytes[6] = 1;
    is("a name without an end", &bytes, &["a"]);
    untouched(&db);
}

#[test]
fn raw_filters() {
    use nexuslite::document::raw::RawDoc;
    let (db, c) = small();
    for broken in [&[][..], &[5, 0, 0], &[9, 0, 0, 0, 0], &[12, 0, 0, 0, 0x12, b'a', 0, 1, 2, 3, 4, 0]] {
        check("a filter", c.find(RawDoc::new(broken)).run(), Invalid, Some(22), &["BSON"]);
        check("a delete", c.delete_many(RawDoc::new(broken)), Invalid, Some(22), &["BSON"]);
    }
    untouched(&db);
}
