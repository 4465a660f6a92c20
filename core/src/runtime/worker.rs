//! One background thread that does what is due.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use crate::base::{Task, Waker};
use crate::error::{Error, ErrorKind, Result};

/// A thread that steps its tasks when it is woken, and every `interval` besides. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Worker {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<Rung>,
    ring: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    due: bool,
    ended: bool,
}

impl Worker {
    /// Starts the thread.
    pub(crate) fn start(tasks: Vec<Arc<dyn Task>>, interval: Duration) -> Result<Self> {
        let bell = Arc::<Bell>::default();
        let heard = Arc::clone(&bell);
        let thread = thread::Builder::new()
            .name("nexuslite".to_owned())
            .spawn(move || heard.attend(&tasks, interval))
            .map_err(|error| {
                Error::new(ErrorKind::Io, "the background thread could not be started").with_source(error)
            })?;
        Ok(Self { bell, thread: Some(thread) })
    }

    /// Wakes the thread.
    pub(crate) fn waker(&self) -> Waker {
        let bell = Arc::clone(&self.bell);
        Waker::new(move || bell.tell(|rung| rung.due = true))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.bell.tell(|rung| rung.ended = true);
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // The thread's own panics were caught and told to its tasks.
            let _ = thread.join();
        }
    }
}

impl Bell {
    fn tell(&self, change: impl FnOnce(&mut Rung)) {
        change(&mut self.rung.lock());
        self.ring.notify_all();
    }

    fn attend(&self, tasks: &[Arc<dyn Task>], interval: Duration) {
        loop {
            {
                let mut rung = self.rung.lock();
                if !rung.due && !rung.ended {
                    self.ring.wait_for(&mut rung, interval);
                }
                if rung.ended {
                    return;
                }
                rung.due = false;
            }
            for task in tasks {
                self.work_off(&**task);
            }
        }
    }

    /// Steps a task until nothing is due. A failed step is not repeated at once: the task keeps the failure and
    /// shows it to whoever needs the work done.
    fn work_off(&self, task: &dyn Task) {
        while !self.rung.lock().ended {
            match catch_unwind(AssertUnwindSafe(|| task.step())) {
                Ok(Ok(true)) => {}
                Ok(Ok(false) | Err(_)) => return,
                Err(panic) => {
                    let why = panic.downcast_ref::<&str>().copied().map(str::to_owned);
                    let why = why.or_else(|| panic.downcast_ref::<String>().cloned());
                    task.poison(&why.unwrap_or_else(|| "a background step panicked".to_owned()));
                    return;
                }
            }
        }
    }
}
