//! A scan that comes again knows values of the last one, and answers as if it did not.

use nexuslite::bson::{Bson, Decimal128, Document, doc};
use nexuslite::{Collection, Database, Options};

/// Values of every kind that stands beside a number somewhere.
fn values() -> Vec<Bson> {
    let decimal = |text: &str| Bson::Decimal128(text.parse::<Decimal128>().unwrap());
    let big = (1_i64 << 53) + 1;
    let mut all: Vec<Bson> = (-3..6).map(Bson::from).collect();
    all.extend([Bson::Int64(2), Bson::Int64(big), Bson::Int64(-big), Bson::Int64(big - 1)]);
    all.extend([0.0, -0.0, 2.0, 2.5, 1e300, (1_u64 << 53) as f64].map(Bson::from));
    all.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Bson::from));
    all.extend([decimal("2"), decimal("2.5"), decimal("NaN"), decimal("9007199254740993")]);
    all.extend([Bson::Null, "2".into(), "a long text that no column has room for".into(), true.into()]);
    all.extend([
        Bson::Array(Vec::new()),
        Bson::from(vec![2]),
        Bson::from(vec![1, 7]),
        doc! { "b": 2 }.into(),
    ]);
    all
}

fn filters() -> Vec<Document> {
    let bounds: [Bson; 6] = [
        2.into(),
        2.5.into(),
        (-0.0).into(),
        Bson::Int64((1 << 53) + 1),
        f64::NAN.into(),
        f64::INFINITY.into(),
    ];
    let mut all = Vec::new();
    for bound in bounds {
        all.push(doc! { "a": bound.clone() });
        for operator in ["$gt", "$gte", "$lt", "$lte", "$ne"] {
            let mut test = Document::new();
            test.insert(operator, bound.clone());
            all.push(doc! { "a": test.clone() });
            all.push(doc! { "a": test.clone(), "even": true });
            all.push(doc! { "a": test, "$expr": { "$eq": ["$even", false] } });
        }
    }
    all.push(doc! { "a": { "$gte": 0, "$lt": 3 } });
    all.push(doc! { "a": { "$gt": 0, "$mod": [2, 0] } });
    all.push(doc! { "a.b": 2 });
    all
}

fn ids(all: &Collection, filter: &Document) -> Vec<i32> {
    let found = all.find(filter.clone()).run().unwrap();
    found.map(|document| document.unwrap().get_i32("_id").unwrap()).collect()
}

#[test]
fn a_scan_that_comes_again_answers_alike() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_with(folder.path().join("scans.db"), Options::new()).unwrap();
    let (all, values) = (db.collection("all"), values());
    let document = |id: usize| {
        let mut document = doc! { "_id": id as i32, "even": id.is_multiple_of(2) };
        // Of some the field is missing.
        document.extend((!id.is_multiple_of(7)).then(|| ("a".to_owned(), values[id % values.len()].clone())));
        document
    };
    all.insert_many((0..3000).map(document)).unwrap();
    db.checkpoint().unwrap();
    for filter in filters() {
        let first = ids(&all, &filter);
        for turn in 1..5 {
            assert_eq!(ids(&all, &filter), first, "{filter}, turn {turn}");
        }
        // The same of a field that nobody scanned for.
        let answer = first.len() as u64;
        assert_eq!(
            all.count_documents(doc! { "$nor": [{ "$nor": [filter.clone()] }] }).unwrap(),
            answer,
            "{filter}"
        );
    }
}

#[test]
fn a_scan_sees_what_was_changed_since_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_with(folder.path().join("scans.db"), Options::new()).unwrap();
    let all: Collection = db.collection("all");
    all.insert_many((0..2000).map(|id| doc! { "_id": id, "a": id % 10 })).unwrap();
    for turn in 0..6 {
        db.checkpoint().unwrap();
        assert_eq!(all.find(doc! { "a": 3 }).run().unwrap().count(), 200 - turn, "turn {turn}");
        let gone = doc! { "_id": turn as i32 * 10 + 3 };
        if turn.is_multiple_of(2) {
            all.update_one(gone, doc! { "$set": { "a": 4 } }).unwrap();
        } else {
            all.delete_one(gone).unwrap();
        }
        assert_eq!(all.find(doc! { "a": 3 }).run().unwrap().count(), 199 - turn, "turn {turn}");
    }
}

/// One commit is one buffer, in which two collections have records under the same keys.
#[test]
fn collections_of_one_commit_are_scanned_apart() {
    for name in [":memory:", "apart.db"] {
        let folder = tempfile::tempdir().unwrap();
        let path = if name == ":memory:" { name.into() } else { folder.path().join(name) };
        let db = Database::open_with(path, Options::new()).unwrap();
        db.create_collection("few").unwrap();
        db.create_collection("many").unwrap();
        db.transaction(|tx| {
            for id in 0..40 {
                tx.collection("few").insert_one(doc! { "_id": id, "a": -1, "b": 1 })?;
                tx.collection("many").insert_one(doc! { "_id": id, "a": id })?;
            }
            Ok(())
        })
        .unwrap();
        let (few, many) = (db.collection("few"), db.collection("many"));
        for round in 0..4 {
            let count = |of: &Collection, filter| ids(of, &filter).len();
            assert_eq!(count(&few, doc! { "a": { "$gte": 0 } }), 0, "{name}, round {round}");
            assert_eq!(count(&many, doc! { "a": { "$gte": 0 } }), 40, "{name}, round {round}");
            assert_eq!(count(&many, doc! { "b": 1 }), 0, "{name}, round {round}");
            assert_eq!(count(&few, doc! { "b": 1 }), 40, "{name}, round {round}");
        }
    }
}
