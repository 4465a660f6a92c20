//! Values that go to the main file past the log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::super::sync_once::SyncOnce;
use super::super::{EngineConfig, EngineKind};
use super::{Bench, INDEX, RECORDS, all, config};
use crate::error::ErrorKind;
use crate::storage::{Batch, Direction, Durability, KeyRange, ReadAt, WriteSet};
use crate::vfs::OpenMode;
use crate::vfs::simulated::{Fault, FaultPlan, OperationKind, SimulatedDisk};

/// What counts as large here.
const LARGE: usize = 20_000;
const DB: &str = "/d/shop.db";
const WAL: &str = "/d/shop.wasp";

fn id(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

fn value(number: u64, len: usize) -> Vec<u8> {
    (0..len).map(|at| ((at as u64 * 31 + number * 7) >> 3) as u8).collect()
}

fn small_limit(disk: &SimulatedDisk) -> EngineConfig {
    EngineConfig { large_value_bytes: LARGE, ..config(EngineKind::Wasp, disk.vfs()) }
}

fn bench() -> (SimulatedDisk, Bench) {
    let disk = SimulatedDisk::new();
    // Opened a second time, the main file has its own name on the disk's account.
    let bench = Bench::with(small_limit(&disk)).reopen();
    (disk, bench)
}

impl Bench {
    fn put(&self, number: u64, value: &[u8]) -> crate::Result<()> {
        self.write(|w| w.put(RECORDS, &id(number), &[value]).unwrap())
    }

    fn has(&self, number: u64, expected: &[u8]) -> bool {
        self.now().get(RECORDS, &id(number)).unwrap().is_some_and(|found| *found == *expected)
    }

    #[track_caller]
    fn expect_sound(&self) {
        assert_eq!(self.engine.check().unwrap().faults, Vec::<String>::new());
    }

    fn free_bytes(&self) -> u64 {
        self.engine.check().unwrap().free_bytes
    }
}

/// What was asked of the two files to change them, in order: `d`ata or `l`og, written or `s`ynced.
fn calls(disk: &SimulatedDisk, from: u64) -> String {
    let mut calls = String::new();
    for operation in disk.log().iter().filter(|operation| operation.index >= from) {
        let file = if operation.file.ends_with("shop.db") { "d" } else { "l" };
        let call = match operation.kind {
            OperationKind::Write => file.to_owned(),
            OperationKind::SyncData | OperationKind::SyncAll => format!("{file}s"),
            _ => continue,
        };
        if !calls.ends_with(&format!(" {call}")) {
            calls = format!("{calls} {call}");
        }
    }
    calls
}

#[test]
fn a_large_value_is_written_once_and_is_on_the_device_before_the_log_refers_to_it() {
    let (disk, bench) = bench();
    bench.put(1, b"so that the log is there").unwrap();
    bench.put(2, &value(2, LARGE)).unwrap();
    let large = value(3, 3 << 20);
    disk.reset_counts();
    let before = disk.operations();
    bench.put(3, &large).unwrap();
    assert!(disk.counts(WAL).written_bytes <= 8192, "only a reference");
    assert!(calls(&disk, before).ends_with(" d ds l ls"), "{}", calls(&disk, before));
    assert!(bench.has(3, &large));
    bench.expect_sound();
    bench.engine.checkpoint().unwrap();
    let written = disk.counts(DB).written_bytes;
    assert!(written < (3 << 20) + (256 << 10), "the checkpoint copies nothing: {written} bytes");
    assert!(bench.has(3, &large) && bench.has(2, &value(2, LARGE)));
    bench.expect_sound();
    let bench = bench.reopen();
    assert!(bench.has(3, &large));
    bench.expect_sound();
}

#[test]
fn a_value_just_below_the_limit_goes_through_the_log() {
    let (disk, bench) = bench();
    bench.put(1, b"small").unwrap();
    disk.reset_counts();
    bench.put(2, &value(2, LARGE - 1)).unwrap();
    assert_eq!(disk.counts(DB).written_bytes, 0);
    bench.put(3, &value(3, LARGE)).unwrap();
    assert!(disk.counts(DB).written_bytes >= LARGE as u64);
}

#[test]
fn weaker_commits_sync_a_large_value_before_the_log_is_written_and_no_earlier() {
    let (disk, bench) = bench();
    bench.put(1, b"small").unwrap();
    let submit = |number: u64, durability| {
        let mut writes = WriteSet::new(1 << 20);
        writes.put(RECORDS, &id(number), &[&value(number, LARGE)]).unwrap();
        let base = bench.engine.snapshot(ReadAt::Tip).unwrap().seq();
        let ticket = bench.engine.submit(writes, base, 1, durability).unwrap();
        bench.engine.wait(ticket).unwrap();
    };
    // What a refused commit gives back is room enough, so that the file does not grow.
    let late = bench.write_from(0, |w| w.put(RECORDS, &id(1), &[&value(2, 200_000)]).unwrap());
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Conflict);
    let before = disk.operations();
    submit(3, Durability::None);
    assert_eq!(calls(&disk, before), " d");
    assert!(bench.has(3, &value(3, LARGE)));
    submit(4, Durability::Group);
    assert_eq!(calls(&disk, before), " d ds l", "one sync for both");
    let bench = bench.kill();
    assert!(bench.has(3, &value(3, LARGE)) && bench.has(4, &value(4, LARGE)));
    bench.expect_sound();
}

