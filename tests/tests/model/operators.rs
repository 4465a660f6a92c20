//! The operators beyond comparison, asked the slow and plain way, of what a path leads to.

use nexuslite::bson::{Bson, Document};

use crate::evaluate::{Found, alternatives, is_equal, matches, operators};

/// Whether the operator holds of what was found.
pub(crate) fn holds(name: &str, value: &Bson, found: Found<'_>) -> bool {
    match name {
        "$type" => types(value).any(|wanted| alternatives(found).any(|value| is_of_type(value, wanted))),
        "$mod" => {
            let [divisor, remainder] = pair(value);
            alternatives(found)
                .any(|value| truncated(value).is_some_and(|number| number % divisor == remainder))
        }
        "$size" => arrays(found).any(|elements| elements.len() as i64 == value.as_i64().expect("a size")),
        "$all" => {
            let values = value.as_array().expect("a list");
            !values.is_empty() && values.iter().all(|value| is_one_of_all(value, found))
        }
        "$elemMatch" => {
            let wanted = value.as_document().expect("a filter");
            arrays(found).any(|elements| elements.iter().any(|element| is_element(wanted, element)))
        }
        "$bitsAllSet" => any_bits(value, found, |bits| bits.iter().all(|bit| *bit)),
        "$bitsAllClear" => any_bits(value, found, |bits| !bits.iter().any(|bit| *bit)),
        "$bitsAnySet" => any_bits(value, found, |bits| bits.iter().any(|bit| *bit)),
        "$bitsAnyClear" => any_bits(value, found, |bits| !bits.iter().all(|bit| *bit)),
        "$regex" => has_match(value, found),
        _ => panic!("the model does not know {name}"),
    }
}

fn types(value: &Bson) -> impl Iterator<Item = &str> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    list.iter().map(|name| name.as_str().expect("a type's name"))
}

pub(crate) fn is_of_type(value: &Bson, wanted: &str) -> bool {
    let name = match value {
        Bson::Int32(_) => "int",
        Bson::Int64(_) => "long",
        Bson::Double(_) => "double",
        Bson::String(_) => "string",
        Bson::Boolean(_) => "bool",
        Bson::Null => "null",
        Bson::Document(_) => "object",
        Bson::Array(_) => "array",
        other => panic!("the model has no {other:?}"),
    };
    name == wanted || (wanted == "number" && ["int", "long", "double"].contains(&name))
}

fn pair(value: &Bson) -> [i64; 2] {
    let list: Vec<i64> = value.as_array().expect("a pair").iter().filter_map(truncated).collect();
    list.try_into().expect("two numbers")
}

fn truncated(value: &Bson) -> Option<i64> {
    match value {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        Bson::Double(number) => Some(number.trunc() as i64),
        _ => None,
    }
}

fn arrays(found: Found<'_>) -> impl Iterator<Item = &Vec<Bson>> {
    found.values.iter().flatten().filter_map(Bson::as_array)
}

fn is_one_of_all(value: &Bson, found: Found<'_>) -> bool {
    match value {
        Bson::RegularExpression(_) => has_match(value, found),
        Bson::Document(doc) if doc.contains_key("$elemMatch") => operators(doc, found),
        value => is_equal(value, found),
    }
}

fn is_element(wanted: &Document, element: &Bson) -> bool {
    match wanted.keys().next() {
        Some(name) if name.starts_with('$') => operators(wanted, Found::as_element(&[Some(element.clone())])),
        _ => match element {
            Bson::Document(doc) => matches(wanted, doc),
            // An array is a document whose names are the places.
            Bson::Array(elements) => {
                let places = elements.iter().enumerate();
                matches(wanted, &places.map(|(at, value)| (at.to_string(), value.clone())).collect())
            }
            _ => false,
        },
    }
}

/// The bits at the places that are asked for, lowest first.
fn any_bits(value: &Bson, found: Found<'_>, holds: fn(&[bool]) -> bool) -> bool {
    let places: Vec<u32> = match value {
        Bson::Array(places) => places.iter().map(|place| place.as_i32().expect("a place") as u32).collect(),
        mask => (0..63).filter(|place| mask.as_i64().expect("a mask") >> place & 1 == 1).collect(),
    };
    alternatives(found).any(|value| {
        let whole =
            truncated(value).filter(|number| value.as_f64().is_none_or(|double| double == *number as f64));
        whole.is_some_and(|number| {
            holds(&places.iter().map(|place| number >> (*place).min(63) & 1 == 1).collect::<Vec<_>>())
        })
    })
}

/// Whether a string has a match of a pattern, which is a plain text that may be held to one end of the string.
pub(crate) fn has_match(pattern: &Bson, found: Found<'_>) -> bool {
    let Bson::RegularExpression(regex) = pattern else { panic!("not a regular expression: {pattern}") };
    let folded =
        |text: &str| if regex.options.as_str() == "i" { text.to_lowercase() } else { text.to_owned() };
    let wanted = folded(regex.pattern.as_str());
    let text = wanted.trim_start_matches('^').trim_end_matches('$');
    let (at_start, at_end) = (wanted.starts_with('^'), wanted.ends_with('$'));
    alternatives(found).filter_map(Bson::as_str).any(|value| {
        let value = folded(value);
        // A newline at the very end may follow what is held to the end.
        let ends = [Some(&*value), value.strip_suffix('\n').filter(|_| at_end)];
        ends.into_iter().flatten().any(|value| match (at_start, at_end) {
            (true, true) => value == text,
            (true, false) => value.starts_with(text),
            (false, true) => value.ends_with(text),
            (false, false) => value.contains(text),
        })
    })
}
