//! A sort as it is written: `{age: -1, name: 1}`.

use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::Result;
use crate::expression::bound::SORT_FIELDS_MAX;
use crate::expression::show::shown;
use crate::expression::sort::{Direction, SortField, SortSpec};

use super::{bad_value, unsupported};

/// Reads a sort specification; an empty one asks for nothing.
///
/// # Errors
/// `Invalid`, `BadValue` (2): a direction other than 1 and -1, a path that cannot be, a field named twice, too many
/// fields. `Unsupported`: `$meta`.
pub(crate) fn sort(doc: RawDoc<'_>) -> Result<SortSpec> {
    let mut fields: Vec<SortField> = Vec::new();
    for (name, value) in doc.iter() {
        if fields.len() == SORT_FIELDS_MAX {
            return Err(bad_value(name, format!("a sort has at most {SORT_FIELDS_MAX} fields")));
        }
        if name == "$natural" {
            return Err(unsupported(name, "a sort by $natural here"));
        }
        let field = SortField { path: path(name)?, direction: direction(name, value)? };
        if fields.iter().any(|known| known.path == field.path) {
            return Err(bad_value(name, "a sort must not name a field twice"));
        }
        fields.push(field);
    }
    Ok(SortSpec::new(fields))
}

fn path(name: &str) -> Result<Path> {
    let path = Path::parse(name)?;
    if path.iter().any(str::is_empty) {
        return Err(bad_value(name, "a sort path must not have an empty field name"));
    }
    if path.iter().any(|part| part.starts_with('$')) {
        return Err(bad_value(name, "a sort path must not have a field name that starts with '$'"));
    }
    Ok(path)
}

fn direction(name: &str, value: RawValue<'_>) -> Result<Direction> {
    let number = match value.read() {
        Value::Int32(number) => Some(f64::from(number)),
        Value::Int64(1) => Some(1.0),
        Value::Int64(-1) => Some(-1.0),
        Value::Double(number) => Some(number),
        Value::Decimal128(_) => decimal_sign(value),
        Value::Document(doc) if doc.get("$meta").is_some() => {
            return Err(unsupported(name, "a sort by $meta"));
        }
        _ => None,
    };
    match number {
        Some(1.0) => Ok(Direction::Ascending),
        Some(-1.0) => Ok(Direction::Descending),
        _ => {
            let what =
                format!("a sort direction must be 1 (ascending) or -1 (descending), but is {}", shown(value));
            Err(bad_value(name, what))
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
