//! A random life of a database: commits of every kind, checkpoints, closes, deaths, failing calls, full disks.
//!
//! It runs once, on one disk, which remembers every call; what a power cut at any of them leaves is looked at
//! afterwards. Whatever is wrong without a power cut is found here already.

use nexuslite::simulation::{Change, Store, Tree, View};
use nexuslite::vfs::simulated::{Fault, FaultPlan, OperationKind, SimulatedDisk};
use nexuslite::{Durability, Error, ErrorKind};

use crate::dice::{Dice, mix};
use crate::dying::{Life, Mortal};
use crate::model::{COUNTERS, Model, count_key, set_record};
use crate::oracle::{History, Seen, difference, look, look_at};
use crate::plan::{DB, Plan};

/// A tree of keys of every length.
const KEYS: Tree = Tree::Index(2_000_000);

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
    let fault = match plan.death {
        None => life.live().err(),
        Some(_) => life.die_once().err(),
    };
    life.forget_store();
    let Session { plan, disk, history, calls, died_at, died_idle, .. } = life;
    Run { plan, disk, history, calls, fault, died_at, died_idle }
}

struct Session {
    plan: Plan,
    disk: SimulatedDisk,
    dice: Dice,
    life: Life,
    store: Option<Store>,
    opens: u64,
    model: Model,
    history: History,
    calls: Vec<(u64, Call)>,
    /// Pairs of a records tree and its index, by number.
    pairs: Vec<u32>,
    next_pair: u32,
    views: Vec<(View, Seen)>,
    /// A call was made to fail, so the store may refuse to go on.
    is_suspect: bool,
    is_full: bool,
    died_at: Option<u64>,
    died_idle: bool,
}

