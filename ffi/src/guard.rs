//! The boundary: what every call passes on its way in and out.
//!
//! Invariants
//!   G1  No panic leaves the library; one in an operation poisons the databases that the operation had touched.
//!   G2  No lock is held when a function of the caller's is called.
//!   G3  What a call answers has been written when it returns, and nothing of the caller's is kept.

use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::collection::Coll;
use crate::database::Database;
use crate::error;
use crate::fault::{Fault, Result};
use crate::handle::Object;
use crate::out::Out;
use crate::process::Process;
use crate::status::NX_OK;
use crate::types::{nx_error, nx_status};

/// What a call has looked up so far.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) process: &'static Process,
    /// The collection that the call is about, whose database is touched by that: to count one more who holds it would
    /// cost as much as to look it up.
    coll: OnceCell<Arc<Coll>>,
    /// Nearly always one; a list for it would be an allocation in every call.
    touched: OnceCell<Arc<Database>>,
    touched_besides: RefCell<Vec<Arc<Database>>>,
}

impl Scene {
    /// What a handle stands for.
    pub(crate) fn find<T: Object, P>(&self, handle: *const P) -> Result<Arc<T>> {
        self.process.table.get(handle.addr())
    }

    /// Remembers a database that is being used.
    pub(crate) fn touch(&self, database: &Arc<Database>) {
        if self.touched().any(|known| Arc::ptr_eq(known, database)) {
            return;
        }
        if let Err(second) = self.touched.set(Arc::clone(database)) {
            self.touched_besides.borrow_mut().push(second);
        }
    }

    /// The databases that are being used, but for those besides.
    fn touched(&self) -> impl Iterator<Item = &Arc<Database>> {
        self.coll.get().map(|coll| &coll.database).into_iter().chain(self.touched.get())
    }

    /// The collection that the call is about, and about to be used.
    pub(crate) fn collection<P>(&self, handle: *const P) -> Result<&Coll> {
        let found = self.find(handle)?;
        Ok(self.coll.get_or_init(|| found))
    }

    /// A database, about to be used.
    pub(crate) fn database<P>(&self, handle: *const P) -> Result<Arc<Database>> {
        let found = self.find(handle)?;
        self.touch(&found);
        Ok(found)
    }
}

/// Runs an operation, and tells the caller how it ended.
pub(crate) fn enter(
    err: &mut Out<'_, *mut nx_error>,
    deed: impl FnOnce(&Scene) -> Result<nx_status>,
) -> nx_status {
    let process = Process::current();
    let scene = Scene {
        process,
        coll: OnceCell::new(),
        touched: OnceCell::new(),
        touched_besides: RefCell::default(),
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| deed(&scene)));
    let outcome = outcome.unwrap_or_else(|panic| {
        let fault = Fault::panic(&text_of(panic));
        for database in scene.touched().chain(&*scene.touched_besides.borrow()) {
            database.poison(&fault.error.to_string());
        }
        Err(fault)
    });
    // To let go of a database may be to close it, which can panic like anything else.
    let ended = catch_unwind(AssertUnwindSafe(|| drop(scene)));
    let status =
        match outcome.and_then(|done| ended.map(|()| done).map_err(|panic| Fault::panic(&text_of(panic)))) {
            Ok(status) => status,
            Err(fault) => {
                let status = fault.status;
                if err.is_wanted() {
                    err.set(error::tell(fault));
                }
                status
            }
        };
    process.log.deliver();
    status
}

/// Runs what has no place for an error.
pub(crate) fn release(deed: impl FnOnce() -> Result<nx_status>) -> nx_status {
    let process = Process::current();
    let outcome = catch_unwind(AssertUnwindSafe(deed));
    let status = match outcome {
        Ok(Ok(status)) => status,
        Ok(Err(fault)) => fault.status,
        Err(panic) => Fault::panic(&text_of(panic)).status,
    };
    process.log.deliver();
    status
}

/// Takes a handle back. NULL and what is no handle of this kind are left alone.
pub(crate) fn free<T: Object>(handle: usize) {
    if handle != 0 {
        release(|| Process::current().table.remove::<T>(handle).map(|_| NX_OK));
    }
}

/// Looks something up, which leaves everything as it is; `otherwise` when it is not there.
pub(crate) fn look<R>(otherwise: R, deed: impl FnOnce() -> Option<R>) -> R {
    match catch_unwind(AssertUnwindSafe(deed)) {
        Ok(Some(found)) => found,
        Ok(None) => otherwise,
        Err(panic) => {
            text_of(panic);
            otherwise
        }
    }
}

/// What a panic said.
fn text_of(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    // Dropping what somebody panicked with could panic again.
    mem::forget(panic);
    text.unwrap_or_else(|| "no message".to_owned())
}