#[test]
fn a_commit_that_is_refused_gives_its_pages_back() {
    let (disk, bench) = bench();
    bench.put(1, &value(1, 300_000)).unwrap();
    let base = bench.engine.snapshot(ReadAt::Tip).unwrap().seq();
    bench.put(1, b"replaced").unwrap();
    let (free, len) = (bench.free_bytes(), bench.engine.stats().file_bytes);
    for _ in 0..50 {
        let late = bench.write_from(base, |w| w.put(RECORDS, &id(1), &[&value(2, 100_000)]).unwrap());
        assert_eq!(late.unwrap_err().kind(), ErrorKind::Conflict);
    }
    let grown = bench.engine.stats().file_bytes - len;
    assert_eq!(bench.free_bytes(), free + grown);
    assert!(grown < 400_000, "the same pages were taken again and again: {grown}");
    bench.expect_sound();
    disk.set_capacity_bytes(Some(disk.used_bytes() + 50_000));
    for _ in 0..5 {
        let full = bench.put(3, &value(3, 4 << 20)).unwrap_err();
        assert_eq!(full.kind(), ErrorKind::DiskFull);
    }
    disk.set_capacity_bytes(None);
    bench.put(3, &value(3, 4 << 20)).unwrap();
    let bench = bench.kill();
    assert!(bench.has(1, b"replaced") && bench.has(3, &value(3, 4 << 20)));
    bench.expect_sound();
}

#[test]
fn a_sync_that_fails_refuses_the_commit_and_closes_the_database_for_writing() {
    let (disk, bench) = bench();
    bench.put(1, &value(1, LARGE)).unwrap();
    disk.inject(FaultPlan::new(0, Fault::Io).on(&[OperationKind::SyncData]).in_files(".db"));
    assert_eq!(bench.put(2, &value(2, LARGE)).unwrap_err().kind(), ErrorKind::Poisoned);
    assert_eq!(bench.put(3, b"small").unwrap_err().kind(), ErrorKind::Poisoned);
    assert!(bench.has(1, &value(1, LARGE)));
    let bench = bench.kill();
    assert!(bench.has(1, &value(1, LARGE)) && all(&bench.now(), RECORDS).len() == 1);
    bench.put(2, &value(2, LARGE)).unwrap();
    bench.expect_sound();
}

#[test]
fn a_sync_that_failed_once_fails_whoever_asks_next() {
    let (disk, bench) = bench();
    let file =
        SyncOnce::over(bench.config.vfs.open(std::path::Path::new("/d/other"), OpenMode::CreateNew).unwrap());
    file.sync_all().unwrap();
    disk.inject(FaultPlan::new(0, Fault::Io).on(&[OperationKind::SyncData]).in_files("other"));
    file.sync_data().unwrap_err();
    disk.clear_faults();
    file.sync_data().unwrap_err();
    file.sync_all().unwrap_err();
    file.write_all_at(b"x", 0).unwrap();
}

