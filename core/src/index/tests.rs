use std::cmp::Ordering;

use super::IndexSpec;
use super::decode::{EntryValues, Told};
use super::key::{encode_key, encode_key_under, invert, type_classes};
use super::parts::split_part;
use crate::document::builder::{RawDocBuf, RawValueBuf};
use crate::document::collation::Collation;
use crate::document::compare::{compare, compare_under, type_rank};
use crate::document::convert::IntoDocument;
use crate::document::decimal::Decimal;
use crate::document::json::parse_value;
use crate::document::raw::{RawValue, Value};
use crate::document::tests::random::Dice;

fn key(value: RawValue<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    encode_key(value, &mut out);
    out
}

fn key_of(value: Value<'_>) -> Vec<u8> {
    key(RawValueBuf::from(value).as_value())
}

fn value_in(doc: &RawDocBuf) -> RawValue<'_> {
    doc.as_doc().get("v").unwrap()
}

#[test]
fn keys_sort_as_values_do() {
    let seed = std::env::var("KEY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(40);
    let mut dice = Dice::new(seed);
    let (mut equal, mut same_rank) = (0, 0);
    for round in 0..1_000_000 {
        let (a_doc, b_doc) = (dice.value(), dice.value());
        let (a, b) = (value_in(&a_doc), value_in(&b_doc));
        let expected = compare(a, b);
        equal += usize::from(expected.is_eq());
        same_rank += usize::from(type_rank(a.tag()) == type_rank(b.tag()));
        let (a_key, b_key) = (key(a), key(b));
        let replay = format!("round {round}: KEY_SEED={seed} cargo test -p nexuslite keys_sort_as_values_do");
        assert_eq!(a_key.cmp(&b_key), expected, "{a:?} and {b:?}; {replay}");
        assert!(expected.is_eq() || !b_key.starts_with(&a_key), "{a:?} and {b:?}; {replay}");
        assert!(!matches!(a_key[0], 0x00 | 0xFF), "{a:?}; {replay}");
        let (first, last) = type_classes(a.tag());
        assert!((first..=last).contains(&a_key[0]), "{a:?}; {replay}");
    }
    assert!(equal > 5_000 && same_rank > 100_000, "{equal} pairs are equal, {same_rank} of one type");
}

#[test]
fn a_key_in_a_row_says_where_it_ends() {
    let mut dice = Dice::new(42);
    for round in 0..50_000 {
        let (doc, next) = (dice.value(), dice.value());
        let (mut own, inverted) = (key(value_in(&doc)), round % 2 == 1);
        if inverted {
            invert(&mut own);
        }
        let row = [&own[..], &key(value_in(&next)), &[0xFF; 8]].concat();
        let (part, rest) = split_part(&row, inverted).unwrap();
        assert_eq!((part, rest.len()), (&own[..], row.len() - own.len()), "{doc:?}");
        for len in 0..own.len() {
            assert_eq!(split_part(&own[..len], inverted), None, "{doc:?} cut at {len}");
        }
    }
    assert_eq!(split_part(&[0x40; 100_000], false), None, "deeper than any value");
}

#[test]
fn an_entry_tells_the_value_or_says_that_it_does_not() {
    let spec = |direction: i32| {
        let doc = RawDocBuf::build(|out| out.document("key").put("v", Value::Int32(direction)));
        IndexSpec::parse(doc.as_doc(), |_, _| Err(crate::Error::internal("no filter is read here"))).unwrap()
    };
    let (mut dice, mut told, mut values) = (Dice::new(43), 0, EntryValues::default());
    for round in 0..100_000 {
        let doc = dice.value();
        let spec = spec(if round % 2 == 0 { 1 } else { -1 });
        let entries = spec.entries(doc.as_doc()).unwrap();
        if entries.arrays != 0 {
            continue;
        }
        assert!(values.read(&spec, &entries.all[0].key, &entries.all[0].kinds), "{doc:?}");
        match values.get(0) {
            Told::Value(value) => assert_eq!(value, value_in(&doc), "{doc:?}"),
            Told::Missing => panic!("{doc:?}"),
            Told::Nothing => continue,
        }
        told += 1;
    }
    assert!(told > 30_000, "{told}");
    let entries = spec(1).entries(RawDocBuf::default().as_doc()).unwrap();
    assert!(values.read(&spec(1), &entries.all[0].key, &entries.all[0].kinds));
    assert_eq!(values.get(0), Told::Missing);
    for kept in
        [Value::Int32(7), Value::Int64(7), Value::Double(7.0), Value::Double(-0.5), Value::Int64(1 << 53)]
    {
        let doc = RawDocBuf::build(|out| out.put("v", kept));
        let entries = spec(1).entries(doc.as_doc()).unwrap();
        assert!(values.read(&spec(1), &entries.all[0].key, &entries.all[0].kinds));
        assert_eq!(values.get(0), Told::Value(value_in(&doc)), "{kept:?}");
    }
}

#[test]
fn keys_in_a_row_sort_as_lists_do_even_when_some_are_inverted() {
    let seed = 41;
    let mut dice = Dice::new(seed);
    for round in 0..30_000 {
        let docs = [dice.value(), dice.value(), dice.value(), dice.value()];
        let [a, b, c, d] = docs.each_ref().map(value_in);
        let descending = [dice.below(2) == 1, dice.below(2) == 1];
        let row = |values: [RawValue<'_>; 2]| {
            let mut out = Vec::new();
            for (value, descending) in values.into_iter().zip(descending) {
                let start = out.len();
                encode_key(value, &mut out);
                if descending {
                    invert(&mut out[start..]);
                }
            }
            out
        };
        let turned = |order: Ordering, descending: bool| if descending { order.reverse() } else { order };
        let expected = turned(compare(a, c), descending[0]).then(turned(compare(b, d), descending[1]));
        assert_eq!(
            row([a, b]).cmp(&row([c, d])),
            expected,
            "seed {seed}, round {round}: {a:?} {b:?} {c:?} {d:?}"
        );
    }
}

#[test]
fn equal_numbers_have_one_key() {
    let decimal = |text: &str| Value::Decimal128(text.parse::<Decimal>().unwrap().to_bytes());
    for same in [
        vec![
            Value::Int32(1),
            Value::Int64(1),
            Value::Double(1.0),
            decimal("1"),
            decimal("1.00"),
            decimal("0.1E+1"),
        ],
        vec![Value::Int32(0), Value::Double(-0.0), decimal("0"), decimal("-0E+10")],
        vec![
            Value::Int64(-(1 << 60)),
            Value::Double(-((1_u64 << 60) as f64)),
            decimal("-1152921504606846976"),
        ],
        vec![Value::Int64((1 << 60) + 1), decimal("1152921504606846977"), decimal("1152921504606846977.0")],
        vec![Value::Double(f64::NAN), Value::Double(-f64::NAN), decimal("NaN")],
        vec![Value::Double(f64::INFINITY), decimal("Infinity")],
        vec![Value::Double(0.5), decimal("0.5"), decimal("0.50")],
        vec![Value::String("a"), Value::Symbol("a")],
    ] {
        for value in &same {
            assert_eq!(key_of(*value), key_of(same[0]), "{value:?} and {:?}", same[0]);
        }
    }
}

#[test]
fn a_ladder_of_numbers_ascends() {
    let texts = [
        "-Infinity",
        "-9E+6144",
        "-1.8E+308",
        "-9223372036854775809",
        "-9223372036854775808",
        "-9223372036854775807",
        "-9007199254740993",
        "-9007199254740992",
        "-1.1",
        "-1",
        "-0.1",
        "-1E-320",
        "-1E-6176",
        "0",
        "1E-6176",
        "2E-6176",
        "4E-324",
        "5E-324",
        "0.1",
        "0.1000000000000000055511151231257827",
        "0.1000000000000000055511151231257828",
        "1",
        "1.000000000000000000000000000000001",
        "1.000000000000000000000000000000002",
        "2",
        "9007199254740992",
        "9007199254740992.5",
        "9007199254740993",
        "9007199254740994",
        "99999999999999991611391",
        "99999999999999991611392",
        "1E+23",
        "100000000000000008388608",
        "1.797693134862315708145274237317043E+308",
        "1.8E+308",
        "9E+6144",
        "Infinity",
    ];
    let keys: Vec<_> =
        texts.map(|text| key_of(Value::Decimal128(text.parse::<Decimal>().unwrap().to_bytes()))).into();
    for (at, pair) in keys.windows(2).enumerate() {
        assert!(pair[0] < pair[1], "{} before {}", texts[at], texts[at + 1]);
    }
}

#[test]
fn common_keys_are_short() {
    let check =
        |json: &str, len: usize| assert_eq!(key(parse_value(json).unwrap().as_value()).len(), len, "{json}");
    check("0", 1);
    check("1", 3);
    check("42", 4);
    check("1000000", 5);
    check("-1", 3);
    check("0.5", 3);
    check("19.99", 10);
    check("true", 1);
    check("\"Berlin\"", 8);
    check(r#"{"$oid":"57e193d7a9cc81b4027498b5"}"#, 13);
    check(r#"{"$uuid":"c8edabc3-f738-4ca3-b68d-ab92a91478a3"}"#, 19);
    check(r#"{"$date":"2020-01-01T00:00:00Z"}"#, 9);
}

#[test]
fn texts_of_any_length_and_any_bytes() {
    let long = "x".repeat(100_000);
    let texts = [
        "", "\0", "\0\0", "\0\u{1}", "\u{1}", "\u{1}\0", "\u{2}", "a", "a\0", "a\0a", "a\u{1}", "aa", &long,
        "é", "😀",
    ];
    let keys = texts.map(|text| key_of(Value::String(text)));
    assert!(keys.is_sorted_by(|a, b| a < b));
}

fn collation(written: bson::Document) -> Collation {
    Collation::parse(written.into_raw().unwrap().as_doc()).unwrap().expect("not simple")
}

/// A value like those by chance, with texts in which case, accents, digits and punctuation have something to say.
fn value_with_texts(dice: &mut Dice, depth: u64) -> RawValueBuf {
    const PARTS: &[&str] =
        &["a", "A", "á", "ä", "b", "ß", "ss", "10", "2", " ", "-", "\u{0}", "ö", "z", "я", "あ"];
    let text = |dice: &mut Dice| {
        (0..dice.below(3)).map(|_| PARTS[dice.below(PARTS.len() as u64) as usize]).collect::<String>()
    };
    match dice.below(if depth < 2 { 8 } else { 5 }) {
        0..=3 => RawValueBuf::from(Value::String(&text(dice))),
        4 => value_in(&dice.value()).into(),
        5 => {
            let mut bytes = Vec::new();
            let mut array = crate::document::builder::ArrayWriter::new(&mut bytes);
            (0..dice.below(3)).for_each(|_| array.append(value_with_texts(dice, depth + 1).as_value()));
            array.finish();
            RawValueBuf::from_checked(crate::document::raw::tag::ARRAY, bytes)
        }
        _ => {
            let doc = RawDocBuf::build(|out| {
                for name in ["a", "b"].iter().take(dice.below(3) as usize) {
                    out.append(name, value_with_texts(dice, depth + 1).as_value());
                }
            });
            RawValueBuf::from_checked(crate::document::raw::tag::DOCUMENT, doc.into_bytes())
        }
    }
}

#[cfg(feature = "collation")]
#[test]
fn keys_sort_as_values_do_under_a_collation() {
    let seed = std::env::var("KEY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(41);
    let mut dice = Dice::new(seed);
    let collations = [
        bson::doc! { "locale": "en", "strength": 2 },
        bson::doc! { "locale": "de", "strength": 1, "alternate": "shifted" },
        bson::doc! { "locale": "sv", "numericOrdering": true },
        bson::doc! { "locale": "fr_CA", "strength": 5 },
        bson::doc! { "locale": "ja", "strength": 4, "caseFirst": "upper" },
    ]
    .map(collation);
    let mut equal = 0;
    for round in 0..30_000 {
        let collation = Some(&collations[dice.below(5) as usize]);
        let (a, b) = (value_with_texts(&mut dice, 0), value_with_texts(&mut dice, 0));
        let (a, b) = (a.as_value(), b.as_value());
        let key = |value: RawValue<'_>| {
            let mut key = Vec::new();
            encode_key_under(value, collation, &mut key);
            key
        };
        let order = compare_under(a, b, collation);
        let replay =
            format!("KEY_SEED={seed} cargo test -p nexuslite keys_sort_as_values_do_under, round {round}");
        assert_eq!(key(a).cmp(&key(b)), order, "{collation:?}: {a:?} and {b:?}\n{replay}");
        assert_eq!(
            order.reverse(),
            compare_under(b, a, collation),
            "{collation:?}: {a:?} and {b:?}\n{replay}"
        );
        let prefix = key(a) != key(b) && key(b).starts_with(&key(a));
        assert!(!prefix, "the key of {a:?} begins that of {b:?}\n{replay}");
        equal += u32::from(order.is_eq() && a != b);
    }
    assert!(equal > 100, "only {equal} pairs were equal and not the same");
}

/// A specification as a file holds it that was written with other data, or with data of which this build knows nothing.
fn foreign() -> IndexSpec {
    let doc = bson::doc! {
        "v": 2, "key": { "a": 1 }, "name": "a_1",
        "collation": { "locale": "en", "strength": 2, "version": "another" },
    };
    let doc = RawDocBuf::from_bytes(doc.to_vec().unwrap()).unwrap();
    let error = IndexSpec::parse(doc.as_doc(), crate::query::parse::partial_filter).unwrap_err();
    assert_eq!(error.code(), Some(161));
    IndexSpec::stored(doc.as_doc(), crate::query::parse::partial_filter).unwrap()
}

#[test]
fn an_index_of_other_data_is_kept_as_it_is_and_holds_nothing_more() {
    let spec = foreign();
    assert!(!spec.is_usable());
    let listed = spec.to_doc();
    assert_eq!(IndexSpec::stored(listed.as_doc(), crate::query::parse::partial_filter).unwrap(), spec);
    let error = spec.entries(crate::document::raw::RawDoc::empty()).unwrap_err();
    assert_eq!(error.kind(), crate::error::ErrorKind::Unsupported);
    assert!(error.message().contains("a_1") && error.message().contains("another"), "{error}");
}
