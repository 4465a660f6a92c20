//! What the corpus does not say: laws that hold for any document, and what a planner reads.

use super::filter::Filter;
use super::number::Number;
use super::update::{Applied, Occasion, Update};
use super::value::Moment;
use crate::document::builder::RawDocBuf;
use crate::document::compare::compare;
use crate::document::decimal::Decimal;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::document::tests::random::Dice;
use crate::query::parse::{self, Projected, Terms};

const PATHS: [&str; 9] = ["a", "b", "a.b", "a.0", "a.a.b", "b.1.a", "b.0.0", "a.", "ab.a"];
const SEEDS: u64 = 2_000;

fn document(value: &bson::Document) -> RawDocBuf {
    RawDocBuf::from_bytes(value.to_vec().expect("BSON")).expect("valid")
}

fn update(value: &bson::Document) -> std::sync::Arc<Update> {
    parse::update(document(value).as_doc(), &[], Terms::default()).expect("an update")
}

/// A random scalar or container that may stand in a filter.
pub(super) fn operand(dice: &mut Dice) -> RawDocBuf {
    loop {
        let doc = dice.document(3, 2);
        let fits = |value: RawValue<'_>| {
            let operators = value
                .as_document()
                .is_some_and(|doc| doc.iter().next().is_some_and(|(name, _)| name.starts_with('$')));
            !operators && !matches!(value.tag(), tag::REGEX | tag::UNDEFINED)
        };
        if doc.as_doc().iter().next().is_some_and(|(_, value)| fits(value)) {
            return doc;
        }
    }
}

pub(super) fn first(doc: &RawDocBuf) -> RawValue<'_> {
    doc.as_doc().iter().next().expect("a field").1
}

fn with_operator(path: &str, operator: &str, value: RawValue<'_>) -> Filter {
    let doc = RawDocBuf::build(|out| out.document(path).append(operator, value));
    parse::filter(doc.as_doc()).expect("a filter")
}

fn with_list(path: &str, operator: &str, values: &[RawValue<'_>]) -> Filter {
    let doc = RawDocBuf::build(|out| {
        let mut inner = out.document(path);
        let mut list = inner.array(operator);
        values.iter().for_each(|value| list.append(*value));
    });
    parse::filter(doc.as_doc()).expect("a filter")
}

#[test]
fn operators_agree_with_one_another_on_any_document() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let doc = dice.document(6, 3);
        let doc = doc.as_doc();
        let (one, two) = (operand(&mut dice), operand(&mut dice));
        let (one, two) = (first(&one), first(&two));
        let path = PATHS[dice.below(PATHS.len() as u64) as usize];
        let ask = |operator: &str, value| with_operator(path, operator, value).matches(doc);
        let replay = format!("seed {seed}: path {path:?}, operands {one:?} and {two:?}, document {doc:?}");
        let (equal_one, equal_two) = (ask("$eq", one), ask("$eq", two));
        assert_eq!(ask("$ne", one), !equal_one, "{replay}");
        assert_eq!(with_list(path, "$in", &[one]).matches(doc), equal_one, "{replay}");
        assert_eq!(with_list(path, "$in", &[two, one]).matches(doc), equal_one || equal_two, "{replay}");
        assert_eq!(with_list(path, "$nin", &[two, one]).matches(doc), !(equal_one || equal_two), "{replay}");
        assert_eq!(ask("$gte", one), ask("$gt", one) || equal_one, "{replay}");
        assert_eq!(ask("$lte", one), ask("$lt", one) || equal_one, "{replay}");
    }
}

