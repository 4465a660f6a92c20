//! Messages of the log, brought to the caller's function.
//!
//! A message may be written anywhere, under any lock and on any thread.
//! So it is kept, and delivered by whoever leaves the library next.

use std::collections::VecDeque;
use std::ffi::{CString, c_void};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use ::log::{LevelFilter, Metadata, Record};
use nexuslite::{Error, ErrorKind};
use parking_lot::{Condvar, Mutex};

use crate::fault::{Fault, Result};
use crate::guard;
use crate::out::Out;
use crate::process::Process;
use crate::status::NX_OK;
use crate::types::{nx_error, nx_log_fn, nx_status};

/// So many messages wait at most; the oldest are given up for newer ones.
const WAITING_MAX: usize = 1024;

/// The log of one process.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// Whether there is something to deliver; asked by every call.
    waiting: AtomicBool,
    state: Mutex<State>,
    delivered: Condvar,
}

#[derive(Default)]
struct State {
    listener: Option<Listener>,
    messages: VecDeque<Message>,
    /// Who is delivering.
    by: Option<ThreadId>,
}

/// The caller's function, and where what is handed to it lies.
#[derive(Clone, Copy)]
struct Listener {
    function: unsafe extern "C" fn(*mut c_void, i32, *const std::ffi::c_char, *const std::ffi::c_char),
    data: usize,
}

#[derive(Debug)]
struct Message {
    level: i32,
    target: CString,
    text: CString,
}

impl Log {
    /// Delivers what waits, unless another thread is at it, or this one is and its function called us.
    #[inline]
    pub(crate) fn deliver(&self) {
        if self.waiting.load(Ordering::Relaxed) {
            self.deliver_all();
        }
    }

    #[cold]
    fn deliver_all(&self) {
        let mut state = self.state.lock();
        if state.by.is_some() {
            return;
        }
        state.by = Some(thread::current().id());
        while let (Some(listener), Some(message)) = (state.listener, state.messages.pop_front()) {
            drop(state);
            listener.hear(&message);
            state = self.state.lock();
        }
        state.by = None;
        self.waiting.store(!state.messages.is_empty(), Ordering::Relaxed);
        drop(state);
        self.delivered.notify_all();
    }

    /// Sets who listens. When this returns the one before is not called any more.
    fn listen(&self, listener: Option<Listener>) {
        let mut state = self.state.lock();
        state.listener = listener;
        if listener.is_none() {
            state.messages.clear();
        }
        let this = thread::current().id();
        while state.by.is_some_and(|by| by != this) {
            self.delivered.wait(&mut state);
        }
    }

    fn keep(&self, message: Message) {
        let mut state = self.state.lock();
        if state.listener.is_none() {
            return;
        }
        if state.messages.len() == WAITING_MAX {
            state.messages.pop_front();
        }
        state.messages.push_back(message);
        self.waiting.store(true, Ordering::Relaxed);
    }
}

impl Listener {
    fn hear(self, message: &Message) {
        let data = ptr::with_exposed_provenance_mut(self.data);
        // SAFETY: whoever set the function promised, as the header says, that it can be called with this pointer
        // from any thread until another is set; the texts live until it returns.
        unsafe { (self.function)(data, message.level, message.target.as_ptr(), message.text.as_ptr()) }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("waiting", &self.messages.len())
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

/// What the database writes its messages to.
#[derive(Debug)]
struct Writer;

impl ::log::Log for Writer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= ::log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let text = |text: &str| CString::new(text.replace('\0', "\u{2400}")).unwrap_or_default();
        let written = catch_unwind(AssertUnwindSafe(|| record.args().to_string()));
        let message = Message {
            level: record.level() as i32,
            target: text(record.target()),
            text: text(&written.unwrap_or_default()),
        };
        Process::current().log.keep(message);
    }

    fn flush(&self) {}
}

/// Has the messages of the log brought to `log`: those of `level` and graver, 1 (errors) to 5 (everything).
///
/// NULL ends it; when that returns, the function before is not called any more.
/// `data` is handed to each call, which may come from any thread that is inside this library.
/// `NX_ERR_EXISTS` when the program has another logger for Rust code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_log_set(
    log: nx_log_fn,
    data: *mut c_void,
    level: i32,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller promises that `err` is NULL or can be written to, as the header says of pointers.
    let mut err = unsafe { Out::new(err, ptr::null_mut()) };
    guard::enter(&mut err, |scene| {
        let Some(function) = log else {
            ::log::set_max_level(LevelFilter::Off);
            scene.process.log.listen(None);
            return Ok(NX_OK);
        };
        let level = level_of(level)?;
        install()?;
        scene.process.log.listen(Some(Listener { function, data: data.expose_provenance() }));
        ::log::set_max_level(level);
        Ok(NX_OK)
    })
}

fn level_of(level: i32) -> Result<LevelFilter> {
    let index = usize::try_from(level).ok().filter(|level| *level > 0);
    let known = index.and_then(|level| LevelFilter::iter().nth(level));
    known.ok_or_else(|| Fault::argument(format!("the level of the log is {level}, it must be 1 to 5")))
}

/// The library's writer as the one of all Rust code in this program, once.
fn install() -> Result<()> {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    if *INSTALLED.get_or_init(|| ::log::set_logger(&Writer).is_ok()) {
        return Ok(());
    }
    let what = "the program has a logger for Rust code already, which gets the library's messages";
    Err(Error::new(ErrorKind::Exists, what).into())
}
