//! Which elements of an array a path means: `$`, `$[]` and `$[name]`.

use std::borrow::Cow;

use super::apply::{Apply, Place, Step};
use super::branch::{Branch, Change, identifier};
use super::fault::{bad, no_array};
use super::{Occasion, Operators};
use crate::document::builder::{begin, end};
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::Result;

impl Operators {
    /// The tree of actions with the position that the filter found in the place of `$`.
    ///
    /// # Errors
    /// `Invalid`: `BadValue` (2) when the filter found none, `ConflictingUpdateOperators` (40).
    pub(super) fn tree(&self, occasion: &Occasion) -> Result<Cow<'_, Branch>> {
        if !self.positional {
            return Ok(Cow::Borrowed(&self.root));
        }
        match occasion.matched {
            Some(position) => self.root.with_position(&position.to_string(), "").map(Cow::Owned),
            None => Err(bad(
                "the positional operator did not find the match needed from the query: the filter must lead through an array"
                    .to_owned(),
            )),
        }
    }
}

impl Apply<'_> {
    /// Changes the elements of an array that the names in `branch` choose.
    pub(super) fn chosen_elements(
        &self,
        value: RawValue<'_>,
        branch: &Branch,
        place: &Place<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if value.tag() != tag::ARRAY {
            return Err(no_array(&place.path(), value));
        }
        let mut scratch = Vec::new();
        let start = begin(out);
        for (at, field) in RawDoc::new(value.as_bytes()).fields().enumerate() {
            let here = Place { above: Some(place), step: Step::Position(at) };
            let change = self.chosen(field.value, branch, &here, &mut scratch)?;
            self.element(field.value, change.as_deref(), &here, at, out)?;
        }
        end(out, start);
        Ok(())
    }

    /// What happens to one element: all that the names which choose it say.
    fn chosen<'b>(
        &self,
        element: RawValue<'_>,
        branch: &'b Branch,
        place: &Place<'_>,
        scratch: &mut Vec<u8>,
    ) -> Result<Option<Cow<'b, Change>>> {
        let mut chosen: Option<Cow<'b, Change>> = None;
        for child in branch.children() {
            let takes = match identifier(&child.name) {
                None => true,
                Some(name) => self.filters.get(name).is_some_and(|filter| filter.matches(element, scratch)),
            };
            if takes {
                chosen = Some(match chosen {
                    None => Cow::Borrowed(&child.change),
                    Some(before) => Cow::Owned(before.merged(&child.change, &place.path())?),
                });
            }
        }
        Ok(chosen)
    }
}
