//! Two indexes that are walked for one answer: when that is chosen, what it reads, and that it ends where it should.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nexuslite::Verbosity::{AllPlansExecution, ExecutionStats, QueryPlanner};
use nexuslite::base::Clock;
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{
    CancelToken, Collection, CollectionOptions, CountOptions, Database, Document as Meta, ErrorKind, Find,
    IndexOptions, Options, intersecting,
};

use crate::fixture::{NOW_MS, ids, memory, with_clock};

const DOCUMENTS: i32 = 20_000;

/// Documents `{_id: n, e: n % 11, f: n % 7, g: n % 5, h: n % 3, t: …}`, of whose `t`s each comes once, in no order.
fn scattered(db: &Database, count: i32) -> Collection {
    let c = db.collection("c");
    let turned = |n: i32| (i64::from(n) * 7919 % i64::from(count)) as i32;
    c.insert_many(
        (0..count)
            .map(|n| doc! { "_id": n, "e": n % 11, "f": n % 7, "g": n % 5, "h": n % 3, "t": turned(n) }),
    )
    .unwrap();
    c
}

/// The same with an index on each of `paths`.
fn indexed(db: &Database, count: i32, paths: &[&str]) -> Collection {
    let c = scattered(db, count);
    for path in paths {
        c.create_index(doc! { *path: 1 }).unwrap();
    }
    c
}

fn winning(explained: &Document) -> &Document {
    explained.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap()
}

/// The stages from the top down, of several inputs none.
fn stages(tree: &Document) -> Vec<&Document> {
    std::iter::successors(Some(tree), |stage| stage.get_document("inputStage").ok()).collect()
}

fn steps(explained: &Document) -> Vec<&str> {
    let stages = stages(winning(explained)).into_iter();
    stages.map(|stage| stage.get_str("indexName").or(stage.get_str("stage")).unwrap()).collect()
}

fn plan(find: Find<'_, Document>) -> Document {
    find.explain(QueryPlanner).unwrap()
}

/// The step that takes several walks together.
fn together(tree: &Document) -> &Document {
    stages(tree)
        .into_iter()
        .find(|stage| stage.get_str("stage").is_ok_and(|name| name == "AND_HASH"))
        .unwrap()
}

/// The indexes that it walks, in its order.
fn sides(tree: &Document) -> Vec<&str> {
    let inputs = together(tree).get_array("inputStages").unwrap();
    inputs.iter().map(|input| input.as_document().unwrap().get_str("indexName").unwrap()).collect()
}

fn run(explained: &Document) -> &Document {
    explained.get_document("executionStats").unwrap()
}

/// `nReturned`, keys and documents.
fn totals(explained: &Document) -> [i32; 3] {
    ["nReturned", "totalKeysExamined", "totalDocsExamined"].map(|name| run(explained).get_i32(name).unwrap())
}

fn natural(c: &Collection, filter: &Document) -> Vec<i32> {
    ids(c.find(filter).hint_key(doc! { "$natural": 1 }).run().unwrap())
}

