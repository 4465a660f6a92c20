//! `$cond $ifNull $switch`: only the branch that is taken is evaluated.

use super::arithmetic::one;
use super::fault::at;
use super::functions::{Function, Named, Parameter, Shape};
use super::item::Item;
use super::node::Node;
use super::scope::Scope;
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$cond", Shape::NamedOrExactly(COND, 3), |arguments, scope| {
        let taken = if one(arguments, 0, scope)?.is_true() { 1 } else { 2 };
        one(arguments, taken, scope)
    }),
    Function::new("$ifNull", Shape::AtLeast(2, 1_257_300), if_null),
];

const COND: &Named = &Named {
    not_object: 17080,
    unknown: 17083,
    parameters: &[
        Parameter::required("if", 17080),
        Parameter::required("then", 17081),
        Parameter::required("else", 17082),
    ],
};

fn if_null<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let mut item = Item::Missing;
    for argument in arguments {
        item = argument.evaluate(scope)?;
        if !item.is_nullish() {
            break;
        }
    }
    Ok(item)
}

/// `$switch` as the parser lays it out: the default first, which may be absent, then cases and results in turn.
pub(crate) const SWITCH: Function = Function::new("$switch", Shape::Switch, |arguments, scope| {
    let Some((default, branches)) = arguments.split_first() else { return Ok(Item::Missing) };
    for branch in branches.chunks_exact(2) {
        if branch[0].evaluate(scope)?.is_true() {
            return branch[1].evaluate(scope);
        }
    }
    match default {
        Node::Absent => Err(at(
            40066,
            "$switch could not find a matching branch for an input, and no default was specified",
        )),
        default => default.evaluate(scope),
    }
});
