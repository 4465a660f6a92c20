//! What a call can fail with: an error of the database, or a mistake that only C can make.

use nexuslite::{Error, ErrorKind, error::code};

use crate::status::{self, NX_ERR_FORKED, NX_ERR_HANDLE, NX_ERR_PANIC};
use crate::types::nx_status;

/// The result of everything behind the boundary.
pub(crate) type Result<T, E = Fault> = std::result::Result<T, E>;

/// An error with the number that the caller is told.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) status: nx_status,
    pub(crate) error: Error,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { status: status::of_kind(error.kind()), error }
    }
}

impl Fault {
    /// A handle that is none.
    pub(crate) fn handle(message: impl Into<String>) -> Self {
        Self { status: NX_ERR_HANDLE, error: Error::new(ErrorKind::Invalid, message) }
    }

    /// A handle of the process that this one was forked from.
    pub(crate) fn forked(kind: &str) -> Self {
        let message = format!(
            "the {kind} was made by the process that this one (number {}) was forked from, and cannot be used here: \
             open the database again, once the parent has closed it",
            std::process::id()
        );
        Self { status: NX_ERR_FORKED, error: Error::new(ErrorKind::Invalid, message) }
    }

    /// A panic, caught at the boundary.
    pub(crate) fn panic(text: &str) -> Self {
        let message = format!("the library panicked, which is a mistake in it: {text}");
        Self { status: NX_ERR_PANIC, error: Error::new(ErrorKind::Internal, message) }
    }

    /// An argument that cannot be meant.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Error::invalid(code::BAD_VALUE, message).into()
    }

    /// An option that there is not, or that cannot be meant.
    pub(crate) fn option(message: impl Into<String>) -> Self {
        Error::invalid(code::INVALID_OPTIONS, message).into()
    }

    /// What this version cannot do.
    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Unsupported, message).into()
    }
}
