//! A sort as it is written: `{age: -1, name: 1}`.

use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::Result;
use crate::expression::bound::SORT_FIELDS_MAX;
use crate::expression::show::shown;
use crate::expression::sort::{Direction, SortField, SortSpec};
use crate::expression::value::fault::at;

use super::{bad_value, unsupported};

/// Reads a sort specification; an empty one asks for nothing.
///
/// # Errors
/// `Invalid`: a direction that is no number (15974) or another than 1 and -1 (15975), a path that cannot be (15998,
/// 16410, 40352, 40353), a field named twice (7472500), too many fields (2). `Unsupported`: `$meta`.
pub(crate) fn sort(doc: RawDoc<'_>) -> Result<SortSpec> {
    let mut fields: Vec<SortField> = Vec::new();
    for (name, value) in doc.iter() {
        if fields.len() == SORT_FIELDS_MAX {
            return Err(bad_value(name, format!("a sort has at most {SORT_FIELDS_MAX} fields")));
        }
        let field = SortField { path: path(name)?, direction: direction(name, value)? };
        if fields.iter().any(|known| known.path == field.path) {
            return Err(at(7_472_500, format!("a sort must not name a field twice: {name:?}")));
        }
        fields.push(field);
    }
    Ok(SortSpec::new(fields))
}

fn path(name: &str) -> Result<Path> {
    if name.is_empty() {
        return Err(at(40352, "a sort path must not be empty"));
    }
    if name.ends_with('.') {
        return Err(at(40353, format!("a sort path must not end with a dot: {name:?}")));
    }
    let path = Path::parse(name)?;
    if path.iter().any(str::is_empty) {
        return Err(at(15998, format!("a sort path must not have an empty field name: {name:?}")));
    }
    if path.iter().any(|part| part.starts_with('$')) {
        let what = "a sort path must not have a field name that starts with '$'";
        return Err(at(16410, format!("{what}: {name:?}")));
    }
    Ok(path)
}

fn direction(name: &str, value: RawValue<'_>) -> Result<Direction> {
    let number = match value.read() {
        Value::Int32(number) => f64::from(number),
        // Any other number is none of the two, however it is rounded.
        Value::Int64(number) => number as f64,
        Value::Double(number) => number,
        Value::Decimal128(_) => decimal_sign(value).unwrap_or_default(),
        Value::Document(doc) if doc.get("$meta").is_some() => {
            return Err(unsupported(name, "a sort by $meta"));
        }
        _ => {
            let what = format!("a sort direction must be a number, but that of {name:?} is {}", shown(value));
            return Err(at(15974, what));
        }
    };
    match number {
        1.0 => Ok(Direction::Ascending),
        -1.0 => Ok(Direction::Descending),
        _ => {
            let seen = shown(value);
            let what = format!(
                "a sort direction must be 1 (ascending) or -1 (descending), but that of {name:?} is {seen}"
            );
            Err(at(15975, what))
        }
    }
}

fn decimal_sign(value: RawValue<'_>) -> Option<f64> {
    use crate::document::{compare::equal, raw::tag};
    let is = |number: i32| equal(value, RawValue::new(tag::INT32, &number.to_le_bytes()));
    if is(1) {
        Some(1.0)
    } else if is(-1) {
        Some(-1.0)
    } else {
        None
    }
}
