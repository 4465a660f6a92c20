//! Room in the files: kept while it is needed again and again, given back when nobody writes.

use std::sync::Arc;

use super::super::{EngineConfig, EngineKind};
use super::{Bench, RECORDS, config};
use crate::base::{ManualClock, Waker};
use crate::storage::WriteSet;
use crate::vfs::MemoryFs;

const RECORDS_MANY: u64 = 1000;

/// An engine on a clock that only the test moves, with a worker that never comes.
fn bench() -> (Bench, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(0));
    let config = EngineConfig { clock: clock.clone(), ..config(EngineKind::Wasp, Arc::new(MemoryFs::new())) };
    let bench = Bench::with(config);
    bench.engine.attach_worker(Some(Waker::new(|| ())));
    (bench, clock)
}

/// Writes all records anew, in commits of a hundred, and brings them into the main file.
fn write_all(bench: &Bench, byte: u8) {
    for from in (0..RECORDS_MANY).step_by(100) {
        let put = |id: u64, w: &mut WriteSet| w.put(RECORDS, &id.to_be_bytes(), &[&[byte; 500]]);
        bench.write(|w| (from..from + 100).for_each(|id| put(id, w).unwrap())).unwrap();
    }
    bench.engine.checkpoint().unwrap();
}

/// Does what is due; how long the main file and the log are then.
fn settle(bench: &Bench) -> (u64, u64) {
    while bench.engine.step().unwrap() {}
    let stats = bench.engine.stats();
    (stats.file_bytes, stats.wal_bytes)
}

#[test]
fn files_that_are_written_over_and_over_are_not_cut_in_between() {
    let (bench, _) = bench();
    (0..4).for_each(|byte| {
        write_all(&bench, byte);
        settle(&bench);
    });
    let before = settle(&bench);
    for byte in 4..20 {
        write_all(&bench, byte);
        assert_eq!(settle(&bench), before, "round {byte}");
    }
    assert!(before.0 < 5 * RECORDS_MANY * 500, "{} bytes for three versions", before.0);
    let bench = bench.reopen();
    assert!(settle(&bench).0 < 2 * RECORDS_MANY * 500, "a close keeps nothing for later");
}

#[test]
fn files_become_short_by_themselves_once_nobody_writes() {
    let (bench, clock) = bench();
    (0..4).for_each(|byte| write_all(&bench, byte));
    let full = settle(&bench);
    for _ in 0..20 {
        clock.advance_ms(1000);
        settle(&bench);
    }
    let quiet = settle(&bench);
    assert!(quiet.0 < full.0 / 2 && quiet.0 < 2 * RECORDS_MANY * 500, "{} bytes became {}", full.0, quiet.0);
    assert!(quiet.1 < full.1 / 2, "{} bytes of log became {}", full.1, quiet.1);
    assert_eq!(bench.engine.check().unwrap().faults, Vec::<String>::new());
}

/// An engine closed with the records of `ids` in it, after those below `gone` were deleted; how long its file is.
fn closed_with(gone: u64, ids: u64) -> u64 {
    let (bench, _) = bench();
    for from in (0..ids).step_by(100) {
        let put = |id: u64, w: &mut WriteSet| w.put(RECORDS, &id.to_be_bytes(), &[&[7; 1000]]);
        bench.write(|w| (from..from + 100).for_each(|id| put(id, w).unwrap())).unwrap();
    }
    bench.engine.checkpoint().unwrap();
    bench.write(|w| (0..gone).for_each(|id| w.delete(RECORDS, &id.to_be_bytes()).unwrap())).unwrap();
    bench.reopen().engine.stats().file_bytes
}

#[test]
fn a_close_leaves_little_of_the_file_free() {
    const ALL: u64 = 8000;
    for gone in [0, 200, 1000, 1500, 4000, 7500] {
        let (closed, fresh) = (closed_with(gone, ALL), closed_with(0, ALL - gone));
        assert!(closed <= fresh + fresh / 20, "{gone} deleted: {closed} bytes, {fresh} without them");
    }
}
