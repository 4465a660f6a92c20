//! `$rename`: whether a field can move, and how deep it would lie.

use super::fault::{bad, id_of};
use crate::document::path::Path;
use crate::document::raw::{DEPTH_MAX, RawDoc, RawValue, tag};
use crate::error::{Error, Result, code};
use crate::expression::show::shown;

/// Refuses a move of `doc`'s field at `from` to `to` that goes through arrays, or from where nothing can stand.
///
/// # Errors
/// `Invalid`: `PathNotViable` (28), `BadValue` (2), `Overflow` (15).
pub(super) fn check(doc: RawDoc<'_>, from: &Path, to: &Path) -> Result<()> {
    let Some(moved) = source(doc, from)? else { return Ok(()) };
    let mut inside = Some(doc);
    for level in 0..to.len() - 1 {
        let value = inside.and_then(|inner| inner.get(to.name(level).unwrap_or_default()));
        if value.is_some_and(|value| value.tag() == tag::ARRAY) {
            return Err(through_array("destination", to, level + 1, doc));
        }
        inside = value.and_then(|value| value.as_document());
    }
    if to.len() + depth(moved) > DEPTH_MAX {
        return Err(too_deep(to));
    }
    Ok(())
}

/// What stands at `path`; an error where it goes through an array or below a value that has no fields.
fn source<'a>(doc: RawDoc<'a>, path: &Path) -> Result<Option<RawValue<'a>>> {
    let mut value = RawValue::new(tag::DOCUMENT, doc.as_bytes());
    let mut array = None;
    for level in 0..path.len() {
        let name = path.name(level).unwrap_or_default();
        let inner = RawDoc::new(value.as_bytes());
        let found = match (value.tag(), path.position(level)) {
            (tag::DOCUMENT, _) => inner.get(name),
            (tag::ARRAY, Some(position)) => {
                array = array.or(Some(level));
                inner.fields().nth(position).map(|field| field.value)
            }
            _ => {
                let place = path.head(level);
                let what = format!(
                    "cannot use the part '{name}' of '{path}' to go below {{{place}: {}}}",
                    shown(value)
                );
                return Err(Error::invalid(code::PATH_NOT_VIABLE, what));
            }
        };
        let Some(found) = found else { return Ok(None) };
        value = found;
    }
    match array {
        Some(level) => Err(through_array("source", path, level, doc)),
        None => Ok(Some(value)),
    }
}

fn through_array(which: &str, path: &Path, level: usize, doc: RawDoc<'_>) -> Error {
    bad(format!(
        "the {which} field of $rename cannot be an array element: '{path}' goes through the array '{}' of the document with _id {}",
        path.head(level),
        id_of(doc)
    ))
}

/// The error for a value that would lie too deep.
pub(crate) fn too_deep(path: &Path) -> Error {
    Error::invalid(
        code::OVERFLOW,
        format!("the update at '{path}' would nest documents over {DEPTH_MAX} levels deep"),
    )
}

/// How many levels a value adds; validated documents end soon enough for the recursion.
pub(crate) fn depth(value: RawValue<'_>) -> usize {
    if !matches!(value.tag(), tag::DOCUMENT | tag::ARRAY) {
        return 0;
    }
    1 + RawDoc::new(value.as_bytes()).fields().map(|field| depth(field.value)).max().unwrap_or(0)
}
