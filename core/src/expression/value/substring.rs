//! `$substr $substrBytes $substrCP`: parts of a text by bytes or by code points.

use super::arithmetic::one;
use super::fault::at;
use super::functions::{Function, Shape};
use super::item::Item;
use super::node::Node;
use super::number::{number_of, truncated, whole_int32};
use super::scope::Scope;
use super::text::coerced;
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$substr", Shape::exactly(3), by_bytes),
    Function::new("$substrBytes", Shape::exactly(3), by_bytes),
    Function::new("$substrCP", Shape::exactly(3), by_code_points),
];

fn by_bytes<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let text = coerced(&one(arguments, 0, scope)?)?;
    let argument = |index: usize, which: &str, number: i32| {
        let item = one(arguments, index, scope)?;
        number_of(&item).map(truncated).ok_or_else(|| {
            let seen = item.type_name();
            at(number, format!("$substrBytes: {which} must be a numeric type, but is of type: {seen}"))
        })
    };
    let start = argument(1, "starting index", 16034)?;
    let length = argument(2, "length", 16035)?;
    let Ok(start) = usize::try_from(start) else {
        return Err(at(50752, format!("$substrBytes: starting index must be non-negative (got: {start})")));
    };
    if start >= text.len() {
        return Item::text("");
    }
    // A negative length means all that follows.
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let end = start.saturating_add(length).min(text.len());
    if !text.is_char_boundary(start) {
        return Err(at(
            28656,
            format!("$substrBytes: the starting index {start} is in the middle of a UTF-8 character"),
        ));
    }
    if !text.is_char_boundary(end) {
        return Err(at(
            28657,
            format!("$substrBytes: the ending index {end} is in the middle of a UTF-8 character"),
        ));
    }
    Item::text(&text[start..end])
}

fn by_code_points<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let text = coerced(&one(arguments, 0, scope)?)?;
    let argument = |index: usize, which: &str, [no_number, not_32_bits, negative]: [i32; 3]| {
        let item = one(arguments, index, scope)?;
        let Some(number) = number_of(&item) else {
            let seen = item.type_name();
            return Err(at(
                no_number,
                format!("$substrCP: {which} must be a numeric type (is BSON type {seen})"),
            ));
        };
        let Some(number) = whole_int32(number) else {
            let seen = item.shown();
            return Err(at(
                not_32_bits,
                format!("$substrCP: {which} cannot be represented as a 32-bit integral value: {seen}"),
            ));
        };
        let refused = || at(negative, format!("$substrCP: {which} must be a nonnegative integer: {number}"));
        usize::try_from(number).map_err(|_| refused())
    };
    let start = argument(1, "starting index", [34450, 34451, 34455])?;
    let length = argument(2, "length", [34452, 34453, 34454])?;
    Item::text(&text.chars().skip(start).take(length).collect::<String>())
}
