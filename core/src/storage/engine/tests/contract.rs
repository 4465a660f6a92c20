use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{EngineConfig, EngineKind};
use super::{Bench, INDEX, RECORDS, all, config, on_each_engine, rows};
use crate::error::ErrorKind;
use crate::storage::{Direction, Durability, KeyRange, ReadAt, WriteSet};
use crate::vfs::simulated::SimulatedDisk;

fn id(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

#[test]
fn what_was_committed_is_read_back_and_outlives_a_kill_and_a_close() {
    on_each_engine(|bench| {
        bench.write(|w| w.put(RECORDS, &id(1), &[b"a", b"b"]).unwrap()).unwrap();
        bench.write(|w| w.put(INDEX, b"key", &[b"value"]).unwrap()).unwrap();
        let bench = bench.kill();
        assert_eq!(bench.now().get(RECORDS, &id(1)).unwrap().unwrap().to_vec(), b"ab");
        let bench = bench.reopen();
        assert_eq!(bench.now().get(INDEX, b"key").unwrap().unwrap().to_vec(), b"value");
        assert!(bench.now().get(INDEX, b"other").unwrap().is_none());
        let many = bench.now().get_many(INDEX, &[b"none", b"key"]).unwrap();
        assert_eq!(many.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    });
}

#[test]
fn a_snapshot_stays_as_it_was_through_commits_and_checkpoints() {
    on_each_engine(|bench| {
        bench.write(|w| w.put(INDEX, b"a", &[b"1"]).unwrap()).unwrap();
        let before = bench.now();
        bench.write(|w| w.put(INDEX, b"a", &[b"2"]).unwrap()).unwrap();
        bench.engine.checkpoint().unwrap();
        bench.write(|w| w.delete(INDEX, b"a").unwrap()).unwrap();
        bench.engine.checkpoint().unwrap();
        assert_eq!(before.get(INDEX, b"a").unwrap().unwrap().to_vec(), b"1");
        assert_eq!(all(&before, INDEX).len(), 1);
        assert!(bench.now().get(INDEX, b"a").unwrap().is_none());
    });
}

#[test]
fn scans_walk_both_ways_over_memory_and_file() {
    on_each_engine(|bench| {
        bench.write(|w| (0..50).for_each(|n| w.put(RECORDS, &id(n), &[b"old"]).unwrap())).unwrap();
        bench.engine.checkpoint().unwrap();
        bench.write(|w| (40..60).for_each(|n| w.put(RECORDS, &id(n), &[b"new"]).unwrap())).unwrap();
        bench.write(|w| w.delete(RECORDS, &id(10)).unwrap()).unwrap();
        let forward = all(&bench.now(), RECORDS);
        let mut backward = rows(&bench.now(), RECORDS, KeyRange::all(), Direction::Backward);
        backward.reverse();
        assert_eq!(forward.len(), 59);
        assert_eq!(forward, backward);
        assert_eq!(forward.iter().filter(|(_, value)| value == b"new").count(), 20);
    });
}

#[test]
fn the_first_committer_wins() {
    on_each_engine(|bench| {
        let base = bench.engine.snapshot(ReadAt::Tip).unwrap().seq();
        bench.write_from(base, |w| w.put(INDEX, b"a", &[b"1"]).unwrap()).unwrap();
        let second = bench.write_from(base, |w| w.put(INDEX, b"a", &[b"2"]).unwrap()).unwrap_err();
        assert_eq!(second.kind(), ErrorKind::Conflict);
        let deleted = bench.write_from(base, |w| w.delete(INDEX, b"a").unwrap()).unwrap_err();
        assert_eq!(deleted.kind(), ErrorKind::Conflict);
        bench.write_from(base, |w| w.put(INDEX, b"b", &[b"2"]).unwrap()).unwrap();
    });
}

#[test]
fn a_conflict_is_found_across_a_checkpoint() {
    on_each_engine(|bench| {
        let old = bench.engine.snapshot(ReadAt::Tip).unwrap();
        bench.write(|w| w.put(INDEX, b"a", &[b"1"]).unwrap()).unwrap();
        bench.engine.checkpoint().unwrap();
        bench.write(|w| w.put(INDEX, b"z", &[b"1"]).unwrap()).unwrap();
        let late = bench.write_from(old.seq(), |w| w.put(INDEX, b"a", &[b"2"]).unwrap()).unwrap_err();
        assert_eq!(late.kind(), ErrorKind::Conflict);
        bench.write_from(old.seq(), |w| w.put(INDEX, b"c", &[b"2"]).unwrap()).unwrap();
    });
}

#[test]
fn an_expectation_conflicts_like_a_write_and_a_refused_commit_leaves_no_trace() {
    on_each_engine(|bench| {
        let base = bench.engine.snapshot(ReadAt::Tip).unwrap().seq();
        bench.write(|w| w.put(INDEX, b"schema", &[b"2"]).unwrap()).unwrap();
        let refused = bench.write_from(base, |w| {
            w.expect_unchanged(INDEX, b"schema");
            w.put(RECORDS, &id(1), &[b"x"]).unwrap();
            w.add(INDEX, b"count", 1).unwrap();
        });
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Conflict);
        let bench = bench.kill();
        assert!(bench.now().get(RECORDS, &id(1)).unwrap().is_none());
        assert!(bench.now().get(INDEX, b"count").unwrap().is_none());
    });
}

#[test]
fn adding_and_raising_commute_and_survive() {
    on_each_engine(|bench| {
        let base = bench.engine.snapshot(ReadAt::Tip).unwrap().seq();
        for delta in [5, -2, 4] {
            bench
                .write_from(base, |w| {
                    w.add(INDEX, b"count", delta).unwrap();
                    w.raise(INDEX, b"mark", delta.unsigned_abs()).unwrap();
                })
                .unwrap();
        }
        let read = |bench: &Bench, key: &[u8]| bench.now().get(INDEX, key).unwrap().unwrap().to_vec();
        assert_eq!(read(&bench, b"count"), 7_i64.to_le_bytes());
        bench.engine.checkpoint().unwrap();
        bench.write(|w| w.add(INDEX, b"count", 1).unwrap()).unwrap();
        let bench = bench.kill();
        assert_eq!(read(&bench, b"count"), 8_i64.to_le_bytes());
        assert_eq!(read(&bench, b"mark"), 5_u64.to_le_bytes());
    });
}

#[test]
fn a_dropped_tree_is_gone_from_memory_and_file_but_not_from_older_snapshots() {
    on_each_engine(|bench| {
        bench.write(|w| (0..500).for_each(|n| w.put(RECORDS, &id(n), &[&[7; 100]]).unwrap())).unwrap();
        bench.engine.checkpoint().unwrap();
        bench.write(|w| w.put(RECORDS, &id(1000), &[b"x"]).unwrap()).unwrap();
        let before = bench.now();
        bench.write(|w| w.drop_tree(RECORDS).unwrap()).unwrap();
        assert_eq!(all(&bench.now(), RECORDS).len(), 0);
        assert!(bench.now().get(RECORDS, &id(3)).unwrap().is_none());
        bench.engine.checkpoint().unwrap();
        assert_eq!(all(&before, RECORDS).len(), 501);
        drop(before);
        let bench = bench.reopen();
        assert_eq!(all(&bench.now(), RECORDS).len(), 0);
        assert_eq!(bench.engine.check().unwrap().faults, Vec::<String>::new());
    });
}

#[test]
fn values_of_every_size_come_back() {
    on_each_engine(|bench| {
        let sizes = [0, 1, 4000, 4096, 5000, 65_536, 200_000, 3 << 20];
        for (number, size) in sizes.into_iter().enumerate() {
            let value = vec![number as u8 + 1; size];
            bench.write(|w| w.put(RECORDS, &id(number as u64), &[&value]).unwrap()).unwrap();
        }
        let same = |bench: &Bench| {
            for (number, size) in sizes.into_iter().enumerate() {
                let value = bench.now().get(RECORDS, &id(number as u64)).unwrap().unwrap();
                assert!(value.len() == size && value.iter().all(|byte| *byte == number as u8 + 1), "{size}");
            }
        };
        same(&bench);
        let bench = bench.kill();
        same(&bench);
        let bench = bench.reopen();
        same(&bench);
        assert_eq!(bench.engine.check().unwrap().faults, Vec::<String>::new());
    });
}

#[test]
fn a_closed_engine_says_so() {
    on_each_engine(|bench| {
        bench.engine.close().unwrap();
        bench.engine.close().unwrap();
        let closed = |kind: ErrorKind| assert_eq!(kind, ErrorKind::Closed);
        closed(bench.engine.snapshot(ReadAt::Visible).unwrap_err().kind());
        closed(bench.engine.checkpoint().unwrap_err().kind());
        closed(bench.write_from(0, |w| w.put(INDEX, b"a", &[b"1"]).unwrap()).unwrap_err().kind());
    });
}

#[test]
fn a_check_beside_commits_finds_no_fault() {
    on_each_engine(|bench| {
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for key in 0..3000_u64 {
                    bench.write(|w| w.put(RECORDS, &id(key % 50), &[&[7; 900]]).unwrap()).unwrap();
                }
                is_over.store(true, Ordering::Relaxed);
            });
            while !is_over.load(Ordering::Relaxed) {
                assert_eq!(bench.engine.check().unwrap().faults, Vec::<String>::new());
            }
        });
    });
}

