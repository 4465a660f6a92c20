//! A fixed view with private changes over it: snapshot isolation, first committer wins.
//!
//! Bytes only: what a key means is known above.
//! Finding conflicts is the engine's work; here changes are gathered, read back and taken back.

mod overlay;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::base::{Budget, Claim};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::record::{Staged, read_i64, read_u64};
use crate::storage::{
    Direction, Durability, Engine, KeyRange, ReadAt, Savepoint, Scan, Seq, Slice, Snapshot, Ticket, TreeId,
    WriteSet,
};

/// So much a transaction takes without asking.
const UNCLAIMED: usize = 1 << 20;
/// A value of so many bytes is a large one.
const LARGE: usize = 1 << 20;

/// A transaction: reads see its snapshot with its own writes over it.
#[derive(Debug)]
pub(crate) struct Transaction {
    engine: Arc<dyn Engine>,
    snapshot: Arc<dyn Snapshot>,
    writes: WriteSet,
    /// What the changes have of the budget, once they are many, and what they may take before more is asked for.
    claim: Option<Claim>,
    covered: usize,
    now_ms: i64,
}

impl Transaction {
    /// Begins at the engine's state `at`; the whole transaction happens at the moment `now_ms`.
    pub(crate) fn begin(engine: &Arc<dyn Engine>, at: ReadAt, now_ms: i64, bytes_max: usize) -> Result<Self> {
        let snapshot = engine.snapshot(at)?;
        Ok(Self {
            engine: Arc::clone(engine),
            snapshot,
            writes: WriteSet::new(bytes_max),
            claim: None,
            covered: UNCLAIMED,
            now_ms,
        })
    }

    /// The moment at which everything here happens, milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The last commit that the snapshot contains.
    pub(crate) fn base(&self) -> Seq {
        self.snapshot.seq()
    }

    /// Whether nothing was written.
    pub(crate) fn is_read_only(&self) -> bool {
        self.writes.is_empty()
    }

    /// How many bytes of log the changes take so far.
    pub(crate) fn bytes(&self) -> usize {
        self.writes.bytes()
    }

    /// The value of `key`.
    pub(crate) fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Slice>> {
        match self.writes.get(tree, key) {
            None if self.writes.is_dropped(tree) => Ok(None),
            None => self.snapshot.get(tree, key),
            Some(staged) => self.resolve(tree, key, staged),
        }
    }

    /// The values of many keys, in the order asked.
    pub(crate) fn get_many(&self, tree: TreeId, keys: &[&[u8]]) -> Result<Vec<Option<Slice>>> {
        if self.writes.touches(tree) || self.writes.is_dropped(tree) {
            return keys.iter().map(|key| self.get(tree, key)).collect();
        }
        self.snapshot.get_many(tree, keys)
    }

    /// About how many entries lie in `range`; what was written here counts as added.
    pub(crate) fn estimate(&self, tree: TreeId, range: &KeyRange) -> Result<u64> {
        let beneath = if self.writes.is_dropped(tree) { 0 } else { self.snapshot.estimate(tree, range)? };
        Ok(beneath.saturating_add(self.writes.staged_in(tree, range).count() as u64))
    }

    /// The i64 that `add` counts at `key`.
    pub(crate) fn counter(&self, tree: TreeId, key: &[u8]) -> Result<i64> {
        Ok(self.get(tree, key)?.map_or(0, |bytes| read_i64(&bytes)))
    }

    /// The u64 that `raise` lifts at `key`.
    pub(crate) fn mark(&self, tree: TreeId, key: &[u8]) -> Result<u64> {
        Ok(self.get(tree, key)?.map_or(0, |bytes| read_u64(&bytes)))
    }

    /// The entries of `range`, in the order of `direction`, as they are now: what is written here while the
    /// scan is open is not seen by it.
    pub(crate) fn scan(&self, tree: TreeId, range: KeyRange, direction: Direction) -> Result<Box<dyn Scan>> {
        if !self.writes.touches(tree) && !self.writes.is_dropped(tree) {
            return self.snapshot.scan(tree, range, direction);
        }
        overlay::scan(self, tree, range, direction)
    }

    /// The key shall have this value, put together from `parts`.
    pub(crate) fn put(&mut self, tree: TreeId, key: &[u8], parts: &[&[u8]]) -> Result<()> {
        self.writes.put(tree, key, parts)?;
        if self.writes.memory() > self.covered {
            self.claim_memory(parts.iter().map(|part| part.len()).sum())?;
        }
        Ok(())
    }

    /// The key shall be gone.
    pub(crate) fn delete(&mut self, tree: TreeId, key: &[u8]) -> Result<()> {
        self.writes.delete(tree, key)?;
        if self.writes.memory() > self.covered {
            self.claim_memory(0)?;
        }
        Ok(())
    }

    /// `delta` shall be added to the counter at `key`; never conflicts.
    pub(crate) fn add(&mut self, tree: TreeId, key: &[u8], delta: i64) -> Result<()> {
        self.writes.add(tree, key, delta)
    }