#[test]
fn a_filter_answers_alike_however_its_fields_are_found() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let doc = dice.document(6, 3);
        let value = operand(&mut dice);
        let path = PATHS[dice.below(PATHS.len() as u64) as usize];
        let alone = with_operator(path, "$lte", first(&value));
        // Thirty other fields take the places of the walk, so that the path's is looked up by itself.
        let crowded = RawDocBuf::build(|out| {
            (0..30).for_each(|at| out.document(&format!("other{at}")).put("$exists", Value::Boolean(false)));
            out.document(path).append("$lte", first(&value));
        });
        let crowded = parse::filter(crowded.as_doc()).expect("a filter");
        let together = RawDocBuf::build(|out| {
            (0..10).for_each(|at| out.document(&format!("other{at}")).put("$exists", Value::Boolean(false)));
            out.document(path).append("$lte", first(&value));
        });
        let together = parse::filter(together.as_doc()).expect("a filter");
        let either = RawDocBuf::build(|out| {
            let mut list = out.array("$or");
            list.document().document("other").put("$exists", Value::Boolean(true));
            list.document().document(path).append("$lte", first(&value));
        });
        let either = parse::filter(either.as_doc()).expect("a filter");
        let expected = alone.matches(doc.as_doc());
        let replay = format!("seed {seed}: {alone:?} on {:?}", doc.as_doc());
        assert_eq!(crowded.matches(doc.as_doc()), expected, "{replay}");
        assert_eq!(together.matches(doc.as_doc()), expected, "{replay}");
        assert_eq!(either.matches(doc.as_doc()), expected, "{replay}");
    }
}

#[test]
fn an_update_does_what_it_says_and_nothing_else() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let doc = dice.document(6, 3);
        if has_twins(doc.as_doc()) {
            continue;
        }
        let value = operand(&mut dice);
        let path = PATHS[dice.below(PATHS.len() as u64 - 2) as usize];
        let replay = format!("seed {seed}: {path:?} = {:?} in {:?}", first(&value), doc.as_doc());
        let set = RawDocBuf::build(|out| out.document("$set").append(path, first(&value)));
        let unset = RawDocBuf::build(|out| out.document("$unset").put(path, Value::Null));
        let path = Path::parse(path).expect("a path");
        for (operators, expected) in [(set, Some(first(&value))), (unset, None)] {
            let update = parse::update(operators.as_doc(), &[], Terms::default()).expect("an update");
            let Ok(Applied { bytes, modified }) = update.apply(doc.as_doc(), &Occasion::default()) else {
                assert!(expected.is_some(), "$unset never fails; {replay}");
                continue;
            };
            let new = RawDoc::validate(&bytes).unwrap_or_else(|error| panic!("{error}; {replay}"));
            assert_eq!(modified, new != doc.as_doc(), "{replay}");
            let again = update.apply(new, &Occasion::default()).expect("it did before");
            assert!(!again.modified, "twice is once; {replay}");
            let found = path.get(new).filter(|found| expected.is_some() || found.tag() != tag::NULL);
            assert_eq!(found, expected, "{replay}");
            let others = |doc: RawDoc<'_>| -> Vec<u8> {
                let fields = doc.fields().filter(|field| field.name != path.first().as_bytes());
                fields.flat_map(|field| doc.as_bytes()[field.start..field.end].to_vec()).collect()
            };
            assert_eq!(others(new), others(doc.as_doc()), "{replay}");
        }
    }
}

/// Whether a name stands twice in the document or in one below it: only the first of them is changed.
fn has_twins(doc: RawDoc<'_>) -> bool {
    let names: Vec<_> = doc.iter().map(|(name, _)| name).collect();
    let twice = names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
    twice
        || doc.iter().any(|(_, value)| match value.tag() {
            tag::DOCUMENT | tag::ARRAY => has_twins(RawDoc::new(value.as_bytes())),
            _ => false,
        })
}

#[test]
fn projections_of_any_document_are_documents() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let doc = dice.document(6, 3);
        for path in &PATHS[..7] {
            let ask = |choice: bool| {
                let projection = RawDocBuf::build(|out| out.put(path, Value::Boolean(choice)));
                let projection =
                    parse::projection(projection.as_doc(), Terms::default(), Projected::Find(None))
                        .expect("a projection");
                projection
                    .apply(doc.as_doc(), &Default::default(), &Moment::at(0))
                    .expect("nothing is computed")
            };
            let (kept, left) = (ask(true), ask(false));
            let replay = format!("seed {seed}: {path:?} of {:?}", doc.as_doc());
            RawDoc::validate(&kept).unwrap_or_else(|error| panic!("{error}; {replay}"));
            RawDoc::validate(&left).unwrap_or_else(|error| panic!("{error}; {replay}"));
            if !path.contains('.') {
                assert_eq!(kept.len() + left.len(), doc.as_bytes().len() + 5, "{replay}");
            }
        }
    }
}

