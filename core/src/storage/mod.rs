//! Ordered bytes in many trees, committed together, kept through crashes.
//!
//! Nothing here knows what a document is, what an index means or who may see what: keys and values are bytes,
//! a tree is a number.
//! The parts (`record`, `wal`, `memtable`, `page`, `tree`, `space`, `manifest`) know nothing of each other's
//! policies; `engine` assembles three engines out of them.

mod batch;
mod buffer;
pub(crate) mod engine;
mod held;
pub(crate) mod manifest;
pub(crate) mod memtable;
pub(crate) mod merge;
pub(crate) mod page;
pub(crate) mod range;
pub(crate) mod record;
mod scratch;
#[cfg(feature = "simulation")]
pub mod simulation;
pub(crate) mod slice;
pub(crate) mod space;
pub(crate) mod tree;
pub(crate) mod wal;

use std::fmt::Debug;
use std::sync::Arc;

pub(crate) use batch::Batch;
pub(crate) use buffer::{Buffer, Frames};
pub(crate) use held::Held;
pub(crate) use range::{Direction, KeyRange};
pub(crate) use record::{Savepoint, WriteSet};
pub(crate) use scratch::{Scratch, ScratchFile};
pub(crate) use slice::Slice;

use crate::base::{Budget, Waker};
use crate::error::Result;

/// The number of a commit: 1, 2, 3 … in the one order that every reader and every recovery sees.
pub(crate) type Seq = u64;

/// One ordered map of bytes to bytes.
///
/// The number is never given twice in the life of a database.
/// Its lowest bit tells the tree's shape, so that an engine needs no look-up to lay out a tree it meets for the
/// first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TreeId(pub(crate) u32);

impl TreeId {
    /// The `number`-th tree, whose keys are record ids: eight bytes, big-endian.
    pub(crate) const fn record(number: u32) -> Self {
        Self(number << 1)
    }

    /// The `number`-th tree, whose keys are any bytes.
    pub(crate) const fn index(number: u32) -> Self {
        Self(number << 1 | 1)
    }

    /// Whether the keys are record ids.
    pub(crate) const fn is_record(self) -> bool {
        self.0 & 1 == 0
    }
}

/// Which state a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadAt {
    /// The newest state that a power cut cannot take back (at durability `full`).
    Visible,
    /// The newest state there is; what is learnt from it may be told only after [`Engine::wait_visible`].
    Tip,
}

/// Versions, commits, chunks and flushes are counted one by one and stay far below this: a file that says otherwise
/// is damaged, and counting on from a number that was read cannot overflow.
pub(crate) const COUNT_MAX: u64 = 1 << 62;

/// A place in the write-ahead log: where the flush of this number is, or will be, written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogPosition {
    /// The chunk that the flush begins, or goes on in.
    pub(crate) chunk_seq: u64,
    /// The number of the flush.
    pub(crate) lsn: u64,
    /// The chain value of the flush before it: what the flush must name as its predecessor's hash.
    pub(crate) chain: u64,
}

impl Default for LogPosition {
    /// Where the log of a new database begins.
    fn default() -> Self {
        Self { chunk_seq: 1, lsn: 1, chain: 0 }
    }
}

/// What must have happened before a commit is acknowledged. Never changes the order of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The commit is on the device. One sync serves all commits that wait for it.
    #[default]
    Full,
    /// The commit is with the operating system, and on the device after the group interval at the latest.
    Group,
    /// The commit is in memory, and on the device after the next checkpoint or sync.
    None,
}

/// A commit on its way: given its place in the order, not necessarily durable yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) struct Ticket {
    pub(crate) seq: Seq,
    pub(crate) durability: Durability,
}

/// A key-value store of many trees with one commit order.
///
/// Shaped so that a remote ordered store could implement it: reads come in batches, a commit is submitted and
/// then waited for, and finding conflicts is the engine's work.
pub(crate) trait Engine: Send + Sync + Debug {
    /// A fixed view; holding it never blocks anybody.
    fn snapshot(&self, at: ReadAt) -> Result<Arc<dyn Snapshot>>;

