//! `$pull`, `$pullAll` and `$pop`: elements taken out of an array.

use super::action::{Action, End};
use crate::document::builder::ArrayWriter;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::expression::filter::Filter;
use crate::expression::operand::Operand;
use crate::expression::value_filter::ValueFilter;

/// Which elements a `$pull` takes.
#[derive(Debug, Clone)]
pub(crate) enum Pulled {
    /// Those that equal the value.
    Equal(Operand),
    /// Documents that satisfy the filter.
    Documents(Filter),
    /// Whatever satisfies operators such as `{$gte: 5}`.
    Values(ValueFilter),
}

impl Pulled {
    fn takes(&self, element: RawValue<'_>, scratch: &mut Vec<u8>) -> bool {
        match self {
            Pulled::Equal(operand) => operand.equals(element),
            Pulled::Documents(filter) => {
                element.tag() == tag::DOCUMENT && filter.matches(RawDoc::new(element.as_bytes()))
            }
            Pulled::Values(filter) => filter.matches(element, scratch),
        }
    }
}

/// Writes the array without the elements that `action` takes; nothing, and `false`, when it takes none.
pub(super) fn write(array: RawDoc<'_>, action: &Action, out: &mut Vec<u8>) -> bool {
    let mut scratch = Vec::new();
    let last = match action {
        Action::Pop(End::Last) => array.fields().count().checked_sub(1),
        _ => None,
    };
    let mut taken = false;
    let start = out.len();
    let mut writer = ArrayWriter::new(out);
    for (at, field) in array.fields().enumerate() {
        let takes = match action {
            Action::Pop(End::First) => at == 0,
            Action::Pop(End::Last) => Some(at) == last,
            Action::Pull(pulled) => pulled.takes(field.value, &mut scratch),
            Action::PullAll(list) => list.contains(field.value),
            _ => false,
        };
        taken |= takes;
        if !takes {
            writer.append(field.value);
        }
    }
    writer.finish();
    if !taken {
        out.truncate(start);
    }
    taken
}
