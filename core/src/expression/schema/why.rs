//! What a value lacks of a schema, rule by rule, in the words and the shape that MongoDB has for it.
//!
//! A schema does not keep how it was written, so what was written goes along with it.

use super::items::Items;
use super::properties::{Dependency, Needed, Properties};
use super::unordered::first_repeated;
use super::{Bounds, Rest, Rule, Schema};
use crate::document::builder::{ArrayWriter, DocWriter};
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::expression::filter::Comparison;
use crate::expression::pattern::Pattern;
use crate::expression::show::type_name;

/// Appends to `out` one document for each rule of `schema`, written as `source`, that `value` breaks.
pub(crate) fn tell(schema: &Schema, source: RawDoc<'_>, value: RawValue<'_>, out: &mut ArrayWriter<'_>) {
    let mut broken: Vec<&Rule> = schema.rules.iter().filter(|rule| !rule.takes(value)).collect();
    broken.sort_by_key(|rule| turn(rule));
    let mut dependencies = Vec::new();
    for rule in broken {
        match rule {
            Rule::Dependency(dependency) => dependencies.push(dependency),
            rule if turn(rule) > turn_of_dependencies() => {
                tell_dependencies(&std::mem::take(&mut dependencies), source, value, out);
                rule.tell(source, value, out);
            }
            rule => rule.tell(source, value, out),
        }
    }
    tell_dependencies(&dependencies, source, value, out);
    if schema.types.is_some_and(|types| !types.contains(value.tag())) {
        let keyword = if source.get("bsonType").is_some() { "bsonType" } else { "type" };
        let mut told = leaf(out, keyword, &[keyword], source, "type did not match");
        told.append("consideredValue", value);
        told.put("consideredType", Value::String(type_name(value.tag())));
    }
}

/// Puts what a schema says of itself.
pub(crate) fn annotate(source: RawDoc<'_>, told: &mut DocWriter<'_>) {
    for name in ["title", "description"] {
        if let Some(text) = source.get(name) {
            told.append(name, text);
        }
    }
}

/// The order in which rules are told.
const fn turn(rule: &Rule) -> u8 {
    match rule {
        Rule::Properties(_) => 1,
        Rule::Required(_) => 2,
        Rule::Fields(_) => 3,
        Rule::Dependency(_) => turn_of_dependencies(),
        Rule::AllOf(_) | Rule::AnyOf(_) | Rule::OneOf(_) | Rule::Not(_) | Rule::Enum(_) => 5,
        _ => 0,
    }
}

const fn turn_of_dependencies() -> u8 {
    4
}

impl Rule {
    fn tell(&self, source: RawDoc<'_>, value: RawValue<'_>, out: &mut ArrayWriter<'_>) {
        let inner =
            RawDoc::new(if holds_fields(value) { value.as_bytes() } else { RawDoc::empty().as_bytes() });
        match self {
            Rule::Pattern(_) => plain(out, "pattern", source, "regular expression did not match", value),
            Rule::Length(bounds) => {
                let count = value.as_str().map_or(0, |text| text.chars().count());
                let keyword = broken(bounds, count, "minLength", "maxLength");
                plain(out, keyword, source, "specified string length was not satisfied", value);
            }
            Rule::MultipleOf(_) => {
                let reason = "considered value is not a multiple of the specified value";
                plain(out, "multipleOf", source, reason, value);
            }
            Rule::Compare(comparison, _) => tell_bound(*comparison, source, value, out),
            Rule::Count(bounds) => {
                let count = inner.fields().count();
                let keyword = broken(bounds, count, "minItems", "maxItems");
                let mut told = leaf(out, keyword, &[keyword], source, "array did not match specified length");
                told.append("consideredValue", value);
                told.put("numberOfItems", number(count));
            }
            Rule::Unique => {
                let mut told = leaf(out, "uniqueItems", &["uniqueItems"], source, "found a duplicate item");
                told.append("consideredValue", value);
                if let Some(repeated) = first_repeated(inner) {
                    told.append("duplicatedValue", repeated);
                }
            }
            Rule::Items(items) => items.tell(source, inner, out),
            Rule::Fields(bounds) => {
                let count = inner.fields().count();
                let keyword = broken(bounds, count, "minProperties", "maxProperties");
                let reason = "specified number of properties was not satisfied";
                leaf(out, keyword, &[keyword], source, reason).put("numberOfProperties", number(count));
            }
            Rule::Required(names) => {
                let mut told = operator(out, "required");
                specified(&mut told, source, &["required"]);
                missing(&mut told, names, inner);
            }
            Rule::Properties(properties) => properties.tell(source, inner, out),
            Rule::Dependency(dependency) => tell_dependencies(&[dependency], source, value, out),
            Rule::Enum(_) => plain(out, "enum", source, "value was not found in enum", value),
            Rule::AllOf(schemas) => several(out, "allOf", schemas, source, value),
            Rule::AnyOf(schemas) => several(out, "anyOf", schemas, source, value),
            Rule::OneOf(schemas) => one_of(out, schemas, source, value),
            Rule::Not(_) => operator(out, "not").put("reason", Value::String("child expression matched")),
        }
    }
}

