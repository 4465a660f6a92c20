//! A random life of a database: commits of every kind, checkpoints, closes, deaths, failing calls, full disks.
//!
//! It runs once, on one disk, which remembers every call; what a power cut at any of them leaves is looked at
//! afterwards. Whatever is wrong without a power cut is found here already.

use nexuslite::simulation::{Change, Store, View};
use nexuslite::vfs::simulated::{OperationKind, SimulatedDisk};
use nexuslite::{Durability, Error, ErrorKind};

use crate::dice::{Dice, mix};
use crate::dying::{Life, Mortal};
use crate::model::{COUNTERS, Model, count_key};
use crate::oracle::{History, Seen, UNREADABLE, difference, look};
use crate::plan::{DB, Plan};

/// What was asked of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Create,
    Open,
    Commit,
    Checkpoint,
    Step,
    Close,
}

/// A life that was lived.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) plan: Plan,
    pub(crate) disk: SimulatedDisk,
    pub(crate) history: History,
    /// The disk's next call when each began.
    pub(crate) calls: Vec<(u64, Call)>,
    /// What went wrong without any power cut.
    pub(crate) fault: Option<String>,
    /// The disk's next call when the process died that was to die.
    pub(crate) died_at: Option<u64>,
    /// Whether it was through with its work by then.
    pub(crate) died_idle: bool,
}

/// Lives the life of `plan` on an empty disk.
pub(crate) fn run(plan: &Plan) -> Run {
    let mut life = Session::new(plan.clone());
    let fault = match &plan.death {
        Some(_) => life.die_once().err(),
        None => life.live().err(),
    };
    life.end(fault)
}

/// A life being lived.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) plan: Plan,
    pub(crate) disk: SimulatedDisk,
    pub(crate) dice: Dice,
    pub(crate) life: Life,
    pub(crate) store: Option<Store>,
    pub(crate) opens: u64,
    pub(crate) model: Model,
    pub(crate) history: History,
    pub(crate) calls: Vec<(u64, Call)>,
    /// Pairs of a records tree and its index, by number.
    pub(crate) pairs: Vec<u32>,
    pub(crate) next_pair: u32,
    pub(crate) views: Vec<(View, Seen)>,
    /// A call was made to fail, so the store may refuse to go on.
    pub(crate) is_suspect: bool,
    pub(crate) is_full: bool,
    pub(crate) died_at: Option<u64>,
    pub(crate) died_idle: bool,
}

impl Session {
    pub(crate) fn new(plan: Plan) -> Self {
        let life = Life::unlimited();
        plan.death.iter().for_each(|calls| life.limit(*calls));
        Self {
            dice: Dice::new(mix(plan.seed, 2)),
            plan,
            disk: SimulatedDisk::new(),
            life,
            store: None,
            opens: 0,
            model: Model::default(),
            history: History::default(),
            calls: Vec::new(),
            pairs: vec![0],
            next_pair: 1,
            views: Vec::new(),
            is_suspect: false,
            is_full: false,
            died_at: None,
            died_idle: false,
        }
    }

    /// What is left when it is over.
    pub(crate) fn end(mut self, fault: Option<String>) -> Run {
        self.forget_store();
        let Self { plan, disk, history, calls, died_at, died_idle, .. } = self;
        Run { plan, disk, history, calls, fault, died_at, died_idle }
    }

    pub(crate) fn live(&mut self) -> Result<(), String> {
        self.open()?;
        for step in 0..self.plan.steps {
            self.step().map_err(|e| format!("step {step}: {e}"))?;
        }
        self.check()?;
        self.close()?;
        self.open()?;
        self.check()
    }

