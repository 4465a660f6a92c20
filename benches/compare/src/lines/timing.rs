//! Doing things as long as there is time.

use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

use crate::figure::per_second;
use crate::peers::Result;

/// Of 100, what makes a niceness of 0.
const ORDINARY: u8 = 48;

/// How often it is done at least, in up to so many times the time: of a million documents the first turns are slower,
/// and among few they would be most of the figure.
const TURNS_MIN: u64 = 10;
const TIME_FACTOR_MAX: u32 = 4;

/// Does it again and again; how many of what it says it did were done in a second.
pub(super) fn repeat(time: Duration, mut once: impl FnMut(u64) -> Result<u64>) -> Result<f64> {
    let (started, mut turns, mut done) = (Instant::now(), 0, 0);
    let goes_on = |turns: u64, elapsed: Duration| {
        elapsed < time || turns < TURNS_MIN && elapsed < time * TIME_FACTOR_MAX
    };
    while goes_on(turns, started.elapsed()) {
        done += once(turns)?;
        turns += 1;
    }
    Ok(per_second(done, started.elapsed()))
}

/// How long it took, and what it came to.
pub(super) fn clocked<T>(once: impl FnOnce() -> Result<T>) -> Result<(Duration, T)> {
    let started = Instant::now();
    let outcome = once()?;
    Ok((started.elapsed(), outcome))
}

/// Makes the calling thread one that the system may let wait, where the program runs before all others.
///
/// A thread that never sleeps would otherwise keep its processor from the threads of the system that complete syncs,
/// and a writer beside it would wait for them and not for its database.
pub(super) fn stand_back() -> Result<()> {
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
    let priority = ThreadPriority::Crossplatform(ORDINARY.try_into()?);
    set_thread_priority_and_policy(thread_native_id(), priority, policy)
        .map_err(|error| format!("a thread cannot become an ordinary one: {error:?}").into())
}

/// What a thread hands back: a fault crosses as its text.
pub(super) type Crossing<T> = std::result::Result<T, String>;

pub(super) fn crossing<T>(outcome: Result<T>) -> Crossing<T> {
    outcome.map_err(|fault| fault.to_string())
}

/// What the thread handed back.
pub(super) fn joined<T>(thread: ScopedJoinHandle<'_, Crossing<T>>) -> Result<T> {
    Ok(thread.join().map_err(|_| "a thread panicked")??)
}

/// The middle one.
pub(super) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
