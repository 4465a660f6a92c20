//! An update applied: from raw document to raw document.
//!
//! The old document is walked once, beside the tree of changes; what lies between two changes is copied as it is.

use std::borrow::Cow;

use super::branch::{Branch, Change, Child};
use super::fault::{ID, immutable, not_viable, too_far, too_large};
use super::{ArrayFilters, Occasion, Operators, Update, rename};
use crate::document::builder::{begin, end, put_name};
use crate::document::compare::compare;
use crate::document::raw::{DOCUMENT_BYTES_MAX, RawDoc, RawField, RawValue, tag};
use crate::error::Result;
use crate::expression::bound::ARRAY_PADDING_MAX;
use crate::expression::operand::Operand;
use crate::expression::projection::put_element_name;
use crate::expression::show::shown;

/// So many changes of one document's fields are ticked off without memory of their own.
const FEW: usize = 16;

/// What an update made of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied<'a> {
    /// The new document; the old one's own bytes when nothing changed.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Whether a byte of the document changed.
    pub(crate) modified: bool,
}

impl Update {
    /// Applies the update to `doc`.
    ///
    /// `_id` keeps its bytes, whatever equal value is given for it.
    ///
    /// # Errors
    /// `Invalid`: `PathNotViable` (28), `TypeMismatch` (14), `BadValue` (2) for a number beyond 64 bits, a field that
    /// is no array and `$` without a match, `ConflictingUpdateOperators` (40) for elements that are chosen twice,
    /// `ImmutableField` (66), `CannotBackfillArray` (34), `Overflow` (15), `BSONObjectTooLarge` (10334).
    pub(crate) fn apply<'a>(&self, doc: RawDoc<'a>, occasion: &Occasion) -> Result<Applied<'a>> {
        let bytes = match self {
            Update::Operators(operators) => operators.apply(doc, occasion)?,
            Update::Replacement(replacement) => Some(replace(doc, RawDoc::new(replacement))?),
        };
        match bytes {
            Some(bytes) if bytes.len() > DOCUMENT_BYTES_MAX => Err(too_large(bytes.len())),
            Some(bytes) if bytes != doc.as_bytes() => {
                Ok(Applied { bytes: Cow::Owned(bytes), modified: true })
            }
            _ => Ok(Applied { bytes: Cow::Borrowed(doc.as_bytes()), modified: false }),
        }
    }
}

impl Operators {
    /// The new document; none when there is nothing to do.
    fn apply(&self, doc: RawDoc<'_>, occasion: &Occasion) -> Result<Option<Vec<u8>>> {
        let tree = self.tree(occasion)?;
        if tree.children().is_empty() {
            return Ok(None);
        }
        self.renames.iter().try_for_each(|(from, to)| rename::check(doc, from, to))?;
        let mut out = Vec::with_capacity(doc.as_bytes().len() + 64);
        Apply { doc, occasion, filters: &self.filters }.document(doc, &tree, None, &mut out)?;
        Ok(Some(out))
    }
}

/// `_id` of the old document first, then the replacement's other fields.
fn replace(doc: RawDoc<'_>, replacement: RawDoc<'_>) -> Result<Vec<u8>> {
    let old_id = doc.get(ID);
    if let (Some(old), Some(new)) = (old_id, replacement.get(ID))
        && compare(old, new).is_ne()
    {
        return Err(immutable(&format!(
            "the replacement would change it from {} to {}",
            shown(old),
            shown(new)
        )));
    }
    let mut out = Vec::with_capacity(replacement.as_bytes().len() + 32);
    let start = begin(&mut out);
    if let Some(id) = old_id.or_else(|| replacement.get(ID)) {
        put_name(&mut out, id.tag(), ID);
        out.extend_from_slice(id.as_bytes());
    }
    for field in replacement.fields().filter(|field| field.name != ID.as_bytes()) {
        out.extend_from_slice(&replacement.as_bytes()[field.start..field.end]);
    }
    end(&mut out, start);
    Ok(out)
}

