//! A filter that rejects a document takes no memory for it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use nexuslite::bson::{Bson, Document, Regex, doc};
use nexuslite::fuzzing::matcher;

/// The system's allocator, counting what this thread asks for.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // While a thread ends its counter may be gone, and nobody looks at it any more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is handed on to the system's allocator as it is; counting takes no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `GlobalAlloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; the pointer came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn documents() -> Vec<Vec<u8>> {
    let doc = |at: i32| {
        doc! {
            "_id": at, "n": at % 100, "s": format!("name {at}"), "d": f64::from(at) / 3.0,
            "l": [at, "x", { "y": at }, [at]], "o": { "p": { "q": at }, "z": Bson::Null },
            "b": Bson::Boolean(true),
        }
    };
    (0..10_000).map(|at| doc(at).to_vec().expect("BSON")).collect()
}

fn regex(pattern: &str) -> Bson {
    let (pattern, options) = (pattern.try_into().expect("a pattern"), "i".try_into().expect("options"));
    Bson::RegularExpression(Regex { pattern, options })
}

#[test]
fn ten_thousand_documents_that_a_filter_rejects() {
    let docs = documents();
    let check = |filter: Document| {
        let takes = matcher(&filter.to_vec().expect("BSON")).expect("a filter");
        let taken = || docs.iter().filter(|doc| takes(doc)).count();
        // A pattern keeps what it learnt of texts from the first pass.
        assert_eq!(taken(), 0, "{filter} takes a document");
        let before = ALLOCATIONS.get();
        assert_eq!(taken(), 0);
        assert_eq!(ALLOCATIONS.get() - before, 0, "{filter} takes memory for documents that it rejects");
    };
    check(doc! { "n": 100 });
    check(doc! { "n": { "$gt": 50, "$lt": 40 }, "s": "x" });
    check(doc! { "s": { "$in": ["a", "b", Bson::Null, 5, regex("^Q")] } });
    check(doc! { "o.p.q": { "$exists": false } });
    check(doc! { "l.y": { "$lt": 0 } });
    check(doc! { "n": { "$type": ["string", "object"] } });
    check(doc! { "n": { "$mod": [200, 150] } });
    check(doc! { "s": { "$regex": "^nome|[x-z]{3}\\d$" } });
    check(doc! { "s": { "$not": regex("^NAME") } });
    check(doc! { "l": { "$all": [1, regex("^z")] } });
    check(doc! { "l": { "$elemMatch": { "$gt": 5, "$lt": 5 } } });
    check(doc! { "l": { "$elemMatch": { "y": -1 } } });
    check(doc! { "l": { "$size": 3 } });
    check(doc! { "n": { "$bitsAllSet": [40] } });
    check(doc! { "$nor": [{ "n": { "$gte": 0 } }, { "s": 5 }] });
    check(doc! { "$sampleRate": 0 });
    check(doc! { "n": { "$ne": Bson::Null, "$lte": -1 } });
    check(doc! { "s": { "$nin": (0..10_000).map(|at| format!("name {at}")).collect::<Vec<_>>() } });
    check(doc! { "l.3.0": { "$in": [-1, "x"] } });
    check(doc! { "o": { "p": { "q": -1 }, "z": Bson::Null } });
    check(doc! { "n": { "$bitsAllClear": [0, 1, 2, 3, 4, 5, 6] }, "b": { "$ne": true } });
    check(doc! { "$and": [{ "$or": [{ "n": -1 }, { "s": regex("x$") }] }, { "_id": { "$gte": 0 } }] });
    check(doc! { "$expr": { "$gt": ["$n", 100] } });
    check(doc! { "$expr": { "$and": [{ "$lt": ["$_id", "$n"] }, { "$eq": ["$o.p.q", "$n"] }] } });
    check(doc! { "$jsonSchema": {
        "required": ["n"],
        "properties": { "n": { "minimum": 0, "multipleOf": 1 }, "s": { "pattern": "^name", "maxLength": 20 },
                        "l": { "uniqueItems": true, "items": { "not": { "type": "null" } } } },
        "patternProperties": { "^[a-z]$": {} },
        "dependencies": { "n": ["missing"] },
    } });
    check(doc! { "$jsonSchema": { "properties": { "n": { "enum": [-1, "x"] } } } });
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    drop(std::hint::black_box(vec![1_u8]));
    assert_eq!(ALLOCATIONS.get() - before, 1);
}
