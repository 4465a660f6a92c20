//! What is done without anybody waiting for it: the engine's steps, the sweep of expired documents, and the indexes that
//! the database creates by itself.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::base::{Clock, Task};
use crate::collection::{Catalog, Handle, SchemaChanges, Scope, sweep};
use crate::error::Result;
use crate::runtime::Worker;
use crate::storage::{Durability, Engine};
use crate::transaction::auto_commit;

use super::automatic::Automatic;
use super::options::Options;

/// How often the worker looks around when nobody wakes it.
const LOOK_AROUND: Duration = Duration::from_secs(1);
/// How many expired documents one commit of the sweep removes.
const SWEEP_MAX: usize = 1000;

/// Starts the thread that does it.
pub(super) fn start(
    engine: &Arc<dyn Engine>,
    sweeper: &Arc<Sweeper>,
    automatic: &Arc<Automatic>,
    options: &Options,
) -> Result<Worker> {
    let steps: Arc<dyn Task> = Arc::new(EngineSteps(Arc::clone(engine)));
    let tasks = vec![steps, Arc::clone(sweeper) as Arc<dyn Task>, Arc::clone(automatic) as Arc<dyn Task>];
    let interval = match options.durability {
        Durability::Group => options.group_interval.min(LOOK_AROUND),
        _ => LOOK_AROUND,
    };
    let worker = Worker::start(tasks, interval)?;
    engine.attach_worker(Some(worker.waker()));
    Ok(worker)
}

#[derive(Debug)]
struct EngineSteps(Arc<dyn Engine>);

impl Task for EngineSteps {
    fn step(&self) -> Result<bool> {
        self.0.step()
    }

    fn poison(&self, why: &str) {
        self.0.poison(why);
    }
}

/// Removes expired documents, a bounded number at a time, once in an interval.
#[derive(Debug)]
pub(super) struct Sweeper {
    committer: Committer,
    interval: Duration,
    /// When the next round begins.
    due: Mutex<Duration>,
}

impl Sweeper {
    pub(super) fn new(engine: &Arc<dyn Engine>, catalog: &Arc<Catalog>, options: &Options) -> Self {
        let due = Mutex::new(options.clock.monotonic().saturating_add(options.sweep_interval));
        let committer = Committer::new(engine, catalog, options);
        Self { committer, interval: options.sweep_interval, due }
    }

    /// Removes up to `limit` expired documents, whatever the interval; says how many there were.
    pub(super) fn sweep(&self, limit: usize) -> Result<usize> {
        let mut swept = 0;
        for name in self.committer.run(|scope| scope.catalog.addresses(scope.txn))? {
            if swept >= limit {
                break;
            }
            let handle = Handle::new(&name);
            let most = (limit - swept).min(SWEEP_MAX);
            swept += self.committer.run(|scope| match scope.open_to_write(&handle)? {
                Some(opened) => sweep(scope.txn, &opened, most),
                None => Ok(0),
            })?;
        }
        Ok(swept)
    }
}

/// Commits what is done in the background.
#[derive(Debug)]
pub(super) struct Committer {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    bytes_max: usize,
    durability: Durability,
}

impl Committer {
    pub(super) fn new(engine: &Arc<dyn Engine>, catalog: &Arc<Catalog>, options: &Options) -> Self {
        Self {
            engine: Arc::clone(engine),
            catalog: Arc::clone(catalog),
            clock: Arc::clone(&options.clock),
            bytes_max: options.transaction_bytes_max,
            durability: options.durability,
        }
    }

    /// Does it in a transaction of its own, once more when somebody else came first.
    pub(super) fn run<R>(&self, mut deed: impl FnMut(&mut Scope<'_>) -> Result<R>) -> Result<R> {
        let mut changes = SchemaChanges::default();
        let (catalog, now_ms) = (&self.catalog, || self.clock.now_ms());
        auto_commit(&self.engine, now_ms, self.bytes_max, self.durability, |txn| {
            deed(&mut Scope { txn, catalog, changes: &mut changes })
        })
    }
}

impl Task for Sweeper {
    fn step(&self) -> Result<bool> {
        let now = self.committer.clock.monotonic();
        if now < *self.due.lock() {
            return Ok(false);
        }
        let swept = self.sweep(SWEEP_MAX)?;
        if swept < SWEEP_MAX {
            *self.due.lock() = now.saturating_add(self.interval);
        }
        Ok(swept > 0)
    }

    fn poison(&self, why: &str) {
        self.committer.engine.poison(why);
    }
}
