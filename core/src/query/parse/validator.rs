//! A validator as it is written: a filter, and its clauses one by one, so that a broken one can be told of.

use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};
use crate::expression::filter::{Predicate, Whole};
use crate::expression::validator::{Clause, Group, Kind, Leaf, Validator};

use super::filter::{filter_within, is_operators};
use super::{Terms, truthy, value::expression};

/// Reads a validator whose texts stand in the order of a collation, if there is one.
///
/// # Errors
/// As [`filter_within`]; `Invalid`, `InvalidOptions` (72), for a filter that leaves something to chance.
pub(crate) fn validator(doc: RawDoc<'_>, collation: Option<&Collation>) -> Result<Validator> {
    let terms = Terms { collation, ..Terms::default() };
    let whole = filter_within(doc, terms)?;
    if whole.leaves_to_chance() {
        let what = "a validator cannot leave to chance, as $sampleRate does, which documents it takes";
        return Err(Error::invalid(code::INVALID_OPTIONS, what));
    }
    Ok(Validator { source: doc.into(), filter: whole, clause: conjunction(doc, terms)? })
}

/// The clauses of a document of them; one alone stands for itself.
fn conjunction(doc: RawDoc<'_>, terms: Terms<'_>) -> Result<Clause> {
    let mut clauses = Vec::new();
    for (name, value) in doc.iter() {
        match name {
            "$comment" => {}
            "$and" => clauses.push(Clause::Group(Group::And, list(value, terms)?)),
            "$or" => clauses.push(Clause::Group(Group::Or, list(value, terms)?)),
            "$nor" => clauses.push(Clause::Group(Group::Nor, list(value, terms)?)),
            "$expr" => {
                let written = RawDocBuf::build(|out| out.append(name, value));
                clauses.push(Clause::Expression(Box::new(expression(value, terms)?), written));
            }
            "$jsonSchema" => clauses.push(schema(name, value, terms)?),
            _ => field(name, value, &mut clauses, terms)?,
        }
    }
    Ok(joined(clauses))
}

fn joined(mut clauses: Vec<Clause>) -> Clause {
    match clauses.pop() {
        Some(only) if clauses.is_empty() => only,
        last => {
            clauses.extend(last);
            Clause::Group(Group::And, clauses)
        }
    }
}

fn list(value: RawValue<'_>, terms: Terms<'_>) -> Result<Vec<Clause>> {
    let clauses = value.as_array().unwrap_or(RawDoc::empty());
    clauses.iter().filter_map(|(_, clause)| clause.as_document()).map(|doc| conjunction(doc, terms)).collect()
}

fn schema(name: &str, value: RawValue<'_>, terms: Terms<'_>) -> Result<Clause> {
    let written = RawDocBuf::build(|out| out.append(name, value));
    let read = filter_within(written.as_doc(), terms)?;
    match read.root() {
        Predicate::Whole(Whole::Schema(schema)) => {
            Ok(Clause::Schema(schema.clone(), value.as_document().unwrap_or(RawDoc::empty()).into()))
        }
        _ => Err(Error::internal("a schema was read as something else")),
    }
}

fn field(name: &str, value: RawValue<'_>, clauses: &mut Vec<Clause>, terms: Terms<'_>) -> Result<()> {
    let path = Path::parse(name)?;
    match value.as_document() {
        Some(written) if is_operators(written) => operators(&path, written, clauses, terms),
        _ => {
            let (operator, kind) =
                if value.tag() == tag::REGEX { ("$regex", Kind::Pattern) } else { ("$eq", Kind::Compare) };
            clauses.push(leaf(&path, operator, kind, false, value, terms)?);
            Ok(())
        }
    }
}

/// The operators at a path, each a clause.
fn operators(path: &Path, written: RawDoc<'_>, clauses: &mut Vec<Clause>, terms: Terms<'_>) -> Result<()> {
    for (name, value) in written.iter() {
        let (kind, negated) = match name {
            "$comment" | "$options" => continue,
            "$not" => {
                clauses.push(not(path, value, terms)?);
                continue;
            }
            "$ne" => (Kind::Compare, true),
            "$nin" => (Kind::In, true),
            "$in" => (Kind::In, false),
            "$exists" => (Kind::Exists, !truthy(value)),
            "$type" => (Kind::Type, false),
            "$mod" => (Kind::Modulo, false),
            "$regex" => (Kind::Pattern, false),
            "$size" => (Kind::Size, false),
            "$elemMatch" => (Kind::Element, false),
            "$all" => (Kind::All, false),
            _ if name.starts_with("$bits") => (Kind::Bits, false),
            _ => (Kind::Compare, false),
        };
        let options = written.get("$options").filter(|_| name == "$regex");
        let operator = RawDocBuf::build(|out| {
            out.append(name, value);
            if let Some(options) = options {
                out.append("$options", options);
            }
        });
        let value = RawValue::new(tag::DOCUMENT, operator.as_bytes());
        clauses.push(leaf(path, name, kind, negated, value, terms)?);
    }
    Ok(())
}

fn not(path: &Path, value: RawValue<'_>, terms: Terms<'_>) -> Result<Clause> {
    let mut inner = Vec::new();
    match value.read() {
        Value::Document(written) => operators(path, written, &mut inner, terms)?,
        _ => inner.push(leaf(path, "$regex", Kind::Pattern, false, value, terms)?),
    }
    Ok(Clause::Not(Box::new(joined(inner))))
}

fn leaf(
    path: &Path,
    operator: &str,
    kind: Kind,
    negated: bool,
    value: RawValue<'_>,
    terms: Terms<'_>,
) -> Result<Clause> {
    let specified = RawDocBuf::build(|out| out.append(path.as_str(), value));
    let filter = filter_within(specified.as_doc(), terms)?;
    Ok(Clause::Leaf(Box::new(Leaf {
        operator: operator.into(),
        kind,
        negated,
        path: path.clone(),
        specified,
        filter,
    })))
}