/// One application of operators.
pub(super) struct Apply<'a> {
    /// The whole document, for messages and for what a rename moves.
    pub(super) doc: RawDoc<'a>,
    pub(super) occasion: &'a Occasion,
    pub(super) filters: &'a ArrayFilters,
}

/// The way to the place that is being changed.
pub(super) struct Place<'p> {
    pub(super) above: Option<&'p Place<'p>>,
    pub(super) step: Step<'p>,
}

#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    Name(&'p str),
    Position(usize),
}

impl Apply<'_> {
    fn document(
        &self,
        doc: RawDoc<'_>,
        branch: &Branch,
        above: Option<&Place<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let start = begin(out);
        let (mut few, mut many) = ([false; FEW], Vec::new());
        let met = match branch.children().len() {
            count @ ..=FEW => &mut few[..count],
            count => {
                many.resize(count, false);
                &mut many[..]
            }
        };
        let mut copied = 4;
        for field in doc.fields() {
            let Some((at, child)) = branch.get(field.name) else { continue };
            if std::mem::replace(&mut met[at], true) {
                continue;
            }
            out.extend_from_slice(&doc.as_bytes()[copied..field.start]);
            copied = field.end;
            let place = Place { above, step: Step::Name(&child.name) };
            let field_start = out.len();
            self.field(&field, child, &place, out)?;
            if above.is_none() && &*child.name == ID {
                keep_id(doc, &field, field_start, out)?;
            }
        }
        let last = doc.as_bytes().len().saturating_sub(1);
        out.extend_from_slice(doc.as_bytes().get(copied..last).unwrap_or_default());
        for (child, _) in branch.children().iter().zip(&*met).filter(|(_, met)| !**met) {
            self.create(child, &Place { above, step: Step::Name(&child.name) }, out)?;
        }
        end(out, start);
        Ok(())
    }

    /// Writes one field of a document after its change.
    fn field(&self, field: &RawField<'_>, child: &Child, place: &Place<'_>, out: &mut Vec<u8>) -> Result<()> {
        let head = out.len();
        put_name(out, field.value.tag(), &child.name);
        match self.value(field.value, &child.change, place, out)? {
            Some(kind) => out[head] = kind,
            None => out.truncate(head),
        }
        Ok(())
    }

    /// Writes one element of an array after its change; one that goes leaves null.
    pub(super) fn element(
        &self,
        value: RawValue<'_>,
        change: Option<&Change>,
        place: &Place<'_>,
        at: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let head = out.len();
        put_element_name(out, value.tag(), at);
        let body = out.len();
        let Some(change) = change else {
            out.extend_from_slice(value.as_bytes());
            return Ok(());
        };
        out[head] = self.value(value, change, place, out)?.unwrap_or_else(|| {
            out.truncate(body);
            tag::NULL
        });
        Ok(())
    }

    /// Writes a value after its change, without its type and name, and answers its type; none when it goes.
    fn value(
        &self,
        value: RawValue<'_>,
        change: &Change,
        place: &Place<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<u8>> {
        let branch = match change {
            Change::Here(action) => return self.act(value, action, place, out),
            Change::Below(branch) => branch,
        };
        let inner = RawDoc::new(value.as_bytes());
        match value.tag() {
            _ if branch.chooses_elements() => self.chosen_elements(value, branch, place, out)?,
            tag::DOCUMENT => self.document(inner, branch, Some(place), out)?,
            tag::ARRAY => self.array(inner, branch, place, out)?,
            _ => {
                self.check_viable(value, branch.children().iter(), place)?;
                out.extend_from_slice(value.as_bytes());
            }
        }
        Ok(Some(value.tag()))
    }

    /// Refuses changes below a value that has no such place.
    fn check_viable<'b>(
        &self,
        value: RawValue<'_>,
        mut children: impl Iterator<Item = &'b Child>,
        place: &Place<'_>,
    ) -> Result<()> {
        children.try_for_each(|child| {
            self.check_absent(&child.change, &Place { above: Some(place), step: Step::Name(&child.name) })?;
            let fails = self.demands(&child.change);
            if fails { Err(not_viable(&child.name, place, value)) } else { Ok(()) }
        })
    }

    /// Changes elements of an array by position; positions beyond its end are created, with nulls between.
    fn array(&self, array: RawDoc<'_>, branch: &Branch, place: &Place<'_>, out: &mut Vec<u8>) -> Result<()> {
        let whole = RawValue::new(tag::ARRAY, array.as_bytes());
        let named = branch.children().iter().filter(|child| child.position.is_none());
        self.check_viable(whole, named, place)?;
        let start = begin(out);
        let mut children = branch.children().iter().filter(|child| child.position.is_some()).peekable();
        let mut len = 0;
        for element in array.fields() {
            let change = children.next_if(|child| child.position == Some(len)).map(|child| &child.change);
            let here = Place { above: Some(place), step: Step::Position(len) };
            self.element(element.value, change, &here, len, out)?;
            len += 1;
        }
        for child in children {
            let here = Place { above: Some(place), step: Step::Name(&child.name) };
            self.check_absent(&child.change, &here)?;
            if !self.creates(&child.change) {
                continue;
            }
            let position = child.position.unwrap_or(len);
            if position.saturating_sub(len) > ARRAY_PADDING_MAX {
                return Err(too_far(position, len, place));
            }
            while len < position {
                put_element_name(out, tag::NULL, len);
                len += 1;
            }
            if out.len() > 2 * DOCUMENT_BYTES_MAX {
                return Err(too_large(out.len()));
            }
            let head = out.len();
            put_element_name(out, tag::NULL, len);
            out[head] = self.created(&child.change, &here, out)?;
            len += 1;
        }
        end(out, start);
        Ok(())
    }

    fn create(&self, child: &Child, place: &Place<'_>, out: &mut Vec<u8>) -> Result<()> {
        self.check_absent(&child.change, place)?;
        if self.creates(&child.change) {
            let head = out.len();
            put_name(out, tag::NULL, &child.name);
            out[head] = self.created(&child.change, place, out)?;
        }
        Ok(())
    }

    /// Writes the value that a change makes where nothing stood, and answers its type.
    fn created(&self, change: &Change, place: &Place<'_>, out: &mut Vec<u8>) -> Result<u8> {
        let action = match change {
            Change::Here(action) => action,
            Change::Below(branch) => {
                let start = begin(out);
                for child in branch.children() {
                    self.create(child, &Place { above: Some(place), step: Step::Name(&child.name) }, out)?;
                }
                end(out, start);
                return Ok(tag::DOCUMENT);
            }
        };
        Ok(self.make(action, out))
    }
}

/// Puts the old `_id` back where the field written from `field_start` on equals it, and refuses any other.
fn keep_id(doc: RawDoc<'_>, old: &RawField<'_>, field_start: usize, out: &mut Vec<u8>) -> Result<()> {
    let Some(&kind) = out.get(field_start) else {
        return Err(immutable(&format!("the update would remove {}", shown(old.value))));
    };
    let new = Operand::new(RawValue::new(kind, &out[field_start + 2 + ID.len()..]));
    if compare(old.value, new.raw()).is_ne() {
        return Err(immutable(&format!(
            "the update would change it from {} to {}",
            shown(old.value),
            shown(new.raw())
        )));
    }
    out.truncate(field_start);
    out.extend_from_slice(&doc.as_bytes()[old.start..old.end]);
    Ok(())
}

impl Place<'_> {
    /// The dotted path.
    pub(super) fn path(&self) -> String {
        let name = match self.step {
            Step::Name(name) => name.to_owned(),
            Step::Position(position) => position.to_string(),
        };
        match self.above {
            Some(above) => format!("{}.{name}", above.path()),
            None => name,
        }
    }
}