#[test]
fn two_indexes_are_walked_where_neither_is_selective() {
    let db = memory();
    let c = indexed(&db, DOCUMENTS, &["e", "f"]);
    let filter = doc! { "e": 1, "f": 2 };
    let explained = c.find(&filter).explain(ExecutionStats).unwrap();
    assert_eq!(steps(&explained), ["FETCH", "AND_HASH"], "{explained}");
    assert_eq!(sides(winning(&explained)), ["e_1", "f_1"], "the smaller one first");
    let wanted = natural(&c, &filter);
    // 1,818 or 1,819 have the one, 2,857 or 2,858 the other.
    assert_eq!(totals(&explained), [wanted.len() as i32, 4676, wanted.len() as i32], "{explained}");
    let did = together(run(&explained).get_document("executionStages").unwrap());
    let keys = |at: usize| {
        let input = did.get_array("inputStages").unwrap()[at].as_document().unwrap();
        (input.get_i32("keysExamined").unwrap(), input.get_i32("nReturned").unwrap())
    };
    assert_eq!((keys(0), keys(1)), ((1819, 1819), (2857, 2857)));
    assert_eq!(did.get_i32("nReturned").unwrap(), wanted.len() as i32);
    let held = did.get_i32("maxBytesHeld").unwrap();
    assert!((1819 * 8..1819 * 20).contains(&held), "{held}");
    assert_eq!(ids(c.find(&filter).run().unwrap()), wanted, "in the order of insertion");
    let rejected = explained.get_document("queryPlanner").unwrap().get_array("rejectedPlans").unwrap();
    assert_eq!(rejected.len(), 3, "by e, by f, by none: {explained}");
    let all = c.find(&filter).explain(AllPlansExecution).unwrap();
    for ran in run(&all).get_array("allPlansExecution").unwrap() {
        assert_eq!(ran.as_document().unwrap().get_i32("nReturned").unwrap(), wanted.len() as i32, "{all}");
    }
    for (path, value) in [("e", 99), ("f", 99)] {
        let mut nothing = filter.clone();
        nothing.insert(path, value);
        assert_eq!(ids(c.find(&nothing).run().unwrap()), Vec::<i32>::new());
    }
}

#[test]
fn a_third_index_is_walked_where_that_spares_more_than_it_costs() {
    let db = memory();
    let c = indexed(&db, DOCUMENTS, &["e", "f", "g", "h"]);
    let find = |filter: Document| plan(c.find(filter));
    let of_two = find(doc! { "e": 1, "f": 2, "g": 3 });
    assert_eq!(sides(winning(&of_two)), ["e_1", "f_1"], "{of_two}");
    let of_three = find(doc! { "e": { "$lt": 3 }, "f": { "$lt": 2 }, "h": 2 });
    assert_eq!(sides(winning(&of_three)), ["e_1", "f_1", "h_1"], "{of_three}");
    for filter in [
        doc! { "e": 1, "f": 2, "g": 3 },
        doc! { "e": { "$lt": 3 }, "f": { "$lt": 2 }, "h": 2 },
        doc! { "e": { "$gt": 4 }, "f": { "$in": [1, 5] }, "g": { "$ne": 2 } },
    ] {
        assert_eq!(ids(c.find(&filter).run().unwrap()), natural(&c, &filter), "{filter}");
        intersecting(|| {
            assert_eq!(sides(winning(&plan(c.find(&filter)))).len(), 3);
            assert_eq!(ids(c.find(&filter).run().unwrap()), natural(&c, &filter), "{filter}");
        });
    }
}

