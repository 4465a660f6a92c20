//! An update as it is written: `{$set: {"a.b": 1}, $inc: {n: 1}}`, or a whole new document.

use crate::document::path::Path;
use crate::document::raw::{DEPTH_MAX, RawDoc, RawValue, tag};
use crate::error::{Error, Result, code};
use crate::expression::number::Number;
use crate::expression::operand::Operand;
use crate::expression::show::{shown, type_name};
use crate::expression::update::{Branch, Change, Update};

use super::unsupported;

/// Operators that MongoDB has and this version has not.
const UNSUPPORTED: &[&str] = &[
    "$addToSet",
    "$bit",
    "$currentDate",
    "$max",
    "$min",
    "$mul",
    "$pop",
    "$pull",
    "$pullAll",
    "$push",
    "$rename",
    "$setOnInsert",
];

/// Reads an update: operators when the first name begins with `$`, a replacement otherwise.
///
/// # Errors
/// `Invalid`: `FailedToParse` (9), `ConflictingUpdateOperators` (40), `EmptyFieldName` (56),
/// `DollarPrefixedFieldName` (52), `TypeMismatch` (14). `Unsupported`: operators that this version lacks.
pub(crate) fn update(doc: RawDoc<'_>) -> Result<Update> {
    match doc.iter().next() {
        Some((name, _)) if name.starts_with('$') => operators(doc),
        _ => replacement(doc),
    }
}

/// Reads a replacement.
///
/// # Errors
/// `Invalid`, `DollarPrefixedFieldName` (52): a name at the top begins with `$`.
pub(crate) fn replacement(doc: RawDoc<'_>) -> Result<Update> {
    match doc.iter().find(|(name, _)| name.starts_with('$')) {
        Some((name, _)) => Err(Error::invalid(
            code::DOLLAR_PREFIXED_FIELD_NAME,
            format!("the dollar ($) prefixed field '{name}' is not allowed in a replacement document"),
        )),
        None => Ok(Update::replacement(doc)),
    }
}

fn operators(doc: RawDoc<'_>) -> Result<Update> {
    let mut root = Branch::default();
    for (operator, arguments) in doc.iter() {
        let change: fn(&Path, RawValue<'_>) -> Result<Change> = match operator {
            "$set" => |_, value| Ok(Change::Set(Operand::new(value))),
            "$unset" => |_, _| Ok(Change::Unset),
            "$inc" => increment,
            _ if UNSUPPORTED.contains(&operator) => return Err(unsupported(operator, operator)),
            _ => {
                return Err(failed_to_parse(format!(
                    "unknown modifier: {operator}; an update is made of modifiers such as $set, or is a document without any"
                )));
            }
        };
        let Some(arguments) = arguments.as_document() else {
            return Err(failed_to_parse(format!(
                "modifiers operate on fields but {operator} has a {}: {}; write {{{operator}: {{<field>: …}}}}",
                type_name(arguments.tag()),
                shown(arguments),
            )));
        };
        for (name, value) in arguments.iter() {
            let path = path(operator, name)?;
            check_depth(&path, value)?;
            root.add(&path, change(&path, value)?)?;
        }
    }
    Ok(Update::Operators(root))
}

fn failed_to_parse(message: String) -> Error {
    Error::invalid(code::FAILED_TO_PARSE, message)
}

fn path(operator: &str, name: &str) -> Result<Path> {
    let positional = |part: &str| part == "$" || part.starts_with("$[");
    if let Some(part) = name.split('.').find(|part| positional(part)) {
        return Err(unsupported(&format!("{operator}.{name}"), format!("the positional operator {part}")));
    }
    Path::parse_storable(name)
}

fn increment(path: &Path, value: RawValue<'_>) -> Result<Change> {
    Number::of(value).map(Change::Increment).ok_or_else(|| {
        Error::invalid(
            code::TYPE_MISMATCH,
            format!("cannot increment with a non-numeric argument: {{{path}: {}}}", shown(value)),
        )
    })
}

/// The document itself is level 1, so a value at a path of n names that is a container is level n + 1.
fn check_depth(path: &Path, value: RawValue<'_>) -> Result<()> {
    if path.len() + depth(value) > DEPTH_MAX {
        return Err(Error::invalid(
            code::OVERFLOW,
            format!("the update at '{path}' would nest documents over {DEPTH_MAX} levels deep"),
        ));
    }
    Ok(())
}

/// How many levels a value adds; validated documents end soon enough for the recursion.
fn depth(value: RawValue<'_>) -> usize {
    if !matches!(value.tag(), tag::DOCUMENT | tag::ARRAY) {
        return 0;
    }
    1 + RawDoc::new(value.as_bytes()).fields().map(|field| depth(field.value)).max().unwrap_or(0)
}
