//! `$and $or $not`: every value says yes but false, zero, null, undefined and nothing.

use super::arithmetic::one;
use super::functions::{Function, Shape};
use super::item::Item;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$and", Shape::any(), |arguments, scope| {
        for argument in arguments {
            if !argument.evaluate(scope)?.is_true() {
                return Ok(Item::boolean(false));
            }
        }
        Ok(Item::boolean(true))
    }),
    Function::new("$or", Shape::any(), |arguments, scope| {
        for argument in arguments {
            if argument.evaluate(scope)?.is_true() {
                return Ok(Item::boolean(true));
            }
        }
        Ok(Item::boolean(false))
    }),
    Function::new("$not", Shape::exactly(1), |arguments, scope| {
        Ok(Item::boolean(!one(arguments, 0, scope)?.is_true()))
    }),
];