#[test]
fn what_is_cheaper_is_taken_instead() {
    let db = memory();
    let c = indexed(&db, DOCUMENTS, &["e", "f", "t"]);
    let check = |find: Find<'_, Document>, expected: &[&str]| {
        let explained = plan(find);
        assert_eq!(steps(&explained), expected, "{explained}");
        explained
    };
    let filter = doc! { "e": 1, "f": 2 };
    // One that is selective, or leads to one document, or to none.
    check(c.find(doc! { "e": 1, "t": 78 }), &["FETCH", "t_1"]);
    check(c.find(doc! { "e": 1, "t": { "$lt": 100 } }), &["FETCH", "t_1"]);
    check(c.find(doc! { "e": 99, "f": 2 }), &["FETCH", "e_1"]);
    check(c.find(doc! { "e": 1, "_id": 78 }), &["FETCH", "_id_"]);
    // Few that are wanted, in any order or in that of an index.
    check(c.find(&filter).limit(10), &["LIMIT", "FETCH", "e_1"]);
    check(c.find(&filter).sort(doc! { "t": 1 }).limit(5), &["LIMIT", "FETCH", "t_1"]);
    let sorted = c.find(&filter).sort(doc! { "t": 1 });
    check(sorted, &["SORT", "FETCH", "AND_HASH"]);
    // What does not narrow the search.
    check(c.find(doc! { "e": 1, "f": { "$gte": 0 } }), &["FETCH", "e_1"]);
    check(c.find(doc! { "e": { "$gte": 0 }, "f": { "$gte": 0 } }), &["COLLSCAN"]);
    // A hint names one index.
    check(c.find(&filter).hint("f_1"), &["FETCH", "f_1"]);
    check(c.find(&filter).hint("e_1").min(doc! { "e": 1 }), &["FETCH", "e_1"]);
    // What an index tells by itself.
    check(c.find(doc! { "e": 1 }).projection(doc! { "e": 1, "_id": 0 }), &["PROJECTION_COVERED", "e_1"]);
    // Both fields in one index.
    check(c.find(&filter), &["FETCH", "AND_HASH"]);
    c.create_index(doc! { "e": 1, "f": 1 }).unwrap();
    let explained = check(c.find(&filter), &["FETCH", "e_1_f_1"]);
    let rejected = explained.get_document("queryPlanner").unwrap().get_array("rejectedPlans").unwrap();
    let rejected = rejected.iter().filter_map(Bson::as_document);
    let why: Vec<&str> = rejected
        .filter(|plan| plan.to_string().contains("AND_HASH"))
        .map(|plan| plan.get_str("rejectedBecause").unwrap())
        .collect();
    assert!(matches!(why[..], [why] if why.starts_with("its cost was estimated at")), "{explained}");
    // Small collections are not worth two walks.
    let few = indexed(&memory(), 900, &["e", "f"]);
    check(few.find(&filter), &["FETCH", "e_1"]);
}

#[test]
fn indexes_that_say_the_same_are_not_walked_together() {
    let db = memory();
    let c = scattered(&db, DOCUMENTS);
    let partial = IndexOptions::new().partial_filter(doc! { "f": { "$gt": 1 } }).name("partial");
    c.create_index_with(doc! { "e": 1 }, &partial).unwrap();
    c.create_index(doc! { "f": 1 }).unwrap();
    c.create_index(doc! { "e": 1, "g": 1 }).unwrap();
    c.create_index_with(doc! { "e": 1 }, &IndexOptions::new().hidden(true).name("hidden")).unwrap();
    intersecting(|| {
        let check = |filter: Document, expected: &[&str]| {
            let explained = plan(c.find(&filter));
            match expected {
                [] => assert!(!explained.to_string().contains("AND_HASH"), "{explained}"),
                expected => assert_eq!(sides(winning(&explained)), expected, "{explained}"),
            }
            assert_eq!(sorted(ids(c.find(&filter).run().unwrap())), natural(&c, &filter), "{filter}");
        };
        check(doc! { "e": 1 }, &[]);
        check(doc! { "e": 1, "g": 2 }, &[]);
        check(doc! { "e": 1, "f": 2 }, &["e_1_g_1", "f_1"]);
        check(doc! { "e": 1, "f": 2, "g": 3 }, &["e_1_g_1", "f_1"]);
    });
}

fn sorted(mut ids: Vec<i32>) -> Vec<i32> {
    ids.sort_unstable();
    ids
}

