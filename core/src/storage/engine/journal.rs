//! Group commit: one write and one sync for all commits that wait for them.
//!
//! Whoever finds nobody leading leads: takes all pending commits, writes them as one flush, syncs, lets readers
//! see them and wakes the others. While the device works, the next group gathers by itself, so there is no
//! artificial delay.
//!
//! Each turn of a leader is a *flight*, numbered. A commit is carried by the flight that grabbed it, or else by the
//! next one; those who wait for a flight are woken when it lands, and nobody else is.
//! The next leader is woken first: the device must not idle while a crowd wakes up.
//!
//! Invariants
//!   J1  Commits reach the log in the order of their numbers: only a leader appends, and there is one at a time.
//!   J2  Nothing becomes visible at `full`, and nothing is acknowledged, before the sync that covers it returned.
//!   J3  What a record refers to is on the device before the record is handed to the operating system.
//!   J4  After a failed write or sync nothing more is acknowledged and the sync is not tried again: what the
//!       device holds is unknown until the database is reopened.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};

use super::landing::Landing;
use super::large::LargeValues;
use super::sequencer::{Group, Sequencer, Tip};
use super::state::{Frozen, State};
use super::switches::Switches;
use crate::base::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::wal::Wal;
use crate::storage::{Durability, LogPosition, Seq, Ticket};

/// The log and who may write to it.
#[derive(Debug)]
pub(crate) struct Journal {
    wal: Wal,
    /// What records refer to.
    large: Option<Arc<LargeValues>>,
    turn: Mutex<Turn>,
    /// Why the log is closed, once it is. Every commit asks several times, so asking takes no lock.
    failed: OnceLock<Error>,
    /// Where those wait whom an even flight carries, and those whom an odd one does.
    landings: [Landing; 2],
    /// Waited on by those who want the log for themselves.
    idle: Condvar,
    clock: Arc<dyn Clock>,
    switches: Switches,
    /// The newest manifest known durable; flushes carry it, so that an older manifest can be told.
    manifest_version: AtomicU64,
    syncs: AtomicU64,
}

#[derive(Debug)]
struct Turn {
    leading: bool,
    /// The number of the flight in the air, or of the last one.
    flight: u64,
    /// The last commit that it carries.
    flight_seq: Seq,
    /// How many want the log for themselves; they come before the next group.
    wanted: u32,
    /// Every commit up to here is with the operating system.
    written: Seq,
    /// Every commit up to here is on the device.
    durable: Seq,
    /// The last flush that is on the device.
    durable_lsn: u64,
    synced_at: Duration,
}

/// How far a leader goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Write,
    Sync,
}

impl Journal {
    /// Goes on behind `seq`, the last commit that is durable.
    pub(crate) fn new(
        wal: Wal,
        seq: Seq,
        manifest_version: u64,
        clock: Arc<dyn Clock>,
        switches: Switches,
        large: Option<Arc<LargeValues>>,
    ) -> Self {
        let turn = Turn {
            leading: false,
            flight: 0,
            flight_seq: seq,
            wanted: 0,
            written: seq,
            durable: seq,
            durable_lsn: wal.last_lsn(),
            synced_at: clock.monotonic(),
        };
        Self {
            wal,
            large,
            turn: Mutex::new(turn),
            failed: OnceLock::new(),
            landings: Default::default(),
            idle: Condvar::new(),
            clock,
            switches,
            manifest_version: AtomicU64::new(manifest_version),
            syncs: AtomicU64::new(0),
        }
    }

    /// Makes room for a commit of `bytes`, or fails without a trace.
    pub(crate) fn reserve(&self, bytes: usize) -> Result<()> {
        self.refuse_if_failed()?;
        self.wal.reserve(bytes)
    }

    /// The log itself, for its sizes and for recycling.
    pub(crate) fn wal(&self) -> &Wal {
        &self.wal
    }

