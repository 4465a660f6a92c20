//! Every step of the protocol, left out: the suite must notice each.
//!
//! Most are found by cutting the power in random lives. Where a step guards against what no power cut brings about
//! (a flush of another life of its chunk, a newest manifest that rots), the case is made by hand.

use std::collections::BTreeSet;

use nexuslite::Durability;
use nexuslite::simulation::{Change, EngineKind, Setup, Store, Switches, Tree};
use nexuslite::vfs::simulated::SimulatedDisk;

use crate::images::{Tally, expect_sound, search};
use crate::model::Model;
use crate::oracle::look;
use crate::plan::{DB, WAL};
use crate::report::say;
use crate::splice::{Flush, flushes};

const RECORDS: Tree = Tree::Records(50);
const INDEX: Tree = Tree::Index(51);

/// The lives that are searched for a broken step, at most.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=40;

fn setup(disk: &SimulatedDisk, kind: EngineKind, switches: Switches) -> Setup {
    Setup { kind, switches, path: DB.into(), wal_chunk_bytes: 64 << 10, ..Setup::small(disk.vfs()) }
}

fn put(number: u64, len: usize) -> Change {
    Change::Put(INDEX, number.to_be_bytes().to_vec(), vec![number as u8; len])
}

fn commit(store: &Store, change: Change) {
    store.commit(&[change], Durability::Full).expect("a commit");
}

/// A store of `commits` small commits, each in a flush of its own, left by a dead process.
fn written(kind: EngineKind, commits: u64) -> SimulatedDisk {
    let disk = SimulatedDisk::new();
    let store = Store::open(&setup(&disk, kind, Switches::default())).expect("a new store");
    (1..=commits).for_each(|number| commit(&store, put(number, 100)));
    disk
}

fn model(commits: u64) -> Model {
    let mut model = Model::default();
    (1..=commits).for_each(|number| model.apply(&[put(number, 100)]));
    model
}

/// The commits that are found, or why the store does not open.
fn found(disk: &SimulatedDisk, kind: EngineKind, switches: Switches) -> Result<u64, String> {
    let store = Store::open(&setup(disk, kind, switches)).map_err(|e| e.to_string())?;
    let seen = look(&store, &BTreeSet::from([INDEX]))?;
    let expected = model(seen.seq);
    if seen.digest == expected.digest() {
        Ok(seen.seq)
    } else {
        Err(format!("not the state of {}", seen.seq))
    }
}

fn with_flush(disk: &SimulatedDisk, flush: &Flush) -> SimulatedDisk {
    let disk = disk.copy();
    disk.overwrite(WAL, flush.offset as u64, flush.bytes()).expect("inside the log");
    disk
}

/// A flush that belongs to another life of its chunk, or follows another flush, stands where the log ends.
fn is_fooled(switches: Switches, alter: fn(Flush) -> Flush) -> Option<String> {
    for kind in [EngineKind::Wasp, EngineKind::Log] {
        for commits in 2..8 {
            let log = written(kind, commits + 1).read_file(WAL).expect("a log");
            let last = flushes(&log).pop().expect("a flush");
            let disk = with_flush(&written(kind, commits), &alter(last));
            match found(&disk, kind, switches) {
                Ok(seq) if seq == commits => {}
                Ok(seq) => return Some(format!("PHANTOM: {commits} commits were made, {seq} are found")),
                Err(error) => return Some(error),
            }
        }
    }
    None
}

/// A durable flush in the middle of the log rots.
fn loses_the_end(switches: Switches) -> Option<String> {
    for kind in [EngineKind::Wasp, EngineKind::Log] {
        let whole = written(kind, 8);
        let all = flushes(&whole.read_file(WAL).expect("a log"));
        let last = all.last().map_or(0, Flush::lsn);
        for flush in all.iter().filter(|flush| flush.lsn() + 1 < last) {
            let disk = whole.copy();
            disk.flip(WAL, flush.end() as u64 - 1, 0).expect("inside the log");
            match found(&disk, kind, switches) {
                Err(_) => {}
                Ok(seq) => return Some(format!("LOST: 8 commits were acknowledged, {seq} are found")),
            }
        }
    }
    None
}

