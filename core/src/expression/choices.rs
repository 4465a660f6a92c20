//! What a projection says of fields while it is read: to include them, or to leave them out, and never both.

use crate::document::id::ID;
use crate::error::Result;

use super::projection::{FieldTree, Mode};
use super::value::fault::at;

/// What was said so far.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    /// What is said of any field but `_id`.
    pub(crate) mode: Option<Mode>,
    /// What is said of `_id` as a whole, which may differ from that.
    pub(crate) id: Option<bool>,
    /// The fields of `mode`.
    pub(crate) fields: FieldTree,
}

impl Choices {
    /// Takes in what is said of the field at `path`.
    ///
    /// # Errors
    /// `Invalid`: a field is included where others are left out (31253) or the other way round (31254), or its path
    /// collides with another (31249, 31250).
    pub(crate) fn choose(&mut self, include: bool, path: &[&str]) -> Result<()> {
        if *path == [ID] {
            self.id = Some(include);
            return Ok(());
        }
        let place = path.join(".");
        let mode = if include { Mode::Include } else { Mode::Exclude };
        match (*self.mode.get_or_insert(mode), mode) {
            (Mode::Exclude, Mode::Include) => {
                Err(at(31253, format!("cannot do inclusion on field {place} in exclusion projection")))
            }
            (Mode::Include, Mode::Exclude) => {
                Err(at(31254, format!("cannot do exclusion on field {place} in inclusion projection")))
            }
            _ => self.fields.add(path).map_err(|collision| collision.at(path)),
        }
    }
}
