//! The way of a commit from a write set to its acknowledgement, the same in both engines that keep files.

use std::sync::Arc;

use super::journal::Journal;
use super::large::Claims;
use super::sequencer::Sequencer;
use super::switches::Switches;
use crate::error::Result;
use crate::storage::record::Sealed;
use crate::storage::{Durability, ReadAt, Seq, Snapshot, Ticket};

/// The order of commits and the log that keeps it.
#[derive(Debug)]
pub(crate) struct CommitPath {
    pub(crate) sequencer: Sequencer,
    pub(crate) journal: Journal,
    switches: Switches,
}

/// At `none`, commits are handed to the operating system when this many are waiting.
const PENDING_COMMITS_MAX: usize = 256;

impl CommitPath {
    pub(crate) fn new(sequencer: Sequencer, journal: Journal, switches: Switches) -> Self {
        Self { sequencer, journal, switches }
    }

    /// The newest state that readers may see, or the newest there is.
    ///
    /// After the log has failed there is nothing beyond what is visible.
    pub(crate) fn snapshot(&self, at: ReadAt) -> Arc<dyn Snapshot> {
        match at {
            ReadAt::Tip if self.journal.refuse_if_failed().is_ok() => {
                let state = self.sequencer.tip().state.clone();
                Arc::new(state)
            }
            _ => self.sequencer.visible(),
        }
    }

    /// Gives the commit its place: first room in the log, then a number. Where it gets none, what it claimed of the
    /// main file is free again.
    pub(crate) fn submit(
        &self,
        sealed: Sealed,
        mut claims: Claims,
        base: Seq,
        time_ms: i64,
        durability: Durability,
    ) -> Result<Ticket> {
        let bytes = sealed.record.len();
        self.journal.reserve(bytes)?;
        let mut tip = self.sequencer.tip();
        let accepted = tip.accept(sealed, base, time_ms, durability);
        if accepted.is_ok() {
            tip.take_in(claims.keep());
        }
        let pending = tip.pending.len();
        let at_once = durability == Durability::None || self.switches.visible_before_durable;
        let state = at_once.then(|| tip.state.clone());
        drop(tip);
        let seq = accepted.inspect_err(|_| self.journal.wal().release(bytes))?;
        if let Some(state) = state
            && (self.sequencer.visible_seq() + 1 == seq || self.switches.visible_before_durable)
        {
            self.sequencer.publish(&state);
        }
        if durability == Durability::None && pending > PENDING_COMMITS_MAX {
            self.journal.write_out(&self.sequencer)?;
        }
        Ok(Ticket { seq, durability })
    }

    /// Returns when the commit is as durable as its ticket says.
    pub(crate) fn wait(&self, ticket: Ticket) -> Result<()> {
        self.journal.wait(&self.sequencer, ticket)
    }

    /// Returns when every commit up to `seq` is visible.
    pub(crate) fn wait_visible(&self, seq: Seq) -> Result<()> {
        match self.sequencer.visible_seq() >= seq {
            true => Ok(()),
            false => self.journal.reach_visible(&self.sequencer, seq),
        }
    }
}