/// While version n + 2 is written, version n + 1 rots. Version n and the log behind it must still be whole.
fn needs_the_newest(switches: Switches) -> Option<String> {
    let disk = SimulatedDisk::new();
    let store = Store::open(&setup(&disk, EngineKind::Wasp, switches)).expect("a new store");
    (1..=40).for_each(|number| commit(&store, put(number, 100)));
    store.checkpoint().expect("a checkpoint");
    for number in 0..400_u64 {
        let id = number.to_be_bytes().to_vec();
        store
            .commit(&[Change::Put(RECORDS, id, vec![number as u8; 3000])], Durability::None)
            .expect("a commit");
    }
    store.checkpoint().expect("a checkpoint");
    commit(&store, put(7, 100));
    commit(&store, Change::Drop(RECORDS));
    let expected = look(&store, &BTreeSet::from([RECORDS, INDEX])).expect("a state");
    store.checkpoint().expect("a checkpoint");
    let between = disk.operations();
    assert!(store.step().expect("a step"), "a file so empty is worth shrinking");
    drop(store);
    let mut replay = disk.replay();
    let first_flip =
        |o: &&nexuslite::vfs::simulated::Operation| o.index > between && o.offset < 5 * 8192 && o.len == 4096;
    let flip =
        disk.log().iter().find(first_flip).map(|o| (o.index, o.offset)).expect("a manifest was written");
    let other = if flip.1 < 3 * 8192 { 3 * 8192 } else { 8192 };
    let image = replay.seek(flip.0 - 1).image(1, nexuslite::vfs::simulated::CrashStyle::KEEP_ALL);
    for copy in [other, other + 8192] {
        image.overwrite(DB, copy, &[0xAA; 4096]).expect("inside the file");
    }
    let store = match Store::open(&setup(&image, EngineKind::Wasp, switches)) {
        Ok(store) => store,
        Err(error) => return Some(error.to_string()),
    };
    match look(&store, &BTreeSet::from([RECORDS, INDEX])) {
        Ok(seen) if seen == expected => expect_sound(&store).err(),
        Ok(seen) => Some(format!("another state is found: {seen:?}, expected {expected:?}")),
        Err(error) => Some(error),
    }
}

/// What notices that this step is left out, and how many images that took.
fn hunt(name: &str, switches: Switches) -> (Option<String>, u64) {
    let made_by_hand = match name {
        "salt_not_checked" => is_fooled(switches, Flush::with_another_salt),
        "chain_not_checked" => is_fooled(switches, Flush::with_another_predecessor),
        "durable_lsn_not_checked" => loses_the_end(switches),
        "extent_reused_early" => needs_the_newest(switches),
        _ => {
            let tally = Tally::default();
            let violation = search(SEEDS, switches, &tally).map(|violation| violation.to_string());
            return (violation, tally.distinct());
        }
    };
    (made_by_hand, 1)
}

#[test]
fn mutants_are_all_caught() {
    let mut survivors = Vec::new();
    for (name, switches) in Switches::each() {
        match hunt(name, switches) {
            (Some(how), images) => {
                let how = how.lines().next().unwrap_or_default();
                say(&format!("mutant {name}: caught after {images} images: {how}"));
            }
            (None, images) => {
                say(&format!("mutant {name}: SURVIVES {images} images"));
                survivors.push(name);
            }
        }
    }
    assert!(survivors.is_empty(), "these mutants survive: {survivors:?}");
}

#[test]
fn mutants_made_by_hand_find_nothing_wrong_with_the_whole_protocol() {
    for name in ["salt_not_checked", "chain_not_checked", "durable_lsn_not_checked", "extent_reused_early"] {
        assert_eq!(hunt(name, Switches::default()).0, None, "{name}");
    }
}
