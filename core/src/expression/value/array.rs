//! Operators that take arrays apart and put them together.

use super::arithmetic::{one, two};
use super::fault::at;
use super::functions::{Function, Named, Parameter, Shape};
use super::item::Item;
use super::node::{Node, check_size, push};
use super::number::{number_of, whole, whole_int32};
use super::scope::Scope;
use crate::document::builder::ArrayWriter;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$arrayElemAt", Shape::exactly(2), array_elem_at),
    Function::new("$first", Shape::exactly(1), |arguments, scope| end_of(arguments, scope, "$first", 0)),
    Function::new("$last", Shape::exactly(1), |arguments, scope| end_of(arguments, scope, "$last", -1)),
    Function::new("$size", Shape::exactly(1), size),
    Function::new("$in", Shape::exactly(2), is_in),
    Function::new("$concatArrays", Shape::any(), concat_arrays),
    Function::new("$slice", Shape::between(2, 3), slice),
    Function::new("$isArray", Shape::exactly(1), |arguments, scope| {
        Ok(Item::boolean(one(arguments, 0, scope)?.as_array().is_some()))
    }),
    Function::new("$reverseArray", Shape::exactly(1), reverse),
    Function::new("$range", Shape::between(2, 3), range),
    Function::new("$indexOfArray", Shape::between(2, 4), index_of),
    Function::new("$zip", Shape::Zip, zip),
];

/// The arguments of `$zip`; the inputs themselves follow as further arguments.
pub(crate) const ZIP: &Named = &Named {
    not_object: 34460,
    unknown: 34464,
    parameters: &[
        Parameter::required("inputs", 34465),
        Parameter::optional("useLongestLength"),
        Parameter::optional("defaults"),
    ],
};

/// An array in bytes that `write` appends.
fn made(write: impl FnOnce(&mut ArrayWriter<'_>) -> Result<()>) -> Result<Item<'static>> {
    let mut bytes = Vec::new();
    let mut out = ArrayWriter::new(&mut bytes);
    write(&mut out)?;
    out.finish();
    Item::container(tag::ARRAY, bytes)
}

fn values(array: RawDoc<'_>) -> impl Iterator<Item = RawValue<'_>> {
    array.fields().map(|field| field.value)
}

/// The place in an array of `len` that `index` means, negative ones from its end.
fn place(index: i64, len: usize) -> Option<usize> {
    if index >= 0 {
        return usize::try_from(index).ok();
    }
    len.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
}

/// The element at `index`; of an array that lies where it lies, the element does too.
fn element<'a>(array: Item<'a>, index: i64) -> Item<'a> {
    let found = |array: RawDoc<'a>| {
        let len = if index < 0 { array.fields().count() } else { 0 };
        place(index, len).and_then(|at| values(array).nth(at))
    };
    match array {
        Item::Raw(value) => Item::of(found(RawDoc::new(value.as_bytes()))),
        other => {
            let Some(array) = other.as_array() else { return Item::Missing };
            let len = if index < 0 { array.fields().count() } else { 0 };
            let found = place(index, len).and_then(|at| values(array).nth(at));
            Item::of(found).into_owned()
        }
    }
}

fn array_elem_at<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [array, index] = two(arguments, scope)?;
    if array.is_nullish() || index.is_nullish() {
        return Ok(Item::NULL);
    }
    if array.as_array().is_none() {
        let seen = array.type_name();
        return Err(at(28689, format!("$arrayElemAt's first argument must be an array, but is {seen}")));
    }
    let Some(number) = number_of(&index) else {
        let seen = index.type_name();
        return Err(at(
            28690,
            format!("$arrayElemAt's second argument must be a numeric value, but is {seen}"),
        ));
    };
    match whole_int32(number) {
        Some(index) => Ok(element(array, index.into())),
        None => {
            let seen = index.shown();
            let what = "$arrayElemAt's second argument must be representable as a 32-bit integer";
            Err(at(28691, format!("{what}: {seen}")))
        }
    }
}

