//! Arrays as sets: order and repetition say nothing. What a set operator makes is in the total order of values,
//! `$setDifference` apart, which keeps the order of its first array.

use super::arithmetic::{one, two};
use super::fault::at;
use super::functions::{Function, Shape};
use super::item::Item;
use super::node::{Node, push};
use super::scope::Scope;
use crate::document::builder::ArrayWriter;
use crate::document::raw::{RawValue, tag};
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$setUnion", Shape::any(), union),
    Function::new("$setIntersection", Shape::any(), intersection),
    Function::new("$setDifference", Shape::exactly(2), difference),
    Function::new("$setEquals", Shape::AtLeast(2, 17045), equals),
    Function::new("$setIsSubset", Shape::exactly(2), is_subset),
    Function::new("$anyElementTrue", Shape::exactly(1), any_element_true),
    Function::new("$allElementsTrue", Shape::exactly(1), all_elements_true),
];

/// The array's values in order, each once; none when it is no array.
fn members<'i>(item: &'i Item<'_>, scope: &Scope<'_>) -> Option<Vec<RawValue<'i>>> {
    let mut values: Vec<RawValue<'i>> = item.as_array()?.fields().map(|field| field.value).collect();
    values.sort_by(|a, b| scope.compare(*a, *b));
    values.dedup_by(|b, a| scope.compare(*a, *b).is_eq());
    Some(values)
}

fn contains(members: &[RawValue<'_>], value: RawValue<'_>, scope: &Scope<'_>) -> bool {
    members.binary_search_by(|member| scope.compare(*member, value)).is_ok()
}

fn written(values: &[RawValue<'_>]) -> Result<Item<'static>> {
    let mut bytes = Vec::new();
    let mut out = ArrayWriter::new(&mut bytes);
    for value in values {
        push(&mut out, Some(*value))?;
    }
    out.finish();
    Item::container(tag::ARRAY, bytes)
}

/// The arguments; none when one is null or missing.
fn operands<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
    number: i32,
) -> Result<Option<Vec<Item<'a>>>> {
    let mut items = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let item = argument.evaluate(scope)?;
        if item.is_nullish() {
            return Ok(None);
        }
        if item.as_array().is_none() {
            let seen = item.type_name();
            let what = format!("All operands of {name} must be arrays");
            return Err(at(number, format!("{what}. One argument is of type: {seen}")));
        }
        items.push(item);
    }
    Ok(Some(items))
}

fn union<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let Some(items) = operands(arguments, scope, "$setUnion", 17043)? else { return Ok(Item::NULL) };
    let mut all: Vec<RawValue<'_>> = items.iter().filter_map(|item| members(item, scope)).flatten().collect();
    all.sort_by(|a, b| scope.compare(*a, *b));
    all.dedup_by(|b, a| scope.compare(*a, *b).is_eq());
    written(&all)
}

fn intersection<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let Some(items) = operands(arguments, scope, "$setIntersection", 17047)? else {
        return Ok(Item::NULL);
    };
    let mut sets = items.iter().filter_map(|item| members(item, scope));
    let mut common = sets.next().unwrap_or_default();
    for set in sets {
        common.retain(|value| contains(&set, *value, scope));
    }
    written(&common)
}

fn difference<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [left, right] = two(arguments, scope)?;
    if left.is_nullish() || right.is_nullish() {
        return Ok(Item::NULL);
    }
    let refuse = |number, which: &str, item: &Item<'_>| {
        let seen = item.type_name();
        let what = "both operands of $setDifference must be arrays";
        at(number, format!("{what}. {which} argument is of type: {seen}"))
    };
    let Some(array) = left.as_array() else { return Err(refuse(17048, "First", &left)) };
    let Some(without) = members(&right, scope) else { return Err(refuse(17049, "Second", &right)) };
    let mut places: Vec<(usize, RawValue<'_>)> = array
        .fields()
        .map(|field| field.value)
        .enumerate()
        .filter(|(_, value)| !contains(&without, *value, scope))
        .collect();
    // The sort is stable, so the first of equal values stays.
    places.sort_by(|(_, a), (_, b)| scope.compare(*a, *b));
    places.dedup_by(|(_, b), (_, a)| scope.compare(*a, *b).is_eq());
    places.sort_unstable_by_key(|(at, _)| *at);
    let kept: Vec<RawValue<'_>> = places.into_iter().map(|(_, value)| value).collect();
    written(&kept)
}

fn equals<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let mut first: Option<Item<'a>> = None;
    let mut equal = true;
    for argument in arguments {
        let item = argument.evaluate(scope)?;
        let Some(set) = members(&item, scope) else {
            let seen = item.type_name();
            let what = "All operands of $setEquals must be arrays";
            return Err(at(17044, format!("{what}. One argument is of type: {seen}")));
        };
        match &first {
            None => first = Some(item),
            Some(first) => {
                let other = members(first, scope).unwrap_or_default();
                let same = |(a, b): (&RawValue<'_>, &RawValue<'_>)| scope.compare(*a, *b).is_eq();
                equal &= set.len() == other.len() && set.iter().zip(&other).all(same);
            }
        }
    }
    Ok(Item::boolean(equal))
}

fn is_subset<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [left, right] = two(arguments, scope)?;
    let refuse = |number, which: &str, item: &Item<'_>| {
        let seen = item.type_name();
        let what = "both operands of $setIsSubset must be arrays";
        at(number, format!("{what}. {which} argument is of type: {seen}"))
    };
    let Some(inner) = members(&left, scope) else { return Err(refuse(17046, "First", &left)) };
    let Some(outer) = members(&right, scope) else { return Err(refuse(17042, "Second", &right)) };
    Ok(Item::boolean(inner.iter().all(|value| contains(&outer, *value, scope))))
}

fn any_element_true<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    let Some(array) = item.as_array() else {
        let seen = item.type_name();
        return Err(at(17041, format!("$anyElementTrue's argument must be an array, but is {seen}")));
    };
    Ok(Item::boolean(array.fields().any(|field| Item::Raw(field.value).is_true())))
}

fn all_elements_true<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    let Some(array) = item.as_array() else {
        let seen = item.type_name();
        return Err(at(17040, format!("$allElementsTrue's argument must be an array, but is {seen}")));
    };
    Ok(Item::boolean(array.fields().all(|field| Item::Raw(field.value).is_true())))
}