#[test]
fn other_kinds_of_indexes_are_walked_together_as_each_alone() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..3000).map(|n| {
        let mut doc = doc! { "_id": n, "tags": [n % 5, n % 3, n % 5], "more": [{ "x": n % 4, "y": n % 6 }, { "x": 1, "y": 9 }] };
        doc.insert("w", ["a", "A", "b", "B"][(n % 4) as usize]);
        if n % 3 == 0 {
            doc.insert("s", n % 9);
        }
        doc
    }))
    .unwrap();
    let german = || doc! { "locale": "de", "strength": 2 };
    c.create_index(doc! { "tags": -1 }).unwrap();
    c.create_index(doc! { "more.x": 1, "more.y": 1 }).unwrap();
    c.create_index_with(doc! { "s": 1 }, &IndexOptions::new().sparse(true)).unwrap();
    c.create_index_with(doc! { "w": "hashed" }, &IndexOptions::new()).unwrap();
    c.create_index_with(doc! { "w": 1 }, &IndexOptions::new().collation(german()).name("german")).unwrap();
    c.create_index_with(
        doc! { "$**": 1 },
        &IndexOptions::new().wildcard_projection(doc! { "tags": 1, "s": 1 }),
    )
    .unwrap();
    let check = |find: &dyn Fn() -> nexuslite::Result<Vec<i32>>, wanted: Vec<i32>, count: u64| {
        assert_eq!(find().unwrap(), wanted);
        assert_eq!(count, wanted.len() as u64);
    };
    intersecting(|| {
        for filter in [
            doc! { "tags": 1, "s": 3 },
            doc! { "tags": { "$gte": 1, "$lte": 3 }, "s": { "$gt": 2 } },
            doc! { "tags": { "$in": [1, 2, 4] }, "more.x": { "$lt": 3 } },
            doc! { "more": { "$elemMatch": { "x": 1, "y": { "$lt": 4 } } }, "tags": 2 },
            doc! { "w": "a", "tags": { "$gt": 2 } },
            doc! { "s": { "$exists": true }, "tags": 4 },
            doc! { "s": null, "tags": 4, "w": { "$in": ["a", "b"] } },
            doc! { "_id": { "$gte": 100, "$lt": 900 }, "tags": 4 },
            doc! { "$or": [{ "tags": 1 }, { "tags": 4 }], "more.y": 5, "more.x": 1 },
        ] {
            let explained = plan(c.find(&filter));
            assert_eq!(steps(&explained)[1], "AND_HASH", "{explained}");
            let find = || c.find(&filter).run()?.map(|doc| Ok(doc?.get_i32("_id").unwrap())).collect();
            check(&find, natural(&c, &filter), c.count_documents(&filter).unwrap());
        }
        let filter = doc! { "w": "A", "tags": 2 };
        let find = || {
            let found = c.find(&filter).collation(german()).run()?;
            found.map(|doc| Ok(doc?.get_i32("_id").unwrap())).collect()
        };
        let explained = plan(c.find(&filter).collation(german()));
        assert!(sides(winning(&explained)).contains(&"german"), "{explained}");
        let wanted = c.find(&filter).collation(german()).hint_key(doc! { "$natural": 1 });
        let count = CountOptions::new().collation(german());
        check(&find, ids(wanted.run().unwrap()), c.count_documents_with(&filter, count).unwrap());
    });
}

#[test]
fn counts_read_no_document_where_the_indexes_decide() {
    let (db, clock) = with_clock();
    let c = indexed(&db, DOCUMENTS, &["e", "f"]);
    let count = |filter: Document, read: i32| {
        let explained = c.explain(ExecutionStats).count_documents(&filter).unwrap();
        let top = run(&explained).get_document("executionStages").unwrap();
        together(top);
        assert_eq!(totals(&explained)[2], read, "{explained}");
        let counted = c.count_documents(&filter).unwrap();
        assert_eq!(top.get_i32("nCounted").unwrap() as u64, counted);
        counted
    };
    let filter = || doc! { "e": 1, "f": 2 };
    let wanted = natural(&c, &filter()).len() as u64;
    assert_eq!(count(filter(), 0), wanted);
    let ranges = doc! { "e": { "$in": [1, 2] }, "f": { "$lt": 2 } };
    assert_eq!(count(ranges.clone(), 0), natural(&c, &ranges).len() as u64);
    // Of the third field no index tells.
    let few = natural(&c, &doc! { "e": 1, "f": 2, "g": 1 }).len() as u64;
    assert_eq!(count(doc! { "e": 1, "f": 2, "g": 1 }, wanted as i32), few);
    assert_eq!(c.distinct("g", filter()).unwrap(), [0, 1, 2, 3, 4].map(Bson::from));
    let short = Meta::builder().id(-1).field("e", 1).field("f", 2).ttl(Duration::from_millis(5)).build();
    db.insert_document("c", short).unwrap();
    assert_eq!(count(filter(), 0), wanted + 1);
    assert_eq!(c.find(filter()).run().unwrap().count() as u64, wanted + 1);
    clock.advance_ms(10);
    assert_eq!(count(filter(), 0), wanted);
    assert_eq!(c.find(filter()).run().unwrap().count() as u64, wanted);
    let tx = db.begin().unwrap();
    let inside = tx.collection("c");
    inside.insert_one(doc! { "_id": -2, "e": 1, "f": 2 }).unwrap();
    inside.update_one(doc! { "e": 1, "f": 2 }, doc! { "$set": { "f": 3 } }).unwrap();
    inside.delete_one(doc! { "e": 1, "f": 2, "g": 3 }).unwrap();
    assert_eq!(inside.count_documents(filter()).unwrap(), wanted - 1);
    assert_eq!(inside.find(filter()).run().unwrap().count() as u64, wanted - 1);
    drop(tx);
    assert_eq!(count(filter(), 0), wanted);
}