fn end_of<'a>(arguments: &'a [Node], scope: &Scope<'a>, name: &str, index: i64) -> Result<Item<'a>> {
    let array = one(arguments, 0, scope)?;
    if array.is_nullish() {
        return Ok(Item::NULL);
    }
    if array.as_array().is_none() {
        let seen = array.type_name();
        return Err(at(28689, format!("{name}'s argument must be an array, but is {seen}")));
    }
    Ok(element(array, index))
}

fn size<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    match item.as_array() {
        Some(array) => Ok(Item::count(array.fields().count())),
        None => {
            let seen = item.type_name();
            Err(at(17124, format!("The argument to $size must be an array, but was of type: {seen}")))
        }
    }
}

fn is_in<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [wanted, list] = two(arguments, scope)?;
    let Some(array) = list.as_array() else {
        let seen = list.type_name();
        return Err(at(40081, format!("$in requires an array as a second argument, found: {seen}")));
    };
    let found = values(array).any(|value| scope.compare_items(&Item::Raw(value), &wanted).is_eq());
    Ok(Item::boolean(found))
}

fn concat_arrays<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let mut is_null = false;
    let joined = made(|out| {
        for argument in arguments {
            let item = argument.evaluate(scope)?;
            match item.as_array() {
                Some(array) => {
                    for value in values(array) {
                        push(out, Some(value))?;
                    }
                }
                None if item.is_nullish() => {
                    is_null = true;
                    return Ok(());
                }
                None => {
                    return Err(at(
                        28664,
                        format!("$concatArrays only supports arrays, not {}", item.type_name()),
                    ));
                }
            }
        }
        Ok(())
    })?;
    Ok(if is_null { Item::NULL } else { joined })
}

/// A 32-bit argument of `$slice`; none for null.
fn slice_argument<'a>(
    arguments: &'a [Node],
    index: usize,
    scope: &Scope<'a>,
    [no_number, not_32_bits]: [i32; 2],
) -> Result<Option<i64>> {
    let item = one(arguments, index, scope)?;
    if item.is_nullish() {
        return Ok(None);
    }
    let which = if index == 1 { "Second" } else { "Third" };
    let Some(number) = number_of(&item) else {
        let seen = item.type_name();
        return Err(at(
            no_number,
            format!("{which} argument to $slice must be a numeric value, but is of type: {seen}"),
        ));
    };
    match whole_int32(number) {
        Some(number) => Ok(Some(number.into())),
        None => {
            let seen = item.shown();
            Err(at(
                not_32_bits,
                format!("{which} argument to $slice can't be represented as a 32-bit integer: {seen}"),
            ))
        }
    }
}

fn slice<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    if item.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(array) = item.as_array() else {
        let seen = item.type_name();
        return Err(at(28724, format!("First argument to $slice must be an array, but is of type: {seen}")));
    };
    let Some(second) = slice_argument(arguments, 1, scope, [28725, 28726])? else { return Ok(Item::NULL) };
    let len = array.fields().count();
    let (skip, take) = if arguments.len() < 3 {
        match (usize::try_from(second), place(second, len)) {
            (Ok(count), _) => (0, count),
            (_, from) => (from.unwrap_or(0), len),
        }
    } else {
        let Some(count) = slice_argument(arguments, 2, scope, [28727, 28728])? else { return Ok(Item::NULL) };
        let Ok(count @ 1..) = usize::try_from(count) else {
            return Err(at(28729, format!("Third argument to $slice must be positive: {count}")));
        };
        (place(second, len).unwrap_or(0), count)
    };
    made(|out| {
        values(array).skip(skip).take(take).for_each(|value| out.append(value));
        Ok(())
    })
}

fn reverse<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    if item.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(array) = item.as_array() else {
        let seen = item.type_name();
        return Err(at(
            34435,
            format!("The argument to $reverseArray must be an array, but was of type: {seen}"),
        ));
    };
    let values: Vec<RawValue<'_>> = values(array).collect();
    made(|out| {
        values.into_iter().rev().for_each(|value| out.append(value));
        Ok(())
    })
}

