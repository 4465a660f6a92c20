//! Messages of the engine's log, brought to Python's `logging`.
//!
//! A message may be written under any lock of the engine and on any of its threads, where Python must not run: a
//! handler may take long, raise, or call a database. So it is kept, and delivered by whichever call of the engine ends
//! next. The crate `pyo3-log` attaches to the interpreter where the message is written, and leaves what a handler
//! raised behind in the middle of the call.

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use ::log::{Level, LevelFilter, Metadata, Record};
use parking_lot::Mutex;
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;

/// So many messages wait at most; the oldest are given up for newer ones.
const WAITING_MAX: usize = 1024;

static KEPT: Kept = Kept { waiting: AtomicBool::new(false), state: Mutex::new(State::new()) };

struct Kept {
    /// Whether there is something to deliver; asked by every call.
    waiting: AtomicBool,
    state: Mutex<State>,
}

struct State {
    messages: VecDeque<Message>,
    /// Whether somebody delivers, who will find what comes meanwhile.
    delivering: bool,
}

struct Message {
    level: Level,
    /// The name of the logger.
    target: String,
    text: String,
}

impl State {
    const fn new() -> Self {
        Self { messages: VecDeque::new(), delivering: false }
    }
}

/// What the engine writes its messages to.
struct Writer;

impl ::log::Log for Writer {
    /// The macros have asked for the level before.
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let target = record.target().replace("::", ".");
        let message = Message { level: record.level(), target, text: record.args().to_string() };
        let mut state = KEPT.state.lock();
        if state.messages.len() == WAITING_MAX {
            state.messages.pop_front();
        }
        state.messages.push_back(message);
        KEPT.waiting.store(true, Ordering::Relaxed);
    }

    fn flush(&self) {}
}

/// Has the engine's messages kept from now on.
///
/// A module that is imported again in the same process has its writer already.
pub(crate) fn install() {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    if *INSTALLED.get_or_init(|| ::log::set_logger(&Writer).is_ok()) {
        // Whether anybody listens is asked of Python's loggers at each delivery: they may be told anew at any time.
        ::log::set_max_level(LevelFilter::Debug);
    }
}

/// Hands what waits to the loggers of Python, unless another call is at it.
///
/// # Errors
/// What asks the program to end: an interrupt of the keyboard while a handler ran. What else a handler raises is told
/// to `sys.unraisablehook`, for the statement has nothing to do with it.
#[inline]
pub(crate) fn deliver(py: Python<'_>) -> PyResult<()> {
    if KEPT.waiting.load(Ordering::Relaxed) { deliver_all(py) } else { Ok(()) }
}

#[cold]
fn deliver_all(py: Python<'_>) -> PyResult<()> {
    if std::mem::replace(&mut KEPT.state.lock().delivering, true) {
        return Ok(());
    }
    while let Some(message) = next() {
        match hand_over(py, &message) {
            Err(error) if error.is_instance_of::<PyException>(py) => error.write_unraisable(py, None),
            Err(end) => {
                KEPT.state.lock().delivering = false;
                return Err(end);
            }
            Ok(()) => {}
        }
    }
    Ok(())
}

/// The message that waits longest; without one the delivery has ended.
fn next() -> Option<Message> {
    let mut state = KEPT.state.lock();
    let message = state.messages.pop_front();
    if message.is_none() {
        state.delivering = false;
        KEPT.waiting.store(false, Ordering::Relaxed);
    }
    message
}

fn hand_over(py: Python<'_>, message: &Message) -> PyResult<()> {
    let logging = py.import(intern!(py, "logging"))?;
    let logger = logging.call_method1(intern!(py, "getLogger"), (&message.target,))?;
    // The text is an argument: a percent sign in it formats nothing.
    logger.call_method1(intern!(py, "log"), (number(message.level), "%s", &message.text))?;
    Ok(())
}

/// The levels of Python's `logging`, which has none below its `DEBUG`.
fn number(level: Level) -> u8 {
    match level {
        Level::Error => 40,
        Level::Warn => 30,
        Level::Info => 20,
        Level::Debug | Level::Trace => 10,
    }
}