#[test]
fn a_change_of_what_is_walked_changes_each_document_once() {
    // Many commits, behind each of which the walk would begin again.
    let options = Options::new().transaction_bytes_max(1 << 16);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = indexed(&db, 5000, &["e", "f"]);
    let filter = doc! { "e": { "$lte": 6 }, "f": { "$lte": 4 } };
    let before = natural(&c, &filter);
    intersecting(|| {
        let raise = doc! { "$inc": { "e": 1, "f": 1, "raised": 1 } };
        let explained = c.explain(ExecutionStats).update_many(&filter, &raise).unwrap();
        assert!(steps(&explained).contains(&"AND_HASH"), "{explained}");
        let done = c.update_many(&filter, &raise).unwrap();
        assert_eq!((done.matched_count, done.modified_count), (before.len() as u64, before.len() as u64));
        assert_eq!(natural(&c, &doc! { "raised": 1 }), before);
        assert_eq!(natural(&c, &doc! { "raised": { "$gt": 1 } }), Vec::<i32>::new());
        let one = doc! { "e": 3, "f": 3 };
        let first = natural(&c, &one)[0];
        let found = c.find_one_and_update(&one, doc! { "$set": { "e": -1 } }).unwrap().unwrap();
        assert_eq!(found.get_i32("_id").unwrap(), first);
        assert_eq!(c.update_one(&one, doc! { "$set": { "e": -1 } }).unwrap().modified_count, 1);
        assert_eq!(c.replace_one(&one, doc! { "e": -1, "f": 3 }).unwrap().modified_count, 1);
        assert_eq!(natural(&c, &doc! { "e": -1, "f": 3 }).len(), 3);
        let left = natural(&c, &one).len() as u64;
        assert_eq!(c.delete_one(&one).unwrap().deleted_count, 1);
        let explained = c.explain(ExecutionStats).delete_many(&one).unwrap();
        assert!(steps(&explained).contains(&"AND_HASH"), "{explained}");
        assert_eq!(c.delete_many(&one).unwrap().deleted_count, left - 1);
        assert_eq!(natural(&c, &one), Vec::<i32>::new());
    });
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_set_that_does_not_fit_is_taken_in_stretches() {
    for bytes in [1, 40, 2000, 20_000] {
        let options = Options::new().sort_bytes_max(bytes);
        let db = Database::open_with(":memory:", options).unwrap();
        let count = if bytes < 100 { 1500 } else { DOCUMENTS };
        let c = indexed(&db, count, &["e", "f"]);
        c.create_index(doc! { "l": 1 }).unwrap();
        c.update_many(doc! { "e": { "$lt": 3 } }, doc! { "$set": { "l": [1, 2, 3] } }).unwrap();
        intersecting(|| {
            for filter in [
                doc! { "e": 1, "f": 2 },
                doc! { "e": { "$gte": 1, "$lte": 2 }, "f": { "$ne": 5 } },
                doc! { "l": { "$gte": 1 }, "f": 3 },
            ] {
                let wanted = natural(&c, &filter);
                assert_eq!(ids(c.find(&filter).run().unwrap()), wanted, "{bytes} {filter}");
                assert_eq!(c.count_documents(&filter).unwrap(), wanted.len() as u64, "{bytes} {filter}");
                let explained = c.find(&filter).explain(ExecutionStats).unwrap();
                let did = together(run(&explained).get_document("executionStages").unwrap());
                let held = did.get_i32("maxBytesHeld").unwrap() as usize;
                assert!(held <= bytes.max(40), "{held} of {bytes}: {explained}");
            }
        });
    }
}

#[test]
fn what_took_longer_than_thought_is_thought_to_take_longer() {
    // The second field says what the first one says.
    let same = |n: i32| doc! { "_id": n, "a": n % 10, "b": n % 10 };
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..DOCUMENTS).map(same)).unwrap();
    c.create_index(doc! { "a": 1 }).unwrap();
    c.create_index(doc! { "b": 1 }).unwrap();
    let find = |value: i32| c.find(doc! { "a": value, "b": value });
    assert_eq!(steps(&plan(find(3))), ["FETCH", "AND_HASH"]);
    assert_eq!(find(3).run().unwrap().count(), 2000);
    assert_eq!(steps(&plan(find(4))), ["FETCH", "a_1"], "once tried, it is no more");
    assert_eq!(find(4).run().unwrap().count(), 2000);
    // A set in stretches is walked again for each.
    let options = Options::new().sort_bytes_max(4000);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = indexed(&db, DOCUMENTS, &["e", "f"]);
    let find = |e: i32| c.find(doc! { "e": e, "f": 2 });
    assert_eq!(steps(&plan(find(1))), ["FETCH", "AND_HASH"]);
    let found = find(1).run().unwrap().count();
    assert_eq!(steps(&plan(find(1))), ["FETCH", "e_1"]);
    assert_eq!(find(1).run().unwrap().count(), found);
}