fn range<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let bound = |index: usize, which: &str, [no_number, not_32_bits]: [i32; 2]| {
        let item = one(arguments, index, scope)?;
        let Some(number) = number_of(&item) else {
            let seen = item.type_name();
            return Err(at(
                no_number,
                format!("$range requires a numeric {which} value, found value of type: {seen}"),
            ));
        };
        let seen = || item.shown();
        whole_int32(number).map(i64::from).ok_or_else(|| {
            let what = format!("$range requires a {which} value that can be represented as a 32-bit integer");
            at(not_32_bits, format!("{what}, found: {}", seen()))
        })
    };
    let mut next = bound(0, "starting", [34443, 34444])?;
    let end = bound(1, "ending", [34445, 34446])?;
    let step = if arguments.len() < 3 { 1 } else { bound(2, "step", [34447, 34448])? };
    if step == 0 {
        return Err(at(34449, "$range requires a non-zero step value"));
    }
    made(|out| {
        while if step > 0 { next < end } else { next > end } {
            // Both bounds and the step are of 32 bits, so what is pushed is too.
            out.put(Value::Int32(next as i32));
            next += step;
            check_size(out.size())?;
        }
        Ok(())
    })
}

/// The bounds of a search, from and before; none when they are written but leave no room.
pub(super) fn search_bounds<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
) -> Result<(usize, Option<usize>)> {
    let bound = |index: usize, which: &str| {
        let item = one(arguments, index, scope)?;
        let Some(number) = number_of(&item).and_then(whole) else {
            let seen = item.type_name();
            let what = format!("{name} requires an integral {which} index");
            return Err(at(
                40096,
                format!("{what}, found a value of type: {seen}, with value: {}", item.shown()),
            ));
        };
        let refused = || at(40097, format!("{name} requires a nonnegative {which} index, found: {number}"));
        usize::try_from(number).map_err(|_| refused())
    };
    let start = if arguments.len() > 2 { bound(2, "starting")? } else { 0 };
    let end = if arguments.len() > 3 { Some(bound(3, "ending")?) } else { None };
    Ok((start, end))
}

fn index_of<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    if item.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(array) = item.as_array() else {
        let seen = item.type_name();
        return Err(at(40090, format!("$indexOfArray requires an array as a first argument, found: {seen}")));
    };
    let wanted = one(arguments, 1, scope)?;
    let (start, end) = search_bounds(arguments, scope, "$indexOfArray")?;
    let end = end.unwrap_or(usize::MAX);
    let mut places = values(array).enumerate().take(end).skip(start);
    let found = places.find(|(_, value)| scope.compare_items(&Item::Raw(*value), &wanted).is_eq());
    Ok(found.map_or(Item::int32(-1), |(at, _)| Item::count(at)))
}

/// The arguments are whether the longest counts, the defaults, then the inputs.
fn zip<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [longest, defaults, inputs @ ..] = arguments else { return Ok(Item::NULL) };
    let longest = longest.evaluate(scope)?.is_true();
    let mut arrays = Vec::with_capacity(inputs.len());
    for input in inputs {
        let item = input.evaluate(scope)?;
        if item.is_nullish() {
            return Ok(Item::NULL);
        }
        if item.as_array().is_none() {
            return Err(at(34468, format!("$zip found a non-array expression in input: {}", item.shown())));
        }
        arrays.push(item);
    }
    let columns: Vec<Vec<RawValue<'_>>> = arrays
        .iter()
        .map(|item| item.as_array().map(|array| values(array).collect()).unwrap_or_default())
        .collect();
    let defaults = defaults.evaluate(scope)?;
    let defaults: Vec<RawValue<'_>> =
        defaults.as_array().map(|array| values(array).collect()).unwrap_or_default();
    let lengths = columns.iter().map(Vec::len);
    let rows = if longest { lengths.max() } else { lengths.min() }.unwrap_or(0);
    made(|out| {
        for row in 0..rows {
            scope.round(row)?;
            let mut tuple = out.array();
            for (column, values) in columns.iter().enumerate() {
                push(&mut tuple, values.get(row).or_else(|| defaults.get(column)).copied())?;
            }
            tuple.finish();
            check_size(out.size())?;
        }
        Ok(())
    })
}
