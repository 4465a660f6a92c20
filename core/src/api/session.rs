//! Where a verb runs: on its own, committed at once, or inside a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::base::BUDGET_BYTES_MIN;
use crate::collection::{Handle, Opened, SchemaChanges, Scope};
use crate::document::collation::Collation;
use crate::error::Result;
use crate::expression::bound::FilterLimits;
use crate::query::parse::{Terms, Variables};
use crate::query::view::Seen;
use crate::storage::{ReadAt, Savepoint};
use crate::transaction::{Transaction as Txn, auto_commit, ended};

use super::opening::{Opening, Shared};
use super::options::Options;

/// The database's part of a namespace, when it is in memory.
const IN_MEMORY: &str = ":memory:";
/// After so many bytes of changes a statement outside a transaction commits and goes on; earlier where memory or
/// a transaction may hold less.
const CHUNK_BYTES: usize = 8 << 20;
/// It has this part of the memory at most: several may write at a time, and what each has ready comes on top of what
/// waits for a checkpoint already.
const CHUNK_PART: usize = 64;
/// However little memory may hold, a commit of less would be mostly sync.
const CHUNK_BYTES_MIN: usize = 64 << 10;

/// The number of the next savepoint in the whole process: no transaction, however short, takes another's for its own.
static SAVEPOINT_NEXT: AtomicU64 = AtomicU64::new(0);

/// What every verb is said through.
#[derive(Debug, Clone)]
pub(super) struct Session {
    opening: Arc<Opening>,
    within: Option<Arc<Cell>>,
}

/// A transaction in progress. Empty when it is over.
#[derive(Debug)]
pub(super) struct Cell(pub(super) Mutex<Option<Live>>);

#[derive(Debug)]
pub(super) struct Live {
    pub(super) txn: Txn,
    pub(super) changes: SchemaChanges,
    /// The savepoints one can still come back to, oldest first, each with its number.
    savepoints: Vec<(u64, Savepoint)>,
}

/// A fixed view that outlives the call: what a cursor reads.
#[derive(Debug)]
pub(super) enum View {
    Own(Arc<Opening>, Box<Txn>),
    Within(Arc<Opening>, Arc<Cell>),
}

impl Session {
    /// Verbs that commit at once.
    pub(super) fn new(opening: Arc<Opening>) -> Self {
        Self { opening, within: None }
    }

    /// Verbs inside the transaction.
    pub(super) fn inside(opening: Arc<Opening>, cell: Arc<Cell>) -> Self {
        Self { opening, within: Some(cell) }
    }

    pub(super) fn shared(&self) -> Result<&Shared> {
        self.opening.shared()
    }