#[test]
fn a_shape_is_remembered_until_its_values_are_of_another_size() {
    let db = memory();
    let c = indexed(&db, DOCUMENTS, &["e", "f"]);
    c.insert_many((0..50).map(|n| doc! { "_id": -1 - n, "e": 77, "f": n % 7 })).unwrap();
    let keys = |e: i32| totals(&c.find(doc! { "e": e, "f": 2 }).explain(ExecutionStats).unwrap())[1];
    let walks = || -> Vec<i64> {
        let ops = |index: &Document| index.get_document("accesses").unwrap().get_i64("ops").unwrap();
        c.index_stats().unwrap().iter().map(ops).collect()
    };
    for (e, by_both) in [(1, true), (2, true), (77, false), (3, true), (77, false), (99, false)] {
        let before = walks();
        let found = ids(c.find(doc! { "e": e, "f": 2 }).run().unwrap());
        assert_eq!(sorted(found), sorted(natural(&c, &doc! { "e": e, "f": 2 })));
        let after = walks();
        let walked: Vec<i64> = before.iter().zip(&after).map(|(before, after)| after - before).collect();
        assert_eq!(walked, [0, 1, i64::from(by_both)], "{e}");
        assert!(keys(e) < 5000);
    }
}

/// A clock that stands still until it was looked at so often; then somebody is told to stop, and an hour has passed.
#[derive(Debug, Default)]
struct Countdown {
    looks: AtomicU64,
    left: AtomicU64,
    token: Mutex<CancelToken>,
}

impl Countdown {
    fn begin(&self, left: u64) -> CancelToken {
        self.looks.store(0, Ordering::SeqCst);
        self.left.store(left, Ordering::SeqCst);
        let token = CancelToken::new();
        *self.token.lock().unwrap() = token.clone();
        token
    }
}

impl Clock for Countdown {
    fn now_ms(&self) -> i64 {
        NOW_MS
    }

    fn monotonic(&self) -> Duration {
        let look = self.looks.fetch_add(1, Ordering::SeqCst);
        if look < self.left.load(Ordering::SeqCst) {
            return Duration::ZERO;
        }
        self.token.lock().unwrap().cancel();
        Duration::from_secs(3600)
    }
}

