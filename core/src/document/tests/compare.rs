use std::cmp::Ordering;

use super::random::Dice;
use crate::document::builder::RawDocBuf;
use crate::document::compare::{compare, compare_documents, equal};
use crate::document::decimal::Decimal;
use crate::document::raw::{RawDoc, RawValue, Value, tag};

fn one(value: Value<'_>) -> RawDocBuf {
    RawDocBuf::build(|out| out.put("v", value))
}

fn first(doc: &RawDocBuf) -> RawValue<'_> {
    doc.as_doc().iter().next().unwrap().1
}

fn check(a: Value<'_>, expected: Ordering, b: Value<'_>) {
    let (a_doc, b_doc) = (one(a), one(b));
    assert_eq!(compare(first(&a_doc), first(&b_doc)), expected, "{a:?} with {b:?}");
    assert_eq!(compare(first(&b_doc), first(&a_doc)), expected.reverse(), "{b:?} with {a:?}");
    assert_eq!(equal(first(&a_doc), first(&b_doc)), expected.is_eq(), "{a:?} equals {b:?}");
}

fn decimal(text: &str) -> Value<'static> {
    Value::Decimal128(text.parse::<Decimal>().unwrap().to_bytes())
}

#[test]
fn types_come_in_mongodbs_order() {
    use Value as V;
    let inner = one(V::Int32(1));
    let ascending = [
        V::MinKey,
        V::Undefined,
        V::Null,
        V::Double(f64::NAN),
        V::Int32(5),
        V::String("z"),
        V::Document(inner.as_doc()),
        V::Array(RawDoc::empty()),
        V::Binary { subtype: 0, bytes: &[] },
        V::ObjectId([0; 12]),
        V::Boolean(false),
        V::Boolean(true),
        V::DateTime(i64::MIN),
        V::Timestamp { time: 0, increment: 0 },
        V::Regex { pattern: "", options: "" },
        V::DbPointer { namespace: "", id: [0; 12] },
        V::Code(""),
        V::CodeWithScope { code: "", scope: RawDoc::empty() },
        V::MaxKey,
    ];
    for (i, a) in ascending.iter().enumerate() {
        for (j, b) in ascending.iter().enumerate() {
            check(*a, i.cmp(&j), *b);
        }
    }
}

#[test]
fn numbers_compare_by_exact_value_whatever_their_type() {
    use Ordering::{Equal, Greater, Less};
    use Value as V;
    let two_53 = 9_007_199_254_740_992.0;
    check(V::Int32(1), Equal, V::Double(1.0));
    check(V::Int64(1), Equal, decimal("1.00"));
    check(V::Int32(0), Equal, V::Double(-0.0));
    check(decimal("-0E+10"), Equal, V::Double(0.0));
    check(V::Int64(9_007_199_254_740_993), Greater, V::Double(two_53));
    check(V::Int64(-9_007_199_254_740_993), Less, V::Double(-two_53));
    check(V::Int64(i64::MAX), Less, V::Double(9_223_372_036_854_775_808.0));
    check(V::Int64(i64::MIN), Equal, V::Double(-9_223_372_036_854_775_808.0));
    check(V::Int64(i64::MIN), Greater, V::Double(-9_223_372_036_854_777_856.0));
    check(V::Int32(3), Less, V::Double(3.5));
    check(V::Int32(-3), Greater, V::Double(-3.5));
    check(V::Double(f64::NAN), Equal, V::Double(-f64::NAN));
    check(V::Double(f64::NAN), Equal, decimal("NaN"));
    check(V::Double(f64::NAN), Less, V::Double(f64::NEG_INFINITY));
    check(V::Int64(i64::MIN), Greater, V::Double(f64::NAN));
    check(decimal("Infinity"), Equal, V::Double(f64::INFINITY));
    check(decimal("-Infinity"), Equal, V::Double(f64::NEG_INFINITY));
    check(decimal("9E+6144"), Less, V::Double(f64::INFINITY));
    check(decimal("9E+6144"), Greater, V::Double(f64::MAX));
    check(decimal("1E-6176"), Greater, V::Int32(0));
    check(decimal("1E-6176"), Less, V::Double(5e-324));
    check(decimal("0.1"), Less, V::Double(0.1));
    check(decimal("0.1000000000000000055511151231257827"), Less, V::Double(0.1));
    check(decimal("0.1000000000000000055511151231257828"), Greater, V::Double(0.1));
    check(decimal("0.5"), Equal, V::Double(0.5));
    check(decimal("-0.5"), Equal, V::Double(-0.5));
    check(decimal("9007199254740993"), Equal, V::Int64(9_007_199_254_740_993));
    check(decimal("1E+3"), Equal, decimal("1000.000"));
    check(decimal("12"), Less, decimal("1.3E+1"));
    check(decimal("-12"), Greater, decimal("-1.3E+1"));
}

