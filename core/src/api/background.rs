//! What is done without anybody waiting for it: the engine's steps, and the sweep of expired documents.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::base::{Clock, Task};
use crate::collection::{Catalog, Handle, SchemaChanges, Scope, sweep};
use crate::error::Result;
use crate::runtime::Worker;
use crate::storage::{Durability, Engine};
use crate::transaction::auto_commit;

use super::options::Options;

/// How often the worker looks around when nobody wakes it.
const LOOK_AROUND: Duration = Duration::from_secs(1);
/// How many expired documents one commit of the sweep removes.
const SWEEP_MAX: usize = 1000;

/// Starts the thread that does it.
pub(super) fn start(engine: &Arc<dyn Engine>, sweeper: &Arc<Sweeper>, options: &Options) -> Result<Worker> {
    let steps: Arc<dyn Task> = Arc::new(EngineSteps(Arc::clone(engine)));
    let tasks = vec![steps, Arc::clone(sweeper) as Arc<dyn Task>];
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
    engine: Arc<dyn Engine>,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    interval: Duration,
    bytes_max: usize,
    durability: Durability,
    /// When the next round begins.
    due: Mutex<Duration>,
}

impl Sweeper {
    pub(super) fn new(engine: &Arc<dyn Engine>, catalog: &Arc<Catalog>, options: &Options) -> Self {
        let clock = Arc::clone(&options.clock);
        let due = Mutex::new(clock.monotonic().saturating_add(options.sweep_interval));
        Self {
            engine: Arc::clone(engine),
            catalog: Arc::clone(catalog),
            clock,
            interval: options.sweep_interval,
            bytes_max: options.transaction_bytes_max,
            durability: options.durability,
            due,
        }
    }

    /// Removes up to `limit` expired documents, whatever the interval; says how many there were.
    pub(super) fn sweep(&self, limit: usize) -> Result<usize> {
        let mut swept = 0;
        for name in self.in_transaction(|scope| self.catalog.addresses(scope.txn))? {
            if swept >= limit {
                break;
            }
            let handle = Handle::new(&name);
            let most = (limit - swept).min(SWEEP_MAX);
            swept += self.in_transaction(|scope| match scope.open_to_write(&handle)? {
                Some(opened) => sweep(scope.txn, &opened, most),
                None => Ok(0),
            })?;
        }
        Ok(swept)
    }

    fn in_transaction<R>(&self, mut deed: impl FnMut(&mut Scope<'_>) -> Result<R>) -> Result<R> {
        let mut changes = SchemaChanges::default();
        let (catalog, now_ms) = (&self.catalog, || self.clock.now_ms());
        auto_commit(&self.engine, now_ms, self.bytes_max, self.durability, |txn| {
            deed(&mut Scope { txn, catalog, changes: &mut changes })
        })
    }
}

impl Task for Sweeper {
    fn step(&self) -> Result<bool> {
        let now = self.clock.monotonic();
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
        self.engine.poison(why);
    }
}
