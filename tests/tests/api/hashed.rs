//! Indexes that hold the hash of a field.

use nexuslite::Verbosity::{ExecutionStats, QueryPlanner};
use nexuslite::bson::{Bson, Document, bson, doc};
use nexuslite::{Collection, ErrorKind, Find, IndexOptions};

use crate::fixture::{fault, ids, memory};

/// The steps of the plan, a walk over an index by the index's name.
fn steps(find: Find<'_, Document>) -> Vec<String> {
    let explained = find.explain(QueryPlanner).unwrap();
    let planner = explained.get_document("queryPlanner").unwrap();
    let below = |stage: &Document| stage.get_document("inputStage").ok().cloned();
    let all = std::iter::successors(planner.get_document("winningPlan").ok().cloned(), below);
    all.map(|stage| stage.get_str("indexName").or(stage.get_str("stage")).unwrap().to_owned()).collect()
}

fn sorted(find: Find<'_, Document>) -> Vec<i32> {
    let mut found = ids(find.run().unwrap());
    found.sort_unstable();
    found
}

/// One document for each value, besides one that has none.
fn values() -> Collection {
    let values = [
        bson!(5),
        bson!(5.0),
        bson!(5_i64),
        Bson::Decimal128("5.0".parse().unwrap()),
        Bson::Null,
        bson!("a"),
        bson!({ "x": 5 }),
        bson!({ "x": 5.0 }),
        Bson::Double(f64::NAN),
        bson!(true),
        bson!(5.5),
    ];
    let c = memory().collection("c");
    c.insert_many((0..).zip(values).map(|(id, value)| doc! { "_id": id, "a": value, "b": -id })).unwrap();
    c.insert_one(doc! { "_id": 100, "b": 0 }).unwrap();
    c
}

#[test]
fn equal_values_are_found_by_their_hash_whatever_their_types() {
    let c = values();
    assert_eq!(c.create_index(doc! { "a": "hashed" }).unwrap(), "a_hashed");
    let check = |condition: Bson, expected: &[i32]| {
        let find = || c.find(doc! { "a": condition.clone() });
        assert_eq!(steps(find()), ["FETCH", "a_hashed"], "{condition}");
        assert_eq!(sorted(find()), expected, "{condition}");
        assert_eq!(c.count_documents(doc! { "a": condition.clone() }).unwrap(), expected.len() as u64);
        let explained = find().explain(ExecutionStats).unwrap();
        let stats = explained.get_document("executionStats").unwrap();
        assert_eq!(stats.get_i32("totalKeysExamined").unwrap(), expected.len() as i32, "{explained}");
    };
    check(bson!(5), &[0, 1, 2, 3]);
    check(bson!(5.5), &[10]);
    check(bson!(null), &[4, 100]);
    check(bson!("a"), &[5]);
    check(bson!({ "x": 5_i64 }), &[6, 7]);
    check(Bson::Double(f64::NAN), &[8]);
    check(bson!(6), &[]);
    check(bson!({ "$in": [true, "a", "b"] }), &[5, 9]);
    check(bson!({ "$eq": 5, "$in": [5, "a"] }), &[0, 1, 2, 3]);
    let either = doc! { "$or": [{ "a": 5 }, { "a": "a" }] };
    assert_eq!(sorted(c.find(either)), [0, 1, 2, 3, 5]);
}

#[test]
fn what_is_no_equality_and_no_order_goes_by_no_hash() {
    let c = values();
    c.create_index(doc! { "a": "hashed" }).unwrap();
    for (condition, expected) in [
        (bson!({ "$gt": 5 }), vec![10]),
        (bson!({ "$ne": 5 }), vec![4, 5, 6, 7, 8, 9, 10, 100]),
        (bson!({ "$exists": false }), vec![100]),
        (bson!({ "$type": "number" }), vec![0, 1, 2, 3, 8, 10]),
        (bson!({ "$regex": "^a" }), vec![5]),
    ] {
        let find = || c.find(doc! { "a": condition.clone() });
        assert_eq!(steps(find()), ["COLLSCAN"], "{condition}");
        assert_eq!(sorted(find()), expected, "{condition}");
        assert_eq!(sorted(find().hint_key(doc! { "a": "hashed" })), expected, "{condition}");
    }
    let by_a = c.find(doc! {}).sort(doc! { "a": 1, "b": 1 }).hint("a_hashed");
    assert_eq!(steps(by_a), ["SORT", "FETCH", "a_hashed"]);
    let by_a = || c.find(doc! {}).sort(doc! { "a": 1, "b": 1 });
    assert_eq!(ids(by_a().hint("a_hashed").run().unwrap()), ids(by_a().run().unwrap()));
    // The index tells no value.
    let covered = c.find(doc! { "a": 5 }).projection(doc! { "a": 1, "_id": 0 });
    assert_eq!(steps(covered), ["PROJECTION_DEFAULT", "FETCH", "a_hashed"]);
}