#[test]
fn keys_sort_as_their_values_do() {
    let spec = parse::sort(document(&bson::doc! { "a": 1 }).as_doc()).expect("a sort");
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let (one, two) = (operand(&mut dice), operand(&mut dice));
        let wrap = |value: RawValue<'_>| RawDocBuf::build(|out| out.append("a", value));
        if [first(&one), first(&two)].iter().any(|value| value.tag() == tag::ARRAY) {
            continue;
        }
        let (a, b) = (wrap(first(&one)), wrap(first(&two)));
        let key = |doc: &RawDocBuf| spec.key(doc.as_doc()).expect("no arrays");
        let expected = compare(first(&one), first(&two));
        assert_eq!(
            spec.compare(&key(&a), &key(&b)),
            expected,
            "seed {seed}: {:?} and {:?}",
            first(&one),
            first(&two)
        );
    }
}

#[test]
fn an_update_of_many_fields_finds_each_of_them() {
    let names: Vec<String> = (0..40).map(|at| format!("f{at}")).collect();
    let old: bson::Document = names.iter().map(|name| (name.clone(), bson::Bson::Int32(0))).collect();
    let all: bson::Document = names.iter().map(|name| (name.clone(), bson::Bson::Int32(1))).collect();
    let old = document(&old);
    let applied = update(&bson::doc! { "$set": all.clone() })
        .apply(old.as_doc(), &Occasion::default())
        .expect("applies");
    assert_eq!(&*applied.bytes, document(&all).as_bytes());
}

#[test]
fn a_document_that_would_grow_too_large_is_refused() {
    let old = document(&bson::doc! { "a": "x".repeat(9_000_000) });
    let update = update(&bson::doc! { "$set": { "b": "x".repeat(9_000_000) } });
    assert_eq!(update.apply(old.as_doc(), &Occasion::default()).expect_err("too large").code(), Some(10334));
}

#[test]
fn an_update_deeper_than_documents_may_be_is_refused() {
    let at = |names: usize, value: bson::Bson| {
        let path = vec!["a"; names].join(".");
        parse::update(document(&bson::doc! { "$set": { path: value } }).as_doc(), &[], Terms::default())
            .map(|_| ())
    };
    assert!(at(100, bson::Bson::Int32(1)).is_ok());
    assert!(at(99, bson::Bson::Document(bson::doc! {})).is_ok());
    assert!(at(100, bson::Bson::Document(bson::doc! {})).is_err());
    assert!(at(101, bson::Bson::Int32(1)).is_err());
}

fn decimal(text: &str) -> Number {
    let value: bson::Decimal128 = text.parse().expect("a decimal");
    Number::Decimal(Decimal::from_bytes(value.bytes()))
}

#[test]
fn decimals_add_to_thirty_four_digits() {
    let check = |a: &str, b: &str, sum: &str| {
        assert_eq!(decimal(a).plus(decimal(b)), Some(decimal(sum)), "{a} + {b}");
        assert_eq!(decimal(b).plus(decimal(a)), Some(decimal(sum)), "{b} + {a}");
    };
    check("1", "2", "3");
    check("1.10", "2.2", "3.30");
    check("0", "5E+10", "50000000000");
    check("0E-2", "5", "5.00");
    check("-1", "1", "0");
    check("1E+40", "1", "1.000000000000000000000000000000000E+40");
    check("1E+40", "-1", "1.000000000000000000000000000000000E+40");
    check("1E+6111", "1E-6176", "1.000000000000000000000000000000000E+6111");
    check("1000000000000000000000000000000001", "0.5", "1000000000000000000000000000000002");
    check("1000000000000000000000000000000000", "0.5", "1000000000000000000000000000000000");
    check(
        "1000000000000000000000000000000000",
        "0.50000000000000000001",
        "1000000000000000000000000000000001",
    );
    check("1000000000000000000000000000000001", "-0.5", "1000000000000000000000000000000000");
    check("1E+33", "-1E-1", "999999999999999999999999999999999.9");
    check("1E+33", "-1E-2", "1000000000000000000000000000000000");
    check("9999999999999999999999999999999999E+6111", "9999999999999999999999999999999999E+6111", "Infinity");
    check("9999999999999999999999999999999999E+6111", "1", "9999999999999999999999999999999999E+6111");
    check("1E-6176", "1E-6176", "2E-6176");
    check("Infinity", "5", "Infinity");
    check("Infinity", "-Infinity", "NaN");
    check("NaN", "5", "NaN");
}

