//! The path of a field that is updated.

use crate::document::path::Path;
use crate::error::{Error, Result, code};
use crate::expression::update::{ArrayFilters, is_elements_part};

use super::bad;

/// Operators that never make a field, so that a field of any name may be named.
const NEVER_CREATE: &[&str] = &["$unset", "$pop", "$pull", "$pullAll"];

/// Reads a path, and notes the array filters that it names in `used`.
pub(super) fn parse(
    operator: &str,
    name: &str,
    filters: &ArrayFilters,
    used: &mut Vec<String>,
) -> Result<Path> {
    let path = Path::parse(name)?;
    check_names(&path)?;
    check_positional(&path)?;
    for (level, part) in path.iter().enumerate().filter(|(_, part)| is_elements_part(part)) {
        if level == 0 {
            return Err(bad(format!(
                "cannot have the array filter identifier '{part}' in the first position in path '{path}'"
            )));
        }
        let identifier = &part[2..part.len() - 1];
        if identifier.is_empty() {
            continue;
        }
        if filters.get(identifier).is_none() {
            return Err(bad(format!("no array filter found for identifier '{identifier}' in path '{path}'")));
        }
        used.push(identifier.to_owned());
    }
    if path.first().starts_with('$') && !NEVER_CREATE.contains(&operator) {
        return Err(dollar(&path));
    }
    Ok(path)
}

/// Reads the target of a rename.
pub(super) fn parse_target(from: &Path, name: &str) -> Result<Path> {
    let path = Path::parse(name)?;
    check_names(&path)?;
    for (which, path) in [("source", from), ("destination", &path)] {
        if path.iter().any(|part| part == "$" || is_elements_part(part)) {
            return Err(bad(format!("the {which} field for $rename may not be dynamic: '{path}'")));
        }
    }
    if path.first().starts_with('$') {
        return Err(dollar(&path));
    }
    Ok(path)
}

fn check_names(path: &Path) -> Result<()> {
    if path.iter().all(|part| !part.is_empty()) {
        return Ok(());
    }
    let what = format!("the path \"{path}\" contains an empty field name, which is not allowed");
    Err(Error::invalid(code::EMPTY_FIELD_NAME, what))
}

fn check_positional(path: &Path) -> Result<()> {
    let mut places = path.iter().enumerate().filter(|(_, part)| *part == "$").map(|(level, _)| level);
    match (places.next(), places.next()) {
        (_, Some(_)) => Err(bad(format!("too many positional (i.e. '$') elements found in path '{path}'"))),
        (Some(0), None) => Err(bad(format!(
            "cannot have a positional (i.e. '$') element in the first position in path '{path}'"
        ))),
        _ => Ok(()),
    }
}

fn dollar(path: &Path) -> Error {
    let name = path.first();
    Error::invalid(
        code::DOLLAR_PREFIXED_FIELD_NAME,
        format!("the dollar ($) prefixed field \"{name}\" in \"{path}\" is not valid for storage"),
    )
}