#[test]
fn texts_and_binaries() {
    use Ordering::{Equal, Greater, Less};
    use Value as V;
    check(V::String("a"), Equal, V::Symbol("a"));
    check(V::String("a"), Less, V::String("a\0"));
    check(V::String("Z"), Less, V::String("a"));
    check(V::String("\u{ff}"), Less, V::String("😀"));
    check(V::Binary { subtype: 9, bytes: b"z" }, Less, V::Binary { subtype: 0, bytes: b"aa" });
    check(V::Binary { subtype: 9, bytes: b"a" }, Greater, V::Binary { subtype: 0, bytes: b"z" });
    check(V::DbPointer { namespace: "z", id: [9; 12] }, Less, V::DbPointer { namespace: "aa", id: [0; 12] });
    check(V::Regex { pattern: "a", options: "i" }, Greater, V::Regex { pattern: "a", options: "" });
    check(V::Timestamp { time: 1, increment: 0 }, Greater, V::Timestamp { time: 0, increment: u32::MAX });
    check(V::Timestamp { time: u32::MAX, increment: 0 }, Greater, V::Timestamp { time: 1, increment: 1 });
}

#[test]
fn documents_compare_type_then_name_then_value() {
    let check = |a: bson::Document, expected: Ordering, b: bson::Document| {
        let (a, b) = (bson::serialize_to_vec(&a).unwrap(), bson::serialize_to_vec(&b).unwrap());
        assert_eq!(compare_documents(RawDoc::new(&a), RawDoc::new(&b)), expected);
        assert_eq!(compare_documents(RawDoc::new(&b), RawDoc::new(&a)), expected.reverse());
    };
    use bson::doc;
    check(doc! { "a": 1 }, Ordering::Equal, doc! { "a": 1.0 });
    check(doc! { "b": 1 }, Ordering::Less, doc! { "a": "x" });
    check(doc! { "b": 1 }, Ordering::Greater, doc! { "a": 2 });
    check(doc! { "a": 1 }, Ordering::Less, doc! { "a": 1, "b": bson::Bson::MinKey });
    check(doc! { "a": 1, "b": 2 }, Ordering::Less, doc! { "b": 2, "a": 1 });
    check(doc! { "x": [1, 2] }, Ordering::Less, doc! { "x": [1, 2, bson::Bson::MinKey] });
    check(doc! { "x": [1, "a"] }, Ordering::Greater, doc! { "x": [1, 2, 3] });
    check(doc! { "x": { "a": { "b": 1 } } }, Ordering::Less, doc! { "x": { "a": { "b": 2 } } });
}

/// Holds the laws of a total order against three values, in every arrangement.
fn is_total(values: [RawValue<'_>; 3], order: impl Fn(RawValue<'_>, RawValue<'_>) -> Ordering, told: &str) {
    for a in values {
        assert!(order(a, a).is_eq(), "{told}: {a:?} differs from itself");
        for b in values {
            assert_eq!(order(a, b), order(b, a).reverse(), "{told}: {a:?} and {b:?}");
            for c in values {
                let (first, second) = (order(a, b), order(b, c));
                if first.is_le() && second.is_le() {
                    let both = first.then(second);
                    assert_eq!(order(a, c), both, "{told}: {a:?}, {b:?} and {c:?}");
                }
            }
        }
    }
}

#[test]
fn the_order_is_total() {
    let seed = 20;
    let mut dice = Dice::new(seed);
    let mut close = 0;
    for round in 0..3_000 {
        let docs = [dice.value(), dice.value(), dice.value()];
        let values = docs.each_ref().map(first);
        let told = format!("seed {seed}, round {round}");
        is_total(values, compare, &told);
        let whole = docs.each_ref().map(|doc| RawValue::new(tag::DOCUMENT, doc.as_bytes()));
        is_total(whole, compare, &told);
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            assert_eq!(equal(values[a], values[b]), compare(values[a], values[b]).is_eq(), "{told}");
            close += usize::from(values[a].tag() == values[b].tag());
        }
    }
    assert!(close > 500, "only {close} pairs are of one type");
}

#[cfg(feature = "collation")]
#[test]
fn the_order_under_a_collation_is_total() {
    use crate::document::collation::Collation;
    use crate::document::compare::compare_under;

    let seed = 21;
    let mut dice = Dice::new(seed);
    for written in [
        bson::doc! { "locale": "en", "strength": 1 },
        bson::doc! { "locale": "de", "strength": 2, "caseLevel": true },
        bson::doc! { "locale": "fr", "backwards": true, "alternate": "shifted" },
        bson::doc! { "locale": "en", "numericOrdering": true, "caseFirst": "upper" },
    ] {
        let written = RawDocBuf::from_bytes(written.to_vec().unwrap()).unwrap();
        let collation = Collation::parse(written.as_doc()).unwrap().unwrap();
        for round in 0..500 {
            let texts = [(); 3].map(|()| {
                let letters = ["a", "A", "\u{e1}", "a\u{301}", "b", " ", "-", "10", "9", "\u{df}", "ss", ""];
                (0..dice.below(4))
                    .map(|_| letters[dice.below(letters.len() as u64) as usize])
                    .collect::<String>()
            });
            let docs = texts.each_ref().map(|text| match dice.below(4) {
                0 => dice.value(),
                1 => RawDocBuf::build(|out| out.array("v").put(Value::String(text))),
                _ => one(Value::String(text)),
            });
            let told = format!("seed {seed}, round {round}, {written:?}");
            is_total(docs.each_ref().map(first), |a, b| compare_under(a, b, Some(&collation)), &told);
        }
    }
}
