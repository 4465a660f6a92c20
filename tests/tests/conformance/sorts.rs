//! Every sort of the corpus, read off indexes where that is possible.

use std::collections::BTreeSet;

use nexuslite::bson::{Document, doc};
use nexuslite::{Collection, Database};

use crate::corpus::{cases, documents};

#[test]
fn every_sort_gives_the_same_order_by_any_index() {
    let (mut sorts, mut sorted_by_index) = (0, 0);
    for case in cases("sorts") {
        let sort = case.get_document("sort").unwrap();
        let inserted = documents(&case, "sorted");
        if inserted.is_empty() || sort.is_empty() {
            continue;
        }
        sorts += 1;
        let groups = groups(&inserted, sort);
        for spec in specs(sort) {
            for backward in [false, true] {
                let db = Database::open(":memory:").unwrap();
                let c = db.collection("c");
                // What has parallel arrays, or sorts by no field, is in no such index.
                if c.create_indexes([spec.clone()]).is_err() || !insert(&c, &inserted, backward) {
                    continue;
                }
                let name = c.list_indexes().unwrap().last().unwrap().get_str("name").unwrap().to_owned();
                for hinted in [false, true] {
                    let find = c.find(doc! {}).sort(sort.clone());
                    let found = if hinted { find.hint(&name).run() } else { find.run() };
                    let Ok(found) = found else {
                        assert!(hinted && spec.get("sparse").is_some(), "{spec}: {case}");
                        continue;
                    };
                    let places: Vec<i32> = found.map(|doc| doc.unwrap().get_i32("_id").unwrap()).collect();
                    let mut rest = &places[..];
                    for group in &groups {
                        let (these, others) = rest.split_at(group.len());
                        assert_eq!(&these.iter().copied().collect::<BTreeSet<_>>(), group, "{spec}: {case}");
                        rest = others;
                    }
                    assert!(rest.is_empty(), "{spec}: {case}");
                    sorted_by_index += 1;
                }
            }
        }
    }
    assert!(sorts >= 20 && sorted_by_index >= 200, "{sorts} sorts, {sorted_by_index} by an index");
}

/// Indexes that give the order, or half of it, or none.
fn specs(sort: &Document) -> Vec<Document> {
    let turned: Document = sort
        .iter()
        .map(|(name, way)| (name.clone(), if way.to_string().starts_with('-') { 1 } else { -1 }.into()))
        .collect();
    let mut with_id = sort.clone();
    with_id.insert("_id", 1);
    let mut specs = vec![
        doc! { "key": sort.clone() },
        doc! { "key": turned },
        doc! { "key": with_id.clone() },
        doc! { "key": with_id, "unique": true, "name": "unique" },
        doc! { "key": sort.clone(), "sparse": true },
    ];
    specs.extend(sort.keys().flat_map(|name| [doc! { "key": { name: 1 } }, doc! { "key": { name: -1 } }]));
    specs.retain(|spec| spec.get_document("key").unwrap().keys().next().is_some_and(|name| name != "_id"));
    specs
}

/// Puts the documents in, their `_id` being their place; says whether all found room.
fn insert(c: &Collection, documents: &[Document], backward: bool) -> bool {
    let mut numbered: Vec<Document> = documents
        .iter()
        .enumerate()
        .map(|(place, document)| {
            let mut with_id = document.clone();
            with_id.insert("_id", place as i32);
            with_id
        })
        .collect();
    if backward {
        numbered.reverse();
    }
    c.insert_many(numbered).is_ok()
}

/// The places of the documents in their order, those together that are equal: without an index a sort leaves them as
/// they were inserted, and so shows them.
fn groups(documents: &[Document], sort: &Document) -> Vec<BTreeSet<i32>> {
    let order = |backward: bool| -> Vec<i32> {
        let db = Database::open(":memory:").unwrap();
        let c = db.collection("c");
        assert!(insert(&c, documents, backward));
        let found = c.find(doc! {}).sort(sort.clone()).hint_key(doc! { "$natural": 1 }).run().unwrap();
        found.map(|doc| doc.unwrap().get_i32("_id").unwrap()).collect()
    };
    let (one, other) = (order(false), order(true));
    let (mut groups, mut start) = (Vec::new(), 0);
    for end in 1..=one.len() {
        let group: BTreeSet<i32> = one[start..end].iter().copied().collect();
        if group == other[start..end].iter().copied().collect() {
            groups.push(group);
            start = end;
        }
    }
    assert!(sort.contains_key("_id") || groups.iter().flatten().copied().eq(0..one.len() as i32), "{sort}");
    groups
}
