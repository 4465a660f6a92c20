//! Which road a statement takes, and how far it walks on it.

use nexuslite::Verbosity::{AllPlansExecution, ExecutionStats, QueryPlanner};
use nexuslite::bson::{Bson, Document, bson, doc};
use nexuslite::{
    Collection, CountOptions, Database, DeleteOptions, DistinctOptions, Document as Meta, ErrorKind, Find,
    FindOneAndOptions, IndexOptions, ReplaceOptions, UpdateOptions, WriteModel,
};

use crate::fixture::{fault, ids, memory, with_clock};

fn plan(explained: &Document) -> &Document {
    explained.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap()
}

fn stats(explained: &Document) -> &Document {
    explained.get_document("executionStats").unwrap()
}

/// The stages from the top down, the first branch of an OR for all.
fn stages(tree: &Document) -> Vec<&Document> {
    std::iter::successors(Some(tree), |stage| below(stage)).collect()
}

fn below(stage: &Document) -> Option<&Document> {
    let first = || stage.get_array("inputStages").ok().and_then(|inputs| inputs.first()?.as_document());
    stage.get_document("inputStage").ok().or_else(first)
}

fn names(explained: &Document) -> Vec<&str> {
    stages(plan(explained)).into_iter().map(|stage| stage.get_str("stage").unwrap()).collect()
}

/// `nReturned`, keys and documents.
fn totals(explained: &Document) -> [i32; 3] {
    ["nReturned", "totalKeysExamined", "totalDocsExamined"]
        .map(|name| stats(explained).get_i32(name).unwrap())
}

fn run(find: Find<'_, Document>) -> Document {
    find.explain(ExecutionStats).unwrap()
}

/// `count` documents: `n` counts them, `g` has ten values, `m` counts backwards.
fn numbers(count: i32) -> (Database, Collection) {
    let db = memory();
    let numbers = db.collection("numbers");
    numbers.insert_many((0..count).map(|n| doc! { "_id": n, "n": n, "g": n % 10, "m": -n })).unwrap();
    (db, numbers)
}

fn natural(of: &Collection, filter: &Document) -> Vec<i32> {
    let mut found = ids(of.find(filter).hint_key(doc! { "$natural": 1 }).run().unwrap());
    found.sort_unstable();
    found
}

#[test]
fn alternatives_are_found_each_by_its_index() {
    let (_db, numbers) = numbers(3000);
    numbers.create_index(doc! { "n": 1 }).unwrap();
    numbers.create_index(doc! { "m": -1 }).unwrap();
    let check = |filter: Document, keys: i32| {
        let explained = run(numbers.find(&filter));
        assert_eq!(names(&explained)[..2], ["FETCH", "OR"], "{explained}");
        let mut found = ids(numbers.find(&filter).run().unwrap());
        found.sort_unstable();
        assert_eq!(found, natural(&numbers, &filter), "{filter}");
        assert!(totals(&explained)[1] <= keys, "{explained}");
        assert_eq!(totals(&explained)[0], found.len() as i32);
        let counted = numbers.explain(ExecutionStats).count_documents(&filter).unwrap();
        assert_eq!(
            stages(stats(&counted).get_document("executionStages").unwrap())[0].get_i32("nCounted").unwrap(),
            found.len() as i32
        );
    };
    check(doc! { "$or": [{ "n": 5 }, { "m": -7 }] }, 2);
    check(doc! { "$or": [{ "n": { "$lt": 20 } }, { "m": { "$gt": -30 } }] }, 50);
    check(doc! { "$or": [{ "n": 5 }, { "m": -7 }], "g": 5 }, 2);
    check(doc! { "$or": [{ "n": 5, "g": 5 }, { "m": -7, "g": 1 }] }, 2);
    check(doc! { "$or": [{ "n": { "$in": [1, 2] } }, { "_id": { "$in": [2, 3] } }] }, 4);
    check(doc! { "$or": [{ "n": 1 }, { "_id": { "$gte": 2990 } }] }, 11);
    let without = numbers.find(doc! { "$or": [{ "n": 5 }, { "g": 7 }] }).explain(QueryPlanner).unwrap();
    assert_eq!(names(&without), ["COLLSCAN"]);
    let sorted = numbers.find(doc! { "$or": [{ "n": 5 }, { "m": -7 }] }).sort(doc! { "n": -1 });
    assert_eq!(ids(sorted.run().unwrap()), [7, 5]);
    let gone = numbers.delete_many(doc! { "$or": [{ "n": { "$lt": 3 } }, { "m": { "$gt": -5 } }] }).unwrap();
    assert_eq!(gone.deleted_count, 5);
}

