//! How a call is made: its format, its transaction, what may stop it and who is told of it.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use nexuslite::bson::RawDocumentBuf;
use nexuslite::{CancelToken, Collection, Error, ErrorKind, error::code};

use crate::cancel::Cancel;
use crate::collection::Coll;
use crate::database::Database;
use crate::fault::{Fault, Result};
use crate::format::Format;
use crate::guard::Scene;
use crate::room::Room;
use crate::status::NX_JSON;
use crate::transaction::Txn;
use crate::types::{nx_call, nx_cancel, nx_txn};

/// The collection as this library uses it: its documents are bytes.
pub(crate) type Raw = Collection<RawDocumentBuf>;

const DEFAULT: nx_call = nx_call {
    size: size_of::<nx_call>() as u32,
    format: NX_JSON,
    txn: ptr::null_mut(),
    cancel: ptr::null_mut(),
    progress: None,
    progress_data: ptr::null_mut(),
    room: ptr::null_mut(),
    room_len: 0,
};

/// The caller's `nx_call`, copied; its size when that cannot be.
pub(crate) struct Given(Result<nx_call, u32>);

impl Given {
    /// The caller's, or the defaults for NULL.
    ///
    /// # Safety
    /// `call` is NULL, or points to as many bytes as its first field says, which stay as they are until the call
    /// returns.
    pub(crate) unsafe fn new(call: *const nx_call) -> Self {
        if call.is_null() {
            return Self(Ok(DEFAULT));
        }
        // SAFETY: whoever called this promised that the first field can be read.
        let size = unsafe { call.cast::<u32>().read_unaligned() };
        if size as usize != size_of::<nx_call>() {
            return Self(Err(size));
        }
        // SAFETY: the first field says that there are as many bytes as this type has, and any bytes are one: each of
        // its fields is a number, a pointer that is not followed here, or a function that may be NULL.
        Self(Ok(unsafe { call.read_unaligned() }))
    }

    /// The call, looked up.
    #[inline]
    pub(crate) fn look_up(self, scene: &Scene) -> Result<Call> {
        let given = self.0.map_err(|size| {
            let own = size_of::<nx_call>();
            Fault::argument(format!(
                "the size of nx_call is {size}, but this library's is {own}: begin with NX_CALL_INIT, and build the \
                 program with this library's header"
            ))
        })?;
        let format = Format::of(given.format)?;
        let txn = if given.txn.is_null() { None } else { Some(transaction(given.txn, scene)?) };
        let cancel = if given.cancel.is_null() { None } else { Some(token(given.cancel, scene)?) };
        // SAFETY: the caller promised, as the header says of the room, that so many bytes can be written to until the
        // call returns, which is as long as a `Call` is used.
        let room = unsafe { Room::new(given.room.cast(), given.room_len)? };
        Ok(Call { format, txn, cancel, progress: Progress::of(&given), room })
    }
}

fn transaction(txn: *mut nx_txn, scene: &Scene) -> Result<Arc<Txn>> {
    let txn: Arc<Txn> = scene.find(txn)?;
    scene.touch(&txn.database);
    Ok(txn)
}

fn token(cancel: *mut nx_cancel, scene: &Scene) -> Result<CancelToken> {
    let token = scene.find::<Cancel, _>(cancel)?.token.clone();
    if token.is_cancelled() {
        let what = "the call was cancelled before it began";
        return Err(Error::new(ErrorKind::Cancelled, what).with_code(code::INTERRUPTED).into());
    }
    Ok(token)
}

/// How a call is made.
pub(crate) struct Call {
    pub(crate) format: Format,
    pub(crate) txn: Option<Arc<Txn>>,
    pub(crate) cancel: Option<CancelToken>,
    pub(crate) progress: Option<Progress>,
    pub(crate) room: Room,
}

impl Call {
    /// The collection of this handle: inside the transaction, where there is one.
    pub(crate) fn collection(&self, coll: &Coll) -> Result<Raw> {
        match &self.txn {
            None => Ok(coll.raw.clone()),
            Some(txn) => txn.of(&coll.database)?.run(|txn| Ok(txn.collection_as(coll.raw.name()))),
        }
    }

    /// Does something with the database: inside the transaction, where there is one.
    pub(crate) fn run<R>(
        &self,
        database: &Arc<Database>,
        alone: impl FnOnce(&nexuslite::Database) -> nexuslite::Result<R>,
        inside: impl FnOnce(&nexuslite::Transaction) -> nexuslite::Result<R>,
    ) -> Result<R> {
        match &self.txn {
            None => Ok(alone(&database.inner)?),
            Some(txn) => txn.of(database)?.run(inside),
        }
    }

    /// An error where there is a transaction: `what` happens outside of one only.
    pub(crate) fn refuse_transaction(&self, what: &str) -> Result<()> {
        if self.txn.is_none() {
            return Ok(());
        }
        let what = format!("{what} cannot happen inside a transaction");
        Err(Error::invalid(code::OPERATION_NOT_SUPPORTED_IN_TRANSACTION, what).into())
    }

    /// Puts what may stop the call into the options of a verb.
    pub(crate) fn cancel<O>(&self, options: O, set: impl FnOnce(O, CancelToken) -> O) -> O {
        match &self.cancel {
            Some(token) => set(options, token.clone()),
            None => options,
        }
    }
}

/// The caller's function that is told how far an operation is.
#[derive(Clone, Copy)]
pub(crate) struct Progress {
    function: unsafe extern "C" fn(*mut c_void, u64, u64) -> i32,
    data: usize,
}

impl Progress {
    fn of(given: &nx_call) -> Option<Self> {
        Some(Self { function: given.progress?, data: given.progress_data.expose_provenance() })
    }

    /// Tells it; says whether to go on. Only called while the operation runs, on the thread that asked for it.
    pub(crate) fn tell(self, done: u64, total: u64) -> bool {
        let data = ptr::with_exposed_provenance_mut(self.data);
        // SAFETY: the caller promised, by putting the function into its nx_call, that it can be called with this
        // pointer on this thread until the call returns.
        unsafe { (self.function)(data, done, total) == 0 }
    }
}
