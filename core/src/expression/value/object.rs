//! Operators that take documents apart and put them together.

use super::arithmetic::one;
use super::fault::at;
use super::functions::{Function, Named, Parameter, Shape};
use super::item::Item;
use super::node::{Node, check_size};
use super::scope::Scope;
use super::statistics::for_each;
use crate::document::builder::{ArrayWriter, DocWriter};
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$mergeObjects", Shape::any(), merge),
    Function::new("$objectToArray", Shape::exactly(1), to_array),
    Function::new("$arrayToObject", Shape::exactly(1), from_array),
    Function::new("$getField", Shape::GetField(GET, [5_654_600, 5_654_601, 5_654_602]), get_field),
    Function::new("$setField", Shape::ConstantField(SET, [4_161_108, 4_161_106, 4_161_107]), set_field),
    Function::new("$unsetField", Shape::ConstantField(UNSET, [4_161_108, 4_161_106, 4_161_107]), set_field),
];

const GET: &Named = &Named {
    not_object: 5_654_602,
    unknown: 3_041_701,
    parameters: &[Parameter::required("field", 3_041_702), Parameter::required("input", 3_041_703)],
};

const SET: &Named = &Named {
    not_object: 4_161_100,
    unknown: 4_161_101,
    parameters: &[
        Parameter::required("field", 4_161_102),
        Parameter::required("value", 4_161_103),
        Parameter::required("input", 4_161_109),
    ],
};

/// As `SET`; the value is never written, so it is always missing.
const UNSET: &Named = &Named {
    not_object: 4_161_100,
    unknown: 4_161_101,
    parameters: &[Parameter::required("field", 4_161_102), Parameter::required("input", 4_161_109)],
};

/// Fields in the order in which their names first came, each with its last value.
#[derive(Default)]
struct Fields {
    names: Vec<String>,
    values: Vec<Item<'static>>,
}

impl Fields {
    fn set(
        &mut self,
        name: &str,
        value: RawValue<'_>,
        places: &mut std::collections::HashMap<String, usize>,
    ) {
        let value = Item::Raw(value).into_owned();
        match places.get(name) {
            Some(at) => self.values[*at] = value,
            None => {
                places.insert(name.to_owned(), self.names.len());
                self.names.push(name.to_owned());
                self.values.push(value);
            }
        }
    }

    fn item(self) -> Result<Item<'static>> {
        let mut bytes = Vec::new();
        let mut out = DocWriter::new(&mut bytes);
        for (name, value) in self.names.iter().zip(&self.values) {
            if let Some(value) = value.raw() {
                out.append(name, value);
            }
            check_size(out.size())?;
        }
        out.finish();
        Item::container(tag::DOCUMENT, bytes)
    }
}

fn merge<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let (mut fields, mut places) = (Fields::default(), std::collections::HashMap::new());
    for_each(arguments, scope, |item| {
        match item.read() {
            Value::Document(doc) => {
                doc.iter().for_each(|(name, value)| fields.set(name, value, &mut places));
            }
            _ if item.is_nullish() => {}
            _ => {
                let (seen, kind) = (item.shown(), item.type_name());
                let what = "$mergeObjects requires object inputs";
                return Err(at(40400, format!("{what}, but input {seen} is of type {kind}")));
            }
        }
        Ok(())
    })?;
    fields.item()
}

fn to_array<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    if item.is_nullish() {
        return Ok(Item::NULL);
    }
    let Value::Document(doc) = item.read() else {
        let seen = item.type_name();
        return Err(at(40390, format!("$objectToArray requires a document input, found: {seen}")));
    };
    let mut bytes = Vec::new();
    let mut out = ArrayWriter::new(&mut bytes);
    for (name, value) in doc.iter() {
        let mut pair = out.document();
        pair.put("k", Value::String(name));
        pair.append("v", value);
        pair.finish();
        check_size(out.size())?;
    }
    out.finish();
    Item::container(tag::ARRAY, bytes)
}

