//! In which order the fields of an entry stand in their document, which an answer from the index alone has to keep.
//!
//! What is expected is `_id` and then the fields in the order of the key; of another order an entry says which it is,
//! in one byte before its kinds. That byte is above all kinds.

use super::key_fields::FIELDS_MAX;
use super::spec::IndexSpec;
use crate::document::id::ID;

/// The lowest of these bytes, were it written: the expected order.
const EXPECTED: u8 = 0x80;
/// An order of more fields than a byte can tell apart.
const UNTOLD: u8 = u8::MAX;
/// The orders of so many fields are told.
const FIELDS_TOLD_MAX: usize = 5;

/// The place of each field of a key in the order of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldOrder {
    rank: [u8; FIELDS_MAX],
}

impl FieldOrder {
    /// What is expected of documents.
    pub(super) fn expected(spec: &IndexSpec) -> Self {
        let mut rank = [0; FIELDS_MAX];
        for (place, field) in expected(spec).zip(0..) {
            rank[place] = field;
        }
        Self { rank }
    }

    /// Where the field at `place` of the key stands among the others.
    pub(crate) fn rank(&self, place: usize) -> u8 {
        self.rank.get(place).copied().unwrap_or(u8::MAX)
    }
}

/// The places of the key's fields in the order that is expected.
fn expected(spec: &IndexSpec) -> impl Iterator<Item = usize> {
    let is_id = |place: &usize| spec.fields[*place].path.first() == ID;
    let (places, others) = (0..spec.fields.len(), 0..spec.fields.len());
    places.filter(is_id).chain(others.filter(move |place| !is_id(place)))
}

/// The byte for fields whose values stand at these places in the document, nothing for one that is missing; nothing when
/// the order is the expected one.
pub(super) fn told(spec: &IndexSpec, stands: &[Option<usize>]) -> Option<u8> {
    let (mut sorted, mut last, mut ascends) = ([(0, 0); FIELDS_MAX], 0, true);
    let count = stands.len().min(FIELDS_MAX);
    for (at, place) in expected(spec).take(count).enumerate() {
        // What is missing stands nowhere, and so where it changes nothing.
        let stands = stands[place].unwrap_or(last);
        ascends &= stands >= last;
        last = stands;
        sorted[at] = (stands, at);
    }
    if ascends {
        return None;
    }
    if count > FIELDS_TOLD_MAX {
        return Some(UNTOLD);
    }
    sorted[..count].sort_unstable();
    Some(EXPECTED + number(sorted[..count].iter().map(|(_, at)| *at)))
}

/// The number of a permutation among all of so many things, in the order of dictionaries.
fn number(order: impl ExactSizeIterator<Item = usize>) -> u8 {
    let mut left: Vec<usize> = (0..order.len()).collect();
    order.fold(0, |number, wanted| {
        let at = left.iter().position(|thing| *thing == wanted).unwrap_or(0);
        let choices = left.len() as u8;
        left.remove(at);
        number * choices + at as u8
    })
}

/// Takes the byte off what an entry says beside its key.
pub(super) fn split(beside: &[u8]) -> (Option<u8>, &[u8]) {
    match beside.split_first() {
        Some((byte, kinds)) if *byte >= EXPECTED => (Some(*byte), kinds),
        _ => (None, beside),
    }
}

/// The order that a byte tells, if it does.
pub(super) fn read(spec: &IndexSpec, byte: Option<u8>) -> Option<FieldOrder> {
    let Some(byte) = byte else { return Some(FieldOrder::expected(spec)) };
    let count = spec.fields.len();
    let mut number = byte.checked_sub(EXPECTED).filter(|_| count <= FIELDS_TOLD_MAX && byte != UNTOLD)?;
    let mut choices = [0; FIELDS_TOLD_MAX];
    for left in 1..=count {
        choices[count - left] = number % left as u8;
        number /= left as u8;
    }
    let mut left: Vec<usize> = expected(spec).collect();
    let mut order = FieldOrder { rank: [0; FIELDS_MAX] };
    for (rank, choice) in choices[..count].iter().enumerate() {
        order.rank[left.remove(usize::from(*choice))] = rank as u8;
    }
    (number == 0).then_some(order)
}
