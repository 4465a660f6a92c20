//! The operators of arrays: `$push`, `$addToSet`, `$pop`, `$pull` and `$pullAll`.

use crate::document::collation::Collation;
use crate::document::decimal::Decimal;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};
use crate::expression::in_list::InList;
use crate::expression::operand::Operand;
use crate::expression::show::{shown, type_name};
use crate::expression::sort::Direction;
use crate::expression::update::{Action, End, Operators, Pulled, Push, PushSort, distinct};
use crate::expression::value_filter::ValueFilter;
use crate::query::parse::{Terms, filter_within};

use super::operators::{operand, operand_under};
use super::{bad, failed_to_parse};

/// Operators that a filter knows at its top; what begins with one is a filter of documents.
const TOP_LEVEL: &[&str] = &[
    "$and",
    "$or",
    "$nor",
    "$not",
    "$expr",
    "$jsonSchema",
    "$comment",
    "$text",
    "$where",
    "$sampleRate",
    "$alwaysTrue",
    "$alwaysFalse",
];

pub(super) fn push(all: &mut Operators, path: &Path, value: RawValue<'_>) -> Result<()> {
    let clauses = value.as_document().filter(|document| document.get("$each").is_some());
    let push = match clauses {
        Some(clauses) => Push { collation: all.collation().cloned(), ..modified_push(path, clauses)? },
        None => Push { values: vec![operand(path, value, 1)?], ..Push::default() },
    };
    all.add(path, Action::Push(push))
}

fn modified_push(path: &Path, clauses: RawDoc<'_>) -> Result<Push> {
    let mut push = Push::default();
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in clauses.iter() {
        if seen.contains(&name) {
            return Err(bad(format!("only one {name} is supported in the $push at '{path}'")));
        }
        seen.push(name);
        match name {
            "$each" => push.values = each("$push", code::BAD_VALUE, path, value, None)?,
            "$slice" => push.slice = Some(integer(name, path, value)?),
            "$position" => push.position = Some(integer(name, path, value)?),
            "$sort" => push.sort = Some(sort(path, value)?),
            _ => return Err(bad(format!("unrecognized clause in the $push at '{path}': {name}"))),
        }
    }
    Ok(push)
}