    /// Gives `writes` its place after every commit so far, all of it or nothing.
    ///
    /// `base` is the seq of the snapshot the writes were computed from: when a key written or expected
    /// unchanged was changed by a commit after `base`, nothing happens and the answer is `Conflict`.
    /// The change is at `tip` when this returns, and acknowledged only by [`wait`](Self::wait).
    fn submit(&self, writes: WriteSet, base: Seq, time_ms: i64, durability: Durability) -> Result<Ticket>;

    /// Returns when the commit is as durable as its ticket says.
    fn wait(&self, ticket: Ticket) -> Result<()>;

    /// Returns when every commit up to `seq` is visible.
    fn wait_visible(&self, seq: Seq) -> Result<()>;

    /// Does one piece of background work when some is due; says whether it did.
    fn step(&self) -> Result<bool>;

    /// From now on somebody else calls [`step`](Self::step) when `waker` is called; with none, whoever would
    /// wait for background work does it.
    fn attach_worker(&self, waker: Option<Waker>);

    /// Returns when every commit so far is durable, whatever its ticket says.
    fn sync(&self) -> Result<()>;

    /// Brings everything committed so far into the main file (`wasp`) or a compact log (`log`).
    fn checkpoint(&self) -> Result<()>;

    /// Walks everything, changes nothing.
    fn check(&self) -> Result<CheckReport>;

    /// Sizes and counts.
    fn stats(&self) -> Stats;

    /// The memory that everything above shares with it.
    fn budget(&self) -> &Arc<Budget>;

    /// Nothing in memory can be trusted any more: refuses whatever comes later.
    fn poison(&self, why: &str);

    /// Makes everything durable and lets go of the files. What comes later answers `Closed`.
    fn close(&self) -> Result<()>;
}

/// A fixed view of every tree.
pub(crate) trait Snapshot: Send + Sync + Debug {
    /// The last commit that this view contains.
    fn seq(&self) -> Seq;

    /// The value of `key`.
    fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Slice>>;

    /// The values of many keys, in the order asked.
    fn get_many(&self, tree: TreeId, keys: &[&[u8]]) -> Result<Vec<Option<Slice>>> {
        keys.iter().map(|key| self.get(tree, key)).collect()
    }

    /// About how many entries lie in `range`, told without walking it: for whoever weighs one range against another.
    fn estimate(&self, tree: TreeId, range: &KeyRange) -> Result<u64>;

    /// The entries of `range`, in the order of `direction`.
    fn scan(&self, tree: TreeId, range: KeyRange, direction: Direction) -> Result<Box<dyn Scan>>;
}

/// An ordered walk that hands out batches.
pub(crate) trait Scan: Send {
    /// Replaces what `batch` holds by the next entries, as many as the engine finds convenient but no more than
    /// `limit`; an empty batch is the end.
    fn next_batch(&mut self, batch: &mut Batch, limit: usize) -> Result<()>;
}

/// What a check of the whole database found.
#[derive(Debug, Clone, Default)]
pub struct CheckReport {
    /// Each fault as one sentence: what, where, the value seen. Empty when all is well.
    pub faults: Vec<String>,
    /// How many trees were walked.
    pub trees: u64,
    /// How many entries they hold.
    pub entries: u64,
    /// How many pages were read and verified.
    pub pages: u64,
    /// How many bytes the free map says are free.
    pub free_bytes: u64,
    /// How many commits the write-ahead file holds beyond the main file.
    pub wal_commits: u64,
}

/// Sizes and counts of an engine at one moment.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// Which engine keeps the data.
    pub engine: engine::EngineKind,
    /// Bytes of a page; 0 where there are none.
    pub page_bytes: u32,
    /// Bytes of the main file.
    pub file_bytes: u64,
    /// Bytes of the write-ahead file.
    pub wal_bytes: u64,
    /// Bytes pinned by commits that are not yet in the main file.
    pub memtable_bytes: u64,
    /// Bytes of cached pages.
    pub cache_bytes: u64,
    /// Pages found in the cache.
    pub cache_hits: u64,
    /// Pages that had to be read.
    pub cache_misses: u64,
    /// Commits since the database was created.
    pub commits: u64,
    /// Syncs of the write-ahead file since the database was opened.
    pub wal_syncs: u64,
    /// Checkpoints since the database was opened.
    pub checkpoints: u64,
}
