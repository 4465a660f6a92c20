//! Transactions and their savepoints.

use std::ffi::c_void;
use std::sync::Arc;

use nexuslite::{Error, ErrorKind, Savepoint, Transaction, error::code};
use parking_lot::Mutex;

use crate::database::Database;
use crate::fault::{Fault, Result};
use crate::guard::{self, Scene};
use crate::handle::{Kind, Object};
use crate::options;
use crate::process::Process;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_call, nx_db, nx_error, nx_status, nx_txn};

/// What stands behind an `nx_txn`.
#[derive(Debug)]
pub(crate) struct Txn {
    pub(crate) database: Arc<Database>,
    live: Mutex<Option<Live>>,
}

#[derive(Debug)]
struct Live {
    transaction: Transaction,
    /// Those that can still be come back to, oldest first, each with its number.
    savepoints: Vec<(u64, Savepoint)>,
    next: u64,
}

impl Object for Txn {
    const KIND: Kind = Kind::Transaction;
}

impl Txn {
    /// The transaction, if it is one of this database.
    pub(crate) fn of(&self, database: &Arc<Database>) -> Result<&Self> {
        if Arc::ptr_eq(&self.database, database) {
            return Ok(self);
        }
        Err(Fault::argument("the transaction was begun with another handle of a database"))
    }

    /// Does something inside it.
    pub(crate) fn run<R>(&self, deed: impl FnOnce(&Transaction) -> nexuslite::Result<R>) -> Result<R> {
        let live = self.live.lock();
        Ok(deed(&live.as_ref().ok_or_else(over)?.transaction)?)
    }

    /// Takes it, to end it.
    fn end(&self) -> Result<Transaction> {
        let live = self.live.lock().take();
        Ok(live.ok_or_else(over)?.transaction)
    }
}

fn over() -> Error {
    Error::new(ErrorKind::Closed, "the transaction has ended").with_code(code::NO_SUCH_TRANSACTION)
}

fn find(scene: &Scene, txn: *mut nx_txn) -> Result<Arc<Txn>> {
    let txn: Arc<Txn> = scene.find(txn)?;
    scene.touch(&txn.database);
    Ok(txn)
}

/// Begins a transaction. It sees the database as it is now, and what is done in it.
///
/// Statements happen in it when their `nx_call` names it. There are no options yet: give NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_txn_begin(
    db: *mut nx_db,
    call: *const nx_call,
    options: *const c_void,
    options_len: usize,
    out: *mut *mut nx_txn,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        call.refuse_transaction("a transaction")?;
        let options = options.document(call.format, "options")?;
        options::read("begin", options.as_ref(), (), |(), _| Ok(None))?;
        crate::wanted(&out)?;
        let transaction = database.inner.begin()?;
        let live = Live { transaction, savepoints: Vec::new(), next: 1 };
        crate::give_handle(&mut out, Arc::new(Txn { database, live: Mutex::new(Some(live)) }))?;
        Ok(NX_OK)
    })
}

/// Makes everything that was done in the transaction happen; afterwards it is over, whatever the answer.
///
/// `NX_ERR_CONFLICT` when somebody else changed the same documents first: nothing has happened, begin again.
/// `NX_ERR_COMMIT_INDETERMINATE` when the device failed: look whether it happened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_txn_commit(txn: *mut nx_txn, err: *mut *mut nx_error) -> nx_status {
    take!(=> err);
    guard::enter(&mut err, |scene| {
        find(scene, txn)?.end()?.commit()?;
        Ok(NX_OK)
    })
}

/// Forgets everything that was done in the transaction; afterwards it is over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_txn_abort(txn: *mut nx_txn, err: *mut *mut nx_error) -> nx_status {
    take!(=> err);
    guard::enter(&mut err, |scene| {
        find(scene, txn)?.end()?.abort()?;
        Ok(NX_OK)
    })
}

/// Marks a moment in the transaction that it can be taken back to; `number` names it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_txn_savepoint(
    txn: *mut nx_txn,
    number: *mut u64,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(=> number, err);
    guard::enter(&mut err, |scene| {
        let txn = find(scene, txn)?;
        crate::wanted(&number)?;
        let mut live = txn.live.lock();
        let live = live.as_mut().ok_or_else(over)?;
        let savepoint = live.transaction.savepoint()?;
        live.savepoints.push((live.next, savepoint));
        number.set(live.next);
        live.next += 1;
        Ok(NX_OK)
    })
}

/// Forgets everything that was done since the savepoint, and the savepoints made since; the savepoint itself stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_txn_rollback_to(
    txn: *mut nx_txn,
    number: u64,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(=> err);
    guard::enter(&mut err, |scene| {
        let txn = find(scene, txn)?;
        let mut live = txn.live.lock();
        let live = live.as_mut().ok_or_else(over)?;
        let Some(at) = live.savepoints.iter().position(|(known, _)| *known == number) else {
            return Err(Fault::argument(format!("the transaction has no savepoint {number}")));
        };
        live.transaction.rollback_to(live.savepoints[at].1)?;
        live.savepoints.truncate(at + 1);
        Ok(NX_OK)
    })
}

/// Frees the handle, and forgets what was done in the transaction unless it was committed. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_txn_free(txn: *mut nx_txn) {
    guard::release(|| {
        let txn = Process::current().table.remove::<Txn>(txn.addr())?;
        // A cursor inside it may keep the object alive, but not the transaction.
        let live = txn.live.lock().take();
        drop(live);
        Ok(NX_OK)
    });
}