    /// How many times the log was synced.
    pub(crate) fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }

    /// The newest manifest known durable.
    pub(crate) fn manifest_version(&self) -> u64 {
        self.manifest_version.load(Ordering::Acquire)
    }

    /// Says which manifest is durable now.
    pub(crate) fn set_manifest_version(&self, version: u64) {
        self.manifest_version.store(version, Ordering::Release);
    }

    /// An error once a write or sync has failed.
    pub(crate) fn refuse_if_failed(&self) -> Result<()> {
        match self.failed.get() {
            None => Ok(()),
            Some(cause) => Err(read_only(cause)),
        }
    }

    /// Returns when the commit is as durable as its ticket says.
    pub(crate) fn wait(&self, sequencer: &Sequencer, ticket: Ticket) -> Result<()> {
        match ticket.durability {
            Durability::Full => self.reach(sequencer, ticket.seq, Depth::Sync),
            Durability::Group => self.reach(sequencer, ticket.seq, Depth::Write),
            Durability::None if sequencer.visible_seq() >= ticket.seq => Ok(()),
            Durability::None => self.reach_visible(sequencer, ticket.seq),
        }
    }

    /// Returns when every commit up to `seq` is visible: written, and synced where one of them asks for it.
    pub(crate) fn reach_visible(&self, sequencer: &Sequencer, seq: Seq) -> Result<()> {
        self.reach(sequencer, seq, Depth::Write)
    }

    /// Hands everything committed so far to the operating system.
    pub(crate) fn write_out(&self, sequencer: &Sequencer) -> Result<()> {
        let seq = sequencer.tip().state.seq;
        self.reach(sequencer, seq, Depth::Write)
    }

    /// Makes everything committed so far durable.
    pub(crate) fn sync(&self, sequencer: &Sequencer) -> Result<()> {
        let seq = sequencer.tip().state.seq;
        self.reach(sequencer, seq, Depth::Sync)
    }

    /// Syncs when commits have been waiting for it longer than `interval`; says whether it did.
    pub(crate) fn sync_if_older(&self, sequencer: &Sequencer, interval: Duration) -> Result<bool> {
        let due = {
            let turn = self.turn.lock();
            let waiting = sequencer.tip().state.seq > turn.durable;
            self.failed.get().is_none()
                && waiting
                && self.clock.monotonic().saturating_sub(turn.synced_at) >= interval
        };
        if due {
            self.sync(sequencer)?;
        }
        Ok(due)
    }

    /// Freezes the tip at the boundary of two chunks: everything frozen is durable and lies before the returned
    /// position, everything later lies after it.
    pub(crate) fn freeze(&self, sequencer: &Sequencer) -> Result<(Arc<Frozen>, LogPosition)> {
        self.wal.reserve_switch()?;
        let (group, frozen) = self.take_off(sequencer, |tip| {
            let frozen = tip.freeze();
            (tip.take_pending(), frozen)
        })?;
        let outcome = self.write(&group, Depth::Sync).map(|()| (frozen, self.wal.switch()));
        self.finish(sequencer, &group.state, Depth::Sync, outcome)
    }

    /// Lets `rewrite` work on the log alone, at a moment when it holds every commit up to the state it is given.
    /// Commits that come meanwhile wait in memory.
    pub(crate) fn rewrite<T>(
        &self,
        sequencer: &Sequencer,
        rewrite: impl FnOnce(&Wal, &State) -> Result<T>,
    ) -> Result<T> {
        let (group, ()) = self.take_off(sequencer, |tip| (tip.take_pending(), ()))?;
        let outcome = self.write(&group, Depth::Sync).map(|()| rewrite(&self.wal, &group.state));
        self.finish(sequencer, &group.state, Depth::Sync, outcome)?
    }

    /// Lets `look` read the log at a moment when nobody writes to it. Commits that come meanwhile wait in memory.
    ///
    /// Those that wait already go first, by this flight: whoever looks again and again would otherwise be there before
    /// a committer has woken up, time after time.
    pub(crate) fn at_rest<T>(&self, sequencer: &Sequencer, look: impl FnOnce() -> T) -> T {
        let mut turn = self.turn.lock();
        turn.wanted += 1;
        while turn.leading {
            self.idle.wait(&mut turn);
        }
        turn.wanted -= 1;
        if self.failed.get().is_some() {
            let carries_nothing_new = turn.flight_seq;
            self.begin_flight(&mut turn, carries_nothing_new);
            drop(turn);
            let seen = look();
            self.end_flight(self.turn.lock());
            return seen;
        }
        let group = sequencer.tip().take_pending();
        self.begin_flight(&mut turn, group.state.seq);
        drop(turn);
        let depth = if group.sync_wanted { Depth::Sync } else { Depth::Write };
        let written = self.write(&group, depth);
        let seen = look();
        // Whoever waits for these commits is told of a failure, and nobody else has asked for them.
        let _ = self.finish(sequencer, &group.state, depth, written);
        seen
    }

    /// Closes the log for good: what the device holds is not known any more.
    pub(crate) fn fail(&self, cause: &Error) {
        let turn = self.turn.lock();
        self.failed.get_or_init(|| cause.clone());
        drop(turn);
        self.wake_all();
    }

    fn reach(&self, sequencer: &Sequencer, seq: Seq, depth: Depth) -> Result<()> {
        loop {
            let mut turn = self.turn.lock();
            let reached = match depth {
                Depth::Write => turn.written,
                Depth::Sync => turn.durable,
            };
            if reached >= seq {
                return Ok(());
            }
            if let Some(cause) = self.failed.get() {
                return Err(indeterminate(seq, cause));
            }
            if turn.leading || turn.wanted > 0 {
                let is_carried = turn.leading && seq <= turn.flight_seq;
                let flight = if is_carried { turn.flight } else { turn.flight + 1 };
                drop(turn);
                self.landing(flight).wait(flight);
                continue;
            }
            let group = sequencer.tip().take_pending();
            self.begin_flight(&mut turn, group.state.seq);
            drop(turn);
            let depth = if group.sync_wanted { Depth::Sync } else { depth };
            let outcome = self.write(&group, depth);
            self.finish(sequencer, &group.state, depth, outcome)
                .map_err(|cause| indeterminate(seq, &cause))?;
        }
    }

    /// Begins a flight with the log to itself, as soon as nobody leads.
    fn take_off<T>(
        &self,
        sequencer: &Sequencer,
        grab: impl FnOnce(&mut Tip) -> (Group, T),
    ) -> Result<(Group, T)> {
        let mut turn = self.turn.lock();
        turn.wanted += 1;
        while turn.leading {
            self.idle.wait(&mut turn);
        }
        turn.wanted -= 1;
        self.refuse_if_failed()?;
        let grabbed = grab(&mut sequencer.tip());
        self.begin_flight(&mut turn, grabbed.0.state.seq);
        Ok(grabbed)
    }

    fn landing(&self, flight: u64) -> &Landing {
        &self.landings[flight as usize % 2]
    }

    fn begin_flight(&self, turn: &mut Turn, carries: Seq) {
        turn.leading = true;
        turn.flight += 1;
        turn.flight_seq = carries;
        self.landing(turn.flight).begin();
    }

    /// Wakes somebody who can lead the next flight, then those whom this one carried.
    fn end_flight(&self, mut turn: MutexGuard<'_, Turn>) {
        turn.leading = false;
        let flight = turn.flight;
        if turn.wanted == 0 {
            self.landing(flight + 1).call(flight + 1);
        } else {
            self.idle.notify_one();
        }
        drop(turn);
        self.landing(flight).land(flight);
    }

    fn wake_all(&self) {
        self.idle.notify_all();
        self.landings.iter().for_each(Landing::close);
    }

    /// A leader's work on the device.
    fn write(&self, group: &Group, depth: Depth) -> Result<()> {
        if let Some(large) = self.large.as_ref().filter(|_| group.refers) {
            large.sync()?;
        }
        if !group.records.is_empty() {
            let durable_lsn = self.turn.lock().durable_lsn;
            self.wal.append(&group.records, durable_lsn, self.manifest_version())?;
        }
        if depth == Depth::Sync && !self.switches.wal_sync_dropped {
            self.wal.sync()?;
            self.syncs.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// A leader's last act: lets readers see what was reached, or closes the log, and wakes the others.
    fn finish<T>(&self, sequencer: &Sequencer, state: &State, depth: Depth, outcome: Result<T>) -> Result<T> {
        let before = if outcome.is_ok() { sequencer.publish(state) } else { None };
        let mut turn = self.turn.lock();
        match &outcome {
            Ok(_) => {
                turn.written = turn.written.max(state.seq);
                if depth == Depth::Sync {
                    turn.durable = turn.durable.max(state.seq);
                    turn.durable_lsn = self.wal.last_lsn();
                    turn.synced_at = self.clock.monotonic();
                }
            }
            Err(cause) => {
                self.failed.get_or_init(|| cause.clone());
            }
        }
        if self.failed.get().is_some() {
            self.wake_all();
        }
        self.end_flight(turn);
        drop(before);
        outcome
    }
}

fn read_only(cause: &Error) -> Error {
    Error::new(
        ErrorKind::Poisoned,
        format!("the database is read-only since its log could not be written, reopen it: {cause}"),
    )
    .with_source(cause.clone())
}

fn indeterminate(seq: Seq, cause: &Error) -> Error {
    Error::new(
        ErrorKind::CommitIndeterminate,
        format!("commit {seq} may or may not be durable, reopen the database to know: {cause}"),
    )
    .with_source(cause.clone())
}
