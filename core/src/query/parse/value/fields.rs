//! Fields with expressions: `{total: {$add: ["$a", "$b"]}, "place.city": "$city"}`.

use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result};
use crate::expression::projection::Collision;
use crate::expression::value::ComputedFields;
use crate::expression::value::fault::at;

use super::{Terms, expression, path};

/// Whether a field computes a value: a path, a list, a text, or a call.
fn is_expression(value: RawValue<'_>) -> bool {
    match value.read() {
        Value::Document(doc) => doc.iter().next().is_some_and(|(name, _)| name.starts_with('$')),
        Value::Boolean(_) | Value::Int32(_) | Value::Int64(_) | Value::Double(_) | Value::Decimal128(_) => {
            false
        }
        _ => true,
    }
}

/// Where a field of a specification leads.
pub(in crate::query::parse) struct Written<'a>(pub(in crate::query::parse) &'a [&'a str]);

/// Adds the expression that `value` is at the path.
pub(in crate::query::parse) fn add_computed(
    fields: &mut ComputedFields,
    Written(names): Written<'_>,
    value: RawValue<'_>,
    terms: Terms<'_>,
) -> Result<()> {
    let place = || names.join(".");
    let expression = expression(value, terms).map_err(|error| error.context(format!("at \"{}\"", place())))?;
    fields.add(names, expression).map_err(|collision| collides(collision, names))
}

fn collides(collision: Collision, names: &[&str]) -> Error {
    let place = names.join(".");
    let rest = match collision {
        Collision::Path => String::new(),
        Collision::Remaining(level) => format!(" remaining portion {}", names[level..].join(".")),
    };
    at(40176, format!("specification contains two conflicting paths: path collision at {place}{rest}"))
}

/// Reads what `$set` and `$addFields` put into a document.
pub(super) fn set_fields(doc: RawDoc<'_>, terms: Terms<'_>) -> Result<ComputedFields> {
    let mut fields = ComputedFields::default();
    add_fields(doc, &mut Vec::new(), &mut fields, terms)?;
    Ok(fields)
}

fn add_fields<'a>(
    doc: RawDoc<'a>,
    names: &mut Vec<&'a str>,
    fields: &mut ComputedFields,
    terms: Terms<'_>,
) -> Result<()> {
    for (name, value) in doc.iter() {
        path::field_path(name)?;
        let above = names.len();
        names.extend(name.split('.'));
        match value.as_document() {
            Some(inner) if inner.is_empty() => {
                let place = names.join(".");
                return Err(at(
                    40180,
                    format!("an empty object is not a valid value. Found empty object at path {place}"),
                ));
            }
            Some(inner) if !is_expression(value) => add_fields(inner, names, fields, terms)?,
            _ => add_computed(fields, Written(names), value, terms)?,
        }
        names.truncate(above);
    }
    Ok(())
}