#[test]
fn decimals_that_fit_add_exactly() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let mut term = || (i128::from(dice.below(1 << 62)) - (1 << 61), dice.below(12) as i32 - 6);
        let ((a, e), (b, f)) = (term(), term());
        let least = e.min(f);
        let sum = a * 10_i128.pow((e - least) as u32) + b * 10_i128.pow((f - least) as u32);
        let of = |number: i128, exponent| {
            Number::Decimal(Decimal::Finite {
                negative: number < 0,
                coefficient: number.unsigned_abs(),
                exponent,
            })
        };
        assert_eq!(of(a, e).plus(of(b, f)), Some(of(sum, least)), "seed {seed}: {a}E{e} + {b}E{f}");
    }
}

#[test]
fn decimals_multiply_to_thirty_four_digits() {
    let check = |a: &str, b: &str, product: &str| {
        assert_eq!(decimal(a).times(decimal(b)), Some(decimal(product)), "{a} * {b}");
        assert_eq!(decimal(b).times(decimal(a)), Some(decimal(product)), "{b} * {a}");
    };
    check("2", "3", "6");
    check("-2", "3", "-6");
    check("-2", "-3", "6");
    check("1.50", "2.0", "3.000");
    check("0", "5E+10", "0E+10");
    check("-0", "5", "-0");
    check("1E+30", "1E+30", "1E+60");
    check("12345678901234567", "12345678901234567", "152415787532388345526596755677489");
    check("99999999999999999", "100000000000000000", "9999999999999999900000000000000000");
    check("1234567890123456789012345678901234", "10", "12345678901234567890123456789012340");
    check(
        "1234567890123456789012345678901234",
        "1234567890123456789012345678901234",
        "1.524157875323883675049535156256667E+66",
    );
    check("1000000000000000000000000000000001", "1.5", "1500000000000000000000000000000002");
    check("1000000000000000000000000000000003", "1.5", "1500000000000000000000000000000004");
    check("3333333333333333333333333333333333", "3", "9999999999999999999999999999999999");
    check("6666666666666666666666666666666667", "1.5", "1.000000000000000000000000000000000E+34");
    check("1E+6111", "10", "1.0E+6112");
    check("1E+6000", "1E+6000", "Infinity");
    check("-1E+6000", "1E+6000", "-Infinity");
    check("1E-6176", "0.1", "0E-6176");
    check("5E-6176", "0.1", "0E-6176");
    check("7E-6176", "0.1", "1E-6176");
    check("Infinity", "-5", "-Infinity");
    check("Infinity", "0", "NaN");
    check("Infinity", "-Infinity", "-Infinity");
    check("NaN", "0", "NaN");
}

#[test]
fn decimals_that_fit_multiply_exactly() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let mut term = || (i128::from(dice.below(1 << 56)) - (1 << 55), dice.below(12) as i32 - 6);
        let ((a, e), (b, f)) = (term(), term());
        let of = |number: i128, negative, exponent| {
            Number::Decimal(Decimal::Finite { negative, coefficient: number.unsigned_abs(), exponent })
        };
        let product = of(a, a < 0, e).times(of(b, b < 0, f));
        assert_eq!(product, Some(of(a * b, (a < 0) != (b < 0), e + f)), "seed {seed}: {a}E{e} * {b}E{f}");
    }
}
