//! What is told of the indexes themselves.

use nexuslite::bson::{Bson, DateTime, Document, doc};
use nexuslite::{ErrorKind, IndexOptions};

use crate::fixture::{NOW_MS, fault, memory, with_clock};

fn count(of: &Document, name: &str) -> i64 {
    of.get_i64(name).unwrap_or_else(|_| panic!("{name} in {of}"))
}

#[test]
fn an_index_tells_its_size_and_who_used_it() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    c.insert_many((0..1000).map(|n| doc! { "_id": n, "g": n % 10, "l": [n % 3, 7] })).unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    c.create_index(doc! { "l": -1 }).unwrap();
    c.create_index_with(doc! { "n": 1 }, &IndexOptions::new().sparse(true)).unwrap();
    let stats = || c.index_stats().unwrap();
    let [ids, by_g, by_l, by_n] = &stats()[..] else { panic!("four indexes") };
    assert_eq!(
        (ids.get_str("name").unwrap(), count(ids, "entries"), count(ids, "distinct")),
        ("_id_", 1000, 1000)
    );
    assert_eq!(count(ids.get_document("accesses").unwrap(), "ops"), 0);
    assert_eq!((count(by_g, "entries"), count(by_g, "distinct")), (1000, 10));
    assert_eq!((count(by_l, "entries"), count(by_l, "distinct")), (2000, 4));
    assert_eq!((count(by_n, "entries"), count(by_n, "bytes")), (0, 0));
    assert_eq!([by_g, by_l].map(|index| index.get_bool("multikey").unwrap()), [false, true]);
    assert_eq!(by_l.get_document("key").unwrap(), &doc! { "l": -1 });
    assert!(by_n.get_document("spec").unwrap().get_bool("sparse").unwrap());
    assert!(by_g.get_f64("buildMillis").unwrap() >= 0.0 && !by_g.contains_key("lastUsed"), "{by_g}");
    // Nine bytes of a record and at least one of the value.
    assert!(count(by_g, "bytes") >= 9 * 1000 && count(by_g, "bytes") < 30 * 1000, "{by_g}");

    clock.advance_ms(5000);
    assert_eq!(c.count_documents(doc! { "g": 3 }).unwrap(), 100);
    assert_eq!(c.find(doc! { "g": { "$in": [1, 2] } }).hint("g_1").run().unwrap().count(), 200);
    let by_g = &stats()[1];
    let accesses = by_g.get_document("accesses").unwrap();
    assert_eq!(count(accesses, "ops"), 2);
    assert_eq!(accesses.get_datetime("since").unwrap(), &DateTime::from_millis(NOW_MS));
    assert_eq!(by_g.get("lastUsed"), Some(&Bson::DateTime(DateTime::from_millis(NOW_MS + 5000))));
    assert_eq!((count(by_g, "keysExamined"), count(by_g, "keysTaken")), (300, 300));
    assert_eq!(count(stats()[2].get_document("accesses").unwrap(), "ops"), 0);
    c.delete_many(doc! { "g": 3 }).unwrap();
    assert_eq!((count(&stats()[1], "entries"), count(&stats()[1], "distinct")), (900, 9));
    assert_eq!(fault(memory().collection("none").index_stats()), (ErrorKind::NotFound, Some(26)));
}

#[test]
fn a_collection_tells_the_bytes_of_its_indexes() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..100).map(|n| doc! { "_id": n, "g": n })).unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    let told = db.run_command(doc! { "collStats": "c" }).unwrap();
    let sizes = told.get_document("indexSizes").unwrap();
    let bytes: Vec<i32> = c.index_stats().unwrap().iter().map(|index| count(index, "bytes") as i32).collect();
    assert_eq!([sizes.get_i32("_id_").unwrap(), sizes.get_i32("g_1").unwrap()], bytes[..]);
    assert_eq!(told.get_i32("totalIndexSize").unwrap(), bytes.iter().sum::<i32>());
}

#[test]
fn look_ups_of_an_id_are_counted_whoever_makes_them() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    c.insert_many((0..100).map(|n| doc! { "_id": n, "g": n % 10 })).unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    let mut before = (0, 0, 0);
    let mut check = |what: &str, ops: i64, keys: i64, taken: i64| {
        let ids = c.index_stats().unwrap().remove(0);
        let now = (
            count(ids.get_document("accesses").unwrap(), "ops"),
            count(&ids, "keysExamined"),
            count(&ids, "keysTaken"),
        );
        assert_eq!((now.0 - before.0, now.1 - before.1, now.2 - before.2), (ops, keys, taken), "{what}");
        before = now;
    };
    check("an insert asks whether an _id is there, and that is no use of an index", 0, 0, 0);
    assert!(c.get(&Bson::Int32(5)).unwrap().is_some() && c.get(&Bson::Int32(500)).unwrap().is_none());
    check("get", 2, 1, 1);
    assert!(c.find_one(doc! { "_id": 7 }).unwrap().is_some());
    check("find_one", 1, 1, 1);
    assert_eq!(c.find(doc! { "_id": { "$in": [1, 2, 300] } }).run().unwrap().count(), 2);
    check("$in", 1, 2, 2);
    assert_eq!(c.count_documents(doc! { "_id": { "$gte": 90 } }).unwrap(), 10);
    check("a range", 1, 10, 10);
    assert_eq!(c.count_documents(doc! { "$or": [{ "_id": { "$in": [1, 2] } }, { "g": 5 }] }).unwrap(), 12);
    check("an alternative", 1, 2, 2);
    clock.advance_ms(1000);
    c.update_one(doc! { "_id": 9 }, doc! { "$set": { "g": 100 } }).unwrap();
    check("an update", 1, 1, 1);
    let ids = c.index_stats().unwrap().remove(0);
    assert_eq!(ids.get("lastUsed"), Some(&Bson::DateTime(DateTime::from_millis(NOW_MS + 1000))));
    c.find(doc! { "g": 3 }).run().unwrap().for_each(drop);
    check("another index", 0, 0, 0);
}

#[test]
fn a_histogram_tells_how_the_keys_are_spread() {
    let c = memory().collection("c");
    c.insert_many((0..2000).map(|n| doc! { "_id": n, "g": n % 10, "t": format!("t{n:04}"), "l": [n, n] }))
        .unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    c.create_index(doc! { "t": -1, "g": 1 }).unwrap();
    c.create_index(doc! { "$**": 1 }).unwrap();
    let stats = c.index_stats().unwrap();
    for index in &stats[1..] {
        let stretches: Vec<&Document> =
            index.get_array("histogram").unwrap().iter().map(|one| one.as_document().unwrap()).collect();
        let sum = |name: &str| stretches.iter().map(|one| count(one, name)).sum::<i64>();
        assert!((10..=64).contains(&stretches.len()), "{index}");
        assert_eq!((sum("entries"), sum("distinct")), (count(index, "entries"), count(index, "distinct")));
    }
    let last = |index: usize| {
        let stretch = stats[index].get_array("histogram").unwrap().last().unwrap();
        stretch.as_document().unwrap().get_document("upTo").unwrap().clone()
    };
    assert_eq!(last(1), doc! { "g": 9 });
    assert_eq!(last(2), doc! { "t": "t0000", "g": 0 });
    assert_eq!(last(3), doc! { "$_path": "t", "$**": "t1999" });
}
