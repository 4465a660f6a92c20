//! From BSON to expressions.
//!
//! What MongoDB refuses is `Invalid` with its number; what MongoDB has and this version has not is `Unsupported`.
//! Every error names the place in what was written, and the value seen there.
//! Nothing is silently ignored, `$comment` apart.

mod filter;
mod projection;
mod sort;
mod update;
mod validator;
mod value;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use filter::{filter, filter_within, partial_filter};
pub(crate) use projection::{Projected, projection};
pub(crate) use sort::sort;
pub(crate) use update::{replacement, update};
pub(crate) use validator::validator;
#[cfg(feature = "simulation")]
pub(crate) use value::expression;
pub(crate) use value::{Variables, pipeline};
pub(crate) use view::view;

use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::raw::{RawValue, Value};
use crate::error::{Error, Result, code};
use crate::expression::bound::FilterLimits;
use crate::expression::sort::SortSpec;
use crate::query::statement::{Hint, Natural, natural};

/// On which terms a filter, a projection or an expression is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Terms<'c> {
    pub(crate) limits: FilterLimits,
    /// The order of texts, if it is another than that of their bytes.
    pub(crate) collation: Option<&'c Collation>,
    /// What `$$name` stands for beside the variables that expressions bind themselves.
    pub(crate) variables: Option<&'c Variables>,
}

/// Reads a sort, where there is one, in which texts stand in the order of a collation, if there is one.
///
/// # Errors
/// As [`sort()`], and what the document itself was refused for.
fn optional_sort(written: Option<Result<RawDocBuf>>, collation: Option<&Collation>) -> Result<SortSpec> {
    let sort = written.map_or_else(|| Ok(SortSpec::default()), |written| sort(written?.as_doc()))?;
    Ok(sort.under(collation))
}

/// Reads a sort, where there is one, beside a hint. The sort by `$natural` is the hint to read the records in their
/// order, or backwards, and stands beside no other one.
///
/// # Errors
/// As [`optional_sort`]; `Invalid`, `BadValue` (2), for a sort by `$natural` beside a hint that asks for another order.
pub(crate) fn sort_beside(
    hint: Option<Hint>,
    written: Option<Result<RawDocBuf>>,
    collation: Option<&Collation>,
) -> Result<(SortSpec, Option<Hint>)> {
    let direction = match &written {
        Some(Ok(written)) => natural(written.as_doc())?,
        _ => None,
    };
    let Some(direction) = direction else { return Ok((optional_sort(written, collation)?, hint)) };
    let what = match hint {
        Some(Hint::Natural(hinted)) if hinted.direction != direction => {
            "a hint by $natural must have the direction of the sort by $natural beside it"
        }
        Some(Hint::Name(_) | Hint::Key(_)) => "a hint of an index cannot stand beside a sort by $natural",
        None | Some(Hint::Natural(_)) => {
            return Ok((SortSpec::default(), Some(Hint::Natural(Natural { direction, is_sort: true }))));
        }
    };
    Err(Error::invalid(code::BAD_VALUE, what))
}

/// MongoDB's `BadValue`, at `place`.
fn bad_value(place: &str, what: impl AsRef<str>) -> Error {
    Error::invalid(code::BAD_VALUE, format!("{}, at \"{place}\"", what.as_ref()))
}

/// What MongoDB has and this version has not.
fn unsupported(place: &str, what: impl AsRef<str>) -> Error {
    Error::not_implemented(format!("{} is not supported by this version, at \"{place}\"", what.as_ref()))
}

/// Whether a value says yes: a number other than zero, `true`, or anything that is neither null nor undefined.
fn truthy(value: RawValue<'_>) -> bool {
    match value.read() {
        Value::Null | Value::Undefined => false,
        Value::Boolean(yes) => yes,
        Value::Int32(number) => number != 0,
        Value::Int64(number) => number != 0,
        Value::Double(number) => number != 0.0,
        Value::Decimal128(_) => !is_decimal_zero(value),
        _ => true,
    }
}

fn is_decimal_zero(value: RawValue<'_>) -> bool {
    let zero = RawValue::new(crate::document::raw::tag::INT32, &[0; 4]);
    crate::document::compare::equal(value, zero)
}
