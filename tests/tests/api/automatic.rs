//! Indexes that a database creates by itself.

use nexuslite::Verbosity::QueryPlanner;
use nexuslite::bson::{Document, doc};
use nexuslite::{Collection, Database, ErrorKind, Options};

use crate::fixture::fault;

const DOCUMENTS: i32 = 3000;

/// A collection in which a hundred documents have each `a`, ten each `b`, and nearly none an `f`.
fn walked(most: usize) -> (Database, Collection) {
    let options = Options::new().background(false).automatic_indexes(most);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = db.collection("c");
    c.insert_many(
        (0..DOCUMENTS)
            .map(|n| doc! { "_id": n, "a": n % 30, "b": { "x": n / 10 }, "all": 1, "t": format!("T{n}") }),
    )
    .unwrap();
    (db, c)
}

fn find(c: &Collection, filter: Document) -> usize {
    c.find(filter).run().unwrap().map(Result::unwrap).count()
}

/// A find whose answer nobody looks at.
fn walk(c: &Collection, filter: Document) {
    assert!(find(c, filter) <= DOCUMENTS as usize);
}

/// Does what is due, and names the indexes then.
fn names(db: &Database, c: &Collection) -> Vec<String> {
    while db.step().unwrap() {}
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    let listed = c.list_indexes().unwrap();
    listed.iter().map(|index| index.get_str("name").unwrap().to_owned()).collect()
}

fn goes_by(c: &Collection, filter: Document) -> String {
    c.find(filter).explain(QueryPlanner).unwrap().to_string()
}

#[test]
fn what_is_walked_for_again_and_again_gets_an_index() {
    let (db, c) = walked(2);
    for n in 0..9 {
        assert_eq!(find(&c, doc! { "a": n, "all": 1 }), 100);
    }
    assert_eq!(names(&db, &c), ["_id_"]);
    assert_eq!(c.count_documents(doc! { "a": 9 }).unwrap(), 100);
    assert_eq!(names(&db, &c), ["_id_", "auto_a_1"]);
    assert!(goes_by(&c, doc! { "a": 5 }).contains("auto_a_1"));
    assert_eq!(find(&c, doc! { "a": 5, "all": 1 }), 100);
    // A walk that is left before its end counts as far as it came.
    for n in 0..10 {
        assert!(c.find_one(doc! { "b.x": { "$gt": 250 + n } }).unwrap().is_some());
    }
    assert_eq!(names(&db, &c), ["_id_", "auto_a_1", "auto_b.x_1"]);
    // Two are all that this collection may have.
    for n in 0..20 {
        assert_eq!(find(&c, doc! { "t": format!("T{n}") }), 1);
    }
    assert_eq!(names(&db, &c), ["_id_", "auto_a_1", "auto_b.x_1"]);
    let other = db.collection("other");
    other.insert_many((0..DOCUMENTS).map(|n| doc! { "_id": n, "a": n })).unwrap();
    (0..10).for_each(|n| assert_eq!(find(&other, doc! { "a": { "$in": [n] } }), 1));
    assert_eq!(names(&db, &other), ["_id_", "auto_a_1"]);
}

#[test]
fn what_was_dropped_is_not_created_again() {
    let (db, c) = walked(5);
    (0..10).for_each(|n| walk(&c, doc! { "a": n }));
    assert_eq!(names(&db, &c), ["_id_", "auto_a_1"]);
    c.drop_index("auto_a_1").unwrap();
    (0..30).for_each(|n| walk(&c, doc! { "a": n }));
    assert_eq!(names(&db, &c), ["_id_"]);
}

#[test]
fn nothing_is_created_that_nobody_asked_for() {
    let check = |what: &str, most: usize, walk: &dyn Fn(&Database, &Collection, i32)| {
        let (db, c) = walked(most);
        (0..20).for_each(|n| walk(&db, &c, n));
        assert_eq!(names(&db, &c), ["_id_"], "{what}");
    };
    check("it is off", 0, &|_, c, n| walk(c, doc! { "a": n }));
    check("most documents are wanted", 5, &|_, c, n| walk(c, doc! { "all": 1, "a": { "$gte": n % 3 } }));
    check("no field is asked a value", 5, &|_, c, _| walk(c, doc! { "a": { "$mod": [30, 3] } }));
    check("a position may be ambiguous", 5, &|_, c, n| walk(c, doc! { "b.0": n }));
    check("a hint wants it so", 5, &|_, c, n| {
        let natural = c.find(doc! { "a": n }).hint_key(doc! { "$natural": 1 });
        assert_eq!(natural.run().unwrap().count(), 100);
    });
    check("inside a transaction", 5, &|db, _, n| {
        let tx = db.begin().unwrap();
        assert_eq!(find(&tx.collection("c"), doc! { "a": n }), 100);
        tx.commit().unwrap();
    });
    check("a write looks for what it writes", 5, &|_, c, n| {
        c.update_many(doc! { "a": n }, doc! { "$set": { "u": n } }).unwrap();
    });
}

#[test]
fn an_index_that_cannot_be_is_given_up_and_nobody_is_told() {
    let (db, c) = walked(5);
    (0..10).for_each(|n| walk(&c, doc! { "a": n }));
    // In the catalog since the first step; then there is no such collection any more.
    assert!(db.step().unwrap());
    assert!(db.drop_collection("c").unwrap());
    while db.step().unwrap_or(true) {}
    assert_eq!(fault(c.list_indexes()), (ErrorKind::NotFound, Some(26)));
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_text_is_indexed_in_the_order_in_which_it_is_asked_for() {
    let (db, c) = walked(5);
    let collation = doc! { "locale": "en", "strength": 2 };
    let ask = |n: i32| c.find(doc! { "t": format!("t{n}") }).collation(&collation);
    (0..10).for_each(|n| assert_eq!(ask(n).run().unwrap().count(), 1));
    assert_eq!(names(&db, &c), ["_id_", "auto_t_1"]);
    assert!(ask(5).explain(QueryPlanner).unwrap().to_string().contains("auto_t_1"));
}
