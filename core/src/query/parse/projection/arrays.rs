//! Parts of arrays: `$slice`, `$elemMatch` and the positional operator.

use super::{Parser, Projected, is_choice};
use crate::document::builder::RawDocBuf;
use crate::document::compare::compare;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::{Error, Result, code};
use crate::expression::array_part::{ArrayPart, Slice};
use crate::expression::filter::Filter;
use crate::expression::integer;
use crate::expression::operand::is_nan;
use crate::expression::show::{shown, type_name};
use crate::expression::value::fault::at;
use crate::query::parse::{filter_within, truthy};

impl Parser<'_> {
    /// The path of the array of which the element is handed out that was found: `name` without its end, `.$`.
    pub(super) fn positional<'a>(&self, name: &'a str, value: RawValue<'_>) -> Result<Option<&'a str>> {
        let refuse = |number, what: &str| Err(at(number, format!("{what}, at \"{name}\"")));
        let array = name.strip_suffix(".$");
        if array.is_some() && matches!(self.of, Projected::Stage) {
            return refuse(31324, "cannot use a positional projection in a stage of a pipeline");
        }
        if name.contains(".$.") {
            return refuse(31394, "the positional operator may only stand at the end of a path");
        }
        if array.is_none() {
            return Ok(None);
        }
        match value.tag() {
            tag::DOCUMENT => refuse(31271, "a positional projection has no expression and no sub-projection"),
            _ if !is_choice(value) => refuse(31308, "a positional projection cannot be used with a literal"),
            _ if !truthy(value) => refuse(31395, "a positional projection cannot be an exclusion"),
            _ if self.arrays.iter().any(ArrayPart::asks_for_position) => {
                refuse(31276, "a projection has one positional operator at most")
            }
            _ if self.has_element => {
                refuse(31256, "$elemMatch and the positional operator exclude each other")
            }
            _ if array == Some("") => refuse(5392900, "a positional operator needs a field before it"),
            _ => Ok(array),
        }
    }

    /// The element of the array at `path` that was found.
    pub(super) fn found_element(&mut self, path: &[&str]) -> Result<()> {
        let place = path.join(".");
        let Projected::Find(Some(filter)) = self.of else {
            return Err(at(51050, format!("a positional operator needs a filter, at \"{place}.$\"")));
        };
        refuse_special(filter, &place)?;
        self.choice(true, path)?;
        self.arrays.push(ArrayPart::found(path, filter.clone()));
        Ok(())
    }

    /// `{$slice: argument}`: elements by their places, or the expression of that name.
    pub(super) fn slice(&mut self, argument: RawValue<'_>, whole: RawDoc<'_>, path: &[&str]) -> Result<()> {
        match slice_of(argument) {
            Ok(slice) => {
                self.note(path)?;
                self.arrays.push(ArrayPart::slice(path, slice));
                Ok(())
            }
            Err(why) => self.computed(whole, path).map_err(|error| {
                error.context(format!("$slice is no part of an array, because {why}; as an expression"))
            }),
        }
    }

    /// `{$elemMatch: argument}`: the first element that satisfies a condition.
    pub(super) fn element(&mut self, argument: RawValue<'_>, path: &[&str]) -> Result<()> {
        let place = path.join(".");
        if argument.tag() != tag::DOCUMENT {
            let what = format!("elemMatch: an object is required, but got {}", shown(argument));
            return Err(at(31274, format!("{what}, at \"{place}\"")));
        }
        if self.arrays.iter().any(ArrayPart::asks_for_position) {
            let what = "the positional operator and $elemMatch exclude each other";
            return Err(at(31255, format!("{what}, at \"{place}\"")));
        }
        let [name] = path else {
            return Err(at(31275, format!("cannot use $elemMatch on a nested field, at \"{place}\"")));
        };
        let written = RawDocBuf::build(|out| out.document(name).append("$elemMatch", argument));
        let filter = filter_within(written.as_doc(), self.terms)?;
        refuse_special(&filter, &place)?;
        self.note(path)?;
        self.has_element = true;
        self.computed.add_element(name, filter).map_err(|collision| collision.at(path))
    }
}

/// Which elements `argument` means; or why it means none.
fn slice_of(argument: RawValue<'_>) -> std::result::Result<Slice, String> {
    if argument.is_number() {
        return Ok(Slice::of(saturated(argument)));
    }
    let Some(array) = argument.as_array() else {
        return Err(format!("it needs a number or [skip, limit], but got {}", type_name(argument.tag())));
    };
    let parts: Vec<RawValue<'_>> = array.iter().take(3).map(|(_, part)| part).collect();
    match parts[..] {
        [skip, _] if !skip.is_number() => Err(format!("the skip is {}", shown(skip))),
        [_, limit] if !limit.is_number() => Err(format!("the limit is {}", shown(limit))),
        [skip, limit] if saturated(limit) > 0 => Ok(Slice::behind(saturated(skip), saturated(limit))),
        [_, limit] => Err(format!("the limit must be positive, but is {}", shown(limit))),
        _ => Err("an array must be [skip, limit]".to_owned()),
    }
}

/// A number as the nearest of 32 bits, without its fraction; what is not a number counts as zero.
fn saturated(number: RawValue<'_>) -> i32 {
    let nearest = |positive| if positive { i32::MAX } else { i32::MIN };
    match integer::truncated(number) {
        Some(integer) => i32::try_from(integer).unwrap_or(nearest(integer > 0)),
        None if is_nan(number) => 0,
        None => nearest(compare(number, RawValue::new(tag::INT32, &[0; 4])).is_gt()),
    }
}

/// Expressions and schemas have no say in which element is handed out.
fn refuse_special(filter: &Filter, place: &str) -> Result<()> {
    match filter.special() {
        Some(operator) => {
            let what = format!("{operator} is not allowed in this context, at \"{place}\"");
            Err(Error::invalid(code::QUERY_FEATURE_NOT_ALLOWED, what))
        }
        None => Ok(()),
    }
}
