//! Operators on whole texts.

use std::cmp::Ordering;

use super::arithmetic::{one, two};
use super::array::search_bounds;
use super::fault::at;
use super::functions::{Function, Named, Parameter, Shape};
use super::item::Item;
use super::node::{Node, check_size};
use super::scope::Scope;
use super::text::coerced;
use crate::document::builder::ArrayWriter;
use crate::document::raw::{Value, tag};
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$concat", Shape::any(), concat),
    Function::new("$toLower", Shape::exactly(1), |arguments, scope| {
        Item::text(&coerced(&one(arguments, 0, scope)?)?.to_ascii_lowercase())
    }),
    Function::new("$toUpper", Shape::exactly(1), |arguments, scope| {
        Item::text(&coerced(&one(arguments, 0, scope)?)?.to_ascii_uppercase())
    }),
    Function::new("$strLenBytes", Shape::exactly(1), |arguments, scope| {
        length(arguments, scope, "$strLenBytes", 34473, str::len)
    }),
    Function::new("$strLenCP", Shape::exactly(1), |arguments, scope| {
        length(arguments, scope, "$strLenCP", 34471, |text| text.chars().count())
    }),
    Function::new("$strcasecmp", Shape::exactly(2), compare_without_case),
    Function::new("$split", Shape::exactly(2), split),
    Function::new("$indexOfBytes", Shape::between(2, 4), index_of_bytes),
    Function::new("$indexOfCP", Shape::between(2, 4), index_of_code_points),
    Function::new("$replaceOne", Shape::Named(REPLACE), |arguments, scope| {
        replace(arguments, scope, "$replaceOne", |input, find, with| input.replacen(find, with, 1))
    }),
    Function::new("$replaceAll", Shape::Named(REPLACE), |arguments, scope| {
        replace(arguments, scope, "$replaceAll", replaced)
    }),
];

const REPLACE: &Named = &Named {
    not_object: 51751,
    unknown: 51750,
    parameters: &[
        Parameter::required("input", 51749),
        Parameter::required("find", 51748),
        Parameter::required("replacement", 51747),
    ],
};

fn concat<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let mut joined = String::new();
    for argument in arguments {
        let item = argument.evaluate(scope)?;
        match item.as_str() {
            Some(text) => joined.push_str(text),
            None if item.is_nullish() => return Ok(Item::NULL),
            None => {
                return Err(at(16702, format!("$concat only supports strings, not {}", item.type_name())));
            }
        }
        check_size(joined.len())?;
    }
    Item::text(&joined)
}

fn length<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
    number: i32,
    measure: fn(&str) -> usize,
) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    match item.as_str() {
        Some(text) => Ok(Item::count(measure(text))),
        None => Err(at(number, format!("{name} requires a string argument, found: {}", item.type_name()))),
    }
}

fn compare_without_case<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [left, right] = two(arguments, scope)?;
    let (left, right) = (coerced(&left)?.to_ascii_uppercase(), coerced(&right)?.to_ascii_uppercase());
    Ok(Item::int32(match left.cmp(&right) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }))
}

fn split<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [input, separator] = two(arguments, scope)?;
    if input.is_nullish() || separator.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(input) = input.as_str() else {
        let seen = input.type_name();
        return Err(at(
            40085,
            format!(
                "$split requires an expression that evaluates to a string as a first argument, found: {seen}"
            ),
        ));
    };
    let Some(separator) = separator.as_str() else {
        let seen = separator.type_name();
        return Err(at(
            40086,
            format!(
                "$split requires an expression that evaluates to a string as a second argument, found: {seen}"
            ),
        ));
    };
    if separator.is_empty() {
        return Err(at(40087, "$split requires a non-empty separator"));
    }
    let mut bytes = Vec::new();
    let mut out = ArrayWriter::new(&mut bytes);
    for part in input.split(separator) {
        out.put(Value::String(part));
        check_size(out.size())?;
    }
    out.finish();
    Item::container(tag::ARRAY, bytes)
}

fn second_text<'i>(item: &'i Item<'_>, name: &str, number: i32) -> Result<&'i str> {
    item.as_str().ok_or_else(|| {
        let seen = item.type_name();
        at(number, format!("{name} requires a string as the second argument, found: {seen}"))
    })
}

fn index_of_bytes<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [input, wanted] = [one(arguments, 0, scope)?, one(arguments, 1, scope)?];
    if input.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(text) = input.as_str() else {
        let seen = input.type_name();
        return Err(at(
            40091,
            format!("$indexOfBytes requires a string as the first argument, found: {seen}"),
        ));
    };
    let wanted = second_text(&wanted, "$indexOfBytes", 40092)?;
    let (start, end) = search_bounds(arguments, scope, "$indexOfBytes")?;
    let end = end.unwrap_or(text.len()).min(text.len());
    // A text begins only where a character begins, so a start inside one may move on to the next.
    let from = (start..=end).find(|at| text.is_char_boundary(*at));
    let before = (0..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let found =
        from.filter(|from| *from <= before).and_then(|from| Some(from + text[from..before].find(wanted)?));
    Ok(found.map_or(Item::int32(-1), Item::count))
}

fn index_of_code_points<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [input, wanted] = [one(arguments, 0, scope)?, one(arguments, 1, scope)?];
    if input.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(text) = input.as_str() else {
        let seen = input.type_name();
        return Err(at(40093, format!("$indexOfCP requires a string as the first argument, found: {seen}")));
    };
    let wanted = second_text(&wanted, "$indexOfCP", 40094)?;
    let (start, end) = search_bounds(arguments, scope, "$indexOfCP")?;
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let end = end.unwrap_or(usize::MAX).min(places.len() - 1);
    if start > end {
        return Ok(Item::int32(-1));
    }
    let found = text[places[start]..places[end]].find(wanted);
    let at = found.map(|at| places.partition_point(|place| *place < places[start] + at));
    Ok(at.map_or(Item::int32(-1), Item::count))
}

fn replaced(input: &str, find: &str, with: &str) -> String {
    // The empty text stands before each character and at the end, but once in an empty text.
    input.replace(find, with)
}

fn replace<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
    make: fn(&str, &str, &str) -> String,
) -> Result<Item<'a>> {
    let [input, find, with] =
        [one(arguments, 0, scope)?, one(arguments, 1, scope)?, one(arguments, 2, scope)?];
    for (item, which, number) in
        [(&input, "input", 51746), (&find, "find", 51745), (&with, "replacement", 51744)]
    {
        if !item.is_nullish() && item.as_str().is_none() {
            let seen = item.type_name();
            return Err(at(number, format!("{name} requires that '{which}' be a string, found: {seen}")));
        }
    }
    let (Some(input), Some(find), Some(with)) = (input.as_str(), find.as_str(), with.as_str()) else {
        return Ok(Item::NULL);
    };
    let places = if with.len() > find.len() { input.matches(find).count() } else { 0 };
    check_size(input.len() + places.saturating_mul(with.len() - find.len().min(with.len())))?;
    Item::text(&make(input, find, with))
}
