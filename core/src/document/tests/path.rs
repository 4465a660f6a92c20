use crate::document::path::{Path, position};
use crate::document::raw::{RawDoc, Value};

#[test]
fn a_path_is_its_names() {
    let path = Path::parse("a.b.0.c").unwrap();
    assert_eq!(path.iter().collect::<Vec<_>>(), ["a", "b", "0", "c"]);
    assert_eq!((path.len(), path.first(), path.last(), path.name(4)), (4, "a", "c", None));
    assert_eq!((path.position(2), path.position(0), path.position(9)), (Some(0), None, None));
    assert_eq!((path.tail(0), path.tail(2), path.tail(4)), ("a.b.0.c", "0.c", ""));
    assert_eq!((path.head(0), path.head(2), path.head(4), path.head(9)), ("", "a.b", "a.b.0.c", "a.b.0.c"));
    assert_eq!(Path::parse("").unwrap().iter().collect::<Vec<_>>(), [""]);
    assert_eq!(Path::parse("a..").unwrap().iter().collect::<Vec<_>>(), ["a", "", ""]);
}

#[test]
fn a_path_contains_what_lies_inside_it() {
    let check = |outer: &str, inner: &str, expected: bool| {
        let contains = Path::parse(outer).unwrap().contains(&Path::parse(inner).unwrap());
        assert_eq!(contains, expected, "{outer} and {inner}");
    };
    check("a", "a", true);
    check("a", "a.b", true);
    check("a.b", "a", false);
    check("a", "ab", false);
    check("a.b", "a.bc", false);
    check("a.b", "a.b.c", true);
}

#[test]
fn positions_are_digits_without_a_leading_zero() {
    for (name, expected) in [
        ("0", Some(0)),
        ("7", Some(7)),
        ("10", Some(10)),
        ("01", None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1a", None),
        ("4294967295", Some(u32::MAX)),
        ("4294967296", None),
    ] {
        assert_eq!(position(name), expected, "{name}");
    }
}

#[test]
fn what_is_refused() {
    let deep = ["a"; 101].join(".");
    let code = |result: crate::Result<Path>| result.err().and_then(|error| error.code());
    assert_eq!(code(Path::parse("a\0b")), Some(2));
    assert_eq!(code(Path::parse(&deep)), Some(2));
    assert_eq!(code(Path::parse(&deep[2..])), None);
    for (text, expected) in [
        ("a.b", None),
        ("", Some(56)),
        ("a.", Some(56)),
        (".a", Some(56)),
        ("a..b", Some(56)),
        ("$a", Some(52)),
        ("a.$b", Some(52)),
        ("a.b$", None),
        ("a.\0", Some(2)),
    ] {
        assert_eq!(code(Path::parse_storable(text)), expected, "{text}");
    }
}

#[test]
fn a_value_is_found_by_name_and_by_position() {
    let doc = bson::doc! { "a": { "b": [10, { "c": 20 }], "": 3 }, "0": 4 };
    let bytes = bson::serialize_to_vec(&doc).unwrap();
    let check = |path: &str, expected: Option<i32>| {
        let found = Path::parse(path).unwrap().get(RawDoc::new(&bytes)).map(|value| value.read());
        assert_eq!(found, expected.map(Value::Int32), "{path}");
    };
    check("a.b.0", Some(10));
    check("a.b.1.c", Some(20));
    check("a.", Some(3));
    check("0", Some(4));
    for nothing in ["a.b.2", "a.b.c", "a.b.0.c", "a.c", "x", "a.b.01", ""] {
        check(nothing, None);
    }
}
