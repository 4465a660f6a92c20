//! Rot: every byte of both files with a bit flipped, and the log cut at every byte.
//!
//! What is damaged is told, or was not used. Only the very last flush of the log can look as if it had never been
//! written whole, and only where the damage lies in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use nexuslite::simulation::{EngineKind, Setup, Store, Tree};
use nexuslite::vfs::simulated::SimulatedDisk;
use nexuslite::{Durability, ErrorKind};

use crate::dice::Dice;
use crate::model::{Model, set_record};
use crate::oracle::{Seen, look};
use crate::plan::{DB, WAL};
use crate::report::say;
use crate::splice::flushes;

const CHUNK: u64 = 16 << 10;

/// Two files and what they hold.
struct Pair {
    kind: EngineKind,
    disk: SimulatedDisk,
    /// The digest after every commit.
    digests: BTreeMap<u64, u64>,
    trees: BTreeSet<Tree>,
    newest: u64,
    /// The last flush of the log, with what fills its block.
    last_flush: Range<u64>,
    /// The last commit before it.
    before_last_flush: u64,
}

/// How often each verdict was given.
#[derive(Default)]
struct Verdicts {
    told: AtomicU64,
    unused: AtomicU64,
    last_flush: AtomicU64,
    log_begins_later: AtomicU64,
}

fn setup(disk: &SimulatedDisk, kind: EngineKind) -> Setup {
    Setup {
        kind,
        path: DB.into(),
        wal_bytes: 1 << 20,
        memtable_bytes: 1 << 20,
        wal_chunk_bytes: CHUNK as u32,
        ..Setup::small(disk.vfs())
    }
}

impl Pair {
    /// About `bytes` in both files: half of the commits in pages, if the engine has pages, the rest in the log.
    fn new(kind: EngineKind, bytes: u64) -> Self {
        let disk = SimulatedDisk::new();
        let store = Store::open(&setup(&disk, kind)).expect("a new store");
        let (mut model, mut dice) = (Model::default(), Dice::new(bytes));
        let mut digests = BTreeMap::from([(0, 0)]);
        let (mut newest, mut checkpointed) = (0, false);
        loop {
            let stats = store.stats();
            if !checkpointed && kind == EngineKind::Wasp && stats.wal_bytes > bytes / 4 {
                store.checkpoint().expect("a checkpoint");
                checkpointed = true;
            } else if checkpointed && stats.memtable_bytes >= bytes / 16 || stats.wal_bytes > bytes / 2 {
                break;
            }
            let id = dice.below(bytes / 2000).to_be_bytes();
            let len = if dice.one_in(8) { 5000 } else { dice.between(0, 700) };
            let value = if dice.one_in(5) { None } else { Some(dice.bytes(len as usize)) };
            let changes = set_record(&model, 0, &id, value);
            model.apply(&changes);
            newest = store.commit(&changes, Durability::Full).expect("a commit");
            digests.insert(newest, model.digest());
        }
        drop(store);
        let log = disk.read_file(WAL).expect("a log");
        let last = flushes(&log).pop().expect("a flush");
        let last_flush = last.offset as u64..(last.end() as u64).next_multiple_of(4096);
        let disk = disk.copy();
        let trees = model.trees.keys().copied().collect();
        Self { kind, disk, digests, trees, newest, last_flush, before_last_flush: newest - 1 }
    }

    fn len(&self, file: &str) -> u64 {
        self.disk.read_file(file).map_or(0, |bytes| bytes.len() as u64)
    }

    /// What the files hold, or none when it is told that they are damaged.
    fn read(&self, disk: &SimulatedDisk) -> Result<Option<Seen>, String> {
        let damaged = |kind| matches!(kind, ErrorKind::Corrupt | ErrorKind::Unsupported | ErrorKind::Invalid);
        let store = match Store::open(&setup(disk, self.kind)) {
            Ok(store) => store,
            Err(error) if damaged(error.kind()) => return Ok(None),
            Err(error) => return Err(format!("it does not open, {}: {error}", error.kind().name())),
        };
        match look(&store, &self.trees) {
            Ok(seen) => Ok(Some(seen)),
            Err(error) if error.starts_with("TORN") => Err(error),
            Err(_) => Ok(None),
        }
    }

