//! `$jsonSchema`, asked the slow and plain way of a decoded value.

use nexuslite::bson::{Bson, Document};

use crate::evaluate::{Found, compared, same};
use crate::operators::{has_match, is_of_type};

/// Whether the value is as the schema says, of the keywords that `random` makes.
pub(crate) fn fits(schema: &Document, value: &Bson) -> bool {
    schema.iter().all(|(keyword, wanted)| keyword_holds(keyword, wanted, value))
}

fn keyword_holds(keyword: &str, wanted: &Bson, value: &Bson) -> bool {
    let schemas = || wanted.as_array().expect("schemas").iter().map(|schema| fits(inner(schema), value));
    match (keyword, value) {
        ("bsonType", _) => is_of_type(value, wanted.as_str().expect("a type")),
        ("enum", _) => wanted.as_array().expect("values").iter().any(|one| same(one, value)),
        ("allOf", _) => schemas().all(|fits| fits),
        ("anyOf", _) => schemas().any(|fits| fits),
        ("oneOf", _) => schemas().filter(|fits| *fits).count() == 1,
        ("not", _) => !fits(inner(wanted), value),
        ("minimum", Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_)) => compared(value, wanted).is_ge(),
        ("maximum", Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_)) => compared(value, wanted).is_le(),
        ("minLength", Bson::String(text)) => text.chars().count() as i64 >= number(wanted),
        ("pattern", Bson::String(_)) => has_match(&pattern(wanted), Found::at_a_path(&[Some(value.clone())])),
        ("maxItems", Bson::Array(elements)) => elements.len() as i64 <= number(wanted),
        ("uniqueItems", Bson::Array(elements)) => {
            let twins = |at: usize| elements[..at].iter().any(|other| same(other, &elements[at]));
            !(0..elements.len()).any(twins)
        }
        ("items", Bson::Array(elements)) => elements.iter().all(|element| fits(inner(wanted), element)),
        ("required", Bson::Document(doc)) => wanted
            .as_array()
            .expect("names")
            .iter()
            .all(|name| doc.contains_key(name.as_str().expect("a name"))),
        ("properties", Bson::Document(doc)) => inner(wanted)
            .iter()
            .all(|(name, schema)| doc.get(name).is_none_or(|value| fits(inner(schema), value))),
        ("maxProperties", Bson::Document(doc)) => doc.len() as i64 <= number(wanted),
        ("dependencies", Bson::Document(doc)) => inner(wanted).iter().all(|(name, needed)| {
            let needed = needed.as_array().expect("names");
            !doc.contains_key(name)
                || needed.iter().all(|name| doc.contains_key(name.as_str().expect("a name")))
        }),
        _ => true,
    }
}

fn inner(schema: &Bson) -> &Document {
    schema.as_document().expect("a schema")
}

fn number(value: &Bson) -> i64 {
    value.as_i64().expect("a count")
}

fn pattern(text: &Bson) -> Bson {
    let pattern = text.as_str().expect("a pattern").try_into().expect("a pattern");
    Bson::RegularExpression(nexuslite::bson::Regex { pattern, options: "".try_into().expect("no options") })
}
