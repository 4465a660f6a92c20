//! `$addToSet`: values that an array does not hold yet.

use crate::document::builder::ArrayWriter;
use crate::document::compare::compare_under;
use crate::document::raw::{RawDoc, RawValue};
use crate::expression::operand::Operand;

/// From so many new values on the array is sorted once instead of being read for each of them.
const SORTED_FROM: usize = 8;

/// Keeps the first of values that are equal.
pub(crate) fn distinct(values: Vec<Operand>) -> Vec<Operand> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].place_of(values[*a].raw()).then(a.cmp(b)));
    order.dedup_by(|b, a| values[*a].equals(values[*b].raw()));
    order.sort_unstable();
    let mut kept = order.into_iter().peekable();
    let chosen = values.into_iter().enumerate().filter(|(at, _)| kept.next_if_eq(at).is_some());
    chosen.map(|(_, value)| value).collect()
}

/// The values that `array` does not hold.
fn missing<'v>(array: RawDoc<'_>, values: &'v [Operand]) -> Vec<&'v Operand> {
    if values.len() < SORTED_FROM {
        let holds = |value: &Operand| array.fields().any(|field| value.equals(field.value));
        return values.iter().filter(|value| !holds(value)).collect();
    }
    let mut held: Vec<RawValue<'_>> = array.fields().map(|field| field.value).collect();
    // Where no value holds a text, the order of texts among those held says nothing about any of them.
    let collation = values.iter().find_map(Operand::collation);
    held.sort_by(|a, b| compare_under(*a, *b, collation));
    let place = |known: RawValue<'_>, value: &Operand| compare_under(known, value.raw(), collation);
    let holds = |value: &Operand| held.binary_search_by(|known| place(*known, value)).is_ok();
    values.iter().filter(|value| !holds(value)).collect()
}

/// Writes the array with what it lacks; nothing, and `false`, when it lacks nothing.
pub(super) fn write(array: RawDoc<'_>, values: &[Operand], out: &mut Vec<u8>) -> bool {
    let missing = missing(array, values);
    if missing.is_empty() {
        return false;
    }
    let mut writer = ArrayWriter::new(out);
    array.fields().for_each(|field| writer.append(field.value));
    missing.iter().for_each(|value| writer.append(value.raw()));
    true
}