#[test]
fn what_an_index_tells_is_not_read_from_documents() {
    let db = memory();
    let c = db.collection("c");
    let values = [
        bson!(7),
        bson!(7_i64),
        bson!(7.0),
        bson!(-7.25),
        bson!("text"),
        bson!("nul\0 and \u{1}"),
        Bson::Null,
        bson!(true),
        Bson::DateTime(nexuslite::bson::DateTime::from_millis(-5)),
        bson!(i64::MAX),
        bson!(f64::INFINITY),
        bson!(-0.0),
        bson!({ "inner": [1, 2] }),
        Bson::Undefined,
        Bson::Decimal128("7.0".parse().unwrap()),
    ];
    for (id, value) in values.iter().enumerate() {
        c.insert_one(doc! { "_id": id as i32, "a": value.clone(), "b": { "x": value.clone() }, "z": 1 })
            .unwrap();
    }
    c.insert_one(doc! { "_id": 100, "z": 1 }).unwrap();
    c.insert_one(doc! { "_id": 101, "b": {}, "z": 1 }).unwrap();
    for sign in [1, -1] {
        for unique in [false, true] {
            let key = doc! { "z": 1, "a": sign, "b.x": sign, "_id": 1 };
            let options = IndexOptions::new().unique(unique);
            let name = c.create_index_with(key, &options).unwrap();
            for fields in [
                doc! { "a": 1 },
                doc! { "a": 1, "_id": 0 },
                doc! { "b.x": 1 },
                doc! { "a": 1, "b": { "x": 1 } },
            ] {
                let find = || c.find(doc! { "z": 1 }).projection(&fields).sort(doc! { "_id": 1 });
                let told: Vec<String> =
                    find().hint(&name).run().unwrap().map(|doc| doc.unwrap().to_string()).collect();
                let read = find()
                    .hint_key(doc! { "$natural": 1 })
                    .run()
                    .unwrap()
                    .map(|doc| doc.unwrap().to_string());
                assert_eq!(told, read.collect::<Vec<_>>(), "{fields} {sign} {unique}");
                let explained = run(find().hint(&name));
                let [returned, keys, docs] = totals(&explained);
                assert_eq!((returned, keys), (17, 17));
                // What only the document tells: the largest, minus zero, documents, undefined, decimals.
                assert!(docs < 10, "{explained}");
                assert!(names(&explained).contains(&"PROJECTION_COVERED"), "{explained}");
            }
            c.drop_index(&name).unwrap();
        }
    }
    let (_db, numbers) = numbers(1000);
    numbers.create_index(doc! { "n": 1, "g": 1 }).unwrap();
    let check = |find: Find<'_, Document>, expected: [i32; 3], stages: &[&str]| {
        let explained = run(find);
        assert_eq!((totals(&explained), &names(&explained)[..]), (expected, stages), "{explained}");
    };
    let few = doc! { "n": { "$lt": 20 } };
    let find = || numbers.find(&few).projection(doc! { "g": 1, "_id": 0 });
    check(find(), [20, 20, 0], &["PROJECTION_COVERED", "IXSCAN"]);
    check(find().sort(doc! { "n": -1 }).limit(3), [3, 3, 0], &["PROJECTION_COVERED", "LIMIT", "IXSCAN"]);
    check(find().sort(doc! { "g": 1 }), [20, 20, 0], &["PROJECTION_COVERED", "SORT", "IXSCAN"]);
    let filtered = numbers.find(doc! { "n": { "$lt": 20 }, "g": { "$mod": [2, 0] } });
    check(filtered.projection(doc! { "n": 1, "_id": 0 }), [10, 20, 0], &["PROJECTION_COVERED", "IXSCAN"]);
    check(
        numbers.find(&few).projection(doc! { "g": 1 }),
        [20, 20, 20],
        &["PROJECTION_DEFAULT", "FETCH", "IXSCAN"],
    );
    check(
        numbers.find(&few).projection(doc! { "m": 1, "_id": 0 }),
        [20, 20, 20],
        &["PROJECTION_DEFAULT", "FETCH", "IXSCAN"],
    );
    numbers.insert_one(doc! { "_id": -1, "n": [1, 2], "g": 3 }).unwrap();
    check(find(), [21, 22, 21], &["PROJECTION_DEFAULT", "FETCH", "IXSCAN"]);
}

