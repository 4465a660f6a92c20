//! Many short lives of a database, each from a seed.

use std::sync::Arc;
use std::time::Duration;

use nexuslite::base::{ManualClock, SeededEntropy};
use nexuslite::vfs::simulated::{CrashStyle, SimulatedDisk};
use nexuslite::{Database, Durability, EngineKind, Options};

use crate::dice::{Dice, is_long};
use crate::plain::Plain;
use crate::steps::{Side, compare_all, step};

const NOW_MS: i64 = 1_700_000_000_000;
/// Lives of each setting, in the default run and in the long one.
const LIVES: u64 = 500;
const LIVES_LONG: u64 = 10_000;
/// Steps of a life.
const STEPS: u64 = 80;

/// What stays the same throughout a life.
#[derive(Debug, Clone, Copy)]
struct Setting {
    name: &'static str,
    engine: EngineKind,
    background: bool,
}

#[test]
fn in_memory() {
    live_many(Setting { name: "in_memory", engine: EngineKind::Memory, background: true });
}

#[test]
fn in_a_log() {
    live_many(Setting { name: "in_a_log", engine: EngineKind::Log, background: true });
}

#[test]
fn in_pages() {
    live_many(Setting { name: "in_pages", engine: EngineKind::Wasp, background: true });
}

#[test]
fn in_pages_without_a_thread() {
    let name = "in_pages_without_a_thread";
    live_many(Setting { name, engine: EngineKind::Wasp, background: false });
}

#[test]
fn in_a_log_without_a_thread() {
    let name = "in_a_log_without_a_thread";
    live_many(Setting { name, engine: EngineKind::Log, background: false });
}

fn live_many(setting: Setting) {
    if let Some(seed) = std::env::var("MODEL_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return live(setting, seed);
    }
    (0..if is_long() { LIVES_LONG } else { LIVES }).for_each(|seed| live(setting, seed));
}

/// Says how to repeat a life that failed.
struct Replay(Setting, u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self(Setting { name, .. }, seed) = self;
            eprintln!("MODEL_SEED={seed} cargo test -p nexuslite-tests --test model run::{name} -- --exact");
        }
    }
}

fn live(setting: Setting, seed: u64) {
    let _replay = Replay(setting, seed);
    let mut life = Life::new(setting, seed);
    for _ in 0..STEPS {
        life.go_on();
    }
    life.check();
    if life.setting.engine != EngineKind::Memory {
        life.reopen();
        life.check();
    }
}

struct Life {
    setting: Setting,
    dice: Dice,
    disk: SimulatedDisk,
    clock: Arc<ManualClock>,
    durability: Durability,
    plain: Plain,
    openings: u64,
    db: Option<Database>,
}

impl Life {
    fn new(setting: Setting, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let durability = if dice.once_in(4) { Durability::Group } else { Durability::Full };
        let plain = Plain { now_ms: NOW_MS, ..Plain::default() };
        let (disk, clock) = (SimulatedDisk::new(), Arc::new(ManualClock::new(NOW_MS)));
        let mut life = Self { setting, dice, disk, clock, durability, plain, openings: seed << 8, db: None };
        life.open();
        life
    }

    fn open(&mut self) {
        self.openings += 1;
        let options = Options::new()
            .engine(self.setting.engine)
            .background(self.setting.background)
            .durability(self.durability)
            .page_bytes(8192)
            .wal_chunk_bytes(64 << 10)
            .wal_bytes(256 << 10)
            .memtable_bytes(32 << 10)
            .cache_entries(8)
            .sweep_interval(Duration::MAX)
            .clock(self.clock.clone())
            .entropy(Arc::new(SeededEntropy::new(self.openings)))
            .vfs(self.disk.vfs());
        let name = if self.setting.engine == EngineKind::Memory { ":memory:" } else { "/life.db" };
        self.db = Some(Database::open_with(name, options).expect("the database opens"));
    }

    fn db(&self) -> &Database {
        self.db.as_ref().expect("the database is open")
    }

    fn go_on(&mut self) {
        match self.dice.below(30) {
            0 => compare_all(Side::Outside(self.db()), &self.plain),
            1 => self.wait(),
            2 => self.sweep(),
            3 => self.db().checkpoint().unwrap(),
            4 | 5 => self.transact(),
            6 => drop(self.db().step().unwrap()),
            7 if self.dice.once_in(2) => self.check(),
            8 if self.setting.engine != EngineKind::Memory => self.reopen(),
            9 if self.setting.engine != EngineKind::Memory => self.kill(),
            _ => {
                let db = self.db().clone();
                step(Side::Outside(&db), &mut self.plain, &mut self.dice);
            }
        }
    }

    fn wait(&mut self) {
        let ms = self.dice.below(300) as i64;
        self.clock.advance_ms(ms);
        self.plain.now_ms += ms;
    }

    fn sweep(&mut self) {
        assert_eq!(self.db().sweep(usize::MAX).unwrap(), self.plain.sweep(), "swept");
    }

    fn check(&self) {
        compare_all(Side::Outside(self.db()), &self.plain);
        assert_eq!(self.db().check().unwrap().faults, Vec::<String>::new());
    }

    fn reopen(&mut self) {
        self.db().close().unwrap();
        self.db = None;
        self.open();
        compare_all(Side::Outside(self.db()), &self.plain);
    }

    /// The process dies, or the power fails too when every commit has waited for the device.
    fn kill(&mut self) {
        let styles: &[CrashStyle] = match self.durability {
            Durability::Full => &[CrashStyle::KEEP_ALL, CrashStyle::DROP_ALL, CrashStyle::ANY],
            _ => &[CrashStyle::KEEP_ALL],
        };
        let style = *self.dice.pick(styles);
        let after = self.disk.crash_image(self.dice.roll(), style);
        self.db = None;
        self.disk = after;
        self.open();
        compare_all(Side::Outside(self.db()), &self.plain);
    }

    fn transact(&mut self) {
        let db = self.db().clone();
        let tx = db.begin().unwrap();
        let mut inside = self.plain.clone();
        let mut savepoints = Vec::new();
        for _ in 0..1 + self.dice.below(12) {
            match self.dice.below(8) {
                0 => savepoints.push((tx.savepoint().unwrap(), inside.clone())),
                1 if !savepoints.is_empty() => {
                    let at = self.dice.below(savepoints.len() as u64) as usize;
                    tx.rollback_to(savepoints[at].0).unwrap();
                    inside = savepoints[at].1.clone();
                    savepoints.truncate(at + 1);
                }
                2 => compare_all(Side::Inside(&tx), &inside),
                _ => step(Side::Inside(&tx), &mut inside, &mut self.dice),
            }
        }
        if self.dice.once_in(3) {
            compare_all(Side::Outside(&db), &self.plain);
        }
        match self.dice.below(5) {
            0 => tx.abort().unwrap(),
            1 => drop(tx),
            2 if self.setting.engine != EngineKind::Memory => {
                let after = self.disk.crash_image(self.dice.roll(), CrashStyle::KEEP_ALL);
                drop((tx, db));
                self.db = None;
                self.disk = after;
                self.open();
            }
            _ => {
                tx.commit().unwrap();
                self.plain = inside;
            }
        }
        compare_all(Side::Outside(self.db()), &self.plain);
    }
}
