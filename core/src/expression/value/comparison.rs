//! `$cmp $eq $ne $gt $gte $lt $lte`: the total order of all values, whatever their types.

use std::cmp::Ordering;

use super::arithmetic::two;
use super::functions::{Evaluate, Function, Shape};
use super::item::Item;
use super::node::Node;
use super::scope::Scope;
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$cmp", Shape::exactly(2), |arguments, scope| {
        Ok(Item::int32(order(arguments, scope)? as i32))
    }),
    relation("$eq", |arguments, scope| Ok(Item::boolean(order(arguments, scope)?.is_eq()))),
    relation("$ne", |arguments, scope| Ok(Item::boolean(order(arguments, scope)?.is_ne()))),
    relation("$gt", |arguments, scope| Ok(Item::boolean(order(arguments, scope)?.is_gt()))),
    relation("$gte", |arguments, scope| Ok(Item::boolean(order(arguments, scope)?.is_ge()))),
    relation("$lt", |arguments, scope| Ok(Item::boolean(order(arguments, scope)?.is_lt()))),
    relation("$lte", |arguments, scope| Ok(Item::boolean(order(arguments, scope)?.is_le()))),
];

const fn relation(name: &'static str, evaluate: Evaluate) -> Function {
    Function::new(name, Shape::exactly(2), evaluate)
}

fn order<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Ordering> {
    let [left, right] = two(arguments, scope)?;
    Ok(scope.compare_items(&left, &right))
}