#[test]
fn what_was_replaced_before_any_checkpoint_is_kept_for_old_readers_and_then_freed() {
    let (_disk, bench) = bench();
    bench.put(1, &value(1, 200_000)).unwrap();
    let first = bench.now();
    bench.put(1, &value(2, 200_000)).unwrap();
    let second = bench.now();
    bench.write(|w| w.delete(RECORDS, &id(1)).unwrap()).unwrap();
    for round in 0..8 {
        bench.put(100 + round, &value(round, 150_000)).unwrap();
        bench.engine.checkpoint().unwrap();
        assert_eq!(*first.get(RECORDS, &id(1)).unwrap().unwrap(), *value(1, 200_000), "round {round}");
        assert_eq!(all(&second, RECORDS), [(id(1).to_vec(), value(2, 200_000))], "round {round}");
        bench.expect_sound();
    }
    let free = bench.free_bytes();
    drop((first, second));
    for round in 0..4 {
        bench.put(200 + round, b"small").unwrap();
        bench.engine.checkpoint().unwrap();
    }
    let bench = bench.kill();
    bench.expect_sound();
    let before = bench.engine.stats().file_bytes;
    bench.put(300, &value(3, 100_000)).unwrap();
    bench.put(301, &value(4, 100_000)).unwrap();
    assert_eq!(bench.engine.stats().file_bytes, before, "what was free, {free} bytes, is used again");
}

#[test]
fn references_survive_kills_and_nothing_takes_their_pages() {
    let (_disk, mut bench) = bench();
    for round in 0..6 {
        for number in 0..4 {
            bench.put(round * 10 + number, &value(round + number, LARGE + 9_000 * number as usize)).unwrap();
        }
        bench = bench.kill();
        bench
            .write(|w| (0..300).for_each(|n| w.put(INDEX, &id(n), &[&[round as u8; 200]]).unwrap()))
            .unwrap();
        match round % 3 {
            0 => bench.engine.checkpoint().unwrap(),
            1 => bench = bench.kill(),
            _ => bench = bench.reopen(),
        }
        for (round, number) in (0..=round).flat_map(|round| (0..4).map(move |number| (round, number))) {
            let expected = value(round + number, LARGE + 9_000 * number as usize);
            assert!(bench.has(round * 10 + number, &expected), "round {round}, value {number}");
        }
        bench.expect_sound();
    }
}

#[test]
fn a_referred_value_that_rotted_is_damage_at_opening_and_nothing_is_changed() {
    let (disk, bench) = bench();
    bench.put(1, b"small").unwrap();
    bench.put(2, &value(2, 100_000)).unwrap();
    bench.put(3, b"small too").unwrap();
    let Bench { config, engine } = bench;
    drop(engine);
    let len = disk.read_file(DB).unwrap().len() as u64;
    let at =
        (0..len).find(|at| disk.read_file(DB).unwrap()[*at as usize..].starts_with(&value(2, 64))).unwrap();
    disk.flip(DB, at + 70_000, 3).unwrap();
    let before = disk.durable_hash();
    for read_only in [false, true] {
        let opened = super::open(EngineConfig { read_only, ..config.clone() });
        let error = opened.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.message().contains("shop.db") && error.message().contains("piece 1"), "{error}");
    }
    assert_eq!(disk.durable_hash(), before);
    disk.flip(DB, at + 70_000, 3).unwrap();
    let bench = Bench::with(config);
    assert!(bench.has(2, &value(2, 100_000)) && bench.has(3, b"small too"));
}

#[test]
fn a_check_reads_what_only_the_log_refers_to() {
    let (disk, bench) = bench();
    bench.put(2, &value(2, 100_000)).unwrap();
    bench.expect_sound();
    let bytes = disk.read_file(DB).unwrap();
    let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(&value(2, 64))).unwrap() as u64;
    disk.flip(DB, at + 10, 0).unwrap();
    let faults = bench.engine.check().unwrap().faults;
    assert!(faults.len() == 1 && faults[0].contains("large value"), "{faults:?}");
    let read = bench.now().get(RECORDS, &id(2)).unwrap_err();
    assert_eq!(read.kind(), ErrorKind::Corrupt);
}

#[test]
fn a_reader_that_changes_nothing_reads_references_too() {
    let (disk, bench) = bench();
    bench.put(2, &value(2, 100_000)).unwrap();
    let Bench { config, engine } = bench;
    drop(engine);
    let before = disk.durable_hash();
    let bench = Bench::with(EngineConfig { read_only: true, ..config });
    assert!(bench.has(2, &value(2, 100_000)));
    bench.expect_sound();
    assert_eq!(disk.durable_hash(), before);
}

#[test]
fn a_dropped_tree_gives_back_the_large_values_that_it_had_in_memory() {
    let (_disk, bench) = bench();
    for number in 0..5 {
        bench.put(number, &value(number, 100_000)).unwrap();
    }
    bench.write(|w| w.drop_tree(RECORDS).unwrap()).unwrap();
    bench.engine.checkpoint().unwrap();
    bench.expect_sound();
    assert!(bench.free_bytes() >= 500_000);
    let bench = bench.reopen();
    bench.expect_sound();
    assert!(bench.engine.stats().file_bytes < 200_000, "the file is cut");
}

