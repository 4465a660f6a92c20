//! The one place where commits get their order.
//!
//! Invariants
//!   S1  Commits are numbered without gaps, and a number is given only after everything that can fail for want of
//!       space has succeeded.
//!   S2  A commit is refused iff a key it wrote or expected unchanged was changed after the state it was computed
//!       from; when that can no longer be known, it is refused too.
//!   S3  The tip holds every numbered commit, the pending list those of them that are not yet handed to the log.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, MutexGuard};

use super::guard::closed;
use super::load::{Load, Loaded};
use super::recent::Recent;
use super::state::{Era, Frozen, State};
use crate::error::{Error, ErrorKind, Result, code};
use crate::storage::memtable::{Directory, Entry};
use crate::storage::page::ExtentPtr;
use crate::storage::record::{OpKind, Record, RecordOp, Sealed, read_i64, read_u64};
use crate::storage::{Buffer, Durability, Seq, Slice, Snapshot, TreeId};

/// The newest state, the newest state that readers see, and what lies between.
#[derive(Debug)]
pub(crate) struct Sequencer {
    tip: Mutex<Tip>,
    visible: ArcSwap<State>,
    load: Arc<Load>,
}

/// The newest state.
#[derive(Debug)]
pub(crate) struct Tip {
    pub(crate) state: State,
    /// Commits numbered but not yet handed to the log, in order.
    pub(crate) pending: Vec<Arc<Buffer>>,
    /// Whether one of them must be synced before anybody sees it.
    pub(crate) sync_wanted: bool,
    /// Whether one of them refers to a large value, which must be on the device before.
    refers: bool,
    /// The large values of the delta's commits.
    claims: Vec<ExtentPtr>,
    /// What all this takes, and where others are told.
    loaded: Loaded,
    load: Arc<Load>,
    retired: VecDeque<Retired>,
    recent: Recent,
    /// Who computed from a state before this one cannot be told whether it conflicts.
    floor: Seq,
    closed: bool,
}

/// Changes that went into the main file while somebody may still commit on top of an older state.
#[derive(Debug)]
struct Retired {
    frozen: Arc<Frozen>,
    era: Weak<Era>,
    /// What they take in memory.
    memory: usize,
}

/// Commits that go to the log together.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) records: Vec<Arc<Buffer>>,
    pub(crate) sync_wanted: bool,
    /// Whether one of them refers to a large value.
    pub(crate) refers: bool,
    /// The state after the last of them.
    pub(crate) state: State,
}

/// About what one entry of a memtable takes besides its key and its value: itself, and its part of a node that is
/// half full.
const ENTRY_BYTES: usize = 96;

/// By tree and key, and a tree's end after all of its other operations.
fn sort_ops(record: &[u8], ops: &mut [RecordOp]) {
    let order = |op: &RecordOp| (op.tree, op.kind == OpKind::DropTree);
    ops.sort_by(|a, b| {
        order(a).cmp(&order(b)).then_with(|| record[a.key.clone()].cmp(&record[b.key.clone()]))
    });
}

impl Sequencer {
    /// Starts from a state whose commits are all durable.
    pub(crate) fn new(state: State) -> Self {
        let floor = state.seq;
        let visible = ArcSwap::from_pointee(state.clone());
        let load: Arc<Load> = Arc::default();
        let tip = Tip {
            state,
            pending: Vec::new(),
            sync_wanted: false,
            refers: false,
            claims: Vec::new(),
            loaded: Loaded::default(),
            load: Arc::clone(&load),
            retired: VecDeque::new(),
            recent: Recent::behind(floor),
            floor,
            closed: false,
        };
        Self { tip: Mutex::new(tip), visible, load }
    }

    /// What readers see.
    pub(crate) fn visible(&self) -> Arc<State> {
        self.visible.load_full()
    }

    /// The number of the last commit that readers see.
    pub(crate) fn visible_seq(&self) -> Seq {
        self.visible.load().seq
    }

    /// The newest state.
    pub(crate) fn tip(&self) -> MutexGuard<'_, Tip> {
        self.tip.lock()
    }

    /// What gathers at the tip.
    pub(crate) fn load(&self) -> Loaded {
        self.load.get()
    }

    /// Lets readers see the commits up to `reached`, a state taken from the tip since the last freeze.
    ///
    /// What lies beneath the delta is taken from the tip, for a checkpoint may have moved it meanwhile. The state
    /// before is handed to the caller: all nodes that only it had go with it, for which nobody should have to wait.
    pub(crate) fn publish(&self, reached: &State) -> Option<Arc<State>> {
        let tip = self.tip.lock();
        if reached.seq < self.visible_seq() {
            return None;
        }
        let (frozen, base) = (tip.state.frozen.clone(), tip.state.base.clone());
        let before = self.visible.swap(Arc::new(State { frozen, base, ..reached.clone() }));
        drop(tip);
        Some(before)
    }

    /// The frozen changes are in `base` now.
    pub(crate) fn settle(&self, base: Option<Arc<super::base::Base>>) {
        let mut tip = self.tip.lock();
        let frozen = tip.state.frozen.take();
        tip.state.base.clone_from(&base);
        tip.loaded.frozen_memory = 0;
        tip.recount_retired();
        let visible = self.visible.load_full();
        let before = self.visible.swap(Arc::new(State { frozen: None, base, ..State::clone(&visible) }));
        drop(tip);
        drop((frozen, visible, before));
    }
}