#[test]
fn fields_told_by_an_index_stand_in_the_order_of_their_document() {
    let db = memory();
    let c = db.collection("c");
    let key = doc! { "z": 1, "a": 1, "b.x": -1, "b.y": 1, "_id": 1 };
    let all = ["a", "b", "z"];
    let mut id = 0;
    for first in 0..3 {
        for second in (0..3).filter(|second| *second != first) {
            for turned in [false, true] {
                let b = if turned {
                    doc! { "y": id, "x": 2 }
                } else {
                    doc! { "x": 2, "y": id }
                };
                let mut document = doc! { "_id": id };
                for name in [first, second, 3 - first - second].map(|at| all[at]) {
                    document.insert(name, if name == "b" { bson!(b.clone()) } else { bson!(1) });
                }
                c.insert_one(document).unwrap();
                id += 1;
            }
        }
    }
    c.insert_one(doc! { "_id": id, "b": { "y": 1, "x": 1 }, "z": 1 }).unwrap();
    let fields = doc! { "a": 1, "b": { "x": 1, "y": 1 }, "z": 1 };
    let check = |docs: i32| {
        let find = || c.find(doc! { "z": 1 }).projection(&fields).sort(doc! { "_id": 1 });
        let answer = |find: Find<'_, Document>| -> Vec<String> {
            find.run().unwrap().map(|doc| doc.unwrap().to_string()).collect()
        };
        let told = answer(find().hint("all"));
        assert_eq!(told, answer(find().hint_key(doc! { "$natural": 1 })));
        assert_eq!(totals(&run(find().hint("all"))), [id + 1, id + 1, docs]);
    };
    c.create_index_with(&key, &IndexOptions::new().name("all")).unwrap();
    check(0);
    // The values are the same and the order is another.
    c.replace_one(doc! { "_id": 0 }, doc! { "z": 1, "b": { "y": 0, "x": 2 }, "a": 1 }).unwrap();
    c.update_one(doc! { "_id": 1 }, [doc! { "$replaceWith": { "_id": 1, "b": "$b", "z": 1, "a": 1 } }])
        .unwrap();
    check(0);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    c.drop_indexes().unwrap();
    // Of more fields than an order is told of the document is read, unless it has the order of the key.
    let longer = doc! { "z": 1, "a": 1, "b.x": -1, "b.y": 1, "_id": 1, "more": 1 };
    c.create_index_with(&longer, &IndexOptions::new().name("all")).unwrap();
    check(id);
}

