//! A wish to stop, told from another thread.

use std::sync::Arc;

use nexuslite::CancelToken;

use crate::guard;
use crate::handle::{Kind, Object};
use crate::process::Process;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_cancel, nx_error, nx_status};

/// What stands behind an `nx_cancel`.
#[derive(Debug, Default)]
pub(crate) struct Cancel {
    pub(crate) token: CancelToken,
}

impl Object for Cancel {
    const KIND: Kind = Kind::Cancel;
}

/// Makes a token. Put it into the `nx_call` of whatever it should be able to stop.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_cancel_new(out: *mut *mut nx_cancel, err: *mut *mut nx_error) -> nx_status {
    take!(=> out, err);
    guard::enter(&mut err, |_| {
        crate::wanted(&out)?;
        crate::give_handle(&mut out, Arc::new(Cancel::default()))?;
        Ok(NX_OK)
    })
}

/// Stops every call that was given the token, after its present batch, with `NX_ERR_CANCELLED`; calls that are given
/// it later do not begin. From any thread.
#[unsafe(no_mangle)]
pub extern "C" fn nx_cancel_fire(cancel: *mut nx_cancel) -> nx_status {
    guard::release(|| {
        Process::current().table.get::<Cancel>(cancel.addr())?.token.cancel();
        Ok(NX_OK)
    })
}

/// Frees the token; calls that were given it go on, and can no longer be stopped by it. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_cancel_free(cancel: *mut nx_cancel) {
    guard::free::<Cancel>(cancel.addr());
}