impl Tip {
    /// Gives the commit its number and puts it at the tip, or refuses it without a trace.
    pub(crate) fn accept(
        &mut self,
        mut sealed: Sealed,
        base: Seq,
        time_ms: i64,
        durability: Durability,
    ) -> Result<Seq> {
        if self.closed {
            return Err(closed());
        }
        self.validate(&sealed, base)?;
        let seq = self.state.seq + 1;
        let (ops, marks) = (std::mem::take(&mut sealed.ops), sealed.marks);
        let resolved = self.resolve(&sealed.record, &ops)?;
        let record = sealed.stamp(seq, time_ms);
        self.charge(&record, &ops);
        apply(&mut self.state.delta, &record, &ops, resolved, seq);
        self.state.seq = seq;
        self.recent.note(seq, marks);
        self.pending.push(record);
        self.sync_wanted |= durability == Durability::Full;
        Ok(seq)
    }

    /// Counts what a commit takes.
    fn charge(&mut self, record: &Buffer, ops: &[RecordOp]) {
        let keys: usize = ops.iter().map(|op| ENTRY_BYTES + op.key.len()).sum();
        self.loaded.delta_bytes += record.len();
        self.loaded.delta_memory += record.memory() + keys;
        self.load.set(self.loaded);
    }

    /// Whether the main file does not hold these changes yet.
    fn is_frozen(&self, retired: &Retired) -> bool {
        self.state.frozen.as_ref().is_some_and(|frozen| Arc::ptr_eq(frozen, &retired.frozen))
    }

    /// Counts what changes take that the main file holds, kept for the sake of old transactions.
    fn recount_retired(&mut self) {
        let settled = self.retired.iter().filter(|retired| !self.is_frozen(retired));
        self.loaded.retired_memory = settled.map(|retired| retired.memory).sum();
        self.loaded.is_forgettable = self.retired.front().is_some_and(|oldest| !self.is_frozen(oldest));
        self.load.set(self.loaded);
    }

    /// The commit accepted last refers to these.
    pub(crate) fn take_in(&mut self, extents: Vec<ExtentPtr>) {
        self.refers |= !extents.is_empty();
        self.loaded.claimed_bytes += extents.iter().map(|extent| extent.len).sum::<u64>();
        self.claims.extend(extents);
        self.load.set(self.loaded);
    }

    /// Every large value that only the log leads to.
    pub(crate) fn all_claims(&self) -> Vec<ExtentPtr> {
        let frozen = self.state.frozen.iter().flat_map(|frozen| &frozen.claims);
        frozen.chain(&self.claims).copied().collect()
    }

    /// No commit is accepted from now on.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Puts a commit that is already in the log at the tip, once `claim` has agreed to all that it refers to.
    pub(crate) fn replay(
        &mut self,
        record: &Arc<Buffer>,
        claim: &mut dyn FnMut(&ExtentPtr) -> Result<()>,
    ) -> Result<()> {
        let parsed = Record::parse(record)?;
        let mut ops = parsed.ops().collect::<Result<Vec<_>>>()?;
        let extents: Vec<ExtentPtr> = ops.iter().filter_map(|op| op.extent(record)).collect();
        extents.iter().try_for_each(claim)?;
        sort_ops(record, &mut ops);
        let resolved = self.resolve(record, &ops)?;
        self.take_in(extents);
        self.charge(record, &ops);
        apply(&mut self.state.delta, record, &ops, resolved, parsed.seq);
        self.state.seq = parsed.seq;
        self.floor = parsed.seq;
        Ok(())
    }

    /// Sets the delta aside as frozen and begins an empty one.
    ///
    /// The caller holds the log, so that the pending commits, which all belong to the frozen part, come before
    /// whatever is committed later.
    pub(crate) fn freeze(&mut self) -> Arc<Frozen> {
        debug_assert!(self.state.frozen.is_none());
        let changes = std::mem::take(&mut self.state.delta);
        let claims = std::mem::take(&mut self.claims);
        let frozen = Arc::new(Frozen { seq: self.state.seq, changes, claims });
        let era = std::mem::take(&mut self.state.era);
        let memory = self.loaded.delta_memory;
        self.loaded = Loaded { frozen_memory: memory, ..Loaded::default() };
        self.retired.push_back(Retired { frozen: Arc::clone(&frozen), era: Arc::downgrade(&era), memory });
        drop(era);
        self.state.frozen = Some(Arc::clone(&frozen));
        self.recount_retired();
        frozen
    }

