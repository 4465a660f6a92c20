//! An update applied the slow and plain way, one change after the other.
//!
//! Written without a look at the database's own: only the operators and the values that `random` makes.

use nexuslite::bson::{Bson, Document};

use crate::evaluate::{Found, operator, total};

/// What an update makes of a document; nothing when it does not fit.
pub(crate) fn updated(doc: &Document, update: &Document) -> Option<Document> {
    changed(doc, update, false)
}

/// What an upsert makes of the document that its filter describes; nothing when it does not fit.
pub(crate) fn upserted(doc: &Document, update: &Document) -> Option<Document> {
    changed(doc, update, true)
}

fn changed(doc: &Document, update: &Document, is_insert: bool) -> Option<Document> {
    let mut changes: Vec<(&str, &str, &Bson)> = Vec::new();
    for (operator, fields) in update {
        let fields = fields.as_document().expect("fields");
        changes.extend(fields.iter().map(|(path, value)| (operator.as_str(), path.as_str(), value)));
    }
    if !is_insert {
        changes.retain(|(operator, ..)| *operator != "$setOnInsert");
    }
    // A renamed field comes to its new place in the order of the new name.
    let place = |operator: &str, path: &str, value: &Bson| -> Vec<String> {
        let path = if operator == "$rename" { value.as_str().expect("a name") } else { path };
        path.split('.').map(str::to_owned).collect()
    };
    changes.sort_by_key(|(operator, path, value)| place(operator, path, value));
    let mut new = doc.clone();
    for (operator, path, value) in changes {
        match operator {
            "$rename" => rename(&mut new, path, value.as_str().expect("a name"))?,
            _ => apply(&mut new, operator, path, value)?,
        }
    }
    Some(new)
}

fn rename(doc: &mut Document, from: &str, to: &str) -> Option<()> {
    let Some(value) = taken(doc, from)? else { return Some(()) };
    apply(doc, "$set", to, &value)
}

/// Takes out what stands at `path`; nothing at all when nothing can stand there.
fn taken(doc: &mut Document, path: &str) -> Option<Option<Bson>> {
    match path.split_once('.') {
        None => Some(doc.remove(path)),
        Some((name, rest)) => match doc.get_mut(name) {
            Some(Bson::Document(inner)) => taken(inner, rest),
            Some(_) => None,
            None => Some(None),
        },
    }
}

fn never_creates(operator: &str) -> bool {
    matches!(operator, "$unset" | "$pop" | "$pull" | "$pullAll")
}

fn apply(doc: &mut Document, operator: &str, path: &str, value: &Bson) -> Option<()> {
    if let Some((name, rest)) = path.split_once('.') {
        return match doc.get_mut(name) {
            Some(Bson::Document(inner)) => apply(inner, operator, rest, value),
            Some(_) if operator == "$unset" => Some(()),
            Some(_) => None,
            None if never_creates(operator) => Some(()),
            None => {
                let mut inner = Document::new();
                apply(&mut inner, operator, rest, value)?;
                doc.insert(name, inner);
                Some(())
            }
        };
    }
    let before = doc.get(path);
    let after = match operator {
        "$unset" => {
            doc.remove(path);
            return Some(());
        }
        _ if before.is_none() && never_creates(operator) => return Some(()),
        "$set" | "$setOnInsert" => value.clone(),
        "$inc" => before.map_or(Some(value.clone()), |before| sum(before, value))?,
        "$mul" => product(before.unwrap_or(&Bson::Int32(0)), value)?,
        "$min" => before.filter(|before| total(before, value).is_le()).unwrap_or(value).clone(),
        "$max" => before.filter(|before| total(before, value).is_ge()).unwrap_or(value).clone(),
        "$bit" => bits(before.unwrap_or(&Bson::Int32(0)), value)?,
        _ => Bson::Array(list(operator, array_of(before)?, value)),
    };
    doc.insert(path, after);
    Some(())
}

fn array_of(before: Option<&Bson>) -> Option<Vec<Bson>> {
    before.map_or(Some(Vec::new()), |before| before.as_array().cloned())
}

