//! An update applied: from raw document to raw document.
//!
//! The old document is walked once, beside the tree of changes; what lies between two changes is copied as it is.

use std::borrow::Cow;

use super::bound::ARRAY_PADDING_MAX;
use super::number::Number;
use super::operand::Operand;
use super::projection::put_element_name;
use super::show::{shown, type_name};
use super::update::{Branch, Change, Child, Update};
use crate::document::builder::{begin, end, put_name, put_value, tag_of};
use crate::document::compare::compare;
use crate::document::raw::{DOCUMENT_BYTES_MAX, RawDoc, RawField, RawValue, tag};
use crate::error::{Error, Result, code};

const ID: &str = "_id";
/// MongoDB's number for an array that would have to be filled with too many nulls.
const CANNOT_BACKFILL_ARRAY: (i32, &str) = (34, "CannotBackfillArray");

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
    /// `Invalid`: `PathNotViable` (28), `TypeMismatch` (14), `BadValue` (2) for a sum beyond 64 bits,
    /// `ImmutableField` (66), `CannotBackfillArray` (34), `BSONObjectTooLarge` (10334).
    pub(crate) fn apply<'a>(&self, doc: RawDoc<'a>) -> Result<Applied<'a>> {
        let bytes = match self {
            Update::Operators(branch) => Apply { doc }.operators(branch)?,
            Update::Replacement(replacement) => Some(replace(doc, RawDoc::new(replacement))?),
        };
        match bytes {
            Some(bytes) if bytes.len() > DOCUMENT_BYTES_MAX => Err(Error::invalid(
                code::BSON_OBJECT_TOO_LARGE,
                format!(
                    "the updated document of {} bytes is over the limit of {DOCUMENT_BYTES_MAX} bytes",
                    bytes.len()
                ),
            )),
            Some(bytes) if bytes != doc.as_bytes() => {
                Ok(Applied { bytes: Cow::Owned(bytes), modified: true })
            }
            _ => Ok(Applied { bytes: Cow::Borrowed(doc.as_bytes()), modified: false }),
        }
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

fn immutable(how: &str) -> Error {
    Error::invalid(code::IMMUTABLE_FIELD, format!("the field '_id' is immutable: {how}"))
}

/// One application of operators; knows the document for its messages.
struct Apply<'a> {
    doc: RawDoc<'a>,
}

/// The names on the way to the place that is being changed.
struct Place<'p> {
    above: Option<&'p Place<'p>>,
    name: &'p str,
}