    /// What a leader is to write, with the state that it amounts to.
    pub(crate) fn take_pending(&mut self) -> Group {
        Group {
            records: std::mem::take(&mut self.pending),
            sync_wanted: std::mem::take(&mut self.sync_wanted),
            refers: std::mem::take(&mut self.refers),
            state: self.state.clone(),
        }
    }

    /// Forgets retired changes that nobody can ask for any more, and the oldest when they take more than `memory_max`.
    pub(crate) fn forget_retired(&mut self, memory_max: usize) {
        let mut memory = self.loaded.retired_memory;
        while let Some(oldest) = self.retired.front() {
            let asked_for = oldest.era.strong_count() > 0 && memory <= memory_max;
            if self.is_frozen(oldest) || asked_for {
                break;
            }
            self.floor = self.floor.max(oldest.frozen.seq);
            memory -= oldest.memory;
            self.retired.pop_front();
        }
        self.recount_retired();
    }

    fn validate(&self, sealed: &Sealed, base: Seq) -> Result<()> {
        if base == self.state.seq {
            return Ok(());
        }
        if base < self.floor {
            return Err(conflict("the transaction's snapshot is older than the changes still remembered"));
        }
        if sealed.marks.is_some_and(|marks| self.recent.are_apart(&marks, base, self.state.seq)) {
            return Ok(());
        }
        let record = &sealed.record;
        let written = sealed.ops.iter().filter(|op| op.kind.replaces());
        for op in written {
            self.validate_key(op.tree, &record[op.key.clone()], base)?;
        }
        for (tree, key) in &sealed.expected {
            self.validate_key(*tree, key, base)?;
        }
        Ok(())
    }

    fn validate_key(&self, tree: TreeId, key: &[u8], base: Seq) -> Result<()> {
        let changed_in = |changes: &Directory| {
            let entry = changes.entry(tree, key).is_some_and(|entry| entry.seq() > base);
            entry || changes.dropped_at(tree).is_some_and(|dropped| dropped > base)
        };
        let retired = self.retired.iter().rev().take_while(|retired| retired.frozen.seq > base);
        if changed_in(&self.state.delta)
            || retired.into_iter().any(|retired| changed_in(&retired.frozen.changes))
        {
            return Err(conflict("another transaction changed the same data first"));
        }
        Ok(())
    }

    /// The values that adding and raising come to.
    fn resolve(&self, record: &[u8], ops: &[RecordOp]) -> Result<Vec<Slice>> {
        let mut resolved = Vec::new();
        for op in ops.iter().filter(|op| matches!(op.kind, OpKind::Add | OpKind::Max)) {
            let before = self.state.get(op.tree, &record[op.key.clone()])?;
            let (before, operand) = (before.as_deref().unwrap_or_default(), &record[op.value.clone()]);
            let after = match op.kind {
                OpKind::Add => read_i64(before).wrapping_add(read_i64(operand)).to_le_bytes(),
                _ => read_u64(before).max(read_u64(operand)).to_le_bytes(),
            };
            resolved.push(Slice::copied(&after));
        }
        Ok(resolved)
    }
}

/// Enters sorted operations into the changes.
fn apply(changes: &mut Directory, record: &Arc<Buffer>, ops: &[RecordOp], resolved: Vec<Slice>, seq: Seq) {
    let mut resolved = resolved.into_iter();
    for ops in ops.chunk_by(|a, b| a.tree == b.tree) {
        let tree = ops[0].tree;
        if ops.iter().any(|op| op.kind == OpKind::DropTree) {
            let counted = ops.iter().filter(|op| matches!(op.kind, OpKind::Add | OpKind::Max)).count();
            resolved.by_ref().take(counted).for_each(drop);
            changes.drop_tree(tree, seq);
            continue;
        }
        let run = ops.iter().map(|op| {
            let value = || Slice::apart(record, op.value.clone());
            let entry = match op.kind {
                OpKind::Put => Entry::new(seq, Some(value())),
                OpKind::Refer => Entry::referring(seq, value()),
                OpKind::Add | OpKind::Max => Entry::new(seq, resolved.next()),
                OpKind::Delete | OpKind::DropTree => Entry::new(seq, None),
            };
            (&record[op.key.clone()], entry)
        });
        changes.get_mut(tree).insert_run(run);
    }
}

fn conflict(why: &str) -> Error {
    Error::new(ErrorKind::Conflict, format!("write conflict: {why}")).with_code(code::WRITE_CONFLICT)
}