#[test]
fn an_index_counts_and_lists_by_itself() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    c.insert_many((0..300).map(|n| doc! { "_id": n, "n": n % 30, "tags": [n % 3, n % 5, n % 3] })).unwrap();
    c.create_index(doc! { "n": 1 }).unwrap();
    c.create_index(doc! { "tags": 1 }).unwrap();
    let count = |filter: Document, counted: i32, docs: i32| {
        let explained = c.explain(ExecutionStats).count_documents(&filter).unwrap();
        let top = stats(&explained).get_document("executionStages").unwrap();
        assert_eq!(top.get_i32("nCounted").unwrap(), counted, "{explained}");
        assert_eq!(totals(&explained)[2], docs, "{explained}");
        assert_eq!(c.count_documents(&filter).unwrap(), counted as u64);
    };
    count(doc! { "n": 3 }, 10, 0);
    count(doc! { "n": { "$gte": 3, "$lt": 5 } }, 20, 0);
    count(doc! { "n": { "$in": [1, 2, 99] } }, 20, 0);
    count(doc! { "n": null }, 0, 0);
    count(doc! { "tags": 1 }, 140, 0);
    count(doc! { "tags": { "$gte": 1 } }, 280, 0);
    // One element may be the one, another the other.
    count(doc! { "tags": { "$gte": 1, "$lt": 2 } }, 220, 280);
    count(doc! { "tags": { "$elemMatch": { "$gte": 1, "$lt": 2 } } }, 140, 140);
    count(doc! { "_id": { "$gte": 290 } }, 10, 0);
    count(doc! { "n": 3, "m": null }, 10, 10);
    assert_eq!(c.distinct("n", doc! { "n": { "$gt": 27 } }).unwrap(), [bson!(28), bson!(29)]);
    assert_eq!(c.distinct("tags", doc! { "n": 4 }).unwrap(), [bson!(1), bson!(4)]);
    let short = Meta::builder().id(1000).field("n", 3).ttl(std::time::Duration::from_millis(5)).build();
    db.insert_document("c", short).unwrap();
    count(doc! { "n": 3 }, 11, 0);
    clock.advance_ms(10);
    count(doc! { "n": 3 }, 10, 0);
    count(doc! { "_id": { "$gte": 290 } }, 10, 0);
    assert_eq!(c.find(doc! { "n": 3 }).projection(doc! { "n": 1, "_id": 0 }).run().unwrap().count(), 10);
    let tx = db.begin().unwrap();
    tx.collection("c").insert_one(doc! { "_id": 2000, "n": 3 }).unwrap();
    tx.collection("c").delete_one(doc! { "_id": 3 }).unwrap();
    assert_eq!(tx.collection("c").count_documents(doc! { "n": 3 }).unwrap(), 10);
    assert_eq!(tx.collection("c").count_documents(doc! { "_id": { "$gte": 290 } }).unwrap(), 11);
}

#[test]
fn an_order_by_an_index_is_read_only_as_far_as_it_is_wanted() {
    let (_db, numbers) = numbers(100_000);
    numbers.create_index(doc! { "m": 1 }).unwrap();
    numbers.create_index(doc! { "g": 1 }).unwrap();
    for sign in [1, -1] {
        let explained = run(numbers.find(doc! {}).sort(doc! { "m": sign }).limit(200));
        let [returned, keys, docs] = totals(&explained);
        assert!(returned == 200 && keys <= 220 && docs <= 220, "{explained}");
        let first = numbers.find(doc! {}).sort(doc! { "m": sign }).limit(1).first().unwrap().unwrap();
        assert_eq!(first.get_i32("m").unwrap(), if sign == 1 { -99_999 } else { 0 });
        let most = run(numbers.find(doc! { "n": { "$exists": true } }).sort(doc! { "m": sign }).limit(200));
        assert!(totals(&most)[1] <= 220, "{most}");
    }
    // Groups of ten thousand: one of them is sorted, not all ten.
    let find = || numbers.find(doc! {}).sort(doc! { "g": -1, "m": 1 }).limit(3);
    let explained = run(find());
    assert_eq!(names(&explained), ["LIMIT", "SORT", "FETCH", "IXSCAN"], "{explained}");
    assert!(totals(&explained)[1] <= 12_000, "{explained}");
    assert_eq!(ids(find().run().unwrap()), [99_999, 99_989, 99_979]);
    let whole = ids(numbers
        .find(doc! { "n": { "$lt": 50 } })
        .sort(doc! { "g": 1, "m": 1 })
        .hint("g_1")
        .run()
        .unwrap());
    let mut wanted: Vec<i32> = (0..50).collect();
    wanted.sort_by_key(|n| (n % 10, -n));
    assert_eq!(whole, wanted);
}

