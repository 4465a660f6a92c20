//! What a change asks of a place where nothing stands, or where nothing can.

use super::action::Action;
use super::apply::{Apply, Place, Step};
use super::branch::{Branch, Change};
use super::fault::no_elements;
use crate::document::path::Path;
use crate::document::raw::RawValue;
use crate::error::Result;

impl<'a> Apply<'a> {
    /// What the rename of `from` moves.
    pub(super) fn moved(&self, from: &Path) -> Option<RawValue<'a>> {
        from.get(self.doc)
    }

    /// Whether the change would create a missing field.
    pub(super) fn creates(&self, change: &Change) -> bool {
        match change {
            Change::Below(branch) => branch.children().iter().any(|child| self.creates(&child.change)),
            Change::Here(action) => match &**action {
                Action::SetOnInsert(_) => self.occasion.is_insert,
                Action::Arrive(from) => self.moved(from).is_some(),
                Action::Unset | Action::Leave | Action::Pop(_) | Action::Pull(_) | Action::PullAll(_) => {
                    false
                }
                _ => true,
            },
        }
    }

    /// Whether the change fails where nothing can stand.
    pub(super) fn demands(&self, change: &Change) -> bool {
        match change {
            Change::Below(branch) => branch.children().iter().any(|child| self.demands(&child.change)),
            Change::Here(action) => {
                matches!(&**action, Action::Pop(_) | Action::Pull(_) | Action::PullAll(_))
                    || self.creates(change)
            }
        }
    }

    /// Refuses a change of array elements below a place where there is nothing.
    pub(super) fn check_absent(&self, change: &Change, place: &Place<'_>) -> Result<()> {
        let Change::Below(branch) = change else { return Ok(()) };
        if branch.chooses_elements() {
            return Err(no_elements(&place.path()));
        }
        self.check_all_absent(branch, place)
    }

    pub(super) fn check_all_absent(&self, branch: &Branch, place: &Place<'_>) -> Result<()> {
        branch.children().iter().try_for_each(|child| {
            self.check_absent(&child.change, &Place { above: Some(place), step: Step::Name(&child.name) })
        })
    }
}
