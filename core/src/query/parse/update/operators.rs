//! The operators of an update and what each takes.

use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::{DEPTH_MAX, RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};
use crate::expression::number::Number;
use crate::expression::operand::Operand;
use crate::expression::show::{shown, type_name};
use crate::expression::update::{Action, BitOperator, DateForm, Extreme, Operators, depth, too_deep};

use super::{array_operators, bad, path};

/// Adds what an operator does at a path with its argument.
pub(super) type Reader = fn(&mut Operators, &Path, RawValue<'_>) -> Result<()>;

/// What reads the arguments of the operator of this name.
pub(super) fn reader(operator: &str) -> Option<Reader> {
    Some(match operator {
        "$set" => |all, path, value| all.add(path, Action::Set(operand(path, value, 0)?)),
        "$setOnInsert" => |all, path, value| all.add(path, Action::SetOnInsert(operand(path, value, 0)?)),
        "$unset" => |all, path, _| all.add(path, Action::Unset),
        "$inc" => |all, path, value| all.add(path, Action::Increment(number("increment", path, value)?)),
        "$mul" => |all, path, value| all.add(path, Action::Multiply(number("multiply", path, value)?)),
        "$min" => |all, path, value| bound(all, path, Extreme::Least, value),
        "$max" => |all, path, value| bound(all, path, Extreme::Greatest, value),
        "$rename" => rename,
        "$currentDate" => |all, path, value| all.add(path, Action::CurrentDate(date_form(value)?)),
        "$bit" => |all, path, value| all.add(path, Action::Bit(bits(path, value)?)),
        "$push" => array_operators::push,
        "$addToSet" => array_operators::add_to_set,
        "$pop" => array_operators::pop,
        "$pull" => array_operators::pull,
        "$pullAll" => array_operators::pull_all,
        _ => return None,
    })
}

/// The value as something to be stored, `extra` levels below the path.
///
/// The document itself is level 1, so a value at a path of n names that is a container is level n + 1.
pub(super) fn operand(path: &Path, value: RawValue<'_>, extra: usize) -> Result<Operand> {
    operand_under(path, value, extra, None)
}

/// The same, to be compared with what stands there.
pub(super) fn operand_under(
    path: &Path,
    value: RawValue<'_>,
    extra: usize,
    collation: Option<&Collation>,
) -> Result<Operand> {
    if path.len() + extra + depth(value) > DEPTH_MAX {
        return Err(too_deep(path));
    }
    Ok(Operand::under(value, collation))
}

fn bound(all: &mut Operators, path: &Path, extreme: Extreme, value: RawValue<'_>) -> Result<()> {
    let operand = operand_under(path, value, 0, all.collation())?;
    all.add(path, Action::Bound(extreme, operand))
}

fn number(verb: &str, path: &Path, value: RawValue<'_>) -> Result<Number> {
    Number::of(value).ok_or_else(|| {
        Error::invalid(
            code::TYPE_MISMATCH,
            format!("cannot {verb} with a non-numeric argument: {{{path}: {}}}", shown(value)),
        )
    })
}

fn rename(all: &mut Operators, from: &Path, value: RawValue<'_>) -> Result<()> {
    let Some(to) = value.as_str() else {
        return Err(bad(format!(
            "the 'to' field for $rename must be a string: {{{from}: {}}}",
            shown(value)
        )));
    };
    let to = path::parse_target(from, to)?;
    if *from == to {
        return Err(bad(format!("the source and target field for $rename must differ: '{from}'")));
    }
    if from.contains(&to) || to.contains(from) {
        return Err(bad(format!(
            "the source and target field for $rename must not be on the same path: '{from}' and '{to}'"
        )));
    }
    all.add_rename(from.clone(), to)
}

fn date_form(value: RawValue<'_>) -> Result<DateForm> {
    let document = match value.read() {
        Value::Boolean(_) => return Ok(DateForm::Date),
        Value::Document(document) => document,
        _ => {
            return Err(bad(format!(
                "{} is not a valid type for $currentDate: write true, or {{$type: \"date\"}} or {{$type: \"timestamp\"}}",
                type_name(value.tag())
            )));
        }
    };
    if let Some((name, _)) = document.iter().find(|(name, _)| *name != "$type") {
        return Err(bad(format!("unrecognized $currentDate option: {name}")));
    }
    match document.get("$type").and_then(|kind| kind.as_str()) {
        Some("date") => Ok(DateForm::Date),
        Some("timestamp") => Ok(DateForm::Timestamp),
        _ => Err(bad(format!(
            "the '$type' of $currentDate is required to be the string 'date' or 'timestamp', but it is in {}",
            shown(value)
        ))),
    }
}

fn bits(path: &Path, value: RawValue<'_>) -> Result<Vec<(BitOperator, Number)>> {
    let Some(document) = value.as_document() else {
        return Err(bad(format!(
            "$bit is not compatible with a {}: write {{$bit: {{{path}: {{and: …}}}}}} with and, or or xor",
            type_name(value.tag())
        )));
    };
    let operators: Vec<_> =
        document.iter().map(|(name, operand)| bit(name, operand, document)).collect::<Result<_>>()?;
    if operators.is_empty() {
        return Err(bad(format!("$bit needs at least one operation at '{path}': and, or or xor")));
    }
    Ok(operators)
}

fn bit(name: &str, operand: RawValue<'_>, document: RawDoc<'_>) -> Result<(BitOperator, Number)> {
    let operator = match name {
        "and" => BitOperator::And,
        "or" => BitOperator::Or,
        "xor" => BitOperator::Xor,
        _ => {
            let all = shown(RawValue::new(tag::DOCUMENT, document.as_bytes()));
            return Err(bad(format!("$bit only supports 'and', 'or' and 'xor', not '{name}': {all}")));
        }
    };
    match Number::of(operand).filter(|number| number.is_integer()) {
        Some(number) => Ok((operator, number)),
        None => Err(bad(format!(
            "the operand of $bit must be an integer of 32 or 64 bits, but {name} has a {}: {}",
            type_name(operand.tag()),
            shown(operand)
        ))),
    }
}