#[test]
fn gaps_between_keys_are_jumped_over() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..20_000).map(|n| doc! { "_id": n, "a": n / 1000, "b": n % 1000 })).unwrap();
    c.create_index(doc! { "a": 1, "b": -1 }).unwrap();
    let check = |filter: Document, hits: i32, keys: i32| {
        let find = || c.find(&filter).hint("a_1_b_-1");
        let explained = run(find());
        let [returned, looked_at, docs] = totals(&explained);
        assert_eq!((returned, docs), (hits, hits), "{explained}");
        assert!(looked_at <= keys, "{explained}");
        for sort in [doc! { "a": 1, "b": -1 }, doc! { "a": -1, "b": 1 }] {
            let mut found = ids(find().sort(sort).run().unwrap());
            found.sort_unstable();
            assert_eq!(found, natural(&c, &filter), "{filter}");
        }
    };
    check(doc! { "a": { "$in": [1, 17] } }, 2000, 2002);
    check(doc! { "a": { "$in": [1, 17] }, "b": { "$in": [5, 500] } }, 4, 6);
    check(doc! { "a": { "$gt": 3, "$lt": 9 }, "b": 77 }, 5, 5 * 3 + 2);
    check(doc! { "a": { "$gte": 3 }, "b": { "$gte": 990 } }, 170, 170 + 17 * 2 + 2);
    check(doc! { "b": 5 }, 20, 20 * 3 + 2);
    check(doc! { "a": { "$ne": 4 }, "b": { "$lt": 2 } }, 38, 38 + 20 * 3);
}

#[test]
fn the_cheapest_road_is_taken_and_the_others_are_told() {
    let (_db, numbers) = numbers(5000);
    numbers.create_index(doc! { "g": 1 }).unwrap();
    numbers.create_index(doc! { "n": 1 }).unwrap();
    let hidden = IndexOptions::new().hidden(true);
    numbers.create_index_with(doc! { "m": 1 }, &hidden).unwrap();
    let index = |filter: &Document| {
        let explained = numbers.find(filter).explain(QueryPlanner).unwrap();
        let source = *stages(plan(&explained)).last().unwrap();
        source.get_str("indexName").map_or("none".to_owned(), str::to_owned)
    };
    assert_eq!(index(&doc! { "g": 3, "n": 13 }), "n_1");
    assert_eq!(index(&doc! { "n": { "$gte": 0 }, "g": 3 }), "g_1");
    assert_eq!(index(&doc! { "n": { "$gte": 4990 }, "g": 3 }), "n_1");
    assert_eq!(index(&doc! { "n": { "$ne": 3 } }), "none");
    assert_eq!(index(&doc! { "m": 3 }), "none");
    let explained = numbers.find(doc! { "g": 3, "n": { "$gte": 4990 } }).explain(AllPlansExecution).unwrap();
    let planner = explained.get_document("queryPlanner").unwrap();
    let rejected = planner.get_array("rejectedPlans").unwrap();
    assert_eq!(rejected.len(), 2, "{explained}");
    for plan in rejected {
        let plan = plan.as_document().unwrap();
        assert!(plan.get_str("rejectedBecause").unwrap().contains("estimated"), "{plan}");
        assert!(plan.get_f64("costEstimate").unwrap() > 0.0 && plan.get_str("stage").is_ok());
    }
    let unused = planner.get_array("indexesNotUsed").unwrap();
    assert_eq!(unused[..], [bson!({ "indexName": "m_1", "because": "it is hidden" })]);
    let all = stats(&explained).get_array("allPlansExecution").unwrap();
    let returned: Vec<i32> =
        all.iter().map(|ran| ran.as_document().unwrap().get_i32("nReturned").unwrap()).collect();
    assert_eq!(returned, [1, 1, 1]);
    let docs: Vec<i32> =
        all.iter().map(|ran| ran.as_document().unwrap().get_i32("totalDocsExamined").unwrap()).collect();
    assert!(docs.is_sorted(), "the cheapest reads least: {docs:?}");
}

#[test]
fn a_choice_is_remembered_until_it_no_longer_fits() {
    let db = memory();
    let c = db.collection("c");
    // One value of `a` is common; of `b` every value is as rare as any other.
    c.insert_many((0..20_000).map(|n| doc! { "_id": n, "a": if n < 10_000 { -1 } else { n }, "b": n % 200 }))
        .unwrap();
    c.create_index(doc! { "a": 1 }).unwrap();
    c.create_index(doc! { "b": 1 }).unwrap();
    let docs = |a: i32, b: i32| {
        let counts = || c.find(doc! { "a": a, "b": b }).run().unwrap().count();
        let explained = run(c.find(doc! { "a": a, "b": b }));
        assert_eq!(counts(), totals(&explained)[0] as usize);
        counts();
        totals(&explained)[2]
    };
    assert_eq!(docs(15_000, 0), 1, "by a");
    assert_eq!(docs(15_001, 1), 1);
    assert_eq!(docs(-1, 7), 100, "by b, although a served before");
    assert_eq!(docs(15_002, 2), 1, "by a again");
    c.drop_index("a_1").unwrap();
    assert_eq!(docs(15_002, 2), 100);
    c.create_index(doc! { "a": 1, "b": 1 }).unwrap();
    assert_eq!(docs(15_002, 2), 1);
    assert_eq!(docs(-1, 7), 50);
}

