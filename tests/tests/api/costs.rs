//! What a find by an index reads: counted, not timed.

use nexuslite::bson::{Document, doc};
use nexuslite::{Collection, Database, Find, IndexOptions, Verbosity};

use crate::fixture::memory;

const DOCUMENTS: i32 = 20_000;

/// Documents `{_id: i, n: …, ten: n % 10}`, of whose `n`s each comes once, in no order.
fn numbers(count: i32) -> (Database, Collection) {
    let db = memory();
    let numbers = db.collection("numbers");
    let number = |i: i64| i * 7919 % i64::from(count);
    numbers
        .insert_many(
            (0..count).map(|i| doc! { "_id": i, "n": number(i.into()), "ten": number(i.into()) % 10 }),
        )
        .expect("different _ids");
    (db, numbers)
}

/// How many documents are found, keys and documents examined.
fn totals(find: Find<'_, Document>) -> [i64; 3] {
    let explained = find.explain(Verbosity::ExecutionStats).expect("an explanation");
    let run = explained.get_document("executionStats").expect("statistics");
    ["nReturned", "totalKeysExamined", "totalDocsExamined"].map(|name| {
        let number = run.get(name).expect("a total");
        number.as_i64().or(number.as_i32().map(i64::from)).expect("a number")
    })
}

#[test]
fn a_range_reads_its_keys_and_hardly_another() {
    let (_db, numbers) = numbers(DOCUMENTS);
    let unique = IndexOptions::new().unique(true);
    numbers.create_index_with(doc! { "n": 1 }, &unique).expect("an index");
    numbers.create_index(doc! { "ten": -1, "n": 1 }).expect("an index");
    let check = |filter: Document, hits: i64| {
        let [found, keys, docs] = totals(numbers.find(filter.clone()));
        assert_eq!(found, hits, "{filter}");
        assert!(keys <= hits + 2 && docs <= hits, "{filter}: {keys} keys, {docs} documents for {hits}");
    };
    check(doc! { "n": { "$gte": 1000, "$lt": 1500 } }, 500);
    check(doc! { "n": { "$gt": 1000, "$lte": 1500 } }, 500);
    check(doc! { "n": { "$gte": 0, "$lt": 1 } }, 1);
    check(doc! { "n": { "$gte": 19_990 } }, 10);
    check(doc! { "n": { "$lt": 10 } }, 10);
    check(doc! { "n": { "$gt": 30_000 } }, 0);
    check(doc! { "n": 77 }, 1);
    check(doc! { "n": -1 }, 0);
    check(doc! { "n": "77" }, 0);
    check(doc! { "n": { "$in": [5, 500, 15_000, 30_000, "x"] } }, 3);
    check(doc! { "ten": 3 }, 2000);
    check(doc! { "ten": 3, "n": 3003 }, 1);
    check(doc! { "ten": 3, "n": { "$gte": 3000, "$lt": 4000 } }, 100);
    check(doc! { "ten": { "$in": [3, 4] }, "n": { "$gte": 3000, "$lt": 4000 } }, 200);
    check(doc! { "ten": { "$in": [3, 4] }, "n": { "$in": [3003, 3004] } }, 2);
}

#[test]
fn the_first_by_an_index_are_all_that_is_read() {
    let (_db, numbers) = numbers(100_000);
    numbers.create_index(doc! { "n": 1 }).expect("an index");
    let check = |sort: Document, skip: u64, limit: u64| {
        let [found, keys, docs] = totals(numbers.find(doc! {}).sort(sort.clone()).skip(skip).limit(limit));
        assert_eq!(found, limit as i64, "{sort}");
        let most = (skip + limit + limit / 10) as i64;
        assert!(keys <= most && docs <= most, "{sort}, {skip}, {limit}: {keys} keys, {docs} documents");
    };
    check(doc! { "n": 1 }, 0, 200);
    check(doc! { "n": -1 }, 0, 200);
    check(doc! { "n": 1 }, 0, 1);
    check(doc! { "n": -1 }, 300, 50);
    check(doc! { "_id": -1 }, 0, 200);
}

#[test]
fn a_change_by_an_index_reads_what_it_changes() {
    let (_db, numbers) = numbers(DOCUMENTS);
    numbers.create_index(doc! { "n": 1 }).expect("an index");
    let explain = numbers.explain(Verbosity::ExecutionStats);
    let (range, raise) = (doc! { "n": { "$gte": 100, "$lt": 200 } }, doc! { "$inc": { "n": 1 } });
    let changes = [
        (explain.update_many(range.clone(), &raise), 100),
        (explain.update_one(doc! { "n": 5 }, &raise), 1),
        (explain.delete_many(range.clone()), 100),
        (explain.count_documents(range), 100),
    ];
    for (explained, hits) in changes {
        let explained = explained.expect("an explanation");
        let run = explained.get_document("executionStats").expect("statistics");
        let keys = run.get_i32("totalKeysExamined").expect("a total");
        assert!((hits..=hits + 2).contains(&keys), "{keys} keys for {hits}: {explained}");
    }
}
