//! The document that an upsert inserts when nothing matched.

use std::collections::BTreeMap;

use super::filter::{Comparison, FieldPredicate, Filter, Predicate, Test};
use super::operand::Operand;
use super::update::{Action, Occasion, Operators, Update};
use crate::document::builder::{begin, end, put_name};
use crate::document::path::Path;
use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};

const ID: &str = "_id";
/// MongoDB's number for an `_id` of which the filter knows only a part.
const NOT_EXACT_VALUE_FIELD: (i32, &str) = (111, "NotExactValueField");

/// What the filter says must be equal, by path.
type Equalities<'f> = BTreeMap<&'f str, (&'f Path, &'f Operand)>;

/// The document to insert: what `filter` demands to be equal, changed by `update`.
///
/// `_id` stands first where there is one; it may be missing, as in any insert.
///
/// # Errors
/// As [`Update::apply`], and `Invalid`: `NotSingleValueField` (54) when the filter names a path twice,
/// `NotExactValueField` (111) when it says only a part of `_id` to a replacement.
pub(crate) fn upsert(update: &Update, filter: &Filter, now_ms: i64) -> Result<Vec<u8>> {
    let base = upsert_base(filter, update.is_replacement())?;
    let occasion = Occasion { now_ms, is_insert: true, matched: None };
    let applied = update.apply(RawDoc::new(&base), &occasion)?.bytes.into_owned();
    Ok(id_first(applied))
}

/// The document that the filter's equalities make, in the order of their paths; for a replacement only `_id`.
///
/// # Errors
/// As [`upsert`] says of the filter.
pub(crate) fn upsert_base(filter: &Filter, replacement: bool) -> Result<Vec<u8>> {
    let mut equalities = Equalities::new();
    collect(filter.root(), replacement, &mut equalities)?;
    let mut fields = Operators::default();
    for (path, operand) in equalities.values() {
        if replacement && path.len() > 1 {
            return Err(Error::invalid(
                NOT_EXACT_VALUE_FIELD,
                format!("the field '_id' must be given whole to insert a replacement, not as '{path}'"),
            ));
        }
        if fields.add(path, Action::Set((*operand).clone())).is_err() {
            return Err(not_single(&format!("the path '{path}' and one above or below it are both matched")));
        }
    }
    let base = Update::Operators(fields).apply(RawDoc::empty(), &Occasion::default())?.bytes.into_owned();
    Ok(id_first(base))
}

fn collect<'f>(predicate: &'f Predicate, only_id: bool, equalities: &mut Equalities<'f>) -> Result<()> {
    match predicate {
        Predicate::And(children) => children.iter().try_for_each(|child| collect(child, only_id, equalities)),
        Predicate::Or(children) if children.len() == 1 => collect(&children[0], only_id, equalities),
        Predicate::Field(field) => match equality(field) {
            Some(operand) if !only_id || field.path().first() == ID => note(&field.path, operand, equalities),
            _ => Ok(()),
        },
        Predicate::Or(_)
        | Predicate::Nor(_)
        | Predicate::Not(_)
        | Predicate::Whole(_)
        | Predicate::Expression(_) => Ok(()),
    }
}

fn equality(field: &FieldPredicate) -> Option<&Operand> {
    match &field.test {
        Test::Compare(Comparison::Equal, operand) => Some(operand),
        Test::In(list) if list.values().len() == 1 => list.values().first(),
        _ => None,
    }
}

fn note<'f>(path: &'f Path, operand: &'f Operand, equalities: &mut Equalities<'f>) -> Result<()> {
    match equalities.insert(path.as_str(), (path, operand)) {
        Some(_) => Err(not_single(&format!("the path '{path}' is matched twice"))),
        None => Ok(()),
    }
}

fn not_single(what: &str) -> Error {
    let message = format!("cannot infer the fields to insert from the filter: {what}");
    Error::invalid(code::NOT_SINGLE_VALUE_FIELD, message)
}

/// The same document with `_id` as its first field.
fn id_first(bytes: Vec<u8>) -> Vec<u8> {
    let doc = RawDoc::new(&bytes);
    let Some(id) = doc.fields().find(|field| field.name == ID.as_bytes()) else { return bytes };
    if id.start == 4 {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let start = begin(&mut out);
    put_name(&mut out, id.value.tag(), ID);
    out.extend_from_slice(id.value.as_bytes());
    out.extend_from_slice(&bytes[4..id.start]);
    out.extend_from_slice(&bytes[id.end..bytes.len() - 1]);
    end(&mut out, start);
    out
}
