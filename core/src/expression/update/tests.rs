//! Laws of the elements that a path chooses.

use super::Occasion;
use crate::document::builder::RawDocBuf;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::document::tests::random::Dice;
use crate::expression::tests::{first, operand};
use crate::query::parse::{self, Terms};

const SEEDS: u64 = 2_000;

/// `{<operator>: {<path>: <value>, …}}` for each path, with the value of `argument`.
fn at_paths(operator: &str, paths: &[String], argument: RawValue<'_>) -> RawDocBuf {
    RawDocBuf::build(|out| {
        let mut fields = out.document(operator);
        paths.iter().for_each(|path| fields.append(path, argument));
    })
}

/// What an update makes of a document on an occasion, or the number of its error.
fn made(
    update: RawDoc<'_>,
    filters: &[RawDoc<'_>],
    doc: RawDoc<'_>,
    matched: Option<usize>,
) -> Result<Vec<u8>, i32> {
    let occasion = Occasion { matched, ..Occasion::default() };
    let update = parse::update(update, filters, Terms::default()).expect("an update");
    update
        .apply(doc, &occasion)
        .map(|applied| applied.bytes.into_owned())
        .map_err(|error| error.code().unwrap_or(0))
}

/// A document whose field `l` is an array of up to five random values.
fn listed(dice: &mut Dice) -> RawDocBuf {
    let values: Vec<RawDocBuf> = (0..dice.below(6)).map(|_| dice.value()).collect();
    RawDocBuf::build(|out| {
        out.put("_id", Value::Int32(1));
        let mut list = out.array("l");
        values.iter().for_each(|value| list.append(first(value)));
    })
}

#[test]
fn chosen_elements_change_as_if_named_by_position() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let doc = listed(&mut dice);
        let doc = doc.as_doc();
        let bound = operand(&mut dice);
        let argument = operand(&mut dice);
        let operator = ["$set", "$unset", "$max", "$inc", "$push", "$addToSet"][dice.below(6) as usize];
        let below = ["", ".a"][dice.below(2) as usize];
        let argument =
            if operator == "$inc" { RawDocBuf::build(|out| out.put("v", Value::Int32(2))) } else { argument };
        let argument = first(&argument);
        let list = doc.get("l").and_then(|list| list.as_array()).expect("a list");
        let chosen_by = RawDocBuf::build(|out| out.document("x").append("$gte", first(&bound)));
        let chosen = parse::filter(chosen_by.as_doc()).expect("a filter");
        let satisfies =
            |value: RawValue<'_>| chosen.matches(RawDocBuf::build(|out| out.append("x", value)).as_doc());
        let all: Vec<usize> = (0..list.fields().count()).collect();
        let some: Vec<usize> =
            list.fields().enumerate().filter(|(_, field)| satisfies(field.value)).map(|(at, _)| at).collect();
        let named = |positions: &[usize]| {
            let paths: Vec<String> = positions.iter().map(|at| format!("l.{at}{below}")).collect();
            made(at_paths(operator, &paths, argument).as_doc(), &[], doc, None)
        };
        let one = |part: &str| at_paths(operator, &[format!("l.{part}{below}")], argument);
        let replay = format!("seed {seed}: {operator} {argument:?} at {below:?}, {chosen_by:?}, of {doc:?}");
        assert_eq!(made(one("$[]").as_doc(), &[], doc, None), named(&all), "{replay}");
        assert_eq!(made(one("$[x]").as_doc(), &[chosen_by.as_doc()], doc, None), named(&some), "{replay}");
        let by_path = RawDocBuf::build(|out| out.document("l").append("$gte", first(&bound)));
        let found = parse::filter(by_path.as_doc()).expect("a filter");
        // An array in the array satisfies the filter as one value, and by its elements only where it stands alone.
        if found.matches(doc) && !list.fields().any(|field| field.value.tag() == tag::ARRAY) {
            let matched = found.position(doc);
            assert_eq!(matched, some.first().copied(), "{replay}");
            let at: Vec<usize> = matched.into_iter().collect();
            let expected = if at.is_empty() { Err(2) } else { named(&at) };
            assert_eq!(made(one("$").as_doc(), &[], doc, matched), expected, "{replay}");
        }
    }
}
