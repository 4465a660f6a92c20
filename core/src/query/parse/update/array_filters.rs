//! Array filters as they are written: `[{"x.grade": {$gte: 85}}]`, each a filter of whatever its one name stands for.

use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result};
use crate::expression::bound::FILTER_DEPTH_MAX;
use crate::expression::update::ArrayFilters;
use crate::expression::value_filter::ValueFilter;
use crate::query::parse::{Terms, filter_within};

use super::{bad, failed_to_parse};

pub(super) fn parse(written: &[RawDoc<'_>], terms: Terms<'_>) -> Result<ArrayFilters> {
    let (count, count_max) = (written.len(), terms.limits.array_filters_max);
    if count > count_max {
        let what = format!("an update has {count} array filters, more than array_filters_max, {count_max}");
        return Err(Error::new(ErrorKind::Limit, what));
    }
    let mut filters = ArrayFilters::default();
    for doc in written {
        let mut name = None;
        find_name(*doc, &mut name, 0)?;
        let Some(name) = name else {
            return Err(failed_to_parse(format!(
                "cannot use an expression without a top-level field name in array filters: {doc:?}"
            )));
        };
        check_name(&name)?;
        let predicate = filter_within(*doc, terms).map_err(|error| error.context("in an array filter"))?;
        if !filters.add(ValueFilter::new(&name, predicate)) {
            return Err(failed_to_parse(format!(
                "found several array filters with the same top-level field name {name}"
            )));
        }
    }
    Ok(filters)
}

/// Refuses a filter that no path names.
pub(super) fn check_used(filters: &ArrayFilters, used: &[String]) -> Result<()> {
    match filters.names().find(|name| !used.iter().any(|used| used == name)) {
        None => Ok(()),
        Some(name) => Err(failed_to_parse(format!(
            "the array filter for identifier '{name}' was not used in the update"
        ))),
    }
}

/// The one name that all paths of the filter begin with; the filter itself is checked by its own parser.
fn find_name(doc: RawDoc<'_>, name: &mut Option<String>, depth: usize) -> Result<()> {
    for (field, value) in doc.iter() {
        if field.starts_with('$') {
            let clauses = value.as_array().filter(|_| depth < FILTER_DEPTH_MAX);
            for clause in clauses.iter().flat_map(RawDoc::iter).filter_map(|(_, clause)| clause.as_document())
            {
                find_name(clause, name, depth + 1)?;
            }
            continue;
        }
        let first = field.split('.').next().unwrap_or_default();
        match name {
            Some(known) if known != first => {
                return Err(failed_to_parse(format!(
                    "an array filter must have a single top-level field name, found '{known}' and '{first}'"
                )));
            }
            Some(_) => {}
            None => *name = Some(first.to_owned()),
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<()> {
    let begins = name.starts_with(|first: char| first.is_ascii_lowercase());
    if begins && name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(bad(format!(
        "the top-level field name of an array filter must be alphanumeric and begin with a lowercase letter, found '{name}'"
    )))
}
