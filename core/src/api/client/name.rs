//! Which names a database may have: MongoDB's rules on every system, so that a folder can be moved to any.

use crate::error::{Error, Result, code};

/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 63;
/// What no name may have.
const REFUSED: &str = " ./\\\"$*<>:|?\0";

/// Accepts a name that a database may have.
pub(super) fn check(name: &str) -> Result<()> {
    let fault = if name.is_empty() {
        "it is empty".to_owned()
    } else if let Some(character) = name.chars().find(|character| REFUSED.contains(*character)) {
        format!("it has the character {character:?}")
    } else if name.len() > NAME_BYTES_MAX {
        format!("it has {} bytes, {NAME_BYTES_MAX} are allowed", name.len())
    } else {
        return Ok(());
    };
    let shown: String = name.chars().take(NAME_BYTES_MAX).collect();
    Err(Error::invalid(code::INVALID_NAMESPACE, format!("Invalid database name {shown:?}: {fault}")))
}

/// Refuses a name that differs from another one in capital letters only: some systems take their files for one.
pub(super) fn check_case<'a>(name: &str, others: impl IntoIterator<Item = &'a String>) -> Result<()> {
    let folded = name.to_lowercase();
    match others.into_iter().find(|other| *other != name && other.to_lowercase() == folded) {
        None => Ok(()),
        Some(other) => {
            let what = format!(
                "db already exists with different case already have: [{other}] trying to create [{name}]"
            );
            Err(Error::invalid(code::DATABASE_DIFFER_CASE, what))
        }
    }
}
