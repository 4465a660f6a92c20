//! `$sum $avg $min $max` over the arguments, or over the elements of one array.

use std::cmp::Ordering;

use super::decimal;
use super::functions::{Function, Shape};
use super::item::Item;
use super::node::Node;
use super::number::{decimal_item, double, number_of};
use super::scope::Scope;
use super::total::Total;
use crate::document::decimal::Decimal;
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$sum", Shape::any(), sum),
    Function::new("$avg", Shape::any(), avg),
    Function::new("$min", Shape::any(), |arguments, scope| extreme(arguments, scope, Ordering::Less)),
    Function::new("$max", Shape::any(), |arguments, scope| extreme(arguments, scope, Ordering::Greater)),
];

/// Hands each value to `take`.
pub(super) fn for_each<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    mut take: impl FnMut(&Item<'_>) -> Result<()>,
) -> Result<()> {
    if let [argument] = arguments {
        let item = argument.evaluate(scope)?;
        return match item.as_array() {
            Some(array) => array.fields().try_for_each(|field| take(&Item::Raw(field.value))),
            None => take(&item),
        };
    }
    arguments.iter().try_for_each(|argument| take(&argument.evaluate(scope)?))
}

/// What is no number counts as nothing.
fn totalled<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<(Total, i64)> {
    let (mut total, mut count) = (Total::new(), 0);
    for_each(arguments, scope, |item| {
        if let Some(number) = number_of(item) {
            total.add(number);
            count += 1;
        }
        Ok(())
    })?;
    Ok((total, count))
}

fn sum<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    Ok(totalled(arguments, scope)?.0.item())
}

#[expect(clippy::cast_precision_loss, reason = "a document holds fewer values than a double counts")]
fn avg<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let (total, count) = totalled(arguments, scope)?;
    Ok(match count {
        0 => Item::NULL,
        _ if total.is_decimal() => decimal_item(decimal::divide(total.decimal(), Decimal::from(count))),
        _ => double(total.double() / count as f64),
    })
}

fn extreme<'a>(arguments: &'a [Node], scope: &Scope<'a>, side: Ordering) -> Result<Item<'a>> {
    let mut best: Option<Item<'static>> = None;
    for_each(arguments, scope, |item| {
        if item.is_nullish() {
            return Ok(());
        }
        if best.as_ref().is_none_or(|best| scope.compare_items(item, best) == side) {
            best = Some(item.clone_owned());
        }
        Ok(())
    })?;
    Ok(best.unwrap_or(Item::NULL))
}
