//! Where committers wait for the flight that carries them.
//!
//! Those who wait are woken all at once, and hold no lock of the journal while they wake up. Tried before: a condition
//! of the journal's own lock, which hands that lock from one to the next, so that the last of sixteen woke when fifteen
//! had; a third of the time of a crowd went into it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// One gathering place: those of the even flights have one, and those of the odd ones.
#[derive(Debug, Default)]
pub(super) struct Landing {
    state: Mutex<Landed>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Landed {
    /// The last flight that ended.
    flight: u64,
    /// The flight that somebody was called to lead.
    called: Option<u64>,
    /// Nobody waits any more.
    is_closed: bool,
    /// How many wait. A notice is a system call though nobody does, which a lone committer would pay for twice.
    waiting: usize,
}

impl Landing {
    /// Returns when the flight has landed, or when whoever waits for it should see whether to lead it.
    pub(super) fn wait(&self, flight: u64) {
        let mut landed = self.lock();
        landed.waiting += 1;
        while landed.flight < flight && landed.called != Some(flight) && !landed.is_closed {
            landed = self.changed.wait(landed).unwrap_or_else(PoisonError::into_inner);
        }
        landed.waiting -= 1;
    }

    /// Wakes one who waits for a flight that has not begun.
    pub(super) fn call(&self, flight: u64) {
        let somebody = {
            let mut landed = self.lock();
            landed.called = Some(flight);
            landed.waiting > 0
        };
        if somebody {
            self.changed.notify_one();
        }
    }

    /// Somebody leads the flight: whoever was called need not.
    pub(super) fn begin(&self) {
        self.lock().called = None;
    }

    /// Wakes everybody whom the flight carried.
    pub(super) fn land(&self, flight: u64) {
        let somebody = {
            let mut landed = self.lock();
            landed.flight = flight;
            landed.waiting > 0
        };
        if somebody {
            self.changed.notify_all();
        }
    }

    /// Wakes everybody, and whoever comes later does not wait.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// The state is whole after each statement, so a holder that panicked left nothing half done.
    fn lock(&self) -> MutexGuard<'_, Landed> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
