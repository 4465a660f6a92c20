//! A filter as it is written: `{age: {$gte: 18}, $or: […]}`.

use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::{Error, Result};
use crate::expression::bound::{FILTER_DEPTH_MAX, IN_BYTES_MAX, IN_VALUES_MAX};
use crate::expression::filter::{Comparison, FieldPredicate, Filter, Predicate, Test};
use crate::expression::in_list::InList;
use crate::expression::operand::Operand;
use crate::expression::show::{shown, type_name};

use super::value::expression;
use super::{bad_value, truthy, unsupported};

/// Operators of a field that MongoDB has and this version has not.
const FIELD_UNSUPPORTED: &[&str] = &[
    "$all",
    "$bitsAllClear",
    "$bitsAllSet",
    "$bitsAnyClear",
    "$bitsAnySet",
    "$elemMatch",
    "$geoIntersects",
    "$geoNear",
    "$geoWithin",
    "$maxDistance",
    "$minDistance",
    "$mod",
    "$near",
    "$nearSphere",
    "$options",
    "$regex",
    "$size",
    "$type",
    "$uniqueDocs",
    "$within",
];

/// Operators at the top that MongoDB has and this version has not.
const TOP_UNSUPPORTED: &[&str] =
    &["$alwaysFalse", "$alwaysTrue", "$jsonSchema", "$sampleRate", "$text", "$where"];

/// Reads a filter.
///
/// # Errors
/// `Invalid`, `BadValue` (2), for what MongoDB refuses; `Unsupported` for operators that this version lacks.
pub(crate) fn filter(doc: RawDoc<'_>) -> Result<Filter> {
    Parser { place: Vec::new(), depth: 0 }.conjunction(doc).map(Filter::new)
}

struct Parser {
    /// The names on the way to what is being read.
    place: Vec<String>,
    /// How many logical operators surround it.
    depth: usize,
}

impl Parser {
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
            "$comment" => {}
            "$expr" => {
                let place = |error: Error| error.context(format!("at \"{}\"", self.here()));
                all.push(Predicate::Expression(Box::new(expression(value).map_err(place)?)));
            }
            _ if TOP_UNSUPPORTED.contains(&name) => return Err(unsupported(&self.here(), name)),
            _ => return Err(bad_value(&self.here(), format!("unknown top level operator: {name}"))),
        }
        Ok(())
    }

    fn list(&mut self, name: &str, value: RawValue<'_>) -> Result<Vec<Predicate>> {
        let Some(array) = value.as_array() else {
            return Err(bad_value(&self.here(), format!("{name} must be an array, but is {}", shown(value))));
        };
        if array.is_empty() {
            return Err(bad_value(&self.here(), format!("{name} must be a nonempty array")));
        }
        self.deeper()?;
        let mut children = Vec::new();
        for (position, element) in array.iter() {
            self.place.push(position.to_owned());
            let Some(doc) = element.as_document() else {
                let what = format!("{name} entries need to be full objects, but one is {}", shown(element));
                return Err(bad_value(&self.here(), what));
            };
            children.push(self.conjunction(doc)?);
            self.place.pop();
        }
        self.depth -= 1;
        Ok(children)
    }

    fn field(&mut self, name: &str, value: RawValue<'_>, all: &mut Vec<Predicate>) -> Result<()> {
        let path = Path::parse(name)?;
        match value.as_document() {
            Some(operators) if is_operators(operators) => self.operators(&path, operators, all),
            _ if value.tag() == tag::REGEX => {
                Err(unsupported(&self.here(), format!("the regular expression {}", shown(value))))
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
            if let Some(predicate) = self.operator(path, name, value)? {
                all.push(predicate);
            }
            self.place.pop();
        }
        Ok(())
    }

    fn operator(&mut self, path: &Path, name: &str, value: RawValue<'_>) -> Result<Option<Predicate>> {
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
            "$comment" => return Ok(None),
            "$where" => return Err(bad_value(&self.here(), "$where cannot be applied to a field")),
            _ if FIELD_UNSUPPORTED.contains(&name) => return Err(unsupported(&self.here(), name)),
            _ => return Err(bad_value(&self.here(), format!("unknown operator: {name}"))),
        }))
    }

    fn compare(&self, path: &Path, comparison: Comparison, value: RawValue<'_>) -> Result<Predicate> {
        if value.tag() == tag::UNDEFINED {
            return Err(bad_value(&self.here(), "cannot compare to undefined"));
        }
        Ok(test(path, Test::Compare(comparison, Operand::new(value))))
    }

    fn relation(&self, path: &Path, comparison: Comparison, value: RawValue<'_>) -> Result<Predicate> {
        if value.tag() == tag::REGEX {
            let what = format!("can't have RegEx as arg to predicate over field '{path}'");
            return Err(bad_value(&self.here(), what));
        }
        self.compare(path, comparison, value)
    }

    fn not_equal(&self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        if value.tag() == tag::REGEX {
            return Err(bad_value(&self.here(), "can't have regex as arg to $ne"));
        }
        self.compare(path, Comparison::Equal, value).map(not)
    }

    fn any_of(&mut self, path: &Path, name: &str, value: RawValue<'_>) -> Result<Predicate> {
        let Some(array) = value.as_array() else {
            return Err(bad_value(&self.here(), format!("{name} needs an array, but got {}", shown(value))));
        };
        if array.as_bytes().len() > IN_BYTES_MAX || array.fields().nth(IN_VALUES_MAX).is_some() {
            let what = format!("{name} lists more than {IN_VALUES_MAX} values or {IN_BYTES_MAX} bytes");
            return Err(bad_value(&self.here(), what));
        }
        let mut values = Vec::new();
        for (position, element) in array.iter() {
            let place = || format!("{}.{position}", self.here());
            match element.tag() {
                tag::REGEX => {
                    return Err(unsupported(
                        &place(),
                        format!("the regular expression {} in {name}", shown(element)),
                    ));
                }
                tag::UNDEFINED => return Err(bad_value(&place(), format!("{name} cannot list undefined"))),
                tag::DOCUMENT if element.as_document().is_some_and(is_operators) => {
                    return Err(bad_value(&place(), format!("cannot nest $ under {name}")));
                }
                _ => values.push(Operand::new(element)),
            }
        }
        Ok(test(path, Test::In(InList::new(values))))
    }

    fn not(&mut self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        if value.tag() == tag::REGEX {
            return Err(unsupported(&self.here(), format!("the regular expression {}", shown(value))));
        }
        let Some(operators) = value.as_document() else {
            let what = format!("$not needs a regex or a document, but got {}", type_name(value.tag()));
            return Err(bad_value(&self.here(), what));
        };
        if operators.is_empty() {
            return Err(bad_value(&self.here(), "$not cannot be empty"));
        }
        self.deeper()?;
        let mut all = Vec::new();
        self.operators(path, operators, &mut all)?;
        self.depth -= 1;
        Ok(not(joined(all)))
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
fn is_operators(doc: RawDoc<'_>) -> bool {
    let first = doc.iter().next();
    let reference = || doc.get("$ref").is_some() && doc.get("$id").is_some();
    first.is_some_and(|(name, _)| name.starts_with('$')) && !reference()
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
