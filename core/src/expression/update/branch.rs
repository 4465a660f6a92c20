//! Actions laid out as a tree of names.

use std::cmp::Ordering;
use std::sync::Arc;

use super::action::Action;
use super::fault::conflict;
use crate::document::path::{Path, position};
use crate::error::Result;

/// The name that stands for the position which the filter found.
pub(super) const POSITIONAL: &str = "$";

/// The names below one place that are changed, in the order in which missing fields are created.
///
/// A name that spells an array position comes before others by number; everything else goes by bytes.
/// Either all names are those of fields and positions, or all of them choose elements of an array (`$[]`, `$[name]`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Branch {
    children: Vec<Child>,
}

/// One name and what happens there.
#[derive(Debug, Clone)]
pub(super) struct Child {
    pub(super) name: Box<str>,
    /// The array position that the name spells.
    pub(super) position: Option<usize>,
    pub(super) change: Change,
}

#[derive(Debug, Clone)]
pub(super) enum Change {
    Here(Arc<Action>),
    Below(Branch),
}

/// Whether a name in a path chooses elements of an array: `$[]` or `$[name]`.
pub(crate) fn is_elements_part(name: &str) -> bool {
    name.starts_with("$[") && name.ends_with(']')
}

/// The name between the brackets; nothing when the name chooses no elements, or all of them.
pub(super) fn identifier(name: &str) -> Option<&str> {
    name.strip_prefix("$[")?.strip_suffix(']').filter(|identifier| !identifier.is_empty())
}

impl Branch {
    /// The names, in the order in which missing fields are created.
    pub(super) fn children(&self) -> &[Child] {
        &self.children
    }

    /// Whether the names choose elements of an array.
    pub(super) fn chooses_elements(&self) -> bool {
        self.children.first().is_some_and(|child| is_elements_part(&child.name))
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

    /// Adds an action at `path`.
    ///
    /// # Errors
    /// `Invalid`, `ConflictingUpdateOperators` (40): the path, or one above or below it, is changed already.
    pub(crate) fn add(&mut self, path: &Path, action: Action) -> Result<()> {
        self.add_below(path, 0, Arc::new(action))
    }

    fn add_below(&mut self, path: &Path, level: usize, action: Arc<Action>) -> Result<()> {
        let clash = || Err(conflict(path.as_str(), path.head(level + 1)));
        let name = path.name(level).unwrap_or_default();
        if !self.children.is_empty() && self.chooses_elements() != is_elements_part(name) {
            return Err(conflict(path.as_str(), path.head(level)));
        }
        let child = Child::new(name, Change::Below(Branch::default()));
        let last = path.len() == level + 1;
        match self.place_of(&child) {
            Ok(_) if last => clash(),
            Ok(at) => match &mut self.children[at].change {
                Change::Below(branch) => branch.add_below(path, level + 1, action),
                Change::Here(_) => clash(),
            },
            Err(at) if last => {
                self.children.insert(at, Child { change: Change::Here(action), ..child });
                Ok(())
            }
            Err(at) => {
                let mut branch = Branch::default();
                branch.add_below(path, level + 1, action)?;
                self.children.insert(at, Child { change: Change::Below(branch), ..child });
                Ok(())
            }
        }
    }

    /// The same tree with the position that the filter found in the place of `$`.
    ///
    /// # Errors
    /// `Invalid`, `ConflictingUpdateOperators` (40): what stands at `$` is changed by its position too.
    pub(super) fn with_position(&self, position: &str, above: &str) -> Result<Branch> {
        let mut resolved = Branch::default();
        for child in &self.children {
            let name = if &*child.name == POSITIONAL { position } else { &child.name };
            let here = joined(above, name);
            let change = match &child.change {
                Change::Below(branch) => Change::Below(branch.with_position(position, &here)?),
                action @ Change::Here(_) => action.clone(),
            };
            resolved.put(Child::new(name, change), &here)?;
        }
        Ok(resolved)
    }

    /// Adds a child, merged with the one of the same name that is there.
    fn put(&mut self, child: Child, here: &str) -> Result<()> {
        match self.place_of(&child) {
            Ok(at) => self.children[at].change = self.children[at].change.merged(&child.change, here)?,
            Err(at) => self.children.insert(at, child),
        }
        Ok(())
    }

    fn place_of(&self, child: &Child) -> std::result::Result<usize, usize> {
        let key = (child.position, &*child.name);
        self.children.binary_search_by(|known| creation_order((known.position, &known.name), key))
    }
}

impl Child {
    fn new(name: &str, change: Change) -> Self {
        Self { name: name.into(), position: spelled_position(name), change }
    }
}

impl Change {
    /// Both changes of what stands at `here`.
    ///
    /// # Errors
    /// `Invalid`, `ConflictingUpdateOperators` (40): they change the same.
    pub(super) fn merged(&self, other: &Change, here: &str) -> Result<Change> {
        match (self, other) {
            (Change::Below(one), Change::Below(two)) if one.chooses_elements() == two.chooses_elements() => {
                let mut both = one.clone();
                for child in &two.children {
                    both.put(child.clone(), &joined(here, &child.name))?;
                }
                Ok(Change::Below(both))
            }
            _ => Err(conflict(here, here)),
        }
    }
}

fn joined(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") }
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
