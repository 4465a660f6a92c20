//! An update applied the slow and plain way.

use nexuslite::bson::{Bson, Document};

/// What an update makes of a document; nothing when it does not fit.
pub(crate) fn updated(doc: &Document, update: &Document) -> Option<Document> {
    let mut changes: Vec<(&str, &String, &Bson)> = Vec::new();
    for (operator, fields) in update {
        let fields = fields.as_document().expect("fields");
        changes.extend(fields.iter().map(|(path, value)| (operator.as_str(), path, value)));
    }
    changes.sort_by_key(|(_, path, _)| path.split('.').collect::<Vec<_>>());
    let mut new = doc.clone();
    for (operator, path, value) in changes {
        apply(&mut new, operator, path, value)?;
    }
    Some(new)
}

fn apply(doc: &mut Document, operator: &str, path: &str, value: &Bson) -> Option<()> {
    if let Some((name, rest)) = path.split_once('.') {
        return match doc.get_mut(name) {
            Some(Bson::Document(inner)) => apply(inner, operator, rest, value),
            Some(_) if operator == "$unset" => Some(()),
            Some(_) => None,
            None if operator == "$unset" => Some(()),
            None => {
                let mut inner = Document::new();
                apply(&mut inner, operator, rest, value)?;
                doc.insert(name, inner);
                Some(())
            }
        };
    }
    match operator {
        "$set" => drop(doc.insert(path, value.clone())),
        "$unset" => drop(doc.remove(path)),
        "$inc" => {
            let sum = doc.get(path).map_or(Some(value.clone()), |before| sum(before, value))?;
            doc.insert(path, sum);
        }
        _ => panic!("the model does not know {operator}"),
    }
    Some(())
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

fn whole(value: &Bson) -> Option<i64> {
    value.as_i64().or_else(|| value.as_i32().map(i64::from))
}

fn double(value: &Bson) -> Option<f64> {
    value.as_f64().or_else(|| whole(value).map(|whole| whole as f64))
}