fn tell_bound(comparison: Comparison, source: RawDoc<'_>, value: RawValue<'_>, out: &mut ArrayWriter<'_>) {
    let keywords = match comparison {
        Comparison::Less | Comparison::LessOrEqual => ["maximum", "exclusiveMaximum"],
        _ => ["minimum", "exclusiveMinimum"],
    };
    leaf(out, keywords[0], &keywords, source, "comparison failed").append("consideredValue", value);
}

impl Items {
    fn tell(&self, source: RawDoc<'_>, array: RawDoc<'_>, out: &mut ArrayWriter<'_>) {
        let written = source.get("items");
        if let Some(list) = written.and_then(|items| items.as_array()) {
            self.tell_first(list, array, out);
        }
        let one_for_all = written.and_then(|items| items.as_document());
        match &self.rest {
            Rest::Allowed => {}
            Rest::Refused => {
                let further: Vec<_> = array.fields().skip(self.first.len()).collect();
                if !further.is_empty() {
                    let keyword = "additionalItems";
                    let mut told = leaf(out, keyword, &[keyword], source, "found additional items");
                    let mut items = told.array(keyword);
                    further.iter().for_each(|item| items.append(item.value));
                }
            }
            Rest::As(schema) => {
                let mut further = array.fields().enumerate().skip(self.first.len());
                let Some((at, item)) = further.find(|(_, item)| !schema.takes(item.value)) else { return };
                let (keyword, reason, written) = match one_for_all {
                    Some(written) => ("items", "At least one item did not match the sub-schema", written),
                    None => (
                        "additionalItems",
                        "At least one additional item did not match the sub-schema",
                        inside(source, "additionalItems"),
                    ),
                };
                let mut told = operator(out, keyword);
                annotate(written, &mut told);
                told.put("reason", Value::String(reason));
                told.put("itemIndex", number(at));
                tell(schema, written, item.value, &mut told.array("details"));
            }
        }
    }

    fn tell_first(&self, written: RawDoc<'_>, array: RawDoc<'_>, out: &mut ArrayWriter<'_>) {
        let pairs = self.first.iter().zip(written.iter()).zip(array.fields()).enumerate();
        let broken: Vec<_> = pairs.filter(|(_, ((schema, _), item))| !schema.takes(item.value)).collect();
        if broken.is_empty() {
            return;
        }
        let mut told = operator(out, "items");
        let mut details = told.array("details");
        for (at, ((schema, (_, written)), item)) in broken {
            let mut one = details.document();
            one.put("itemIndex", number(at));
            tell(schema, document(written), item.value, &mut one.array("details"));
        }
    }
}

impl Properties {
    fn tell(&self, source: RawDoc<'_>, doc: RawDoc<'_>, out: &mut ArrayWriter<'_>) {
        self.tell_named(inside(source, "properties"), doc, out);
        let further: Vec<_> = doc.iter().filter(|(name, _)| self.is_further(name)).collect();
        match &self.others {
            Rest::Refused if !further.is_empty() => {
                let keyword = "additionalProperties";
                let mut told = operator(out, keyword);
                specified(&mut told, source, &[keyword]);
                let mut names = told.array(keyword);
                further.iter().for_each(|(name, _)| names.put(Value::String(name)));
            }
            Rest::As(schema) => {
                if let Some((name, value)) = further.iter().find(|(_, value)| !schema.takes(*value)) {
                    let written = inside(source, "additionalProperties");
                    let mut told = operator(out, "additionalProperties");
                    annotate(written, &mut told);
                    let reason = "at least one additional property did not match the subschema";
                    told.put("reason", Value::String(reason));
                    told.put("failingProperty", Value::String(name));
                    tell(schema, written, *value, &mut told.array("details"));
                }
            }
            _ => {}
        }
        self.tell_patterns(inside(source, "patternProperties"), doc, out);
    }

    fn is_further(&self, name: &str) -> bool {
        let named = self.named.iter().any(|(known, _)| **known == *name);
        !named && !self.patterns.iter().any(|(pattern, _)| pattern.is_match(name))
    }

    fn tell_named(&self, written: RawDoc<'_>, doc: RawDoc<'_>, out: &mut ArrayWriter<'_>) {
        let there = self.named.iter().filter_map(|(name, schema)| Some((name, schema, doc.get(name)?)));
        let broken: Vec<_> = there.filter(|(_, schema, value)| !schema.takes(*value)).collect();
        if broken.is_empty() {
            return;
        }
        let mut told = operator(out, "properties");
        let mut list = told.array("propertiesNotSatisfied");
        for (name, schema, value) in broken {
            let written = inside(written, name);
            let mut one = list.document();
            one.put("propertyName", Value::String(name));
            annotate(written, &mut one);
            tell(schema, written, value, &mut one.array("details"));
        }
    }

