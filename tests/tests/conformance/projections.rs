//! Every projection of the corpus, of documents that an index leads to.

use nexuslite::bson::{Document, doc};
use nexuslite::{Database, Find};

use crate::corpus::{cases, paths_of_document};

#[test]
fn every_projection_hands_out_the_same_by_any_index() {
    let mut asked = 0;
    for case in cases("projections") {
        let (Ok(projection), Ok(document)) = (case.get_document("projection"), case.get_document("document"))
        else {
            continue;
        };
        let db = Database::open(":memory:").unwrap();
        let c = db.collection("c");
        c.insert_one(document.clone()).unwrap();
        let answer = |find: Find<'_, Document>| -> nexuslite::Result<Vec<String>> {
            find.projection(projection.clone()).run()?.map(|doc| doc.map(|doc| doc.to_string())).collect()
        };
        let Ok(wanted) = answer(c.find(doc! {})) else { continue };
        for path in paths_of_document(document) {
            for key in [
                doc! { &path: 1 },
                doc! { &path: -1, "_id": 1 },
                doc! { "none": 1, &path: 1 },
                doc! { &path: 1, "none": -1 },
            ] {
                let name = match c.create_index(key.clone()) {
                    Ok(name) if name != "_id_" => name,
                    _ => continue,
                };
                assert_eq!(answer(c.find(doc! {}).hint(&name)).unwrap(), wanted, "{key}: {case}");
                let there = doc! { &path: { "$exists": true } };
                assert_eq!(answer(c.find(there.clone())).unwrap(), wanted, "{key}: {case}");
                assert_eq!(answer(c.find(there).hint(&name)).unwrap(), wanted, "{key}: {case}");
                if let Some(value) = document.get(&path) {
                    let equal = doc! { &path: { "$eq": value.clone() }, "none": null };
                    assert_eq!(answer(c.find(equal.clone())).unwrap(), wanted, "{key}: {case}");
                    assert_eq!(answer(c.find(equal).hint(&name)).unwrap(), wanted, "{key}: {case}");
                }
                asked += 1;
                c.drop_index(&name).unwrap();
            }
        }
    }
    assert!(asked > 300, "only {asked} indexes");
}
