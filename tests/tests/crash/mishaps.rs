//! What goes wrong in a life: calls that fail, a disk that fills up, a process that dies.

use std::collections::BTreeSet;

use nexuslite::Durability;
use nexuslite::simulation::Tree;
use nexuslite::vfs::simulated::{Fault, FaultPlan, OperationKind, SimulatedDisk};

use crate::dice::Dice;
use crate::model::Model;
use crate::oracle::{History, UNREADABLE};
use crate::plan::{Mishap, Plan};
use crate::workload::{Call, Run, Session};

/// Something a life does.
type Deed<L> = fn(&mut L) -> Result<(), String>;

/// So many steps follow after a call failed.
const AFTERMATH_STEPS: u64 = 8;
/// A life is cut into chapters of so many steps, each begun by a new process.
const CHAPTER_STEPS: u64 = 24;

/// Where a chapter begins.
#[derive(Debug)]
pub(crate) struct Chapter {
    disk: SimulatedDisk,
    dice: Dice,
    opens: u64,
    seq: u64,
    model: Model,
    trees: BTreeSet<Tree>,
    next_pair: u32,
    /// How many calls it has when nothing fails.
    pub(crate) calls: u64,
}

/// The chapters of a life of at least `calls` calls in which nothing fails.
pub(crate) fn chapters(plan: &Plan, calls: u64) -> Result<Vec<Chapter>, String> {
    let mut life = Session::new(plan.clone());
    let mut chapters = Vec::new();
    while life.disk.operations() < calls {
        let (disk, dice, opens) = (life.disk.copy(), life.dice.clone(), life.opens);
        let from = life.disk.operations();
        life.open()?;
        let (seq, model, trees) = (life.history.newest(), life.model.clone(), life.history.trees.clone());
        let next_pair = life.next_pair;
        (0..CHAPTER_STEPS).try_for_each(|_| life.step())?;
        life.forget_store();
        let calls = life.disk.operations() - from;
        chapters.push(Chapter { disk, dice, opens, seq, model, trees, next_pair, calls });
    }
    Ok(chapters)
}

/// One chapter, in which something goes wrong.
pub(crate) fn suffer(plan: &Plan, chapter: &Chapter, mishap: Mishap) -> Run {
    let mut life = Session::new(Plan { mishap: Some(mishap), ..plan.clone() });
    life.disk = chapter.disk.copy();
    life.dice = chapter.dice.clone();
    life.opens = chapter.opens;
    life.next_pair = chapter.next_pair;
    life.history = History::behind(chapter.seq, chapter.model.clone());
    life.history.trees.clone_from(&chapter.trees);
    let fault = life.suffer(mishap).err();
    life.end(fault)
}

impl Session {
    /// A call fails, once or from then on; the life goes on for a while, then all is well again.
    pub(crate) fn suffer(&mut self, mishap: Mishap) -> Result<(), String> {
        self.is_full = mishap.fault == Fault::NoSpace;
        self.disk.fail_call(mishap.call, mishap.fault, mishap.persistent);
        self.open()?;
        let mut left = AFTERMATH_STEPS;
        for step in 0..CHAPTER_STEPS {
            self.step().map_err(|e| format!("step {step}: {e}"))?;
            left -= u64::from(self.disk.faults_fired() > 0);
            if left == 0 {
                break;
            }
        }
        self.disk.clear_faults();
        if self.store.is_none() {
            self.open()?;
        }
        self.commit(Durability::Full)?;
        self.check()?;
        self.die_idle()?;
        self.commit(Durability::Full)?;
        self.check()
    }

    /// A failure that a fault explains is none.
    pub(crate) fn excuse(&self, fired: u64, outcome: Result<(), String>) -> Result<(), String> {
        match outcome {
            Err(error) if self.disk.faults_fired() > fired && error.contains(UNREADABLE) => Ok(()),
            outcome => outcome,
        }
    }

    /// A little of everything, until the process dies; then a new one commits twice.
    pub(crate) fn die_once(&mut self) -> Result<(), String> {
        self.open()?;
        let script: [Deed<Self>; 12] = [
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

    pub(crate) fn die_working(&mut self) -> Result<(), String> {
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

    pub(crate) fn die_idle(&mut self) -> Result<(), String> {
        self.life.limit(0);
        self.open()
    }

    /// A call of one of these kinds fails once, somewhere in a commit or a checkpoint.
    pub(crate) fn break_call(&mut self, file: &str, kinds: &[OperationKind]) -> Result<(), String> {
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
    pub(crate) fn fill_the_disk(&mut self) -> Result<(), String> {
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
