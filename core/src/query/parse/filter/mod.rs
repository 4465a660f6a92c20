//! A filter as it is written: `{age: {$gte: 18}, $or: […]}`.
//!
//! Here is the walk over it; each family of operators has its file.

mod array;
mod bitwise;
mod comparison;
mod element;
mod evaluation;
mod logical;
mod schema;

use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::{Error, Result, code};
use crate::expression::bits::Asked;
use crate::expression::bound::{FILTER_DEPTH_MAX, FilterLimits};
use crate::expression::filter::{Comparison, FieldPredicate, Filter, Predicate, Test};

use super::value::expression;
use super::{Terms, bad_value, truthy, unsupported};

/// Operators of a field, `$not` and `$comment` apart.
const FIELD_SUPPORTED: &[&str] = &[
    "$all",
    "$bitsAllClear",
    "$bitsAllSet",
    "$bitsAnyClear",
    "$bitsAnySet",
    "$elemMatch",
    "$eq",
    "$exists",
    "$gt",
    "$gte",
    "$in",
    "$lt",
    "$lte",
    "$mod",
    "$ne",
    "$nin",
    "$options",
    "$regex",
    "$size",
    "$type",
];

/// Operators of a field that MongoDB has and this version has not.
const FIELD_UNSUPPORTED: &[&str] = &[
    "$geoIntersects",
    "$geoNear",
    "$geoWithin",
    "$maxDistance",
    "$minDistance",
    "$near",
    "$nearSphere",
    "$uniqueDocs",
    "$within",
];

/// Operators at the top that MongoDB has and this version has not.
const TOP_UNSUPPORTED: &[&str] = &["$alwaysFalse", "$alwaysTrue", "$text", "$where"];

/// Reads a filter within the limits that hold when no option says otherwise.
///
/// # Errors
/// As [`filter_within`].
pub(crate) fn filter(doc: RawDoc<'_>) -> Result<Filter> {
    filter_within(doc, Terms::default())
}

/// Reads a filter on these terms.
///
/// # Errors
/// `Invalid` with MongoDB's number for what MongoDB refuses; `Limit` for what is over a limit; `Unsupported` for
/// operators and patterns that this version lacks.
pub(crate) fn filter_within(doc: RawDoc<'_>, terms: Terms<'_>) -> Result<Filter> {
    let Terms { limits, collation, .. } = terms;
    let mut parser = Parser { terms, limits, collation, place: Vec::new(), depth: 0, elements: 0 };
    parser.conjunction(doc).map(Filter::new)
}

/// Reads the filter of a partial index, which must say the same of a document whenever it is asked.
///
/// # Errors
/// As [`filter`], and `CannotCreateIndex` (67) for a filter that leaves something to chance or computes.
pub(crate) fn partial_filter(doc: RawDoc<'_>, collation: Option<&Collation>) -> Result<Filter> {
    let filter = filter_within(doc, Terms { collation, ..Terms::default() })?;
    if filter.computes() {
        return Err(Error::invalid(
            code::CANNOT_CREATE_INDEX,
            "a partial index cannot have an expression: $expr",
        ));
    }
    if filter.leaves_to_chance() {
        let what = "a partial index cannot leave to chance, as $sampleRate does, what it holds";
        return Err(Error::invalid(code::CANNOT_CREATE_INDEX, what));
    }
    Ok(filter)
}

struct Parser<'c> {
    terms: Terms<'c>,
    limits: FilterLimits,
    /// The order of texts, if it is another than that of their bytes.
    collation: Option<&'c Collation>,
    /// The names on the way to what is being read.
    place: Vec<String>,
    /// How many operators that hold filters surround it.
    depth: usize,
    /// How many `$elemMatch` surround it.
    elements: usize,
}

