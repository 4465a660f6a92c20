//! An update as it is written: `{$set: {"a.b": 1}, $inc: {n: 1}}`, or a whole new document.

mod again;
mod array_filters;
mod array_operators;
mod operators;
mod path;
#[cfg(test)]
mod tests;

use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};
use crate::expression::show::{shown, type_name};
use crate::expression::update::{Operators, Update};

use super::Terms;

pub(crate) use again::update;

/// Reads an update, as [`update`] says.
fn read(doc: RawDoc<'_>, array_filters: &[RawDoc<'_>], terms: Terms<'_>) -> Result<Update> {
    match doc.iter().next() {
        Some((name, _)) if name.starts_with('$') => operators(doc, array_filters, terms),
        _ if !array_filters.is_empty() => {
            Err(failed_to_parse("array filters may not be specified for a replacement".to_owned()))
        }
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

fn operators(doc: RawDoc<'_>, array_filters: &[RawDoc<'_>], terms: Terms<'_>) -> Result<Update> {
    let terms = Terms { variables: None, ..terms };
    let filters = array_filters::parse(array_filters, terms)?;
    let mut operators = Operators::new(filters, terms.collation, terms.limits);
    let mut used = Vec::new();
    for (operator, arguments) in doc.iter() {
        let Some(read) = operators::reader(operator) else {
            return Err(failed_to_parse(format!(
                "unknown modifier: {operator}; an update is made of modifiers such as $set, or is a document without any"
            )));
        };
        let Some(arguments) = arguments.as_document() else {
            return Err(failed_to_parse(format!(
                "modifiers operate on fields but {operator} has a {}: {}; write {{{operator}: {{<field>: …}}}}",
                type_name(arguments.tag()),
                shown(arguments),
            )));
        };
        for (name, value) in arguments.iter() {
            let path = path::parse(operator, name, operators.filters(), &mut used)?;
            read(&mut operators, &path, value)?;
        }
    }
    array_filters::check_used(operators.filters(), &used)?;
    Ok(Update::Operators(operators))
}

fn failed_to_parse(message: String) -> Error {
    Error::invalid(code::FAILED_TO_PARSE, message)
}

fn bad(message: String) -> Error {
    Error::invalid(code::BAD_VALUE, message)
}