#[test]
fn a_road_that_disappoints_is_not_taken_again() {
    let (_db, c) = numbers(30_000);
    // What is asked for lies at the far end of the order, which no size of an index tells.
    c.create_index(doc! { "n": 1 }).unwrap();
    let find = || c.find(doc! { "m": { "$lt": -29_990 } }).sort(doc! { "n": 1 }).limit(1);
    let source = || {
        let explained = find().explain(QueryPlanner).unwrap();
        (*names(&explained).last().unwrap()).to_owned()
    };
    assert_eq!(
        source(),
        "IXSCAN",
        "a tenth is thought to satisfy the filter, so the first ten keys would do"
    );
    assert_eq!(ids(find().run().unwrap()), [29_991]);
    assert_eq!(source(), "COLLSCAN");
    assert_eq!(ids(find().run().unwrap()), [29_991]);
}

#[test]
fn every_verb_takes_a_hint() {
    let (_db, c) = numbers(2000);
    c.create_index(doc! { "g": 1 }).unwrap();
    c.create_index_with(doc! { "m": 1 }, &IndexOptions::new().sparse(true)).unwrap();
    let index = |explained: Document| {
        let source = stages(plan(&explained)).last().unwrap().get_str("indexName").map(str::to_owned);
        source.unwrap_or_else(|_| "none".to_owned())
    };
    let (filter, set) = (doc! { "n": { "$lt": 5 }, "g": { "$gte": 0 } }, doc! { "$set": { "x": 1 } });
    let explain = c.explain(QueryPlanner);
    let hinted = |name: &str| {
        [
            index(c.find(&filter).hint(name).explain(QueryPlanner).unwrap()),
            index(explain.count_documents_with(&filter, CountOptions::new().hint(name)).unwrap()),
            index(explain.update_one_with(&filter, &set, UpdateOptions::new().hint(name)).unwrap()),
            index(explain.update_many_with(&filter, &set, UpdateOptions::new().hint(name)).unwrap()),
            index(explain.delete_one_with(&filter, DeleteOptions::new().hint(name)).unwrap()),
            index(explain.delete_many_with(&filter, DeleteOptions::new().hint(name)).unwrap()),
        ]
    };
    assert!(hinted("g_1").iter().all(|index| index == "g_1"));
    assert!(hinted("_id_").iter().all(|index| index == "_id_"));
    let by_g = doc! { "g": 1 };
    assert_eq!(c.distinct_with("n", &filter, DistinctOptions::new().hint_key(&by_g)).unwrap().len(), 5);
    assert_eq!(c.count_documents_with(doc! {}, CountOptions::new().hint("g_1")).unwrap(), 2000);
    let updated = c.update_many_with(&filter, &set, UpdateOptions::new().hint_key(&by_g)).unwrap();
    assert_eq!(updated.modified_count, 5);
    let replaced = ReplaceOptions::new().hint("g_1");
    assert_eq!(c.replace_one_with(doc! { "n": 4 }, doc! { "n": 4 }, replaced).unwrap().modified_count, 1);
    let options = || FindOneAndOptions::new().hint("g_1");
    assert!(c.find_one_and_update_with(doc! { "n": 3 }, &set, options()).unwrap().is_some());
    assert!(c.find_one_and_replace_with(doc! { "n": 3 }, doc! { "n": 3 }, options()).unwrap().is_some());
    assert!(c.find_one_and_delete_with(doc! { "n": 3 }, options()).unwrap().is_some());
    assert_eq!(
        c.delete_many_with(doc! { "n": 2 }, DeleteOptions::new().hint("g_1")).unwrap().deleted_count,
        1
    );
    let bulk = c.bulk_write([WriteModel::delete_one(doc! { "n": 1 }).hint("g_1")]).unwrap();
    assert_eq!(bulk.deleted_count, 1);
    let refused =
        |outcome: Result<(), nexuslite::Error>| assert_eq!(fault(outcome), (ErrorKind::Invalid, Some(2)));
    for name in ["nope", "m_1"] {
        refused(c.find(&filter).hint(name).run().map(drop));
        refused(c.count_documents_with(doc! {}, CountOptions::new().hint(name)).map(drop));
        refused(c.distinct_with("n", &filter, DistinctOptions::new().hint(name)).map(drop));
        refused(c.update_one_with(&filter, &set, UpdateOptions::new().hint(name)).map(drop));
        refused(c.delete_many_with(&filter, DeleteOptions::new().hint(name)).map(drop));
        refused(c.find_one_and_delete_with(&filter, FindOneAndOptions::new().hint(name)).map(drop));
    }
}

