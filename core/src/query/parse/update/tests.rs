use std::sync::Arc;

use super::update;
use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::IntoDocument;
use crate::expression::bound::FilterLimits;
use crate::query::parse::Terms;

fn raw(doc: bson::Document) -> RawDocBuf {
    doc.into_raw().expect("a document")
}

#[test]
fn an_update_that_comes_again_is_read_once_and_only_then() {
    let raise = raw(bson::doc! { "$inc": { "n": 1 } });
    let read = |terms: Terms<'_>| update(raise.as_doc(), &[], terms).expect("an update");
    let first = read(Terms::default());
    assert!(Arc::ptr_eq(&first, &read(Terms::default())), "at once");
    let collation = Collation::parse(raw(bson::doc! { "locale": "de" }).as_doc()).expect("a collation");
    let under = Terms { collation: collation.as_ref(), ..Terms::default() };
    assert!(under.collation.is_some() && !Arc::ptr_eq(&first, &read(under)), "under a collation");
    let before = read(Terms::default());
    assert!(update(raw(bson::doc! { "$inc": { "n": "x" } }).as_doc(), &[], Terms::default()).is_err());
    assert!(Arc::ptr_eq(&before, &read(Terms::default())), "what was refused is not remembered");
    update(raw(bson::doc! { "$inc": { "n": 2 } }).as_doc(), &[], Terms::default()).expect("an update");
    assert!(!Arc::ptr_eq(&before, &read(Terms::default())), "another came between");
    let before = read(Terms::default());
    let limits = FilterLimits { in_values_max: 3, ..FilterLimits::default() };
    assert!(!Arc::ptr_eq(&before, &read(Terms { limits, ..Terms::default() })), "under other limits");
}

#[test]
fn array_filters_are_read_each_time() {
    let change = raw(bson::doc! { "$set": { "a.$[x]": 1 } });
    let read = |filter: bson::Document| {
        update(change.as_doc(), &[raw(filter).as_doc()], Terms::default()).map(drop).is_ok()
    };
    assert!(read(bson::doc! { "x": 1 }));
    assert!(!read(bson::doc! { "y": 1 }));
}