    fn judge_flip(&self, file: &str, at: u64, bit: u8, verdicts: &Verdicts) -> Result<(), String> {
        let disk = self.disk.copy();
        disk.flip(file, at, bit).map_err(|e| e.to_string())?;
        let Some(seen) = self.read(&disk)? else {
            verdicts.told.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        };
        if self.digests.get(&seen.seq) != Some(&seen.digest) {
            return Err(format!("WRONG: the state found is not the one of commit {}", seen.seq));
        }
        let in_last_flush = file == WAL && self.last_flush.contains(&at);
        if seen.seq == self.newest {
            verdicts.unused.fetch_add(1, Ordering::Relaxed);
        } else if in_last_flush && seen.seq == self.before_last_flush {
            verdicts.last_flush.fetch_add(1, Ordering::Relaxed);
        } else {
            return Err(format!("LOST: commit {} is found, {} was made", seen.seq, self.newest));
        }
        Ok(())
    }

    /// The log ends at byte `len`. A whole chunk that is gone leaves no trace; whatever else is missing does.
    fn judge_cut(&self, len: u64, verdicts: &Verdicts) -> Result<(), String> {
        let disk = self.disk.copy();
        disk.truncate(WAL, len).map_err(|e| e.to_string())?;
        let Some(seen) = self.read(&disk)? else {
            verdicts.told.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        };
        if self.digests.get(&seen.seq) != Some(&seen.digest) {
            return Err(format!("WRONG: the state found is not the one of commit {}", seen.seq));
        }
        if seen.seq == self.newest {
            verdicts.unused.fetch_add(1, Ordering::Relaxed);
        } else if seen.seq == self.before_last_flush && self.last_flush.contains(&len) {
            verdicts.last_flush.fetch_add(1, Ordering::Relaxed);
        } else if len % CHUNK < 136 {
            verdicts.log_begins_later.fetch_add(1, Ordering::Relaxed);
        } else {
            return Err(format!("LOST: commit {} is found, {} was made", seen.seq, self.newest));
        }
        Ok(())
    }
}

/// Does all numbered work on two threads; the first failure ends the test.
fn each(count: u64, what: &str, judge: impl Fn(u64) -> Result<(), String> + Sync) {
    let next = AtomicU64::new(0);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            if let Err(wrong) = judge(number) {
                next.store(count, Ordering::Relaxed);
                panic!("{what} {number}: {wrong}");
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
}

fn flip_everything(pair: &Pair, what: &str) {
    let bits = if std::env::var("NEXUSLITE_LONG").is_ok() { 8 } else { 1 };
    for file in [DB, WAL] {
        let verdicts = Verdicts::default();
        each(pair.len(file) * bits, &format!("{what}, {file}, bit"), |number| {
            let (at, bit) = (number / bits, if bits == 8 { number % 8 } else { number % 7 });
            pair.judge_flip(file, at, bit as u8, &verdicts).map_err(|e| format!("byte {at}, bit {bit}: {e}"))
        });
        report(&format!("flips of {what}, {file}"), &verdicts);
    }
}

fn report(what: &str, verdicts: &Verdicts) {
    let Verdicts { told, unused, last_flush, log_begins_later } = verdicts;
    let [told, unused, last_flush, later] =
        [told, unused, last_flush, log_begins_later].map(|n| n.load(Ordering::Relaxed));
    say(&format!("{what}: told {told}, unused {unused}, last flush {last_flush}, chunk gone {later}"));
}

fn bytes() -> u64 {
    if std::env::var("NEXUSLITE_LONG").is_ok() { 1 << 20 } else { 128 << 10 }
}

#[test]
fn flips_of_a_killed_pair_are_never_wrong_data() {
    flip_everything(&Pair::new(EngineKind::Wasp, bytes()), "wasp");
}

#[test]
fn flips_of_a_killed_log_are_never_wrong_data() {
    flip_everything(&Pair::new(EngineKind::Log, bytes() / 2), "log");
}

#[test]
fn flips_of_a_closed_pair_are_never_wrong_data() {
    let mut pair = Pair::new(EngineKind::Wasp, bytes() / 2);
    Store::open(&setup(&pair.disk, pair.kind)).expect("a store").close().expect("a clean close");
    pair.disk = pair.disk.copy();
    pair.last_flush = 0..0;
    flip_everything(&pair, "closed wasp");
}

#[test]
fn flips_no_cut_of_the_log_is_wrong_data() {
    for kind in [EngineKind::Wasp, EngineKind::Log] {
        let (pair, verdicts) = (Pair::new(kind, bytes()), Verdicts::default());
        each(pair.len(WAL), &format!("the log of {kind:?} cut at byte"), |len| {
            pair.judge_cut(len, &verdicts)
        });
        report(&format!("cuts of the log of {kind:?}"), &verdicts);
    }
}