#[test]
fn min_and_max_are_keys_of_the_hinted_index() {
    let (_db, c) = numbers(100);
    c.create_index(doc! { "g": 1, "m": -1 }).unwrap();
    let found = |min: Option<Document>, max: Option<Document>| {
        let mut find = c.find(doc! {}).hint("g_1_m_-1");
        if let Some(min) = min {
            find = find.min(min);
        }
        if let Some(max) = max {
            find = find.max(max);
        }
        find.run().map(ids)
    };
    let from = doc! { "g": 3, "m": -13 };
    assert_eq!(found(Some(from.clone()), Some(doc! { "g": 3, "m": -43 })).unwrap(), [13, 23, 33]);
    assert_eq!(found(Some(doc! { "g": 9, "m": -79 }), None).unwrap(), [79, 89, 99]);
    assert_eq!(found(None, Some(doc! { "g": 0, "m": -20 })).unwrap(), [0, 10]);
    let code = |outcome: nexuslite::Result<Vec<i32>>| outcome.unwrap_err().code();
    assert_eq!(code(found(Some(doc! { "g": 3 }), None)), Some(51174));
    assert_eq!(code(found(Some(doc! { "m": 3, "g": 1 }), None)), Some(51174));
    assert_eq!(code(found(Some(from.clone()), Some(from.clone()))), Some(51175));
    assert_eq!(code(c.find(doc! {}).min(&from).run().map(ids)), Some(51173));
    assert_eq!(code(c.find(doc! {}).min(&from).hint_key(doc! { "$natural": 1 }).run().map(ids)), Some(291));
    assert_eq!(c.find(doc! { "_id": 5 }).min(&from).run().map(ids).unwrap(), [5]);
    let by_id = c.find(doc! { "g": 3 }).hint("_id_").min(doc! { "_id": 10 }).max(doc! { "_id": 33 });
    assert_eq!(by_id.run().map(ids).unwrap(), [13, 23]);
    let sorted =
        c.find(doc! {}).hint("g_1_m_-1").min(doc! { "g": 9, "m": -79 }).sort(doc! { "g": -1, "m": 1 });
    assert_eq!(sorted.run().map(ids).unwrap(), [99, 89, 79]);
    // Another element may satisfy the filter than the one that lies between the bounds.
    let lists = c.clone();
    lists.delete_many(doc! {}).unwrap();
    lists.insert_one(doc! { "_id": 1, "l": [1, 50] }).unwrap();
    lists.create_index(doc! { "l": 1 }).unwrap();
    let between = lists.find(doc! { "l": 1 }).hint("l_1").min(doc! { "l": 40 }).max(doc! { "l": 60 });
    assert_eq!(between.run().map(ids).unwrap(), [1]);
}