    /// The mark at `key` shall be at least `floor`; never conflicts.
    pub(crate) fn raise(&mut self, tree: TreeId, key: &[u8], floor: u64) -> Result<()> {
        self.writes.raise(tree, key, floor)
    }

    /// The whole tree shall be gone. Its number must not be written to again.
    pub(crate) fn drop_tree(&mut self, tree: TreeId) -> Result<()> {
        self.writes.drop_tree(tree)
    }

    /// The commit shall fail with `Conflict` when somebody changes this key before.
    pub(crate) fn expect_unchanged(&mut self, tree: TreeId, key: &[u8]) {
        self.writes.expect_unchanged(tree, key);
    }

    /// A moment to come back to.
    pub(crate) fn savepoint(&self) -> Savepoint {
        self.writes.savepoint()
    }

    /// Forgets everything written since `savepoint`.
    pub(crate) fn roll_back_to(&mut self, savepoint: Savepoint) {
        self.writes.roll_back_to(savepoint);
    }

    /// Gives the changes their place in the commit order; nothing when there are none.
    ///
    /// Not yet acknowledged: see [`Engine::wait`].
    pub(crate) fn submit(self, durability: Durability) -> Result<Option<Ticket>> {
        if self.writes.is_empty() {
            return Ok(None);
        }
        self.engine.submit(self.writes, self.snapshot.seq(), self.now_ms, durability).map(Some)
    }

    /// Commits and waits until the commit is as durable as asked.
    pub(crate) fn commit(self, durability: Durability) -> Result<()> {
        let engine = Arc::clone(&self.engine);
        match self.submit(durability)? {
            Some(ticket) => engine.wait(ticket),
            None => Ok(()),
        }
    }

    /// The memory that everybody shares.
    pub(crate) fn budget(&self) -> &Arc<Budget> {
        self.engine.budget()
    }

    /// Refuses to hold more than memory has room for, after a value of so many bytes was written.
    ///
    /// Two things always fit: an eighth of the memory, in which statements commit that need not be one commit, and a
    /// large document with what belongs to it, for which nothing less would do.
    #[cold]
    fn claim_memory(&mut self, written: usize) -> Result<()> {
        let memory = self.writes.memory();
        let claim = self.claim.get_or_insert_with(|| Claim::on(self.engine.budget()));
        if !claim.cover(memory) {
            if memory > claim.budget().share() && written < LARGE {
                let what = format!("a transaction that takes {memory} bytes is over {}", claim.left());
                return Err(Error::new(ErrorKind::Limit, what));
            }
            claim.insist(memory + LARGE);
        }
        self.covered = claim.covered();
        Ok(())
    }

    fn resolve(&self, tree: TreeId, key: &[u8], staged: Staged<'_>) -> Result<Option<Slice>> {
        let beneath = || if self.writes.is_dropped(tree) { Ok(None) } else { self.snapshot.get(tree, key) };
        Ok(match staged {
            Staged::Put(value) => Some(Slice::from(value.to_vec())),
            Staged::Deleted => None,
            Staged::Added(delta) => {
                let before = beneath()?.map_or(0, |bytes| read_i64(&bytes));
                Some(Slice::from(before.wrapping_add(delta).to_le_bytes().to_vec()))
            }
            Staged::AtLeast(floor) => {
                let before = beneath()?.map_or(0, |bytes| read_u64(&bytes));
                Some(Slice::from(before.max(floor).to_le_bytes().to_vec()))
            }
        })
    }
}

/// Runs `attempt` in a transaction and commits it, again when somebody came first: at what readers see, and from the
/// second time on at the engine's tip, so that changes that wait for the device are built upon.
///
/// Not at the tip at once: who looks at it must have it to himself for a moment, and what he keeps of it the next
/// commit copies, which with many writers took more than a tenth of each commit.
///
/// A statement that reads `tip` may learn what a power cut could still take back, so its answer is given only
/// when what it read is visible, whether it wrote or not.
pub(crate) fn auto_commit<T>(
    engine: &Arc<dyn Engine>,
    now_ms: impl Fn() -> i64,
    bytes_max: usize,
    durability: Durability,
    mut attempt: impl FnMut(&mut Transaction) -> Result<T>,
) -> Result<T> {
    let mut at = ReadAt::Visible;
    loop {
        let mut txn = Transaction::begin(engine, at, now_ms(), bytes_max)?;
        let base = txn.base();
        let outcome = attempt(&mut txn);
        let answer = match outcome {
            Ok(answer) => answer,
            Err(error) => {
                engine.wait_visible(base)?;
                return Err(error);
            }
        };
        match txn.submit(durability) {
            Ok(Some(ticket)) => engine.wait(ticket)?,
            Ok(None) => engine.wait_visible(base)?,
            Err(error) if error.kind() == ErrorKind::Conflict => {
                at = ReadAt::Tip;
                continue;
            }
            Err(error) => return Err(error),
        }
        return Ok(answer);
    }
}

/// A savepoint that was asked for after its transaction ended.
pub(crate) fn ended() -> Error {
    Error::invalid(crate::error::code::NO_SUCH_TRANSACTION, "the transaction has ended")
}