impl Session {
    fn new(plan: Plan) -> Self {
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

    fn live(&mut self) -> Result<(), String> {
        self.open()?;
        for step in 0..self.plan.steps {
            self.step().map_err(|e| format!("step {step}: {e}"))?;
        }
        self.check()?;
        self.close()?;
        self.open()?;
        self.check()
    }

    /// A little of everything, until the process dies; then a new one commits twice.
    fn die_once(&mut self) -> Result<(), String> {
        self.open()?;
        let script: [fn(&mut Self) -> Result<(), String>; 12] = [
            |life| life.commit(Durability::Full),
            |life| life.commit(Durability::Full),
            Self::checkpoint,
            Self::fill,
            |life| life.commit(Durability::Full),
            Self::delete_much,
            |life| life.commit(Durability::None),
            Self::checkpoint,
            |life| life.close().and_then(|()| life.open()),
            |life| life.commit(Durability::Full),
            Self::checkpoint,
            |life| life.close().and_then(|()| life.open()),
        ];
        for act in script {
            if self.died_at.is_none() {
                act(self)?;
            }
        }
        if self.died_at.is_none() {
            self.died_idle = true;
            self.die_idle()?;
        }
        self.commit(Durability::Full)?;
        self.check()?;
        self.commit(Durability::Full)
    }

    fn step(&mut self) -> Result<(), String> {
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

    fn note(&mut self, call: Call) {
        self.calls.push((self.disk.operations(), call));
    }

    fn store(&self) -> Result<&Store, String> {
        self.store.as_ref().ok_or_else(|| "no store is open".to_owned())
    }

    fn forget_store(&mut self) {
        self.views.clear();
        self.store = None;
    }

    /// Opens, as often as it takes when the process dies on the way.
    fn open(&mut self) -> Result<(), String> {
        loop {
            self.forget_store();
            self.begin_life();
            let exists = self.disk.files().iter().any(|name| name.as_os_str() == DB);
            self.note(if exists { Call::Open } else { Call::Create });
            self.opens += 1;
            let setup = self.plan.setup(Mortal::new(self.disk.vfs(), &self.life), self.opens);
            match Store::open(&setup).map_err(|e| format!("it does not open: {e}")) {
                Ok(store) => self.store = Some(store),
                Err(_) if self.life.is_over() => continue,
                Err(error) => return Err(error),
            }
            match self.look_around() {
                Err(_) if self.life.is_over() => {}
                outcome => return outcome,
            }
        }
    }

    fn begin_life(&mut self) {
        self.is_suspect = false;
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
    fn look_around(&mut self) -> Result<(), String> {
        let now = self.disk.operations();
        let seen = look(self.store()?, &self.history.trees)?;
        if self.plan.death.is_none() {
            self.life.limit(u64::MAX);
        }
        if let Err(wrong) = self.history.judge(now, seen) {
            let expected = self.history.state(now, seen.seq).cloned().unwrap_or_default();
            return Err(format!("{wrong}; {}", difference(self.store()?, &expected, &self.history.trees)));
        }
        self.history.resolve(now, seen.seq);
        self.model = self.history.state(now, seen.seq).cloned().unwrap_or_default();
        let model = &self.model;
        let held = |pair: &u32| model.counter(COUNTERS, &count_key(*pair)) != 0;
        self.pairs = (0..self.next_pair).filter(held).collect();
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        self.look_back_at_all()?;
        self.note(Call::Close);
        let outcome = self.store()?.close();
        match outcome {
            Ok(()) if !self.is_suspect => self.history.promise(self.disk.operations(), self.history.newest()),
            Ok(()) => {}
            Err(_) if self.is_suspect || self.life.is_over() => {}
            Err(error) => return Err(format!("closing failed: {error}")),
        }
        self.forget_store();
        Ok(())
    }

    /// A commit of a few random changes.
    fn commit(&mut self, durability: Durability) -> Result<(), String> {
        let records = self.dice.between(1, 6);
        let mut after = self.model.clone();
        let mut changes = Vec::new();
        for _ in 0..records {
            let more = self.change(&after);
            after.apply(&more);
            changes.extend(more);
        }
        self.try_commit(&changes, after, durability)
    }

    fn change(&mut self, model: &Model) -> Vec<Change> {
        if self.dice.one_in(12) {
            return vec![self.change_of_keys(model)];
        }
        let pair = self.pair();
        let records = Tree::Records(pair);
        let known = self.dice.below(u64::MAX);
        let id = match (self.dice.below(3), model.key_at(records, known)) {
            (0, Some(id)) => id,
            (1, _) => self.dice.below(200).to_be_bytes().to_vec(),
            _ => (model.len(records) as u64).to_be_bytes().to_vec(),
        };
        let value = if self.dice.one_in(4) { None } else { Some(self.value()) };
        set_record(model, pair, &id, value)
    }

    fn change_of_keys(&mut self, model: &Model) -> Change {
        let known = self.dice.below(u64::MAX);
        match model.key_at(KEYS, known) {
            Some(key) if self.dice.one_in(2) => Change::Delete(KEYS, key),
            _ => {
                let len = self.dice.pick(&[1, 8, 30, 200, 3000]);
                let key = self.dice.bytes(len);
                Change::Put(KEYS, key, self.value())
            }
        }
    }

    fn pair(&mut self) -> u32 {
        if self.pairs.is_empty() || (self.pairs.len() < 3 && self.dice.one_in(20)) {
            self.pairs.push(self.next_pair);
            self.next_pair += 1;
        }
        self.dice.pick(&self.pairs)
    }

    fn value(&mut self) -> Vec<u8> {
        let len = match self.dice.below(100) {
            0..=82 => self.dice.below(300),
            83..=94 => self.dice.below(4_000),
            95..=98 => self.dice.below(20_000),
            _ => self.dice.below(self.plan.value_max),
        };
        self.dice.bytes(len as usize)
    }

    fn try_commit(&mut self, changes: &[Change], after: Model, how: Durability) -> Result<(), String> {
        let expected = self.history.submit(self.disk.operations(), how, &after);
        self.note(Call::Commit);
        match self.store()?.commit(changes, how) {
            Ok(seq) if seq != expected => Err(format!("commit {expected} was told it is {seq}")),
            Ok(seq) => {
                self.model = after;
                if how == Durability::Full {
                    self.history.promise(self.disk.operations(), seq);
                }
                Ok(())
            }
            Err(_) if self.life.is_over() => self.open(),
            Err(error) => self.commit_failed(&error),
        }
    }

    fn commit_failed(&mut self, error: &Error) -> Result<(), String> {
        match error.kind() {
            ErrorKind::CommitIndeterminate if self.is_suspect => {
                self.see_what_readers_see()?;
                self.open()
            }
            ErrorKind::Poisoned if self.is_suspect => {
                self.history.withdraw();
                self.see_what_readers_see()?;
                self.open()
            }
            ErrorKind::Io if self.is_suspect => {
                self.history.withdraw();
                self.see_what_readers_see()
            }
            ErrorKind::DiskFull if self.is_full => {
                self.history.withdraw();
                self.see_what_readers_see()
            }
            kind => Err(format!("a commit failed, {}: {error}", kind.name())),
        }
    }

    /// Readers of a store in trouble see only what will be there after the next power cut.
    fn see_what_readers_see(&mut self) -> Result<(), String> {
        let seen = look(self.store()?, &self.history.trees)?;
        let now = self.disk.operations();
        self.history.judge(now, seen)?;
        self.history.was_shown(now, seen.seq);
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), String> {
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

    fn work_failed(&mut self, error: &Error) -> Result<(), String> {
        match error.kind() {
            ErrorKind::DiskFull if self.is_full => Ok(()),
            ErrorKind::Io if self.is_suspect => Ok(()),
            ErrorKind::Poisoned if self.is_suspect => self.open(),
            kind => Err(format!("a checkpoint failed, {}: {error}", kind.name())),
        }
    }

    fn idle(&mut self) -> Result<(), String> {
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

    /// Takes a view to look at later, or looks at an old one again.
    fn look_back(&mut self) -> Result<(), String> {
        if self.views.len() < 3 && self.dice.one_in(2) {
            let view = self.store()?.view().map_err(|e| e.to_string())?;
            let seen = look_at(&view, &self.history.trees)?;
            self.views.push((view, seen));
            return Ok(());
        }
        self.look_back_at_all()?;
        let keep = self.dice.below(3) as usize;
        self.views.truncate(keep);
        Ok(())
    }

    fn look_back_at_all(&self) -> Result<(), String> {
        for (view, before) in &self.views {
            let now = look_at(view, &self.history.trees).map_err(|e| format!("an old view: {e}"))?;
            if now != *before {
                return Err(format!("a view of commit {} changed", before.seq));
            }
        }
        Ok(())
    }

    fn delete_much(&mut self) -> Result<(), String> {
        let pair = self.pair();
        let (mut after, mut changes) = (self.model.clone(), Vec::new());
        let part = self.dice.between(1, 3);
        let ids: Vec<_> = after.trees.get(&Tree::Records(pair)).into_iter().flatten().collect();
        let ids: Vec<_> = ids.into_iter().map(|(id, _)| id.clone()).collect();
        for id in ids.iter().filter(|id| u64::from(id[7]) % 4 <= part) {
            let more = set_record(&after, pair, id, None);
            after.apply(&more);
            changes.extend(more);
        }
        if changes.is_empty() {
            return self.commit(Durability::Full);
        }
        self.try_commit(&changes, after, Durability::Full)?;
        self.checkpoint()?;
        self.idle()
    }

    fn drop_pair(&mut self) -> Result<(), String> {
        let Some(pair) = self.pairs.pop() else { return Ok(()) };
        let mut after = self.model.clone();
        let mut changes = vec![Change::Drop(Tree::Records(pair)), Change::Drop(Tree::Index(pair))];
        changes.push(Change::Delete(COUNTERS, count_key(pair)));
        self.next_pair = self.next_pair.max(pair + 1);
        let other = self.pair();
        changes.extend(set_record(&after, other, &7_u64.to_be_bytes(), Some(self.value())));
        after.apply(&changes);
        self.try_commit(&changes, after, Durability::Full)
    }

    fn check(&mut self) -> Result<(), String> {
        let report = self.store()?.check().map_err(|e| format!("check failed: {e}"))?;
        match report.faults.first() {
            None => Ok(()),
            Some(fault) => Err(format!("check reports: {fault}")),
        }
    }

    /// One commit of many records, so that both files grow.
    fn fill(&mut self) -> Result<(), String> {
        let pair = self.pair();
        let (mut after, mut changes) = (self.model.clone(), Vec::new());
        for _ in 0..self.dice.between(20, 60) {
            let id = (after.len(Tree::Records(pair)) as u64 + 1000).to_be_bytes();
            let len = self.dice.between(100, 500) as usize;
            let more = set_record(&after, pair, &id, Some(self.dice.bytes(len)));
            after.apply(&more);
            changes.extend(more);
        }
        self.try_commit(&changes, after, Durability::Full)
    }

    fn die_working(&mut self) -> Result<(), String> {
        let calls = self.dice.pick(&[2, 4, 8, 12, 20, 40]);
        let calls = self.dice.below(calls);
        self.life.limit(calls);
        let opens = self.opens;
        match self.dice.below(8) {
            0..=3 => self.commit(Durability::Full)?,
            4 => self.fill()?,
            5 => self.checkpoint()?,
            6 => self.idle()?,
            _ => {
                self.views.clear();
                self.note(Call::Close);
                let _ = self.store()?.close();
            }
        }
        if self.opens == opens { self.die_idle() } else { Ok(()) }
    }

    fn die_idle(&mut self) -> Result<(), String> {
        self.life.limit(0);
        self.open()
    }

    /// A call of one of these kinds fails once, somewhere in a commit or a checkpoint.
    fn break_call(&mut self, file: &str, kinds: &[OperationKind]) -> Result<(), String> {
        let call = self.dice.below(6);
        self.is_suspect = true;
        self.disk.inject(FaultPlan::new(call, Fault::Io).on(kinds).in_files(file));
        let outcome = match file {
            ".db" => self.commit(Durability::Full).and_then(|()| self.checkpoint()),
            _ => (0..6).try_for_each(|_| self.commit(Durability::Full)),
        };
        self.disk.clear_faults();
        outcome?;
        self.commit(Durability::Full)
    }

    /// Nothing is lost on a full disk, and when there is room again, the same store goes on.
    fn fill_the_disk(&mut self) -> Result<(), String> {
        let room = self.dice.below(64 << 10);
        self.disk.set_capacity_bytes(Some(self.disk.used_bytes() + room));
        self.is_full = true;
        let outcome =
            (0..8).try_for_each(|n| if n % 3 == 1 { self.fill() } else { self.commit(Durability::Full) });
        let outcome = outcome.and_then(|()| self.checkpoint());
        self.disk.set_capacity_bytes(None);
        self.is_full = false;
        outcome.map_err(|e| format!("on a full disk: {e}"))?;
        self.commit(Durability::Full).map_err(|e| format!("after the disk was full: {e}"))?;
        self.checkpoint()
    }
}
