//! Keywords of what lies inside of arrays and documents.

use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::Result;
use crate::expression::schema::{Dependency, Items, Needed, Properties, Rest, Rule, Schema};
use crate::query::parse::filter::Parser;

impl Parser<'_> {
    pub(super) fn array_rules(&mut self, doc: RawDoc<'_>, rules: &mut Vec<Rule>) -> Result<()> {
        rules.extend(self.bounds(doc, "minItems", "maxItems")?.map(Rule::Count));
        if let Some(value) = doc.get("uniqueItems")
            && self.boolean("uniqueItems", value)?
        {
            rules.push(Rule::Unique);
        }
        let additional = match doc.get("additionalItems") {
            Some(value) => self.rest("additionalItems", value)?,
            None => Rest::Allowed,
        };
        let Some(items) = doc.get("items") else { return Ok(()) };
        rules.push(Rule::Items(match items.read() {
            Value::Array(list) => Items { first: self.listed_schemas("items", list)?, rest: additional },
            // One schema for all of them leaves nothing additional.
            Value::Document(_) => {
                let all = Rest::As(Box::new(self.inner_schema("items", items)?));
                Items { first: Vec::new(), rest: all }
            }
            _ => return Err(self.wrong("items", "an array or an object", items)),
        }));
        Ok(())
    }

    pub(super) fn object_rules(&mut self, doc: RawDoc<'_>, rules: &mut Vec<Rule>) -> Result<()> {
        if let Some(value) = doc.get("required") {
            rules.push(Rule::Required(self.field_names("required", value)?));
        }
        rules.extend(self.properties(doc)?.map(Rule::Properties));
        rules.extend(self.bounds(doc, "minProperties", "maxProperties")?.map(Rule::Fields));
        for (field, value) in self.members("dependencies", doc)? {
            let needs = match value.read() {
                Value::Document(_) => {
                    Needed::Schema(Box::new(self.member_schema("dependencies", field, value)?))
                }
                Value::Array(_) => Needed::Fields(self.field_names("dependencies", value)?),
                _ => return Err(self.wrong("dependencies", "an object of arrays and objects", value)),
            };
            rules.push(Rule::Dependency(Dependency { field: field.into(), needs }));
        }
        Ok(())
    }

    fn properties(&mut self, doc: RawDoc<'_>) -> Result<Option<Properties>> {
        if !["properties", "patternProperties", "additionalProperties"]
            .iter()
            .any(|name| doc.get(name).is_some())
        {
            return Ok(None);
        }
        let mut named: Vec<(Box<str>, Schema)> = Vec::new();
        for (name, value) in self.members("properties", doc)? {
            named.push((name.into(), self.member_schema("properties", name, value)?));
        }
        let mut patterns = Vec::new();
        for (name, value) in self.members("patternProperties", doc)? {
            let schema = self.member_schema("patternProperties", name, value)?;
            patterns.push((self.compiled(name, "")?, schema));
        }
        let others = match doc.get("additionalProperties") {
            Some(value) => self.rest("additionalProperties", value)?,
            None => Rest::Allowed,
        };
        Ok(Some(Properties { named, patterns, others }))
    }

    /// The fields of the object that stands at a keyword; none where the keyword is not.
    fn members<'a>(&self, keyword: &str, doc: RawDoc<'a>) -> Result<Vec<(&'a str, RawValue<'a>)>> {
        let Some(value) = doc.get(keyword) else { return Ok(Vec::new()) };
        let members = value.as_document().ok_or_else(|| self.wrong(keyword, "an object", value))?;
        Ok(members.iter().collect())
    }

    fn rest(&mut self, keyword: &str, value: RawValue<'_>) -> Result<Rest> {
        match value.read() {
            Value::Boolean(true) => Ok(Rest::Allowed),
            Value::Boolean(false) => Ok(Rest::Refused),
            Value::Document(_) => Ok(Rest::As(Box::new(self.inner_schema(keyword, value)?))),
            _ => Err(self.wrong(keyword, "a boolean or an object", value)),
        }
    }

    fn field_names(&self, keyword: &str, value: RawValue<'_>) -> Result<Vec<Box<str>>> {
        if value.as_array().is_none() {
            return Err(self.wrong(keyword, "an array of strings", value));
        }
        let mut names: Vec<Box<str>> = Vec::new();
        for name in self.strings(keyword, value)? {
            if names.iter().any(|known| **known == *name) {
                return Err(self.unparsed(&format!("'{keyword}' names {name:?} twice")));
            }
            names.push(name.into());
        }
        if names.is_empty() {
            Err(self.unparsed(&format!("'{keyword}' cannot be an empty array")))
        } else {
            Ok(names)
        }
    }
}
