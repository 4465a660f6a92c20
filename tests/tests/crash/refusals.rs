//! Files that must not be opened, or not as if nothing had happened.

use std::collections::BTreeSet;

use nexuslite::simulation::{Change, EngineKind, Setup, Store, Tree};
use nexuslite::vfs::simulated::SimulatedDisk;
use nexuslite::{Durability, ErrorKind};

use crate::oracle::look;
use crate::plan::{DB, WAL};

const TREE: Tree = Tree::Index(1);
const KINDS: [EngineKind; 2] = [EngineKind::Wasp, EngineKind::Log];
const PAGE: u64 = 8192;

fn setup(disk: &SimulatedDisk, kind: EngineKind) -> Setup {
    Setup { kind, path: DB.into(), ..Setup::small(disk.vfs()) }
}

fn open(disk: &SimulatedDisk, kind: EngineKind) -> Result<Store, nexuslite::Error> {
    Store::open(&setup(disk, kind))
}

/// A store that went through `commits` commits and a checkpoint now and then, dead or closed.
fn store(kind: EngineKind, commits: u64, is_closed: bool) -> SimulatedDisk {
    let disk = SimulatedDisk::new();
    let store = open(&disk, kind).expect("a new store");
    for number in 1..=commits {
        let change = Change::Put(TREE, number.to_be_bytes().to_vec(), vec![number as u8; 300]);
        store.commit(&[change], Durability::Full).expect("a commit");
        if number % 7 == 0 {
            store.checkpoint().expect("a checkpoint");
        }
    }
    if is_closed {
        store.close().expect("a clean close");
    }
    drop(store);
    disk.copy()
}

fn newest(store: &Store) -> u64 {
    look(store, &BTreeSet::from([TREE])).expect("a state").seq
}

/// The slot of the newest manifest: 0 or 1, by the versions in the blocks that say they are manifests.
fn newest_slot(disk: &SimulatedDisk) -> u64 {
    let bytes = disk.read_file(DB).expect("the main file");
    let version = |page: u64| {
        let at = (page * PAGE) as usize + 32;
        u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
    };
    u64::from(version(3) > version(1))
}

fn destroy_slot(disk: &SimulatedDisk, slot: u64) {
    for copy in 0..2 {
        disk.overwrite(DB, (1 + slot * 2 + copy) * PAGE, &[0xA5; 4096]).expect("inside the file");
    }
}

#[test]
fn refusals_a_log_that_is_gone_after_a_kill_is_damage() {
    for kind in KINDS {
        for commits in 1..30 {
            let disk = store(kind, commits, false);
            disk.vfs().remove(WAL.as_ref()).expect("there is a log");
            let error = open(&disk, kind).expect_err("the log is gone");
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{kind:?}, {commits} commits: {error}");
            disk.write_file(WAL, &[]);
            let error = open(&disk, kind).expect_err("the log is empty");
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{kind:?}, {commits} commits: {error}");
        }
    }
}

#[test]
fn refusals_a_log_that_is_gone_after_a_clean_close_is_none() {
    for commits in 0..30 {
        let disk = store(EngineKind::Wasp, commits, true);
        disk.vfs().remove(WAL.as_ref()).expect("there is a log");
        let store = open(&disk, EngineKind::Wasp).expect("the main file is the database");
        assert_eq!(newest(&store), commits);
        let report = store.check().expect("a check");
        assert_eq!(report.faults, Vec::<String>::new());
    }
}

#[test]
fn refusals_a_newest_manifest_that_is_gone_is_never_an_older_state() {
    for kind in KINDS {
        let mut told = 0;
        for (commits, is_closed) in (0..40).flat_map(|commits| [(commits, true), (commits, false)]) {
            // Until the next flush only the manifest knows that the log before it was given up.
            if !is_closed && commits % 7 == 0 {
                continue;
            }
            let disk = store(kind, commits, is_closed);
            destroy_slot(&disk, newest_slot(&disk));
            match open(&disk, kind) {
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
                    told += 1;
                }
                Ok(store) => assert_eq!(newest(&store), commits, "{kind:?}, closed {is_closed}"),
            }
        }
        assert!(told > 0, "{kind:?} never noticed");
    }
}

#[test]
fn refusals_one_copy_of_anything_may_rot() {
    for kind in KINDS {
        for (commits, is_closed) in [(20, true), (20, false)] {
            let whole = store(kind, commits, is_closed);
            let places = [0, PAGE / 2, PAGE, 2 * PAGE, 3 * PAGE, 4 * PAGE];
            for at in places {
                let disk = whole.copy();
                disk.overwrite(DB, at, &[0xA5; 256]).expect("inside the file");
                match open(&disk, kind) {
                    Ok(store) => assert_eq!(newest(&store), commits, "{kind:?}, byte {at}"),
                    // A clean close is believed without a log only if the version before is whole.
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
                        assert!(is_closed && at >= PAGE, "{kind:?}, byte {at}: {error}");
                    }
                }
            }
        }
    }
}

#[test]
fn refusals_a_newer_format_is_told_from_damage() {
    for kind in KINDS {
        let disk = store(kind, 3, true);
        for at in [0, PAGE / 2] {
            let mut copy =
                disk.read_file(DB).expect("the main file")[at as usize..at as usize + 256].to_vec();
            copy[8] = 9;
            let checksum = xxhash_rust::xxh3::xxh3_128(&copy[..240]);
            copy[240..].copy_from_slice(&checksum.to_le_bytes());
            disk.overwrite(DB, at, &copy).expect("inside the file");
        }
        let error = open(&disk, kind).expect_err("it is newer");
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
}

#[test]
fn refusals_a_second_opening_finds_it_locked() {
    for kind in KINDS {
        let disk = SimulatedDisk::new();
        let first = open(&disk, kind).expect("a new store");
        let error = open(&disk, kind).expect_err("it is open");
        assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
        first.close().expect("a clean close");
        open(&disk, kind).expect("it is closed");
    }
}

#[test]
fn refusals_the_files_of_two_databases_do_not_mix() {
    let (one, other) = (store(EngineKind::Wasp, 20, false), SimulatedDisk::new());
    let stranger = Store::open(&Setup { seed: 99, ..setup(&other, EngineKind::Wasp) }).expect("a new store");
    for number in 1..=20_u64 {
        let change = Change::Put(TREE, number.to_be_bytes().to_vec(), vec![7; 300]);
        stranger.commit(&[change], Durability::Full).expect("a commit");
    }
    drop(stranger);
    one.write_file(WAL, &other.read_file(WAL).expect("a log"));
    match open(&one, EngineKind::Wasp) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}"),
        Ok(store) => panic!("with a stranger's log it opens at commit {}", newest(&store)),
    }
}

#[test]
fn refusals_reading_only_writes_nothing() {
    for (kind, is_closed) in [(EngineKind::Wasp, false), (EngineKind::Wasp, true), (EngineKind::Log, false)] {
        let disk = store(kind, 25, is_closed);
        let before = disk.durable_hash();
        let reader = Store::open(&Setup { read_only: true, ..setup(&disk, kind) }).expect("a reader");
        assert_eq!(newest(&reader), 25);
        let change = Change::Put(TREE, vec![1], vec![1]);
        let error = reader.commit(&[change], Durability::Full).expect_err("it only reads");
        assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
        reader.close().expect("nothing to do");
        let counts = disk.counts_of_all();
        assert_eq!((disk.durable_hash(), counts.writes), (before, 0), "{kind:?}");
    }
}