#[test]
fn a_walk_over_both_stops_in_either() {
    for (kind, limit) in [(ErrorKind::Timeout, 60), (ErrorKind::Cancelled, 7200)] {
        let clock = Arc::new(Countdown::default());
        let _ = clock.begin(u64::MAX);
        let options = Options::new().clock(clock.clone()).background(false);
        let db = Database::open_with(":memory:", options).unwrap();
        let c = indexed(&db, DOCUMENTS, &["e", "f"]);
        let keys = |at: usize| c.index_stats().unwrap()[at].get_i64("keysExamined").unwrap();
        let (mut in_first, mut in_second, mut done) = (0, 0, 0);
        for looks in 0..60 {
            let before = [keys(1), keys(2)];
            let token = clock.begin(looks);
            let find = c.find(doc! { "e": 1, "f": 2 }).max_time(Duration::from_secs(limit));
            let find = if kind == ErrorKind::Cancelled { find.cancel_with(token) } else { find };
            let found: nexuslite::Result<Vec<Document>> = find.run().and_then(Iterator::collect);
            let _ = clock.begin(u64::MAX);
            let walked = [keys(1) - before[0], keys(2) - before[1]];
            match found {
                Err(error) => {
                    assert_eq!(error.kind(), kind, "{error}");
                    in_first += u64::from(walked[0] > 0 && walked[0] < 1819);
                    in_second += u64::from(walked[1] > 0 && walked[1] < 2857);
                }
                Ok(found) => {
                    assert_eq!(found.len(), natural(&c, &doc! { "e": 1, "f": 2 }).len());
                    done += 1;
                }
            }
        }
        assert!(in_first > 0 && in_second > 0 && done > 0, "{kind:?}: {in_first} {in_second} {done}");
    }
}

#[test]
fn collections_of_every_kind_are_walked_so() {
    let db = memory();
    let kinds = [
        CollectionOptions::new().capped(50 << 20),
        CollectionOptions::new().clustered(),
        CollectionOptions::new().primary_key("k"),
        CollectionOptions::new().soft_delete(true),
        CollectionOptions::new().collation(doc! { "locale": "de" }),
    ];
    for (at, options) in kinds.into_iter().enumerate() {
        let c = db.create_collection_with(&format!("c{at}"), options).unwrap();
        c.insert_many((0..2000).map(|n| doc! { "k": n, "e": n % 11, "f": n % 7 })).unwrap();
        c.create_index(doc! { "e": 1 }).unwrap();
        c.create_index(doc! { "f": 1 }).unwrap();
        if at != 0 {
            c.delete_many(doc! { "k": { "$lt": 500 } }).unwrap();
        }
        let filter = doc! { "e": 1, "f": { "$lt": 3 } };
        let ks = |find: Find<'_, Document>| -> Vec<i32> {
            find.run().unwrap().map(|doc| doc.unwrap().get_i32("k").unwrap()).collect()
        };
        intersecting(|| {
            assert_eq!(steps(&plan(c.find(&filter)))[1], "AND_HASH");
            let wanted = ks(c.find(&filter).hint_key(doc! { "$natural": 1 }));
            assert_eq!(ks(c.find(&filter)), wanted);
            assert_eq!(c.count_documents(&filter).unwrap(), wanted.len() as u64);
            assert_eq!(c.find(&filter).sort(doc! { "k": -1 }).limit(3).run().unwrap().count(), 3);
        });
    }
    let view = [doc! { "$match": { "e": 1 } }];
    let seen = db.create_collection_with("seen", CollectionOptions::new().view("c2", view)).unwrap();
    intersecting(|| {
        assert_eq!(steps(&plan(seen.find(doc! { "f": 2 })))[1], "AND_HASH");
        // 562 and every 77th behind it.
        assert_eq!(seen.count_documents(doc! { "f": 2 }).unwrap(), 19);
    });
}