fn each(
    operator: &str,
    code: (i32, &'static str),
    path: &Path,
    value: RawValue<'_>,
    collation: Option<&Collation>,
) -> Result<Vec<Operand>> {
    let Some(array) = value.as_array() else {
        let kind = type_name(value.tag());
        let what = format!(
            "the argument to $each in {operator} at '{path}' must be an array, but is of type {kind}"
        );
        return Err(Error::invalid(code, what));
    };
    array.iter().map(|(_, element)| operand_under(path, element, 1, collation)).collect()
}

fn integer(clause: &str, path: &Path, value: RawValue<'_>) -> Result<i64> {
    whole(value).ok_or_else(|| {
        bad(format!(
            "the value for {clause} in $push at '{path}' must be an integer, but is {}",
            shown(value)
        ))
    })
}

/// A number of any type that is an integer of 64 bits.
fn whole(value: RawValue<'_>) -> Option<i64> {
    const OVER_ALL_INTEGERS: f64 = 9_223_372_036_854_775_808.0;
    match value.read() {
        Value::Int32(number) => Some(number.into()),
        Value::Int64(number) => Some(number),
        Value::Double(number) => {
            let fits = number.fract() == 0.0 && (-OVER_ALL_INTEGERS..OVER_ALL_INTEGERS).contains(&number);
            fits.then_some(number as i64)
        }
        Value::Decimal128(bytes) => whole_decimal(Decimal::from_bytes(bytes)),
        _ => None,
    }
}

fn whole_decimal(number: Decimal) -> Option<i64> {
    let Decimal::Finite { negative, coefficient, exponent } = number else { return None };
    let power = 10_u128.checked_pow(exponent.unsigned_abs());
    let magnitude = match power {
        _ if coefficient == 0 => 0,
        Some(power) if exponent >= 0 => coefficient.checked_mul(power)?,
        Some(power) if coefficient.is_multiple_of(power) => coefficient / power,
        _ => return None,
    };
    let magnitude = i128::try_from(magnitude).ok()?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

fn sort(path: &Path, value: RawValue<'_>) -> Result<PushSort> {
    let Some(fields) = value.as_document() else {
        if !value.is_number() {
            return Err(bad(format!(
                "the $sort in $push at '{path}' is invalid: use 1 or -1 to sort whole elements, or {{field: 1}} to sort by fields, not {}",
                shown(value)
            )));
        }
        return direction(path, value).map(PushSort::Whole);
    };
    let fields: Vec<_> =
        fields.iter().map(|(name, order)| sort_field(path, name, order)).collect::<Result<_>>()?;
    if fields.is_empty() {
        return Err(bad(format!(
            "the $sort pattern in $push at '{path}' is empty when it should be a set of fields"
        )));
    }
    Ok(PushSort::Fields(fields))
}

fn sort_field(path: &Path, name: &str, order: RawValue<'_>) -> Result<(Path, Direction)> {
    let direction = direction(path, order)?;
    let field = Path::parse(name)?;
    if field.iter().any(str::is_empty) {
        return Err(bad(format!("the $sort field \"{name}\" in $push at '{path}' has an empty part")));
    }
    Ok((field, direction))
}

fn direction(path: &Path, value: RawValue<'_>) -> Result<Direction> {
    match whole(value) {
        Some(1) => Ok(Direction::Ascending),
        Some(-1) => Ok(Direction::Descending),
        _ => Err(bad(format!(
            "the $sort element value in $push at '{path}' must be either 1 or -1, not {}",
            shown(value)
        ))),
    }
}

pub(super) fn add_to_set(all: &mut Operators, path: &Path, value: RawValue<'_>) -> Result<()> {
    let clauses = value
        .as_document()
        .filter(|document| document.iter().next().is_some_and(|(name, _)| name == "$each"));
    let values = match clauses {
        None => vec![operand_under(path, value, 1, all.collation())?],
        Some(clauses) => {
            if let Some((name, _)) = clauses.iter().nth(1) {
                return Err(bad(format!("unexpected field after $each in $addToSet at '{path}': {name}")));
            }
            let array = clauses.get("$each").unwrap_or(value);
            distinct(each("$addToSet", code::TYPE_MISMATCH, path, array, all.collation())?)
        }
    };
    all.add(path, Action::AddToSet(values))
}

pub(super) fn pop(all: &mut Operators, path: &Path, value: RawValue<'_>) -> Result<()> {
    let end = match whole(value) {
        Some(1) => End::Last,
        Some(-1) => End::First,
        _ => {
            return Err(failed_to_parse(format!(
                "$pop at '{path}' expects 1 or -1, found: {}",
                shown(value)
            )));
        }
    };
    all.add(path, Action::Pop(end))
}

pub(super) fn pull_all(all: &mut Operators, path: &Path, value: RawValue<'_>) -> Result<()> {
    let Some(array) = value.as_array() else {
        let kind = type_name(value.tag());
        return Err(bad(format!("$pullAll at '{path}' requires an array argument but was given a {kind}")));
    };
    let values = array.iter().map(|(_, element)| Operand::under(element, all.collation())).collect();
    all.add(path, Action::PullAll(InList::new(values)))
}

pub(super) fn pull(all: &mut Operators, path: &Path, value: RawValue<'_>) -> Result<()> {
    let place = |error: Error| error.context(format!("in $pull at '{path}'"));
    let pulled = pulled(value, all).map_err(place)?;
    all.add(path, Action::Pull(pulled))
}

fn pulled(value: RawValue<'_>, all: &Operators) -> Result<Pulled> {
    let terms = Terms { limits: all.limits(), collation: all.collation(), variables: None };
    match (value.tag(), value.as_document()) {
        (tag::REGEX, _) => of_value(value, terms),
        (_, Some(document)) if is_value_condition(document) => of_value(value, terms),
        (_, Some(document)) => filter_within(document, terms).map(Pulled::Documents),
        _ => Ok(Pulled::Equal(Operand::under(value, terms.collation))),
    }
}

/// Whether a document says what a value must be, rather than which fields a document must have.
fn is_value_condition(document: RawDoc<'_>) -> bool {
    let first = document.iter().next().map_or("", |(name, _)| name);
    first.starts_with('$') && !TOP_LEVEL.contains(&first)
}

fn of_value(condition: RawValue<'_>, terms: Terms<'_>) -> Result<Pulled> {
    let written = crate::document::builder::RawDocBuf::build(|out| out.append("", condition));
    Ok(Pulled::Values(ValueFilter::new("", filter_within(written.as_doc(), terms)?)))
}
