use super::bounds::{Access, access};
use super::cost::{Reading, Reads, Task, cost};
use super::said::{At, said};
use super::spans::Spans;
use super::usable::holds_all;
use crate::bson::{Bson, Document, bson, doc};
use crate::document::convert::IntoDocument;
use crate::document::raw::{RawValue, Value};
use crate::document::tests::random::Dice;
use crate::expression::filter::Filter;
use crate::index::IndexSpec;
use crate::index::key::{encode_value, invert};
use crate::query::parse;

fn filter(filter: Document) -> Filter {
    parse::filter(filter.into_raw().unwrap().as_doc()).unwrap()
}

fn key_of(value: Value<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    encode_value(value, &mut key);
    key
}

fn key(number: i32) -> Vec<u8> {
    key_of(Value::Int32(number))
}

/// The spans in words: points, ranges with what of the probes they hold.
fn held(spans: &Spans) -> String {
    const PROBES: &[(&str, Value<'_>)] = &[
        ("-", Value::MinKey),
        ("u", Value::Undefined),
        ("n", Value::Null),
        ("N", Value::Double(f64::NAN)),
        ("1", Value::Int32(1)),
        ("5", Value::Int32(5)),
        ("9", Value::Double(9.0)),
        ("a", Value::String("a")),
        ("ab", Value::String("ab")),
        ("f", Value::Boolean(false)),
        ("t", Value::Boolean(true)),
        ("+", Value::MaxKey),
    ];
    let held = PROBES.iter().filter(|(_, probe)| spans.contains(&key_of(*probe)));
    held.map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_filter_says_which_ids_have_to_be_looked_at() {
    let check = |wanted: Document, expected: Access| {
        assert_eq!(access(&filter(wanted.clone()), None), expected, "{wanted}");
    };
    let keys =
        |numbers: &[i32], decided| Access::Keys { keys: numbers.iter().map(|n| key(*n)).collect(), decided };
    check(doc! {}, Access::All);
    check(doc! { "a": 1 }, Access::All);
    check(doc! { "_id.a": 1 }, Access::All);
    check(doc! { "_id": { "$ne": 1 } }, Access::All);
    check(doc! { "_id": { "$exists": true } }, Access::All);
    check(doc! { "_id": 5 }, keys(&[5], true));
    check(doc! { "_id": 5.0 }, keys(&[5], true));
    check(doc! { "_id": { "$eq": 5_i64 } }, keys(&[5], true));
    check(doc! { "_id": 5, "a": 1 }, keys(&[5], false));
    check(doc! { "_id": { "$in": [3, 1, 3.0, 2] } }, keys(&[1, 2, 3], true));
    check(doc! { "_id": { "$in": [] } }, keys(&[], true));
    check(doc! { "_id": 5, "$or": [{ "a": 1 }] }, keys(&[5], false));
    check(doc! { "_id": { "$in": [1, 2], "$gt": 1 } }, keys(&[2], true));
    check(doc! { "_id": { "$gt": 7, "$lt": 3 } }, keys(&[], true));
    check(doc! { "$and": [{ "_id": 7 }, { "a": 1 }] }, keys(&[7], false));
    check(doc! { "$or": [{ "_id": 2 }, { "_id": { "$in": [1, 2] } }] }, keys(&[1, 2], true));
    check(doc! { "$or": [{ "_id": 2 }, { "a": 2 }] }, Access::All);
    check(doc! { "$or": [{ "_id": 2, "a": 1 }, { "_id": 3 }] }, keys(&[2, 3], false));
}

#[test]
fn a_bound_binds_its_own_type() {
    let range = |wanted: Document| match access(&filter(wanted), None) {
        Access::Range { range, decided: true } => range,
        other => panic!("{other:?}"),
    };
    let text = |text: &str| key_of(Value::String(text));
    let between = range(doc! { "_id": { "$gt": 1, "$lte": 5 } });
    assert!(between.contains(&key(2)) && between.contains(&key(5)));
    assert!(!between.contains(&key(1)) && !between.contains(&key(6)));
    let above = range(doc! { "_id": { "$gte": 3 } });
    assert!(above.contains(&key(3)) && above.contains(&key(i32::MAX)));
    assert!(!above.contains(&key(2)) && !above.contains(&text("")));
    let below = range(doc! { "_id": { "$lt": "m" } });
    assert!(below.contains(&text("")) && below.contains(&text("lzz")));
    assert!(!below.contains(&text("m")) && !below.contains(&key(3)));
    let begins = range(doc! { "_id": { "$type": "bool" } });
    assert!(begins.contains(&key_of(Value::Boolean(true))) && !begins.contains(&text("")));
}

#[test]
fn a_predicate_says_which_keys_a_document_must_have() {
    let said = |condition: &Bson, arrays| {
        let filter = filter(doc! { "a": condition.clone() });
        said(filter.root(), At { path: "a", arrays, collation: None })
    };
    // What is held, and whether that decides: of single values, and where arrays are.
    let check = |condition: Bson, plain: (&str, bool), arrays: (&str, bool)| {
        for (with, (expected, exact)) in [(false, plain), (true, arrays)] {
            let said = said(&condition, with);
            assert_eq!((held(&said.spans).as_str(), said.exact), (expected, exact), "{condition} {with}");
        }
    };
    let both = |condition: Bson, expected: &str, exact: bool| {
        check(condition, (expected, exact), (expected, exact));
    };
    const ALL: &str = "- u n N 1 5 9 a ab f t +";
    both(bson!(5), "5", true);
    check(bson!(null), ("n", true), ("n", false));
    check(bson!({ "$in": [1, null, "a"] }), ("n 1 a", true), ("n 1 a", false));
    both(bson!({ "$gt": 1 }), "5 9", true);
    both(bson!({ "$lte": 5 }), "1 5", true);
    both(bson!({ "$gte": f64::NAN }), "N", true);
    both(bson!({ "$lt": f64::NAN }), "", true);
    check(bson!({ "$gte": null }), ("n", true), ("n", false));
    both(bson!({ "$gt": null }), "", true);
    check(
        bson!({ "$gt": (Bson::MinKey) }),
        ("u n N 1 5 9 a ab f t +", true),
        ("u n N 1 5 9 a ab f t +", false),
    );
    check(bson!({ "$lte": (Bson::MaxKey) }), (ALL, true), (ALL, false));
    check(bson!({ "$gt": 1, "$lt": 9 }), ("5", true), ("5 9", false));
    check(bson!({ "$in": [1, 5], "$gt": 1 }), ("5", true), ("1 5", false));
    both(bson!({ "$exists": true }), ALL, false);
    both(bson!({ "$exists": false }), "n", false);
    check(bson!({ "$ne": 5 }), ("- u n N 1 9 a ab f t +", true), ("- u n N 1 9 a ab f t +", false));
    check(bson!({ "$ne": null }), ("- u N 1 5 9 a ab f t +", true), (ALL, false));
    check(bson!({ "$nin": [1, "a"] }), ("- u n N 5 9 ab f t +", true), ("- u n N 5 9 ab f t +", false));
    check(bson!({ "$not": { "$gt": 1 } }), ("- u n N 1 a ab f t +", true), ("- u n N 1 a ab f t +", false));
    check(
        bson!({ "$not": { "$gt": 1, "$lt": 9 } }),
        ("- u n N 1 9 a ab f t +", true),
        ("- u n N 1 9 a ab f t +", false),
    );
    both(bson!({ "$type": "number" }), "N 1 5 9", true);
    both(bson!({ "$type": "int" }), "N 1 5 9", false);
    both(bson!({ "$type": "bool" }), "f t", true);
    both(bson!({ "$type": "string" }), "a ab", false);
    both(bson!({ "$type": "null" }), "n", false);
    both(bson!({ "$type": "array" }), ALL, false);
    both(bson!({ "$mod": [2, 1] }), "N 1 5 9", false);
    both(bson!({ "$regex": "^ab" }), "ab", true);
    both(bson!({ "$regex": "^ab", "$options": "i" }), "a ab", false);
    both(bson!({ "$regex": "b$" }), "a ab", false);
    check(
        bson!({ "$not": { "$regex": "^ab" } }),
        ("- u n N 1 5 9 a f t +", true),
        ("- u n N 1 5 9 a f t +", false),
    );
    both(bson!({ "$elemMatch": { "$gt": 1, "$lt": 9 } }), "5", false);
    both(bson!({ "$elemMatch": { "$ne": 5 } }), "- u n N 1 9 a ab f t +", false);
    both(bson!({ "$elemMatch": { "$elemMatch": { "$gt": 8 } } }), "", false);
    both(bson!([1, 2]), "1", false);
    both(bson!([]), "u", false);
    both(bson!({ "$gt": [1] }), ALL, false);
    both(bson!({ "$size": 2 }), ALL, false);
    both(bson!({ "$all": [] }), "", true);
}

#[test]
fn alternatives_say_something_together_or_nothing() {
    let check = |wanted: Document, path: &str, arrays: bool, expected: &str| {
        let filter = filter(wanted.clone());
        assert_eq!(
            held(&said(filter.root(), At { path, arrays, collation: None }).spans),
            expected,
            "{wanted}"
        );
    };
    const ALL: &str = "- u n N 1 5 9 a ab f t +";
    for arrays in [false, true] {
        check(doc! { "$or": [{ "a": 1 }, { "a": { "$gte": 9 } }] }, "a", arrays, "1 9");
        check(doc! { "$or": [{ "a": 1 }, { "b": 5 }] }, "a", arrays, ALL);
        check(doc! { "$or": [{ "a": 1, "b": 2 }, { "a": 5 }] }, "a", arrays, "1 5");
        check(doc! { "$nor": [{ "a": { "$ne": 5 } }] }, "a", false, "5");
        check(doc! { "a": { "$elemMatch": { "b": 5, "c": 1 } } }, "a.b", true, "5");
        check(doc! { "a": { "$elemMatch": { "b": 5, "c": 1 } } }, "a.c", true, "1");
        check(doc! { "a": { "$elemMatch": { "b": 5 } } }, "ab", true, ALL);
        check(doc! { "a.0": 5 }, "a.0", arrays, "5");
        check(doc! { "a.0": null }, "a.0", arrays, ALL);
        check(doc! { "a.0": { "$ne": 5 } }, "a.0", arrays, ALL);
    }
    check(doc! { "$nor": [{ "a": 1 }, { "a": 5 }] }, "a", false, "- u n N 9 a ab f t +");
}

#[test]
fn spans_are_sets_of_keys() {
    let mut dice = Dice::new(11);
    for round in 0..3000 {
        let (docs, mut spans) = ((0..12).map(|_| dice.value()).collect::<Vec<_>>(), Vec::new());
        let values: Vec<RawValue<'_>> = docs.iter().map(|doc| doc.as_doc().get("v").unwrap()).collect();
        for _ in 0..2 {
            let mut set = Spans::none();
            for _ in 0..dice.below(4) {
                let [a, b] = [(); 2].map(|()| super::spans::key_of(values[dice.below(12) as usize], None));
                set = set.union(match dice.below(4) {
                    0 => Spans::points([a, b]),
                    1 => Spans::between(a.min(b.clone()), Some(b)),
                    2 => Spans::class(values[dice.below(12) as usize].tag()),
                    _ => Spans::between(a, None),
                });
            }
            spans.push(set);
        }
        let (a, b) = (&spans[0], &spans[1]);
        let (both, either, other) = (a.intersection(b), a.clone().union(b.clone()), a.complement());
        for value in &values {
            let key = super::spans::key_of(*value, None);
            let (in_a, in_b) = (a.contains(&key), b.contains(&key));
            assert_eq!(both.contains(&key), in_a && in_b, "round {round}: {value:?} {a:?} {b:?}");
            assert_eq!(either.contains(&key), in_a || in_b, "round {round}: {value:?} {a:?} {b:?}");
            assert_eq!(other.contains(&key), !in_a, "round {round}: {value:?} {a:?}");
            assert!(!in_a || a.hull().contains(&key), "round {round}: {value:?} {a:?}");
            let mut turned = key.clone();
            invert(&mut turned);
            assert_eq!(a.inverted().contains(&turned), in_a, "round {round}: {value:?} {a:?}");
        }
        assert!(both.within(a) && a.within(&either), "round {round}: {a:?} {b:?}");
        let ascend = |spans: &Spans| {
            let ends =
                |pair: &[super::spans::Span]| pair[0].to.as_ref().is_some_and(|to| *to <= pair[1].from);
            spans.as_slice().windows(2).all(ends)
        };
        assert!(
            [a, b, &both, &either, &other, &a.inverted()].into_iter().all(ascend),
            "round {round}: {a:?} {b:?}"
        );
    }
}

#[test]
fn an_index_serves_a_filter_that_implies_what_it_holds() {
    let serves = |index: Document, wanted: Document, arrays: u64| {
        let mut spec = doc! { "key": { "a": 1 } };
        spec.extend(index);
        let spec = IndexSpec::parse(spec.into_raw().unwrap().as_doc(), parse::partial_filter).unwrap();
        holds_all(&spec, &filter(wanted), arrays)
    };
    let partial = |held: Document, wanted: Document, expected: bool| {
        let index = doc! { "partialFilterExpression": held.clone() };
        assert_eq!(serves(index, wanted.clone(), 0), expected, "{held} {wanted}");
    };
    partial(doc! { "a": { "$gt": 6 } }, doc! { "a": 8 }, true);
    partial(doc! { "a": { "$gt": 6 } }, doc! { "a": { "$in": [7, 8] } }, true);
    partial(doc! { "a": { "$gt": 6 } }, doc! { "a": { "$gte": 6 } }, false);
    partial(doc! { "a": { "$gt": 6 } }, doc! { "a": { "$ne": 8 } }, false);
    partial(doc! { "a": { "$gt": 6 } }, doc! { "a": null }, false);
    partial(doc! { "a": { "$gt": 6 } }, doc! { "$or": [{ "a": 7 }, { "a": 9 }] }, true);
    partial(doc! { "a": { "$gt": 6 } }, doc! { "$or": [{ "a": 7 }, { "b": 9 }] }, false);
    partial(doc! { "b": { "$exists": true } }, doc! { "b": 1 }, true);
    partial(doc! { "b": { "$exists": true } }, doc! { "b": null }, false);
    partial(doc! { "b": { "$exists": true } }, doc! { "b": { "$exists": true } }, true);
    partial(doc! { "b": { "$exists": true } }, doc! { "b": { "$ne": 1 } }, false);
    partial(doc! { "b": { "$exists": false } }, doc! { "b": { "$exists": false }, "a": 1 }, true);
    partial(doc! { "b": null }, doc! { "b": null }, true);
    partial(doc! { "b": { "$in": [1, [], "x"] } }, doc! { "b": 1 }, true);
    partial(doc! { "b": { "$in": [1, [], "x"] } }, doc! { "b": { "$in": ["x", 1.0] } }, true);
    partial(doc! { "b": { "$in": [1, [], "x"] } }, doc! { "b": 2 }, false);
    partial(doc! { "b": { "$in": [1, [[1]], "x"] } }, doc! { "b": [1] }, false);
    partial(doc! { "b": null }, doc! { "b": { "$exists": false } }, false);
    partial(doc! { "b": { "$type": "number" } }, doc! { "b": { "$gt": 5 } }, true);
    partial(doc! { "b": { "$type": "int" } }, doc! { "b": 5 }, false);
    partial(doc! { "b": { "$lt": 9 }, "c": 1 }, doc! { "b": 5 }, false);
    partial(doc! { "b": { "$lt": 9 }, "c": 1 }, doc! { "b": 5, "c": 1.0 }, true);
    partial(doc! { "$or": [{ "b": 1 }, { "b": 2 }] }, doc! { "b": 2 }, true);
    partial(doc! { "b": { "$ne": 3 } }, doc! { "b": { "$ne": 3 } }, true);
    partial(doc! { "b.c": null }, doc! { "b": { "$elemMatch": { "c": null } } }, false);
    let sparse = |wanted: Document, plain: bool, arrays: bool| {
        for (bits, expected) in [(0, plain), (1, arrays)] {
            assert_eq!(serves(doc! { "sparse": true }, wanted.clone(), bits), expected, "{wanted} {bits}");
        }
    };
    sparse(doc! { "a": 1 }, true, true);
    sparse(doc! { "a": null }, false, false);
    sparse(doc! { "a": { "$in": [1, null] } }, false, false);
    sparse(doc! { "a": { "$ne": 1 } }, false, false);
    sparse(doc! { "a": { "$ne": null } }, true, false);
    sparse(doc! { "a": { "$exists": true } }, true, true);
    sparse(doc! { "a": { "$exists": false } }, false, false);
    sparse(doc! { "a": { "$not": { "$gt": 4 } } }, false, false);
    sparse(doc! { "b": 1 }, false, false);
    sparse(doc! {}, false, false);
}

#[test]
fn what_is_gathered_first_is_read_whole_however_little_is_wanted() {
    let reading = |whole| Reading {
        entries: 10_000.0,
        seeks: 2.0,
        reads: Reads::Fetched,
        share: 0.1,
        group: None,
        whole,
    };
    let price = |whole, keep, sort| cost(&reading(whole), &Task { matching: 1000.0, keep, sort, ordered: 0 });
    let dearer = price(true, None, 0) - price(false, None, 0);
    assert!((3000.0..4000.0).contains(&dearer), "{dearer}");
    let (gathered, walked) = (price(true, Some(10.0), 0), price(false, Some(10.0), 0));
    assert!(gathered > 10.0 * walked, "{gathered} {walked}");
    // Less is fetched all the same.
    assert!(gathered < price(true, None, 0) - 900.0 * 4.0, "{gathered}");
    assert_eq!(price(true, Some(10.0), 1) - price(false, Some(10.0), 1), dearer, "a sort reads all");
}