impl Apply<'_> {
    /// The new document; none when the walk met nothing to change.
    fn operators(&self, branch: &Branch) -> Result<Option<Vec<u8>>> {
        if branch.children().is_empty() {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(self.doc.as_bytes().len() + 64);
        self.document(self.doc, branch, None, &mut out)?;
        Ok(Some(out))
    }

    fn document(
        &self,
        doc: RawDoc<'_>,
        branch: &Branch,
        above: Option<&Place<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let start = begin(out);
        let mut met = vec![false; branch.children().len()];
        let mut copied = 4;
        for field in doc.fields() {
            let Some((at, child)) = branch.get(field.name) else { continue };
            if std::mem::replace(&mut met[at], true) {
                continue;
            }
            out.extend_from_slice(&doc.as_bytes()[copied..field.start]);
            copied = field.end;
            let place = Place { above, name: &child.name };
            let field_start = out.len();
            self.field(&field, child, &place, out)?;
            if above.is_none() && &*child.name == ID {
                keep_id(doc, &field, field_start, out)?;
            }
        }
        let last = doc.as_bytes().len().saturating_sub(1);
        out.extend_from_slice(doc.as_bytes().get(copied..last).unwrap_or_default());
        for (child, _) in branch.children().iter().zip(&met).filter(|(_, met)| !**met) {
            self.create(&child.name, &child.change, out);
        }
        end(out, start);
        Ok(())
    }

    /// Writes one field of a document after its change.
    fn field(&self, field: &RawField<'_>, child: &Child, place: &Place<'_>, out: &mut Vec<u8>) -> Result<()> {
        if child.change == Change::Unset {
            return Ok(());
        }
        let head = out.len();
        put_name(out, field.value.tag(), &child.name);
        out[head] = self.value(field.value, &child.change, place, out)?;
        Ok(())
    }

    /// Writes a value after its change, without its type and name, and answers its type.
    fn value(
        &self,
        value: RawValue<'_>,
        change: &Change,
        place: &Place<'_>,
        out: &mut Vec<u8>,
    ) -> Result<u8> {
        match change {
            Change::Set(operand) => {
                out.extend_from_slice(operand.raw().as_bytes());
                Ok(operand.tag())
            }
            Change::Unset => Ok(tag::NULL),
            Change::Increment(by) => {
                let sum = self.sum(value, *by, place)?.value();
                put_value(out, sum);
                Ok(tag_of(&sum))
            }
            Change::Below(branch) => {
                let inner = RawDoc::new(value.as_bytes());
                match value.tag() {
                    tag::DOCUMENT => self.document(inner, branch, Some(place), out)?,
                    tag::ARRAY => self.array(inner, branch, place, out)?,
                    _ => match branch.children().iter().find(|child| child.change.creates()) {
                        Some(child) => return Err(not_viable(&child.name, place, value)),
                        None => out.extend_from_slice(value.as_bytes()),
                    },
                }
                Ok(value.tag())
            }
        }
    }

    /// Changes elements of an array by position; positions beyond its end are created, with nulls between.
    fn array(&self, array: RawDoc<'_>, branch: &Branch, place: &Place<'_>, out: &mut Vec<u8>) -> Result<()> {
        if let Some(child) =
            branch.children().iter().find(|child| child.position.is_none() && child.change.creates())
        {
            return Err(not_viable(&child.name, place, RawValue::new(tag::ARRAY, array.as_bytes())));
        }
        let start = begin(out);
        let mut children = branch.children().iter().filter(|child| child.position.is_some()).peekable();
        let mut len = 0;
        for element in array.fields() {
            let child = children.next_if(|child| child.position == Some(len));
            let head = out.len();
            put_element_name(out, element.value.tag(), len);
            match child {
                Some(child) => {
                    let place = Place { above: Some(place), name: &child.name };
                    out[head] = self.value(element.value, &child.change, &place, out)?;
                }
                None => out.extend_from_slice(element.value.as_bytes()),
            }
            len += 1;
        }
        for child in children.filter(|child| child.change.creates()) {
            let position = child.position.unwrap_or(len);
            if position.saturating_sub(len) > ARRAY_PADDING_MAX {
                return Err(too_far(position, len, place));
            }
            while len < position {
                put_element_name(out, tag::NULL, len);
                len += 1;
            }
            let head = out.len();
            put_element_name(out, tag::NULL, len);
            out[head] = self.created(&child.change, out);
            len += 1;
        }
        end(out, start);
        Ok(())
    }

    fn create(&self, name: &str, change: &Change, out: &mut Vec<u8>) {
        if change.creates() {
            let head = out.len();
            put_name(out, tag::NULL, name);
            out[head] = self.created(change, out);
        }
    }

    /// Writes the value that a change makes where nothing stood, and answers its type.
    fn created(&self, change: &Change, out: &mut Vec<u8>) -> u8 {
        match change {
            Change::Set(operand) => {
                out.extend_from_slice(operand.raw().as_bytes());
                operand.tag()
            }
            Change::Increment(by) => {
                put_value(out, by.value());
                tag_of(&by.value())
            }
            Change::Unset => tag::NULL,
            Change::Below(branch) => {
                let start = begin(out);
                branch.children().iter().for_each(|child| self.create(&child.name, &child.change, out));
                end(out, start);
                tag::DOCUMENT
            }
        }
    }

    fn sum(&self, value: RawValue<'_>, by: Number, place: &Place<'_>) -> Result<Number> {
        let id = || self.doc.get(ID).map_or_else(|| "(none)".to_owned(), shown);
        let Some(number) = Number::of(value) else {
            return Err(Error::invalid(
                code::TYPE_MISMATCH,
                format!(
                    "cannot apply $inc to a value of non-numeric type: the document with _id {} has the field '{}' of type {}",
                    id(),
                    place.path(),
                    type_name(value.tag()),
                ),
            ));
        };
        number.plus(by).ok_or_else(|| {
            Error::invalid(
                code::BAD_VALUE,
                format!(
                    "cannot apply $inc of {by} at '{}' of the document with _id {}: the sum with {number} is over 64 bits",
                    place.path(),
                    id()
                ),
            )
        })
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

fn not_viable(name: &str, place: &Place<'_>, value: RawValue<'_>) -> Error {
    let message =
        format!("cannot create the field '{name}' in the element {{{}: {}}}", place.path(), shown(value));
    Error::invalid(code::PATH_NOT_VIABLE, message)
}

fn too_far(position: usize, len: usize, place: &Place<'_>) -> Error {
    Error::invalid(
        CANNOT_BACKFILL_ARRAY,
        format!(
            "position {position} of the array '{}' of {len} elements needs more than {ARRAY_PADDING_MAX} nulls before it",
            place.path()
        ),
    )
}

impl Place<'_> {
    /// The dotted path.
    fn path(&self) -> String {
        match self.above {
            Some(above) => format!("{}.{}", above.path(), self.name),
            None => self.name.to_owned(),
        }
    }
}