    pub(crate) fn step(&mut self) -> Result<(), String> {
        let sides = if self.plan.mishaps { 100 } else { 85 };
        match self.dice.below(sides) {
            0..=49 => self.commit(Durability::Full),
            50..=52 => self.commit(Durability::Group),
            53..=55 => self.commit(Durability::None),
            56..=61 => self.checkpoint(),
            62..=66 => self.idle(),
            67..=69 => self.close().and_then(|()| self.open()),
            70..=72 => self.look_back(),
            73..=76 => self.delete_much(),
            77..=78 => self.drop_pair(),
            79..=80 => self.check(),
            81..=84 => self.fill(),
            85..=90 => self.die_working(),
            91..=92 => self.die_idle(),
            93..=94 => self.break_call(".db", &[OperationKind::Write]),
            95 => self.break_call(".db", &[OperationKind::SyncData, OperationKind::SyncAll]),
            96..=97 => self.break_call(".wasp", &[OperationKind::SyncData, OperationKind::SyncAll]),
            _ => self.fill_the_disk(),
        }
    }

    pub(crate) fn note(&mut self, call: Call) {
        self.calls.push((self.disk.operations(), call));
    }

    pub(crate) fn store(&self) -> Result<&Store, String> {
        self.store.as_ref().ok_or_else(|| "no store is open".to_owned())
    }

    pub(crate) fn forget_store(&mut self) {
        self.views.clear();
        self.store = None;
    }

    /// Opens, as often as it takes when the process dies on the way.
    pub(crate) fn open(&mut self) -> Result<(), String> {
        loop {
            self.forget_store();
            self.begin_life();
            let exists = self.disk.files().iter().any(|name| name.as_os_str() == DB);
            self.note(if exists { Call::Open } else { Call::Create });
            self.opens += 1;
            let fired = self.disk.faults_fired();
            let setup = self.plan.setup(Mortal::over(self.disk.vfs(), &self.life), self.opens);
            match Store::open(&setup).map_err(|e| format!("it does not open: {e}")) {
                Ok(store) => self.store = Some(store),
                Err(_) if self.life.is_over() || self.disk.faults_fired() > fired => {
                    self.try_again();
                    continue;
                }
                Err(error) => return Err(error),
            }
            match self.look_around() {
                Err(_) if self.life.is_over() => {}
                Err(error) if self.disk.faults_fired() > fired && error.contains(UNREADABLE) => {
                    self.try_again();
                }
                outcome => return outcome,
            }
        }
    }

    /// Before another attempt, the device is well again.
    pub(crate) fn try_again(&self) {
        self.disk.clear_faults();
    }

    pub(crate) fn begin_life(&mut self) {
        self.is_suspect = self.plan.mishap.is_some();
        if self.plan.death.is_some() && self.died_at.is_none() {
            if !self.life.is_over() {
                return;
            }
            self.died_at = Some(self.disk.operations());
        }
        self.life = Life::unlimited();
        if self.plan.mishaps && self.dice.one_in(5) {
            self.life.limit(self.dice.below(40));
        }
    }

    /// What an opening found becomes what is known.
    pub(crate) fn look_around(&mut self) -> Result<(), String> {
        let now = self.disk.operations();
        let seen = look(self.store()?, &self.history.trees)?;
        if self.plan.death.is_none() {
            self.life.limit(u64::MAX);
        }
        if let Err(wrong) = self.history.judge(now, seen) {
            let expected = self.history.model(now, seen.seq).unwrap_or_default();
            return Err(format!("{wrong}; {}", difference(self.store()?, &expected, &self.history.trees)));
        }
        self.history.resolve(now, seen.seq);
        self.model = self.history.model(now, seen.seq).unwrap_or_default();
        let model = &self.model;
        let held = |pair: &u32| model.counter(COUNTERS, &count_key(*pair)) != 0;
        self.pairs = (0..self.next_pair).filter(held).collect();
        Ok(())
    }

    pub(crate) fn close(&mut self) -> Result<(), String> {
        self.look_back_at_all()?;
        self.note(Call::Close);
        let outcome = self.store()?.close();
        match outcome {
            Ok(()) if !self.is_suspect => self.history.promise(self.disk.operations(), self.history.newest()),
            Ok(()) => {}
            Err(_) if self.is_suspect || self.is_full || self.life.is_over() => {}
            Err(error) => return Err(format!("closing failed: {error}")),
        }
        self.forget_store();
        Ok(())
    }

