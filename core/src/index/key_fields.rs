//! The key of an index as it is written, `{age: -1, name: 1}`, and read.

use crate::document::builder::RawDocBuf;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result, code};
use crate::expression::show::shown;
use crate::expression::sort::{Direction, SortField};

use super::option::{cannot_create, unsupported};
use super::wildcard::Wildcard;

/// How many fields a key has at most.
pub(crate) const FIELDS_MAX: usize = 32;
/// How a key says that a field is held as the hash of its value.
pub(super) const HASHED: &str = "hashed";

/// The fields of a key, and which of them is hashed.
pub(super) fn fields(key: RawDoc<'_>) -> Result<(Vec<SortField>, Option<usize>)> {
    let (mut fields, mut hashed): (Vec<SortField>, _) = (Vec::new(), None);
    for (name, value) in key.iter() {
        if fields.len() == FIELDS_MAX {
            return Err(cannot_create(format!("an index key has at most {FIELDS_MAX} fields")));
        }
        let direction = match value.as_str() {
            Some(HASHED) => {
                if hashed.replace(fields.len()).is_some() {
                    let what = format!("a maximum of one index field is allowed to be hashed, in {key:?}");
                    return Err(Error::invalid(code::SEVERAL_HASHED_FIELDS, what));
                }
                Direction::Ascending
            }
            _ => direction(name, value)?,
        };
        let field = SortField { path: path(name)?, direction };
        if fields.iter().any(|known| known.path == field.path) {
            return Err(cannot_create(format!("an index key must not name the field {name:?} twice")));
        }
        fields.push(field);
    }
    if fields.is_empty() {
        return Err(cannot_create("index keys cannot be empty"));
    }
    Ok((fields, hashed))
}

fn path(name: &str) -> Result<Path> {
    let path = Path::parse(name)?;
    if let Some(wildcard) = Wildcard::of_key(&path) {
        return wildcard.map(|_| path);
    }
    if path.iter().any(str::is_empty) {
        return Err(cannot_create(format!("the index path {name:?} has an empty field name")));
    }
    if path.iter().any(|part| part.starts_with('$')) {
        return Err(cannot_create(format!("the index path {name:?} has a field name that starts with '$'")));
    }
    Ok(path)
}

fn direction(name: &str, value: RawValue<'_>) -> Result<Direction> {
    let number = match value.read() {
        Value::Int32(number) => f64::from(number),
        Value::Int64(number) => number as f64,
        Value::Double(number) => number,
        Value::String(kind @ ("text" | "2d" | "2dsphere")) => {
            return Err(unsupported(&format!("the {kind} index on {name:?}")));
        }
        _ => {
            let what = format!(
                "the index on {name:?} has the direction {}, which is neither a number nor a kind of index",
                shown(value)
            );
            return Err(cannot_create(what));
        }
    };
    match number {
        _ if number > 0.0 => Ok(Direction::Ascending),
        _ if number < 0.0 => Ok(Direction::Descending),
        _ => Err(cannot_create(format!(
            "the index on {name:?} has the direction {}: it must be above or below 0",
            shown(value)
        ))),
    }
}

/// The key as a document again.
pub(super) fn written(fields: &[SortField], hashed: Option<usize>) -> RawDocBuf {
    RawDocBuf::build(|out| {
        for (place, field) in fields.iter().enumerate() {
            let value = match hashed {
                Some(hashed) if hashed == place => Value::String(HASHED),
                _ => Value::Int32(field.direction.sign()),
            };
            out.put(field.path.as_str(), value);
        }
    })
}

pub(super) fn generated_name(fields: &[SortField], hashed: Option<usize>) -> String {
    let parts = fields.iter().enumerate().map(|(place, field)| match hashed {
        Some(hashed) if hashed == place => format!("{}_{HASHED}", field.path.as_str()),
        _ => format!("{}_{}", field.path.as_str(), field.direction.sign()),
    });
    parts.collect::<Vec<_>>().join("_")
}
