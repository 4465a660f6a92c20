//! `$jsonSchema` as it is written.
//!
//! Every keyword is known, or refused by name; what one says of the wrong type is refused, too.

mod inside;
mod scalar;

use super::Parser;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result, code};
use crate::expression::filter::{Predicate, Whole};
use crate::expression::operand::Operand;
use crate::expression::schema::{Distinct, Rule, Schema};
use crate::expression::show::type_name;
use crate::expression::type_set::TypeSet;
use crate::query::parse::{bad_value, unsupported};

const KEYWORDS: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "bsonType",
    "dependencies",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "required",
    "title",
    "type",
    "uniqueItems",
];

/// Keywords of JSON Schema that MongoDB knows and refuses.
const REFUSED: &[&str] = &["$ref", "$schema", "default", "definitions", "format", "id"];

/// Keywords that MongoDB has and this version has not.
const UNSUPPORTED: &[&str] = &["encrypt", "encryptMetadata"];

impl Parser<'_> {
    pub(super) fn json_schema(&mut self, value: RawValue<'_>) -> Result<Predicate> {
        if self.elements > 0 {
            return Err(bad_value(&self.here(), "$jsonSchema can only be applied to the top-level document"));
        }
        let Some(doc) = value.as_document() else {
            return Err(self.mistyped("$jsonSchema must be an object", value));
        };
        Ok(Predicate::Whole(Whole::Schema(Box::new(self.schema(doc)?))))
    }

    fn schema(&mut self, doc: RawDoc<'_>) -> Result<Schema> {
        self.deeper()?;
        self.known_keywords(doc)?;
        let mut schema = Schema { types: self.schema_types(doc)?, rules: Vec::new() };
        self.scalar_rules(doc, &mut schema.rules)?;
        self.array_rules(doc, &mut schema.rules)?;
        self.object_rules(doc, &mut schema.rules)?;
        self.logical_rules(doc, &mut schema.rules)?;
        self.depth -= 1;
        Ok(schema)
    }

    fn known_keywords(&self, doc: RawDoc<'_>) -> Result<()> {
        let mut seen = Vec::new();
        for (name, value) in doc.iter() {
            if REFUSED.contains(&name) {
                return Err(self.unparsed(&format!("the $jsonSchema keyword '{name}' is not supported")));
            }
            if UNSUPPORTED.contains(&name) {
                return Err(unsupported(&self.here(), format!("the $jsonSchema keyword '{name}'")));
            }
            if !KEYWORDS.contains(&name) {
                return Err(self.unparsed(&format!("unknown $jsonSchema keyword: {name}")));
            }
            if seen.contains(&name) {
                return Err(self.unparsed(&format!("duplicate $jsonSchema keyword: {name}")));
            }
            if matches!(name, "title" | "description") && value.as_str().is_none() {
                return Err(self.wrong(name, "a string", value));
            }
            seen.push(name);
        }
        Ok(())
    }

    fn schema_types(&self, doc: RawDoc<'_>) -> Result<Option<TypeSet>> {
        match (doc.get("type"), doc.get("bsonType")) {
            (Some(_), Some(_)) => {
                Err(self.unparsed("the $jsonSchema keywords 'type' and 'bsonType' exclude one another"))
            }
            (Some(types), None) => self.type_names("type", types).map(Some),
            (None, Some(types)) => self.type_names("bsonType", types).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn type_names(&self, keyword: &str, value: RawValue<'_>) -> Result<TypeSet> {
        let mut types = TypeSet::default();
        if value.as_str().is_none() && value.as_array().is_none() {
            return Err(self.wrong(keyword, "a string or an array of strings", value));
        }
        let mut seen = Vec::new();
        for name in self.strings(keyword, value)? {
            if seen.contains(&name) {
                return Err(self.unparsed(&format!("'{keyword}' names {name:?} twice")));
            }
            seen.push(name);
            let known = match (keyword, name) {
                (_, "integer") => {
                    return Err(self.unparsed("the $jsonSchema type 'integer' is not supported"));
                }
                ("type", "boolean") => types.add_name("bool"),
                ("type", "array" | "null" | "number" | "object" | "string") => types.add_name(name),
                ("type", _) => false,
                _ => types.add_name(name),
            };
            if !known {
                return Err(bad_value(&self.here(), format!("unknown type name in '{keyword}': {name:?}")));
            }
        }
        if types.is_empty() {
            return Err(self.unparsed(&format!("'{keyword}' must name at least one type")));
        }
        Ok(types)
    }

    /// A string, or the strings of an array.
    fn strings<'a>(&self, keyword: &str, value: RawValue<'a>) -> Result<Vec<&'a str>> {
        match value.read() {
            Value::String(text) => Ok(vec![text]),
            Value::Array(list) => list
                .iter()
                .map(|(_, text)| {
                    text.as_str().ok_or_else(|| self.wrong(keyword, "an array of strings", text))
                })
                .collect(),
            _ => Err(self.wrong(keyword, "an array of strings", value)),
        }
    }

    fn logical_rules(&mut self, doc: RawDoc<'_>, rules: &mut Vec<Rule>) -> Result<()> {
        type Make = fn(Vec<Schema>) -> Rule;
        for (name, rule) in
            [("allOf", Rule::AllOf as Make), ("anyOf", Rule::AnyOf as Make), ("oneOf", Rule::OneOf as Make)]
        {
            if let Some(value) = doc.get(name) {
                rules.push(rule(self.schemas(name, value)?));
            }
        }
        if let Some(value) = doc.get("not") {
            rules.push(Rule::Not(Box::new(self.inner_schema("not", value)?)));
        }
        if let Some(value) = doc.get("enum") {
            rules.push(Rule::Enum(self.listed(value)?));
        }
        Ok(())
    }

    fn schemas(&mut self, keyword: &str, value: RawValue<'_>) -> Result<Vec<Schema>> {
        let Some(list) = value.as_array() else { return Err(self.wrong(keyword, "an array", value)) };
        if list.is_empty() {
            return Err(bad_value(&self.here(), format!("'{keyword}' must be a non-empty array")));
        }
        self.listed_schemas(keyword, list)
    }

    /// The schemas that a keyword lists.
    fn listed_schemas(&mut self, keyword: &str, list: RawDoc<'_>) -> Result<Vec<Schema>> {
        list.iter().map(|(position, schema)| self.member_schema(keyword, position, schema)).collect()
    }

    /// The schema of this name or position inside of the keyword.
    fn member_schema(&mut self, keyword: &str, name: &str, value: RawValue<'_>) -> Result<Schema> {
        self.place.push(keyword.to_owned());
        let schema = self.inner_schema(name, value)?;
        self.place.pop();
        Ok(schema)
    }

    /// A schema inside of the keyword.
    fn inner_schema(&mut self, keyword: &str, value: RawValue<'_>) -> Result<Schema> {
        let Some(doc) = value.as_document() else {
            return Err(self.wrong(keyword, "a schema, which is an object", value));
        };
        self.place.push(keyword.to_owned());
        let schema = self.schema(doc)?;
        self.place.pop();
        Ok(schema)
    }

    fn listed(&self, value: RawValue<'_>) -> Result<Distinct> {
        let Some(list) = value.as_array() else { return Err(self.wrong("enum", "an array", value)) };
        if list.is_empty() {
            return Err(self.unparsed("'enum' cannot be an empty array"));
        }
        let values = list.iter().map(|(_, value)| Operand::new(value)).collect();
        Distinct::new(values).ok_or_else(|| self.unparsed("'enum' lists a value twice"))
    }

    fn unparsed(&self, what: &str) -> Error {
        Error::invalid(code::FAILED_TO_PARSE, format!("{what}, at \"{}\"", self.here()))
    }

    fn mistyped(&self, what: &str, value: RawValue<'_>) -> Error {
        let got = type_name(value.tag());
        Error::invalid(code::TYPE_MISMATCH, format!("{what}, but is of type {got}, at \"{}\"", self.here()))
    }

    fn wrong(&self, keyword: &str, needed: &str, value: RawValue<'_>) -> Error {
        self.mistyped(&format!("the $jsonSchema keyword '{keyword}' must be {needed}"), value)
    }
}