#[test]
fn a_check_carries_the_commits_that_wait() {
    on_each_engine(|bench| {
        let mut writes = WriteSet::new(1 << 20);
        writes.put(RECORDS, &id(1), &[&[7; 900]]).unwrap();
        let ticket = bench.engine.submit(writes, 0, 1, Durability::Full).unwrap();
        let report = bench.engine.check().unwrap();
        if bench.keeps_files() {
            assert_eq!((report.wal_commits, bench.engine.stats().wal_syncs), (1, 1));
        }
        bench.engine.wait(ticket).unwrap();
        assert_eq!(all(&bench.now(), RECORDS).len(), 1);
    });
}

#[test]
fn a_compaction_that_finds_the_disk_full_gives_back_the_room_it_was_promised() {
    let disk = SimulatedDisk::new();
    let large = EngineConfig { wal_bytes: 64 << 20, ..config(EngineKind::Log, disk.vfs()) };
    let bench = Bench::with(large);
    for number in 0..20 {
        bench.write(|w| w.put(RECORDS, &id(number), &[&[7; 900_000]]).unwrap()).unwrap();
    }
    let put = |number| bench.write(move |w| w.put(RECORDS, &id(number), &[&[8; 100_000]]).unwrap());
    disk.set_capacity_bytes(Some(disk.used_bytes() + (12 << 20)));
    for _ in 0..20 {
        assert_eq!(bench.engine.checkpoint().unwrap_err().kind(), ErrorKind::DiskFull);
    }
    let mut number = 20;
    while number < 100 {
        put(number).expect("the room that there was is still there");
        number += 1;
    }
    disk.set_capacity_bytes(None);
    bench.engine.checkpoint().unwrap();
    assert_eq!(all(&bench.kill().now(), RECORDS).len() as u64, number);
}