    /// Commits what the model knows already.
    pub(crate) fn try_commit(&mut self, changes: Vec<Change>, how: Durability) -> Result<(), String> {
        let expected = self.history.submit(self.disk.operations(), how, changes, &self.model);
        self.note(Call::Commit);
        match self.store()?.commit(self.history.last_changes(), how) {
            Ok(seq) if seq != expected => Err(format!("commit {expected} was told it is {seq}")),
            Ok(seq) => {
                if how == Durability::Full {
                    self.history.promise(self.disk.operations(), seq);
                }
                Ok(())
            }
            Err(_) if self.life.is_over() => self.open(),
            Err(error) => self.commit_failed(&error),
        }
    }

    /// The commit left no trace.
    pub(crate) fn withdraw(&mut self) {
        self.history.withdraw();
        let (now, newest) = (self.disk.operations(), self.history.newest());
        self.model = self.history.model(now, newest).unwrap_or_default();
    }

    pub(crate) fn commit_failed(&mut self, error: &Error) -> Result<(), String> {
        match error.kind() {
            ErrorKind::CommitIndeterminate if self.is_suspect => {
                self.see_what_readers_see()?;
                self.open()
            }
            ErrorKind::Poisoned if self.is_suspect => {
                self.withdraw();
                self.see_what_readers_see()?;
                self.open()
            }
            ErrorKind::Io if self.is_suspect => {
                self.withdraw();
                self.see_what_readers_see()
            }
            ErrorKind::DiskFull if self.is_full => {
                self.withdraw();
                self.see_what_readers_see()
            }
            kind => Err(format!("a commit failed, {}: {error}", kind.name())),
        }
    }

    /// Readers of a store in trouble see only what will be there after the next power cut.
    pub(crate) fn see_what_readers_see(&mut self) -> Result<(), String> {
        let fired = self.disk.faults_fired();
        let seen = match look(self.store()?, &self.history.trees) {
            Ok(seen) => seen,
            Err(error) => return self.excuse(fired, Err(error)),
        };
        let now = self.disk.operations();
        self.history.judge(now, seen)?;
        self.history.was_shown(now, seen.seq);
        Ok(())
    }

    pub(crate) fn checkpoint(&mut self) -> Result<(), String> {
        self.note(Call::Checkpoint);
        match self.store()?.checkpoint() {
            Ok(()) => {
                self.history.promise(self.disk.operations(), self.history.newest());
                Ok(())
            }
            Err(_) if self.life.is_over() => self.open(),
            Err(error) => self.work_failed(&error),
        }
    }

    pub(crate) fn work_failed(&mut self, error: &Error) -> Result<(), String> {
        match error.kind() {
            ErrorKind::DiskFull if self.is_full => Ok(()),
            ErrorKind::Io if self.is_suspect => Ok(()),
            ErrorKind::Poisoned if self.is_suspect => self.open(),
            kind => Err(format!("a checkpoint failed, {}: {error}", kind.name())),
        }
    }

    pub(crate) fn idle(&mut self) -> Result<(), String> {
        for _ in 0..self.dice.between(1, 6) {
            self.note(Call::Step);
            match self.store()?.step() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(_) if self.life.is_over() => return self.open(),
                Err(error) => return self.work_failed(&error),
            }
        }
        Ok(())
    }

    pub(crate) fn check(&mut self) -> Result<(), String> {
        let fired = self.disk.faults_fired();
        let report = match self.store()?.check() {
            Ok(report) => report,
            Err(_) if self.disk.faults_fired() > fired => return Ok(()),
            Err(error) => return Err(format!("check failed: {error}")),
        };
        match report.faults.first() {
            None => Ok(()),
            Some(_) if self.disk.faults_fired() > fired => Ok(()),
            Some(fault) => Err(format!("check reports: {fault}")),
        }
    }
}
