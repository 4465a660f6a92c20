//! The walk from field to field: what is found, and where broken bytes end it.

use crate::document::raw::RawDoc;
use bson::{Bson, doc};

/// Every field of a document is found by its name, and no other name is.
#[track_caller]
fn check(document: &bson::Document) {
    let bytes = document.to_vec().unwrap();
    let raw = RawDoc::new(&bytes);
    let names: Vec<&str> = raw.iter().map(|(name, _)| name).collect();
    assert_eq!(names, document.keys().map(String::as_str).collect::<Vec<_>>());
    for name in document.keys() {
        let found = raw.get(name).unwrap_or_else(|| panic!("{name:?} is not found in {document}"));
        let walked = raw.iter().find(|(other, _)| other == name).unwrap().1;
        assert_eq!(found, walked, "{name:?} in {document}");
        let longer = format!("{name}x");
        assert_eq!(raw.get(&longer).is_some(), document.contains_key(&longer), "{longer:?} in {document}");
    }
    for cut in 0..bytes.len() {
        let _ = RawDoc::new(&bytes[..cut]).fields().count();
    }
}

#[test]
fn names_of_every_length_are_found_and_end_where_they_end() {
    for len in 0..20 {
        let name = "n".repeat(len);
        check(
            &doc! { name.clone(): 1, format!("{name}a"): "text", format!("a{name}"): true, "end": Bson::Null },
        );
        check(&doc! { "b": "before", name: { "inner": [1, 2] } });
    }
}

#[test]
fn the_last_field_may_be_shorter_than_one_load() {
    check(&doc! {});
    check(&doc! { "": Bson::Null });
    check(&doc! { "a": true });
    check(&doc! { "abcdefg": Bson::Null });
    check(&doc! { "abcdefgh": Bson::Null });
    check(&doc! { "a": Bson::MinKey, "b": Bson::MaxKey });
}

#[test]
fn a_name_with_a_nul_is_never_there() {
    let bytes = doc! { "a": "b", "ab": 1 }.to_vec().unwrap();
    let raw = RawDoc::new(&bytes);
    for name in ["a\0", "a\0\u{2}", "a\0\u{2}\0", "\0", "ab\0"] {
        assert_eq!(raw.get(name), None, "{name:?}");
    }
}

#[test]
fn a_length_over_the_end_ends_the_walk() {
    for length in [0xFF, 0x7F, 0x80] {
        let mut bytes = doc! { "a": "text", "b": 1 }.to_vec().unwrap();
        bytes[7..11].copy_from_slice(&[0xFF, 0xFF, 0xFF, length]);
        let raw = RawDoc::new(&bytes);
        assert_eq!((raw.get("a"), raw.get("b"), raw.iter().count()), (None, None, 0));
    }
}
