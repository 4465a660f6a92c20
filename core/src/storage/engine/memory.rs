//! The engine that keeps everything in memory: the memtable and the order of commits, nothing else.

use std::sync::Arc;

use super::config::EngineKind;
use super::guard::Guard;
use super::sequencer::Sequencer;
use super::state::State;
use crate::base::{Budget, Waker};
use crate::error::Result;
use crate::storage::memtable::Held;
use crate::storage::{CheckReport, Durability, Engine, ReadAt, Seq, Snapshot, Stats, Ticket, WriteSet};

/// A store whose commits are as durable as the process.
#[derive(Debug)]
pub(crate) struct MemoryEngine {
    sequencer: Sequencer,
    guard: Guard,
    budget: Arc<Budget>,
}

impl MemoryEngine {
    /// An empty store.
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        Self { sequencer: Sequencer::new(State::new(0, None)), guard: Guard::new(false), budget }
    }
}

impl Engine for MemoryEngine {
    fn snapshot(&self, _at: ReadAt) -> Result<Arc<dyn Snapshot>> {
        self.guard.admit()?;
        Ok(self.sequencer.visible())
    }

    fn submit(&self, writes: WriteSet, base: Seq, time_ms: i64, durability: Durability) -> Result<Ticket> {
        self.guard.admit()?;
        let sealed = writes.seal(&[]);
        let mut tip = self.sequencer.tip();
        let seq = tip.accept(sealed, base, time_ms, durability)?;
        let group = tip.take_pending();
        drop(tip);
        self.sequencer.publish(&group.state);
        Ok(Ticket { seq, durability })
    }

    fn wait(&self, _ticket: Ticket) -> Result<()> {
        Ok(())
    }

    fn wait_visible(&self, _seq: Seq) -> Result<()> {
        Ok(())
    }

    fn step(&self) -> Result<bool> {
        Ok(false)
    }

    fn attach_worker(&self, _waker: Option<Waker>) {}

    fn sync(&self) -> Result<()> {
        self.guard.admit()
    }

    fn checkpoint(&self) -> Result<()> {
        self.guard.admit()
    }

    fn check(&self) -> Result<CheckReport> {
        self.guard.admit()?;
        let state = self.sequencer.visible();
        let mut report = CheckReport::default();
        for (_, tree) in state.delta.iter() {
            report.trees += 1;
            report.entries +=
                tree.table.iter().filter(|(_, entry)| entry.held() != Held::Nothing).count() as u64;
        }
        Ok(report)
    }

    fn stats(&self) -> Stats {
        let memtable_bytes = self.sequencer.load().delta_bytes as u64;
        let commits = self.sequencer.tip().state.seq;
        Stats { engine: EngineKind::Memory, memtable_bytes, commits, ..Stats::default() }
    }

    fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    fn poison(&self, why: &str) {
        self.guard.poison(why);
    }

    fn close(&self) -> Result<()> {
        self.guard.close();
        Ok(())
    }
}