#[test]
fn an_explanation_tells_bounds_memory_and_upkeep() {
    let (_db, c) = numbers(2000);
    c.create_index(doc! { "g": 1, "n": -1 }).unwrap();
    let bounds = |filter: Document| {
        let explained = c.find(filter).hint("g_1_n_-1").explain(QueryPlanner).unwrap();
        let source = (*stages(plan(&explained)).last().unwrap()).clone();
        let bounds = source.get_document("indexBounds").unwrap();
        ["g", "n"].map(|name| {
            bounds
                .get_array(name)
                .unwrap()
                .iter()
                .map(|text| text.as_str().unwrap())
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    let check = |filter: Document, g: &str, n: &str| assert_eq!(bounds(filter.clone()), [g, n], "{filter}");
    check(doc! { "g": 3 }, "[3, 3]", "[MinKey, MaxKey]");
    check(doc! { "g": { "$in": [1, null] }, "n": { "$gt": 5, "$lte": 9 } }, "[null, null] [1, 1]", "(5, 9]");
    check(doc! { "g": { "$gte": "a" } }, "[\"a\", {})", "[MinKey, MaxKey]");
    check(doc! { "g": { "$lt": 7 } }, "[-inf, 7)", "[MinKey, MaxKey]");
    check(doc! { "g": { "$gt": 7 } }, "(7, inf]", "[MinKey, MaxKey]");
    check(doc! { "g": { "$regex": "^ab" } }, "[\"ab\", \"ac\") [/^ab/, /^ab/]", "[MinKey, MaxKey]");
    check(doc! { "g": { "$ne": 3 } }, "[MinKey, 3) (3, MaxKey]", "[MinKey, MaxKey]");
    let sorted = run(c.find(doc! { "g": 3 }).sort(doc! { "m": 1 }));
    let sort = stages(stats(&sorted).get_document("executionStages").unwrap())[0];
    assert_eq!(sort.get_str("stage").unwrap(), "SORT");
    assert!(sort.get_i32("maxBytesHeld").unwrap() > 200 * 50, "{sort}");
    let top = |explained: Document| stats(&explained).get_document("executionStages").unwrap().clone();
    let upkeep = |top: &Document| ["keysInserted", "keysDeleted"].map(|name| top.get_i32(name).unwrap());
    let explain = c.explain(ExecutionStats);
    let updated =
        top(explain.update_many(doc! { "n": { "$lt": 10 } }, doc! { "$inc": { "g": 100 } }).unwrap());
    assert_eq!(upkeep(&updated), [10, 10]);
    let untouched =
        top(explain.update_many(doc! { "n": { "$lt": 10 } }, doc! { "$inc": { "m": 100 } }).unwrap());
    assert_eq!(upkeep(&untouched), [0, 0]);
    let deleted = top(explain.delete_many(doc! { "n": { "$lt": 10 } }).unwrap());
    assert_eq!(upkeep(&deleted), [0, 10]);
    assert_eq!(c.count_documents(doc! { "g": { "$lt": 100 } }).unwrap(), 2000);
}

#[test]
fn a_check_of_keys_is_worth_what_the_index_knows_of_its_keys() {
    let c = memory().collection("c");
    c.insert_many((0..20_000).map(|n| doc! { "_id": n, "a": n, "b": n % 1000, "g": n / 4, "x": -n }))
        .unwrap();
    c.create_index(doc! { "a": 1, "b": 1 }).unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    let estimate = |find: Find<'_, Document>| {
        let explained = find.explain(QueryPlanner).unwrap();
        let plan =
            explained.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap().clone();
        (names_of(&plan), plan.get_f64("costEstimate").unwrap())
    };
    // One of a thousand keys counts: to read all keys and those documents is less than to read all documents.
    let rare = || c.find(doc! { "a": { "$gte": 0 }, "b": 7 });
    assert_eq!(estimate(rare()).0, ["FETCH", "IXSCAN"]);
    assert_eq!(totals(&run(rare()))[2], 20);
    // Nearly every key counts.
    assert_eq!(estimate(c.find(doc! { "a": { "$gte": 0 }, "b": { "$gte": 7 } })).0, ["COLLSCAN"]);
    // Four documents have each value, so the first ten in order are soon found.
    let first = c.find(doc! {}).sort(doc! { "g": 1, "x": 1 }).limit(10);
    let (steps, cost) = estimate(first);
    assert!(steps.contains(&"IXSCAN".to_owned()) && cost < 200.0, "{steps:?} {cost}");
}

/// The names of the steps of a plan, the uppermost first.
fn names_of(plan: &Document) -> Vec<String> {
    let below = |stage: &Document| stage.get_document("inputStage").ok().cloned();
    let all = std::iter::successors(Some(plan.clone()), below);
    all.map(|stage| stage.get_str("stage").unwrap().to_owned()).collect()
}