    /// On which terms filters, projections and expressions are read here.
    pub(super) fn terms<'c>(
        &self,
        collation: Option<&'c Collation>,
        variables: Option<&'c Variables>,
    ) -> Terms<'c> {
        // Whoever closed the database is told so by what comes next.
        let limits =
            self.opening.shared().map_or(FilterLimits::default(), |shared| shared.options.filter_limits);
        Terms { limits, collation, variables }
    }

    /// The database's part of a namespace: the name of its file.
    pub(super) fn database_name(&self) -> Result<String> {
        let path = self.shared()?.path.as_deref();
        let stem = path.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        Ok(stem.unwrap_or_else(|| IN_MEMORY.to_owned()))
    }

    pub(super) fn is_inside(&self) -> bool {
        self.within.is_some()
    }

    /// After how many bytes a statement pauses to commit.
    pub(super) fn chunk_bytes(&self) -> Result<usize> {
        let shared = self.shared()?;
        Ok(if self.is_inside() { usize::MAX } else { chunk_bytes(&shared.options) })
    }

    /// Reads one state.
    #[inline]
    pub(super) fn read<R>(&self, deed: impl FnOnce(&Shared, &Txn) -> Result<R>) -> Result<R> {
        let shared = self.opening.shared()?;
        match &self.within {
            None => deed(shared, &begin(shared)?),
            Some(cell) => deed(shared, &cell.0.lock().as_ref().ok_or_else(ended)?.txn),
        }
    }

    /// Reads one collection; nothing when there is none.
    #[inline]
    pub(super) fn read_collection<R>(
        &self,
        handle: &Handle,
        deed: impl FnOnce(&Shared, &Txn, &Opened) -> Result<R>,
    ) -> Result<Option<R>> {
        self.read(|shared, txn| {
            let opened = shared.catalog.find(txn, handle)?;
            opened.map(|opened| deed(shared, txn, &opened)).transpose()
        })
    }

    /// Reads one collection, or what a view makes of one.
    pub(super) fn read_seen<R>(
        &self,
        handle: &Handle,
        deed: impl FnOnce(&Shared, &Txn, &Seen) -> Result<R>,
    ) -> Result<R> {
        self.read(|shared, txn| deed(shared, txn, &Seen::find(&shared.catalog, txn, handle)?))
    }

    /// A fixed view to read from as long as one likes.
    pub(super) fn view(&self) -> Result<View> {
        let shared = self.opening.shared()?;
        Ok(match &self.within {
            None => View::Own(Arc::clone(&self.opening), Box::new(begin(shared)?)),
            Some(cell) => View::Within(Arc::clone(&self.opening), Arc::clone(cell)),
        })
    }

    /// Changes something: all of `deed`, or nothing of it.
    ///
    /// Outside a transaction `deed` may run several times, until nobody has come first.
    pub(super) fn write<R>(&self, mut deed: impl FnMut(&Shared, &mut Scope<'_>) -> Result<R>) -> Result<R> {
        let shared = self.opening.writable()?;
        let catalog = &shared.catalog;
        if let Some(cell) = &self.within {
            let mut live = cell.0.lock();
            let Live { txn, changes, .. } = live.as_mut().ok_or_else(ended)?;
            let before = txn.savepoint();
            let outcome = deed(shared, &mut Scope { txn, catalog, changes });
            if outcome.is_err() {
                txn.roll_back_to(before);
            }
            return outcome;
        }
        let options = &shared.options;
        let now_ms = || options.clock.now_ms();
        let mut changes = SchemaChanges::default();
        auto_commit(&shared.engine, now_ms, options.transaction_bytes_max, options.durability, |txn| {
            deed(shared, &mut Scope { txn, catalog, changes: &mut changes })
        })
    }

    /// Lets `deed` change what it wants in a view of this moment, and forgets all of it.
    pub(super) fn try_out<R>(&self, deed: impl FnOnce(&Shared, &mut Txn) -> Result<R>) -> Result<R> {
        let shared = self.opening.shared()?;
        let Some(cell) = &self.within else { return deed(shared, &mut begin(shared)?) };
        let mut live = cell.0.lock();
        let txn = &mut live.as_mut().ok_or_else(ended)?.txn;
        let before = txn.savepoint();
        let outcome = deed(shared, txn);
        txn.roll_back_to(before);
        outcome
    }

    /// Runs a statement that takes several writes: inside a transaction all of them, or none.
    pub(super) fn statement<R>(&self, deed: impl FnOnce() -> Result<R>) -> Result<R> {
        let Some(cell) = &self.within else { return deed() };
        let before = cell.0.lock().as_mut().ok_or_else(ended)?.set_savepoint();
        let outcome = deed();
        if let Some(live) = &mut *cell.0.lock() {
            if outcome.is_err() {
                live.roll_back_to(before);
            }
            live.savepoints.retain(|(number, _)| *number != before);
        }
        outcome
    }
}

impl Live {
    pub(super) fn new(txn: Txn) -> Self {
        Self { txn, changes: SchemaChanges::default(), savepoints: Vec::new() }
    }

    /// A moment to come back to, by number.
    pub(super) fn set_savepoint(&mut self) -> u64 {
        let number = SAVEPOINT_NEXT.fetch_add(1, Ordering::Relaxed);
        self.savepoints.push((number, self.txn.savepoint()));
        number
    }

    /// Comes back to a moment and forgets those after it; says whether it was still there.
    pub(super) fn roll_back_to(&mut self, number: u64) -> bool {
        let Some(at) = self.savepoints.iter().position(|(known, _)| *known == number) else { return false };
        self.savepoints.truncate(at + 1);
        self.txn.roll_back_to(self.savepoints[at].1);
        true
    }
}

impl View {
    pub(super) fn read<R>(&self, deed: impl FnOnce(&Txn) -> Result<R>) -> Result<R> {
        match self {
            View::Own(opening, txn) => opening.shared().and_then(|_| deed(txn)),
            View::Within(opening, cell) => {
                opening.shared()?;
                deed(&cell.0.lock().as_ref().ok_or_else(ended)?.txn)
            }
        }
    }
}

#[inline]
fn begin(shared: &Shared) -> Result<Txn> {
    let options = &shared.options;
    Txn::begin(&shared.engine, ReadAt::Visible, options.clock.now_ms(), options.transaction_bytes_max)
}

/// How many bytes of changes one commit of many has at most, about.
pub(super) fn chunk_bytes(options: &Options) -> usize {
    let most = block_bytes(options).min(options.memtable_bytes);
    most.max(CHUNK_BYTES_MIN).min(options.transaction_bytes_max / 4)
}

/// How many bytes of what is to be written are made ready at a time, about: they may be more than a commit has.
pub(super) fn block_bytes(options: &Options) -> usize {
    CHUNK_BYTES.min(options.cache_bytes.max(BUDGET_BYTES_MIN) / CHUNK_PART)
}
