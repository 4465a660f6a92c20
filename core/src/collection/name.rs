//! Which names a collection may have.

use crate::error::{Error, Result, code};

use super::ephemeral::EPHEMERAL_COLLECTION;

/// The longest collection name, in bytes.
const NAME_BYTES_MAX: usize = 255;
/// Names that begin so belong to the database.
const RESERVED_PREFIX: &str = "system.";

/// Accepts a name that a user may give to a collection.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let fault = if name.is_empty() {
        "it is empty".to_owned()
    } else if name.len() > NAME_BYTES_MAX {
        format!("it has {} bytes, {NAME_BYTES_MAX} are allowed", name.len())
    } else if name.contains('\0') {
        "it contains a NUL".to_owned()
    } else if name.contains('$') {
        "it contains a '$'".to_owned()
    } else if name.starts_with(RESERVED_PREFIX) || name == EPHEMERAL_COLLECTION {
        "the name is reserved".to_owned()
    } else {
        return Ok(());
    };
    let shown: String = name.chars().take(NAME_BYTES_MAX).collect();
    Err(Error::invalid(code::INVALID_NAMESPACE, format!("Invalid collection name {shown:?}: {fault}")))
}

/// Accepts a name that a read or a write may address: the hidden collection too.
pub(super) fn check_address(name: &str) -> Result<()> {
    if name == EPHEMERAL_COLLECTION { Ok(()) } else { check_name(name) }
}

/// Whether a listing of collections leaves the name out.
pub(super) fn is_hidden(name: &str) -> bool {
    name == EPHEMERAL_COLLECTION
}