/// What an operator of arrays makes of one.
fn list(name: &str, mut list: Vec<Bson>, value: &Bson) -> Vec<Bson> {
    let clauses = value.as_document();
    let each = clauses.and_then(|clauses| clauses.get_array("$each").ok()).cloned();
    let same = |a: &Bson, b: &Bson| total(a, b).is_eq();
    match name {
        "$push" => return pushed(list, each.unwrap_or_else(|| vec![value.clone()]), clauses),
        "$addToSet" => {
            for new in each.unwrap_or_else(|| vec![value.clone()]) {
                if !list.iter().any(|there| same(there, &new)) {
                    list.push(new);
                }
            }
        }
        "$pop" if list.is_empty() => {}
        "$pop" if *value == Bson::Int32(1) => drop(list.pop()),
        "$pop" => drop(list.remove(0)),
        "$pull" => list.retain(|element| match clauses {
            Some(clauses) => !clauses
                .iter()
                .all(|(name, value)| operator(name, value, Found::at_a_path(&[Some(element.clone())]))),
            None => !same(element, value),
        }),
        "$pullAll" => {
            let all = value.as_array().expect("a list");
            list.retain(|element| !all.iter().any(|value| same(element, value)));
        }
        _ => panic!("the model does not know {name}"),
    }
    list
}

fn pushed(mut list: Vec<Bson>, values: Vec<Bson>, clauses: Option<&Document>) -> Vec<Bson> {
    let clause = |name: &str| clauses.and_then(|clauses| clauses.get_i32(name).ok());
    let len = list.len() as i32;
    let at = match clause("$position") {
        Some(from_end) if from_end < 0 => (len + from_end).max(0),
        Some(from_start) => from_start.min(len),
        None => len,
    };
    for (offset, value) in values.into_iter().enumerate() {
        list.insert(at as usize + offset, value);
    }
    match clause("$sort") {
        Some(1) => list.sort_by(total),
        Some(_) => list.sort_by(|a, b| total(b, a)),
        None => {}
    }
    while clause("$slice").is_some_and(|slice| list.len() as i32 > slice.abs()) {
        let first = clause("$slice").is_some_and(|slice| slice < 0);
        list.remove(if first { 0 } else { list.len() - 1 });
    }
    list
}

fn sum(a: &Bson, b: &Bson) -> Option<Bson> {
    Some(match (a, b) {
        (Bson::Int32(a), Bson::Int32(b)) => {
            a.checked_add(*b).map_or(Bson::Int64(i64::from(*a) + i64::from(*b)), Bson::Int32)
        }
        (Bson::Double(a), _) => Bson::Double(a + double(b)?),
        (_, Bson::Double(b)) => Bson::Double(double(a)? + b),
        _ => Bson::Int64(whole(a)? + whole(b)?),
    })
}

fn product(a: &Bson, b: &Bson) -> Option<Bson> {
    Some(match (a, b) {
        (Bson::Int32(a), Bson::Int32(b)) => {
            a.checked_mul(*b).map_or(Bson::Int64(i64::from(*a) * i64::from(*b)), Bson::Int32)
        }
        (Bson::Double(a), _) => Bson::Double(a * double(b)?),
        (_, Bson::Double(b)) => Bson::Double(double(a)? * b),
        _ => Bson::Int64(whole(a)? * whole(b)?),
    })
}

fn bits(before: &Bson, operators: &Bson) -> Option<Bson> {
    let mut number = before.clone();
    for (name, operand) in operators.as_document().expect("operators") {
        let combine = |a: i64, b: i64| match name.as_str() {
            "and" => a & b,
            "or" => a | b,
            _ => a ^ b,
        };
        let combined = combine(whole(&number)?, whole(operand)?);
        let short = matches!((&number, operand), (Bson::Int32(_), Bson::Int32(_)));
        number = if short { Bson::Int32(combined as i32) } else { Bson::Int64(combined) };
    }
    Some(number)
}

fn whole(value: &Bson) -> Option<i64> {
    value.as_i64().or_else(|| value.as_i32().map(i64::from))
}

fn double(value: &Bson) -> Option<f64> {
    value.as_f64().or_else(|| whole(value).map(|whole| whole as f64))
}
