//! What is told of the spread of an index's keys.

use super::Bed;
use crate::collection::histogram::{Counted, Histogram};
use crate::collection::{Handle, Metadata, index_size};
use crate::document::builder::RawDocBuf;
use crate::document::raw::Value;

const DOCUMENTS: i32 = 4000;

/// A sample of an index on `v`, whose values are these, beside what a walk over all of it tells.
fn told(value: impl Fn(i32) -> String) -> (Histogram, Histogram) {
    let bed = Bed::new();
    bed.index("c", r#"{"key": {"v": 1}}"#);
    for id in 0..DOCUMENTS {
        let doc = RawDocBuf::build(|out| {
            out.put("_id", Value::Int32(id));
            out.put("v", Value::String(&value(id)));
        });
        bed.insert_doc("c", &doc, &Metadata::default()).unwrap();
    }
    let opened = bed.find(&Handle::new("c")).unwrap();
    let index = opened.ready_indexes().next().unwrap();
    let txn = bed.read();
    let sampled = Histogram::sampled(&txn, index.entry.tree, 8).unwrap();
    (sampled, Histogram::clone(&index_size(&txn, index).unwrap().histogram))
}

#[test]
fn a_sample_tells_about_what_a_walk_tells() {
    let check = |what: &str, value: &dyn Fn(i32) -> String| {
        let (sampled, walked) = told(value);
        assert_eq!(walked.entries, DOCUMENTS as u64, "{what}");
        for histogram in [&sampled, &walked] {
            let stretches = &histogram.stretches;
            let sum: u64 = stretches.iter().map(|stretch| stretch.entries).sum();
            assert!(sum.abs_diff(DOCUMENTS as u64) <= DOCUMENTS as u64 / 10, "{what}: {sum}");
            assert!((24..=420).contains(&stretches.len()), "{what}: {}", stretches.len());
            assert!(stretches.is_sorted_by(|a, b| a.key <= b.key), "{what}");
        }
        let most = sampled.stretches.iter().map(|stretch| stretch.entries).max().unwrap();
        assert!(most <= DOCUMENTS as u64 / 20, "{what}: {most}");
        let (about, exactly) = (sampled.distinct(), walked.distinct());
        assert!(about <= exactly * 2.0 && exactly <= about * 2.0, "{what}: {about} of {exactly}");
    };
    check("all differ", &|id| format!("{id:08}"));
    check("scattered", &|id| format!("{:x}", id.wrapping_mul(-1_640_531_527)));
    check("a long beginning in common", &|id| format!("{}{id}", "the same ".repeat(10)));
    check("ten each", &|id| format!("{}", id % 400));
    check("few values", &|id| format!("{}", id % 5));
    check("one far away", &|id| if id == 0 { "zzz".to_owned() } else { format!("a{id}") });
}

#[test]
fn an_exact_histogram_stays_small_and_its_stretches_even() {
    for keys in [1_u32, 63, 64, 65, 1000, 100_000] {
        let mut counted = Counted::default();
        (0..keys).for_each(|key| counted.add(&key.to_be_bytes(), true));
        let told = counted.finish();
        assert!(told.stretches.len() <= 64 && told.stretches.len() >= (keys as usize).min(32), "{keys}");
        assert_eq!(told.stretches.iter().map(|stretch| stretch.entries).sum::<u64>(), u64::from(keys));
        assert!((told.distinct() - f64::from(keys)).abs() < 0.5, "{keys}");
        let (last, others) = told.stretches.split_last().unwrap();
        assert!(others.windows(2).all(|pair| pair[0].entries == pair[1].entries), "{keys}");
        assert!(others.first().is_none_or(|first| last.entries <= first.entries), "{keys}");
        assert_eq!(last.key.as_deref(), Some(&(keys - 1).to_be_bytes()[..]));
    }
    let long = vec![1; 1000];
    let mut counted = Counted::default();
    counted.add(&long, true);
    assert_eq!(counted.finish().stretches[0].key, None);
}
