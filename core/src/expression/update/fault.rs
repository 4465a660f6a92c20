//! How an update fails that does not fit its document.

use super::apply::Place;
use crate::document::raw::{DOCUMENT_BYTES_MAX, RawDoc, RawValue};
use crate::error::{Error, code};
use crate::expression::bound::ARRAY_PADDING_MAX;
use crate::expression::show::{shown, type_name};

pub(super) const ID: &str = "_id";

pub(super) fn conflict(path: &str, place: &str) -> Error {
    Error::invalid(
        code::CONFLICTING_UPDATE_OPERATORS,
        format!("updating the path '{path}' would create a conflict at '{place}'"),
    )
}

pub(super) fn immutable(how: &str) -> Error {
    Error::invalid(code::IMMUTABLE_FIELD, format!("the field '_id' is immutable: {how}"))
}

pub(super) fn not_viable(name: &str, place: &Place<'_>, value: RawValue<'_>) -> Error {
    let message =
        format!("cannot create the field '{name}' in the element {{{}: {}}}", place.path(), shown(value));
    Error::invalid(code::PATH_NOT_VIABLE, message)
}

pub(super) fn too_far(position: usize, len: usize, place: &Place<'_>) -> Error {
    Error::invalid(
        code::CANNOT_BACKFILL_ARRAY,
        format!(
            "position {position} of the array '{}' of {len} elements needs more than {ARRAY_PADDING_MAX} nulls before it",
            place.path()
        ),
    )
}

pub(super) fn too_large(bytes: usize) -> Error {
    Error::invalid(
        code::BSON_OBJECT_TOO_LARGE,
        format!("the updated document of {bytes} bytes is over the limit of {DOCUMENT_BYTES_MAX} bytes"),
    )
}

pub(super) fn no_elements(path: &str) -> Error {
    bad(format!("the path '{path}' must exist in the document in order to apply array updates"))
}

pub(super) fn no_array(path: &str, value: RawValue<'_>) -> Error {
    bad(format!("cannot apply array updates to the non-array element {{{path}: {}}}", shown(value)))
}

/// The operator wants another type than the field has.
pub(super) fn wrong_type(
    code: (i32, &'static str),
    operator: &str,
    wanted: &str,
    doc: RawDoc<'_>,
    place: &Place<'_>,
    value: RawValue<'_>,
) -> Error {
    Error::invalid(
        code,
        format!(
            "cannot apply {operator} to a value of {wanted} type: the document with _id {} has the field '{}' of type {}",
            id_of(doc),
            place.path(),
            type_name(value.tag()),
        ),
    )
}

pub(super) fn id_of(doc: RawDoc<'_>) -> String {
    doc.get(ID).map_or_else(|| "(none)".to_owned(), shown)
}

pub(super) fn bad(message: String) -> Error {
    Error::invalid(code::BAD_VALUE, message)
}