#[test]
fn one_field_of_several_may_be_hashed() {
    let c = memory().collection("c");
    c.insert_many((0..1000).map(|n| doc! { "_id": n, "a": format!("v{}", n % 10), "b": n })).unwrap();
    c.create_index(doc! { "a": "hashed", "b": -1 }).unwrap();
    let find = || c.find(doc! { "a": "v3", "b": { "$gte": 900 } }).sort(doc! { "b": 1 });
    assert_eq!(steps(find()), ["FETCH", "a_hashed_b_-1"]);
    assert_eq!(ids(find().run().unwrap()), (0..10).map(|n| 903 + 10 * n).collect::<Vec<_>>());
    c.create_index(doc! { "b": 1, "a": "hashed" }).unwrap();
    let find = || c.find(doc! { "b": { "$lt": 50 }, "a": "v7" }).hint("b_1_a_hashed");
    assert_eq!(sorted(find()), [7, 17, 27, 37, 47]);
    let explained = find().explain(ExecutionStats).unwrap();
    assert_eq!(explained.get_document("executionStats").unwrap().get_i32("totalDocsExamined").unwrap(), 5);
    let listed = c.list_indexes().unwrap();
    assert_eq!(listed[2].get_document("key").unwrap(), &doc! { "b": 1, "a": "hashed" });
    c.create_index_with(doc! { "a": 1 }, &IndexOptions::new().name("plain")).unwrap();
    assert_eq!(c.list_indexes().unwrap().len(), 4);
}

#[test]
fn no_array_stands_in_the_way_of_a_hash() {
    let c = memory().collection("c");
    c.create_index(doc! { "a.b": "hashed", "n": 1 }).unwrap();
    c.insert_one(doc! { "_id": 1, "a": { "b": 1 }, "n": 1 }).unwrap();
    for refused in [doc! { "a": { "b": [1] } }, doc! { "a": [{ "b": 1 }] }, doc! { "a": { "b": 1 }, "n": [] }]
    {
        assert_eq!(fault(c.insert_one(refused)), (ErrorKind::Invalid, Some(16766)));
    }
    let update = c.update_one(doc! { "_id": 1 }, doc! { "$set": { "a.b": [5] } });
    assert_eq!(fault(update), (ErrorKind::Invalid, Some(16766)));
    assert_eq!(sorted(c.find(doc! { "a.b": 1 })), [1]);
    c.drop_indexes().unwrap();
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "a.b": [5] } }).unwrap();
    assert_eq!(fault(c.create_index(doc! { "a.b": "hashed" })), (ErrorKind::Invalid, Some(16766)));
    assert_eq!(c.list_indexes().unwrap().len(), 1, "nothing of it stays");
}

#[test]
fn a_hash_is_that_of_a_text_under_the_collation() {
    let c = memory().collection("c");
    c.insert_many((0..).zip(["Öl", "ol", "Ofen"]).map(|(id, a)| doc! { "_id": id, "a": a })).unwrap();
    let german = doc! { "locale": "de", "strength": 1 };
    c.create_index_with(doc! { "a": "hashed" }, &IndexOptions::new().collation(&german)).unwrap();
    assert_eq!(sorted(c.find(doc! { "a": "OL" }).collation(&german)), [0, 1]);
    assert_eq!(steps(c.find(doc! { "a": "OL" }).collation(&german)), ["FETCH", "a_hashed"]);
    assert_eq!(steps(c.find(doc! { "a": "ol" })), ["COLLSCAN"]);
    assert_eq!(sorted(c.find(doc! { "a": "ol" }).hint("a_hashed")), [1]);
}

#[test]
fn a_path_through_positions_finds_by_its_hash_what_a_walk_finds() {
    let c = memory().collection("c");
    c.create_index(doc! { "a.0": "hashed" }).unwrap();
    c.create_index(doc! { "a.1.b": "hashed", "n": 1 }).unwrap();
    let values = [
        bson!([1, { "b": 5 }]),
        bson!([1, 2]),
        bson!([2, { "b": 5 }, { "b": 6 }]),
        bson!({ "0": 1, "1": { "b": 5 } }),
        bson!({ "0": null }),
        bson!([null, { "b": null }]),
        bson!([]),
        bson!(1),
        bson!([{ "b": 5 }, { "c": 1 }]),
        bson!(["x", { "b": { "c": 1 } }]),
    ];
    for (id, value) in (0..).zip(&values) {
        c.insert_one(doc! { "_id": id, "a": value.clone(), "n": id }).unwrap();
    }
    c.insert_one(doc! { "_id": 10 }).unwrap();
    // An array at the position, or a name that is also a position, has no hash.
    for refused in
        [bson!([[1]]), bson!([{ "0": 1 }]), bson!([0, { "b": [5] }]), bson!([0, { "1": { "b": 5 } }])]
    {
        let code = fault(c.insert_one(doc! { "a": refused.clone() })).1;
        assert!(matches!(code, Some(16766 | 16746)), "{refused} {code:?}");
    }
    let mut by_index = 0;
    for path in ["a.0", "a.1.b", "a.0.b", "a"] {
        for condition in [
            bson!(1),
            bson!(5),
            bson!(null),
            bson!({ "b": 5 }),
            bson!({ "$in": [1, "x"] }),
            bson!({ "$in": [null, 2] }),
            bson!({ "$eq": 1, "$in": [1, 2] }),
            bson!({ "$ne": 1 }),
            bson!({ "$exists": false }),
            bson!({ "$gt": 1 }),
            bson!({ "$elemMatch": { "b": 5 } }),
        ] {
            let find = || c.find(doc! { path: condition.clone() });
            let wanted = sorted(find().hint_key(doc! { "$natural": 1 }));
            assert_eq!(sorted(find()), wanted, "{path} {condition}");
            for name in ["a.0_hashed", "a.1.b_hashed_n_1"] {
                assert_eq!(sorted(find().hint(name)), wanted, "{path} {condition} by {name}");
            }
            by_index += u32::from(steps(find()).last().unwrap().contains("hashed"));
        }
    }
    assert!(by_index >= 6, "{by_index}");
}