impl Parser<'_> {
    fn conjunction(&mut self, doc: RawDoc<'_>) -> Result<Predicate> {
        let mut all = Vec::new();
        for (name, value) in doc.iter() {
            self.place.push(name.to_owned());
            match name.strip_prefix('$') {
                Some(_) => self.top_level(name, value, &mut all)?,
                None => self.field(name, value, &mut all)?,
            }
            self.place.pop();
        }
        Ok(joined(all))
    }

    fn top_level(&mut self, name: &str, value: RawValue<'_>, all: &mut Vec<Predicate>) -> Result<()> {
        match name {
            "$and" => all.push(Predicate::And(self.list(name, value)?)),
            "$or" => all.push(Predicate::Or(self.list(name, value)?)),
            "$nor" => all.push(Predicate::Nor(self.list(name, value)?)),
            "$sampleRate" => all.push(self.sample(value)?),
            "$jsonSchema" => all.push(self.json_schema(value)?),
            "$comment" => {}
            "$expr" if self.elements > 0 => {
                let what = "$expr can only be applied to the top-level document";
                return Err(bad_value(&self.here(), what));
            }
            "$expr" => {
                let place = |error: Error| error.context(format!("at \"{}\"", self.here()));
                all.push(Predicate::Expression(Box::new(expression(value, self.terms).map_err(place)?)));
            }
            // The fields of a reference, which are fields although their names begin with a dollar.
            "$ref" | "$id" | "$db" => {
                all.push(self.compare(&Path::parse(name)?, Comparison::Equal, value)?);
            }
            _ if TOP_UNSUPPORTED.contains(&name) => return Err(unsupported(&self.here(), name)),
            _ => return Err(bad_value(&self.here(), format!("unknown top level operator: {name}"))),
        }
        Ok(())
    }

    fn field(&mut self, name: &str, value: RawValue<'_>, all: &mut Vec<Predicate>) -> Result<()> {
        let path = Path::parse(name)?;
        match value.as_document() {
            Some(operators) if is_operators(operators) => self.operators(&path, operators, all),
            _ if value.tag() == tag::REGEX => {
                all.push(self.regex_value(&path, value)?);
                Ok(())
            }
            _ => {
                all.push(self.compare(&path, Comparison::Equal, value)?);
                Ok(())
            }
        }
    }

    fn operators(&mut self, path: &Path, operators: RawDoc<'_>, all: &mut Vec<Predicate>) -> Result<()> {
        for (name, value) in operators.iter() {
            self.place.push(name.to_owned());
            if let Some(predicate) = self.operator(path, name, value, operators)? {
                all.push(predicate);
            }
            self.place.pop();
        }
        Ok(())
    }

    /// One of `operators`, which some look at together.
    fn operator(
        &mut self,
        path: &Path,
        name: &str,
        value: RawValue<'_>,
        operators: RawDoc<'_>,
    ) -> Result<Option<Predicate>> {
        Ok(Some(match name {
            "$eq" => self.compare(path, Comparison::Equal, value)?,
            "$ne" => self.not_equal(path, value)?,
            "$gt" => self.relation(path, Comparison::Greater, value)?,
            "$gte" => self.relation(path, Comparison::GreaterOrEqual, value)?,
            "$lt" => self.relation(path, Comparison::Less, value)?,
            "$lte" => self.relation(path, Comparison::LessOrEqual, value)?,
            "$in" => self.any_of(path, name, value)?,
            "$nin" => not(self.any_of(path, name, value)?),
            "$exists" if truthy(value) => test(path, Test::Exists),
            "$exists" => not(test(path, Test::Exists)),
            "$not" => self.not(path, value)?,
            "$type" => self.types(path, value)?,
            "$mod" => self.modulo(path, value)?,
            "$regex" => self.regex(path, operators)?,
            "$options" if operators.get("$regex").is_some() => return Ok(None),
            "$options" => return Err(bad_value(&self.here(), "$options needs a $regex")),
            "$all" => self.all_of(path, value)?,
            "$elemMatch" => self.element(path, value)?,
            "$size" => self.size(path, value)?,
            "$bitsAllSet" => self.bits(path, name, Asked::AllSet, value)?,
            "$bitsAllClear" => self.bits(path, name, Asked::AllClear, value)?,
            "$bitsAnySet" => self.bits(path, name, Asked::AnySet, value)?,
            "$bitsAnyClear" => self.bits(path, name, Asked::AnyClear, value)?,
            "$comment" => return Ok(None),
            "$where" => return Err(bad_value(&self.here(), "$where cannot be applied to a field")),
            _ if FIELD_UNSUPPORTED.contains(&name) => return Err(unsupported(&self.here(), name)),
            _ => return Err(bad_value(&self.here(), format!("unknown operator: {name}"))),
        }))
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > FILTER_DEPTH_MAX {
            let what = format!("exceeded the maximum query tree depth of {FILTER_DEPTH_MAX}");
            return Err(bad_value(&self.here(), what));
        }
        Ok(())
    }

    fn here(&self) -> String {
        self.place.join(".")
    }
}

/// Whether a document holds operators rather than being a value: its first name says so, unless it is a reference.
pub(super) fn is_operators(doc: RawDoc<'_>) -> bool {
    let first = doc.iter().next();
    let reference = || doc.get("$ref").is_some() && doc.get("$id").is_some();
    first.is_some_and(|(name, _)| name.starts_with('$')) && !reference()
}

fn first_name(doc: RawDoc<'_>) -> Option<&str> {
    doc.iter().next().map(|(name, _)| name)
}

/// Whether this is the name of a test of one value.
fn is_field_operator(name: &str) -> bool {
    FIELD_SUPPORTED.contains(&name) || FIELD_UNSUPPORTED.contains(&name)
}

fn test(path: &Path, test: Test) -> Predicate {
    Predicate::Field(FieldPredicate::new(path.clone(), test))
}

fn not(predicate: Predicate) -> Predicate {
    Predicate::Not(Box::new(predicate))
}

/// All of them together; one alone stands for itself.
fn joined(mut all: Vec<Predicate>) -> Predicate {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        Some(last) => {
            all.push(last);
            Predicate::And(all)
        }
        None => Predicate::And(all),
    }
}