#[test]
fn a_file_shrinks_around_large_values() {
    let (_disk, bench) = bench();
    for number in 0..40 {
        bench.put(number, &value(number, 100_000)).unwrap();
    }
    bench.engine.checkpoint().unwrap();
    bench.write(|w| (0..36).for_each(|n| w.delete(RECORDS, &id(n)).unwrap())).unwrap();
    // This one, which only the log refers to, may lie in the way for a while.
    bench.put(99, &value(99, 100_000)).unwrap();
    bench.engine.checkpoint().unwrap();
    let before = bench.engine.stats().file_bytes;
    bench.put(100, &value(100, 100_000)).unwrap();
    while bench.engine.step().unwrap() {}
    let after = bench.engine.stats().file_bytes;
    assert!(after < 1_200_000 && after < before / 3, "{before} bytes became {after}");
    bench.expect_sound();
    let bench = bench.kill();
    assert!((36..40).chain([99, 100]).all(|number| bench.has(number, &value(number, 100_000))));
    bench.expect_sound();
}

#[test]
fn much_in_large_values_brings_a_checkpoint_though_log_and_memory_hold_little() {
    let (_disk, bench) = bench();
    for number in 0..30 {
        bench.put(number, &value(number, 100_000)).unwrap();
    }
    assert!(bench.engine.stats().checkpoints >= 2, "opening would have to read all of them");
    bench.expect_sound();
}

#[test]
fn a_batch_of_large_values_ends_early() {
    let (_disk, bench) = bench();
    bench.write(|w| (0..20).for_each(|n| w.put(RECORDS, &id(n), &[&value(n, 1 << 20)]).unwrap())).unwrap();
    for direction in [Direction::Forward, Direction::Backward] {
        let mut scan = bench.now().scan(RECORDS, KeyRange::all(), direction).unwrap();
        let (mut batch, mut seen) = (Batch::new(), 0);
        loop {
            scan.next_batch(&mut batch, 1000).unwrap();
            if batch.is_empty() {
                break;
            }
            assert!(batch.len() <= 4);
            seen += batch.len();
        }
        assert_eq!(seen, 20);
    }
    let many: Vec<_> = (0..20).map(id).collect();
    let many: Vec<&[u8]> = many.iter().map(|id| &id[..]).collect();
    let found = bench.now().get_many(RECORDS, &many).unwrap();
    assert!(found.iter().zip(0..).all(|(found, n)| **found.as_ref().unwrap() == *value(n, 1 << 20)));
}

#[test]
fn many_writers_of_large_values_beside_checkpoints_and_readers() {
    let (_disk, bench) = bench();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4_u64)
            .map(|writer| {
                let bench = &bench;
                scope.spawn(move || {
                    for round in 0..40 {
                        let value = value(writer * 1000 + round, LARGE + (round as usize % 5) * 30_000);
                        while let Err(error) = bench.put(writer * 10 + round % 3, &value) {
                            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
                        }
                        if round % 7 == 0 {
                            bench.engine.checkpoint().unwrap();
                        }
                    }
                })
            })
            .collect();
        let checker = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                bench.expect_sound();
                let view = bench.now();
                assert!(all(&view, RECORDS) == all(&view, RECORDS));
            }
        });
        let outcomes: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::Relaxed);
        outcomes.into_iter().chain([checker.join()]).for_each(|outcome| outcome.unwrap());
    });
    let last = |number: u64| (0..40_u64).rev().find(|round| round % 3 == number).unwrap();
    let bench = bench.kill();
    for (writer, slot) in (0..4_u64).flat_map(|writer| (0..3_u64).map(move |slot| (writer, slot))) {
        let round = last(slot);
        let expected = value(writer * 1000 + round, LARGE + (round as usize % 5) * 30_000);
        assert!(bench.has(writer * 10 + slot, &expected), "writer {writer}, slot {slot}");
    }
    bench.expect_sound();
}

#[test]
fn a_closed_engine_writes_no_large_value() {
    let (disk, bench) = bench();
    bench.put(1, &value(1, LARGE)).unwrap();
    bench.engine.close().unwrap();
    let before = disk.operations();
    assert_eq!(bench.put(2, &value(2, LARGE)).unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(calls(&disk, before), "");
}