    /// For each pattern the first field whose name matches and whose value is not as it must be.
    fn tell_patterns(&self, written: RawDoc<'_>, doc: RawDoc<'_>, out: &mut ArrayWriter<'_>) {
        let first = |(pattern, schema): &(Pattern, Schema)| {
            doc.iter().find(|(name, value)| pattern.is_match(name) && !schema.takes(*value))
        };
        let pairs = self.patterns.iter().zip(written.iter());
        let broken: Vec<_> =
            pairs.filter_map(|(pair, written)| Some((pair, written, first(pair)?))).collect();
        if broken.is_empty() {
            return;
        }
        let mut told = operator(out, "patternProperties");
        let mut details = told.array("details");
        for ((_, schema), (pattern, written), (name, value)) in broken {
            let mut one = details.document();
            one.put("propertyName", Value::String(name));
            annotate(document(written), &mut one);
            one.put("regexMatched", Value::String(pattern));
            tell(schema, document(written), value, &mut one.array("details"));
        }
    }
}

fn tell_dependencies(
    broken: &[&Dependency],
    source: RawDoc<'_>,
    value: RawValue<'_>,
    out: &mut ArrayWriter<'_>,
) {
    if broken.is_empty() {
        return;
    }
    let written = inside(source, "dependencies");
    let mut told = operator(out, "dependencies");
    let mut list = told.array("failingDependencies");
    for dependency in broken {
        let mut one = list.document();
        one.put("conditionalProperty", Value::String(&dependency.field));
        match &dependency.needs {
            Needed::Fields(names) => missing(&mut one, names, document(value)),
            Needed::Schema(schema) => {
                tell(schema, inside(written, &dependency.field), value, &mut one.array("details"));
            }
        }
    }
}

/// Each of the schemas that does not take the value, by its place.
fn several(
    out: &mut ArrayWriter<'_>,
    keyword: &str,
    schemas: &[Schema],
    source: RawDoc<'_>,
    value: RawValue<'_>,
) {
    let mut told = operator(out, keyword);
    let written = source.get(keyword).and_then(|list| list.as_array()).unwrap_or(RawDoc::empty());
    let mut list = told.array("schemasNotSatisfied");
    for (at, (schema, (_, written))) in schemas.iter().zip(written.iter()).enumerate() {
        if !schema.takes(value) {
            let mut one = list.document();
            one.put("index", number(at));
            annotate(document(written), &mut one);
            tell(schema, document(written), value, &mut one.array("details"));
        }
    }
}

fn one_of(out: &mut ArrayWriter<'_>, schemas: &[Schema], source: RawDoc<'_>, value: RawValue<'_>) {
    let taken: Vec<usize> =
        schemas.iter().enumerate().filter(|(_, schema)| schema.takes(value)).map(|(at, _)| at).collect();
    if taken.is_empty() {
        return several(out, "oneOf", schemas, source, value);
    }
    let mut told = operator(out, "oneOf");
    told.put("reason", Value::String("more than one subschema matched"));
    let mut places = told.array("matchingSchemaIndexes");
    taken.into_iter().for_each(|at| places.put(number(at)));
}

fn plain(out: &mut ArrayWriter<'_>, keyword: &str, source: RawDoc<'_>, reason: &str, value: RawValue<'_>) {
    leaf(out, keyword, &[keyword], source, reason).append("consideredValue", value);
}

fn leaf<'w>(
    out: &'w mut ArrayWriter<'_>,
    keyword: &str,
    keywords: &[&str],
    source: RawDoc<'_>,
    reason: &str,
) -> DocWriter<'w> {
    let mut told = operator(out, keyword);
    specified(&mut told, source, keywords);
    told.put("reason", Value::String(reason));
    told
}

fn operator<'w>(out: &'w mut ArrayWriter<'_>, keyword: &str) -> DocWriter<'w> {
    let mut told = out.document();
    told.put("operatorName", Value::String(keyword));
    told
}

fn specified(told: &mut DocWriter<'_>, source: RawDoc<'_>, keywords: &[&str]) {
    let mut written = told.document("specifiedAs");
    for keyword in keywords {
        if let Some(value) = source.get(keyword) {
            written.append(keyword, value);
        }
    }
}

fn missing(told: &mut DocWriter<'_>, names: &[Box<str>], doc: RawDoc<'_>) {
    let mut list = told.array("missingProperties");
    names.iter().filter(|name| doc.get(name).is_none()).for_each(|name| list.put(Value::String(name)));
}

/// Which of two bounds a count lies beyond.
const fn broken<'k>(bounds: &Bounds, count: usize, least: &'k str, most: &'k str) -> &'k str {
    if (count as u64) < bounds.min { least } else { most }
}

fn holds_fields(value: RawValue<'_>) -> bool {
    matches!(value.tag(), tag::DOCUMENT | tag::ARRAY)
}

fn inside<'a>(source: RawDoc<'a>, name: &str) -> RawDoc<'a> {
    source.get(name).map_or(RawDoc::empty(), document)
}

fn document(value: RawValue<'_>) -> RawDoc<'_> {
    value.as_document().unwrap_or(RawDoc::empty())
}

pub(crate) fn number(count: usize) -> Value<'static> {
    i32::try_from(count).map_or_else(|_| Value::Int64(i64::try_from(count).unwrap_or(i64::MAX)), Value::Int32)
}
