//! `$trim $ltrim $rtrim`.

use super::arithmetic::one;
use super::fault::at;
use super::functions::{Function, Named, Parameter, Shape};
use super::item::Item;
use super::node::Node;
use super::scope::Scope;
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$trim", Shape::Named(TRIM), |arguments, scope| {
        trimmed(arguments, scope, "$trim", |text, taken| text.trim_matches(taken))
    }),
    Function::new("$ltrim", Shape::Named(TRIM), |arguments, scope| {
        trimmed(arguments, scope, "$ltrim", |text, taken| text.trim_start_matches(taken))
    }),
    Function::new("$rtrim", Shape::Named(TRIM), |arguments, scope| {
        trimmed(arguments, scope, "$rtrim", |text, taken| text.trim_end_matches(taken))
    }),
];

const TRIM: &Named = &Named {
    not_object: 50696,
    unknown: 50694,
    parameters: &[Parameter::required("input", 50695), Parameter::optional("chars")],
};

/// What is trimmed when nothing is named: white space and the zero.
const SPACES: &[char] = &[
    '\0', '\t', '\n', '\u{0B}', '\u{0C}', '\r', ' ', '\u{A0}', '\u{1680}', '\u{2000}', '\u{2001}',
    '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}', '\u{2007}', '\u{2008}', '\u{2009}',
    '\u{200A}',
];

fn trimmed<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
    trim: for<'t> fn(&'t str, &[char]) -> &'t str,
) -> Result<Item<'a>> {
    let input = one(arguments, 0, scope)?;
    if input.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(text) = input.as_str() else {
        let (seen, kind) = (input.shown(), input.type_name());
        return Err(at(
            50699,
            format!("{name} requires its input to be a string, got {seen} (of type {kind}) instead"),
        ));
    };
    if arguments.get(1).is_none_or(Node::is_absent) {
        return Item::text(trim(text, SPACES));
    }
    let taken = one(arguments, 1, scope)?;
    if taken.is_nullish() {
        return Ok(Item::NULL);
    }
    match taken.as_str() {
        Some(taken) => Item::text(trim(text, &taken.chars().collect::<Vec<char>>())),
        None => {
            let (seen, kind) = (taken.shown(), taken.type_name());
            Err(at(
                50700,
                format!("{name} requires 'chars' to be a string, got {seen} (of type {kind}) instead"),
            ))
        }
    }
}