fn from_array<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    if item.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(array) = item.as_array() else {
        let seen = item.type_name();
        return Err(at(40386, format!("$arrayToObject requires an array input, found: {seen}")));
    };
    let (mut fields, mut places) = (Fields::default(), std::collections::HashMap::new());
    let mut first = None;
    for element in array.fields().map(|field| field.value) {
        let (name, value) = match (*first.get_or_insert(element.tag()), element.read()) {
            (tag::ARRAY, Value::Array(pair)) => pair_of(pair)?,
            (tag::DOCUMENT, Value::Document(pair)) => key_and_value(pair)?,
            (tag::ARRAY, _) => return Err(inconsistent(40391, "Array", element)),
            (tag::DOCUMENT, _) => return Err(inconsistent(40396, "Object", element)),
            _ => {
                let seen = Item::Raw(element).type_name();
                return Err(at(40398, format!("Unrecognised input type format for $arrayToObject: {seen}")));
            }
        };
        if name.contains('\0') {
            return Err(at(4_940_400, format!("Key field cannot contain an embedded null byte: {name:?}")));
        }
        fields.set(name, value, &mut places);
    }
    fields.item()
}

fn inconsistent(number: i32, kind: &str, element: RawValue<'_>) -> Error {
    let seen = Item::Raw(element).type_name();
    let what = "$arrayToObject requires a consistent input format";
    at(number, format!("{what}: the first element is an {kind}, another is of type {seen}"))
}

fn pair_of(pair: RawDoc<'_>) -> Result<(&str, RawValue<'_>)> {
    let parts: Vec<RawValue<'_>> = pair.fields().map(|field| field.value).take(3).collect();
    let [name, value] = parts[..] else {
        let count = pair.fields().count();
        return Err(at(
            40397,
            format!("$arrayToObject requires an array of size 2 arrays, found array of size {count}"),
        ));
    };
    match name.as_str() {
        Some(name) => Ok((name, value)),
        None => {
            let seen = Item::Raw(name).type_name();
            let what =
                "$arrayToObject requires an array of key-value pairs, where the key must be of type string";
            Err(at(40395, format!("{what}. Found key type: {seen}")))
        }
    }
}

fn key_and_value(pair: RawDoc<'_>) -> Result<(&str, RawValue<'_>)> {
    let what = "$arrayToObject requires an array of documents with the fields 'k' and 'v' and no others";
    let count = pair.fields().count();
    if count != 2 {
        return Err(at(40392, format!("{what}, found one of {count} fields")));
    }
    let (Some(key), Some(value)) = (pair.get("k"), pair.get("v")) else {
        return Err(at(40393, format!("{what}, found one without them")));
    };
    match key.as_str() {
        Some(key) => Ok((key, value)),
        None => {
            let seen = Item::Raw(key).type_name();
            Err(at(
                40394,
                format!("$arrayToObject requires that the value of 'k' be a string, found: {seen}"),
            ))
        }
    }
}

/// The name of the field, which the parser made sure of.
fn field_name(arguments: &[Node]) -> &str {
    let constant = arguments.first().and_then(Node::constant).flatten();
    constant.and_then(|value| value.as_str()).unwrap_or_default()
}

/// The field's name, then what it is read from.
fn get_field<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let input = one(arguments, 1, scope)?;
    let name = field_name(arguments);
    Ok(match input {
        Item::Raw(value) if value.tag() == tag::DOCUMENT => Item::of(RawDoc::new(value.as_bytes()).get(name)),
        other => match other.read() {
            Value::Document(doc) => Item::of(doc.get(name)).into_owned(),
            Value::Null => Item::NULL,
            _ => Item::Missing,
        },
    })
}

/// The field's name, its value where there is one, then the document.
fn set_field<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let Some((last, before)) = arguments.split_last() else { return Ok(Item::NULL) };
    let input = last.evaluate(scope)?;
    if input.is_nullish() {
        return Ok(Item::NULL);
    }
    let Value::Document(doc) = input.read() else {
        let seen = input.type_name();
        return Err(at(
            4_161_105,
            format!("$setField requires 'input' to evaluate to type Object, but got {seen}"),
        ));
    };
    let value = one(before, 1, scope)?;
    let name = field_name(arguments);
    let mut bytes = Vec::with_capacity(doc.as_bytes().len());
    let mut out = DocWriter::new(&mut bytes);
    let mut placed = false;
    for (known, old) in doc.iter() {
        match value.raw() {
            _ if known != name => out.append(known, old),
            Some(value) if !placed => out.append(name, value),
            _ => {}
        }
        placed |= known == name;
    }
    if let (Some(value), false) = (value.raw(), placed) {
        out.append(name, value);
    }
    out.finish();
    Item::container(tag::DOCUMENT, bytes)
}
