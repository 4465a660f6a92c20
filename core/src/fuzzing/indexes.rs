//! Index specifications, and what is found by the indexes they make.

use std::collections::BTreeSet;

use crate::document::builder::RawDocBuf;
use crate::document::raw::{RawDoc, Value};
use crate::index::IndexSpec;
use crate::query::parse;
use crate::{Collection, Database, Find, Options};

use super::documents_of;

/// Index specifications: the first document is one, the others are documents that it may hold and filters to find
/// them by. What can be created is listed so that it can be created again, no answer changes by it, and the check
/// finds nothing wrong.
pub fn index_spec(data: &[u8]) {
    let docs = documents_of(data, 8);
    let [written, others @ ..] = &docs[..] else { return };
    let Ok(spec) = IndexSpec::parse(written.as_doc(), parse::partial_filter) else { return };
    let again = IndexSpec::parse(spec.to_doc().as_doc(), parse::partial_filter);
    assert_eq!(again.as_ref().ok(), Some(&spec), "{written:?} is listed as something else");
    for doc in others {
        entries_are_in_order(&spec, doc.as_doc());
    }
    let Ok(db) = Database::open_with(":memory:", Options::new().background(false)) else { return };
    let all = db.collection("all");
    let half = others.len() / 2;
    others[..half].iter().for_each(|doc| drop(all.insert_one_raw(doc.as_bytes())));
    let created = all.create_indexes([written]);
    others[half..].iter().for_each(|doc| drop(all.insert_one_raw(doc.as_bytes())));
    for filter in others {
        finds_the_same(&all, filter, created.is_ok().then_some(&spec.name));
    }
    let faults = db.check().map(|report| report.faults);
    assert!(faults.as_ref().is_ok_and(Vec::is_empty), "{written:?}: {faults:?}");
}

fn entries_are_in_order(spec: &IndexSpec, doc: RawDoc<'_>) {
    let Ok(entries) = spec.entries(doc) else { return };
    assert!(entries.all.is_sorted_by(|a, b| a.key < b.key), "{spec:?} makes entries in disorder of {doc:?}");
    assert_eq!(spec.entries(doc).ok(), Some(entries), "{spec:?} makes other entries of {doc:?} now");
}

/// A filter finds the same by the index, by the planner's choice and by none.
fn finds_the_same(all: &Collection, filter: &RawDocBuf, index: Option<&str>) {
    if parse::filter(filter.as_doc()).map_or(true, |filter| filter.leaves_to_chance()) {
        return;
    }
    let natural = RawDocBuf::build(|out| out.put("$natural", Value::Int32(1)));
    let Some(wanted) = ids(all.find(filter).hint_key(&natural)) else { return };
    if let Some(found) = ids(all.find(filter)) {
        assert_eq!(found, wanted, "{filter:?}");
    }
    // A hint is refused where the index may lack what is asked for.
    if let Some(found) = index.and_then(|index| ids(all.find(filter).hint(index))) {
        assert_eq!(found, wanted, "{filter:?} by {index:?}");
    }
}

/// The `_id`s that are found; none when the find fails, as an expression may.
fn ids<T>(find: Find<'_, T>) -> Option<BTreeSet<(u8, Vec<u8>)>> {
    let mut found = find.raw().ok()?;
    let mut ids = BTreeSet::new();
    while let Some(bytes) = found.next_bytes().ok()? {
        let id = RawDoc::new(bytes).get("_id")?;
        assert!(ids.insert((id.tag(), id.as_bytes().to_vec())), "a document came twice");
    }
    Some(ids)
}
