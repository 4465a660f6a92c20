//! What an update changes: operators laid out as a tree of paths, or a whole new document.

use std::cmp::Ordering;

use super::number::Number;
use super::operand::Operand;
use crate::document::path::{Path, position};
use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};

/// An update, ready to be applied.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Update {
    /// `$set`, `$unset`, `$inc`, …, each at its path.
    Operators(Branch),
    /// A new document in the place of the old one, `_id` apart.
    Replacement(Box<[u8]>),
}

/// The names below one place that are changed, in the order in which missing fields are created.
///
/// A name that spells an array position comes before others by number; everything else goes by bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Branch {
    children: Vec<Child>,
}

/// One name and what happens there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Child {
    pub(super) name: Box<str>,
    /// The array position that the name spells.
    pub(super) position: Option<usize>,
    pub(super) change: Change,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Set(Operand),
    Unset,
    Increment(Number),
    Below(Branch),
}

impl Update {
    /// The replacement by `doc`, which the caller has checked.
    pub(crate) fn replacement(doc: RawDoc<'_>) -> Self {
        Self::Replacement(doc.as_bytes().into())
    }

    /// Whether it is a whole new document.
    pub(crate) fn is_replacement(&self) -> bool {
        matches!(self, Self::Replacement(_))
    }
}

impl Branch {
    /// The names, in the order in which missing fields are created.
    pub(crate) fn children(&self) -> &[Child] {
        &self.children
    }

    pub(super) fn get(&self, name: &[u8]) -> Option<(usize, &Child)> {
        if self.children.len() <= 8 {
            return self.children.iter().enumerate().find(|(_, child)| child.name.as_bytes() == name);
        }
        let name = std::str::from_utf8(name).ok()?;
        let place = spelled_position(name);
        let at = self
            .children
            .binary_search_by(|child| creation_order((child.position, &child.name), (place, name)));
        at.ok().map(|at| (at, &self.children[at]))
    }

    /// Whether something would be created here if nothing stood here.
    pub(super) fn creates(&self) -> bool {
        self.children.iter().any(|child| child.change.creates())
    }

    /// Adds a change at `path`.
    ///
    /// # Errors
    /// `Invalid`, `ConflictingUpdateOperators` (40): the path, or one above or below it, is changed already.
    pub(crate) fn add(&mut self, path: &Path, change: Change) -> Result<()> {
        self.add_below(path, 0, change)
    }

    fn add_below(&mut self, path: &Path, level: usize, change: Change) -> Result<()> {
        let conflict = || {
            let place = path.head(level + 1);
            Err(Error::invalid(
                code::CONFLICTING_UPDATE_OPERATORS,
                format!("updating the path '{path}' would create a conflict at '{place}'"),
            ))
        };
        let child = Child {
            name: path.name(level).unwrap_or_default().into(),
            position: path.position(level),
            change: Change::Below(Branch::default()),
        };
        let last = path.len() == level + 1;
        match self.children.binary_search_by(|known| known.order(&child)) {
            Ok(_) if last => conflict(),
            Ok(at) => match &mut self.children[at].change {
                Change::Below(branch) => branch.add_below(path, level + 1, change),
                _ => conflict(),
            },
            Err(at) if last => {
                self.children.insert(at, Child { change, ..child });
                Ok(())
            }
            Err(at) => {
                let mut branch = Branch::default();
                branch.add_below(path, level + 1, change)?;
                self.children.insert(at, Child { change: Change::Below(branch), ..child });
                Ok(())
            }
        }
    }
}

/// A total order: names that spell positions first, by number.
fn creation_order(a: (Option<usize>, &str), b: (Option<usize>, &str)) -> Ordering {
    match (a.0, b.0) {
        (Some(mine), Some(others)) => mine.cmp(&others),
        (None, None) => a.1.cmp(b.1),
        (mine, others) => others.is_some().cmp(&mine.is_some()),
    }
}

fn spelled_position(name: &str) -> Option<usize> {
    position(name).map(|position| position as usize)
}

impl Child {
    fn order(&self, other: &Self) -> Ordering {
        creation_order((self.position, &self.name), (other.position, &other.name))
    }
}

impl Change {
    /// Whether a missing field would be created.
    pub(super) fn creates(&self) -> bool {
        match self {
            Change::Set(_) | Change::Increment(_) => true,
            Change::Unset => false,
            Change::Below(branch) => branch.creates(),
        }
    }
}
