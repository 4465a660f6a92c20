//! `$push`: elements put into an array, which may be sorted and cut afterwards.

use std::cmp::Ordering;

use crate::document::builder::ArrayWriter;
use crate::document::collation::Collation;
use crate::document::compare::compare_under;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::expression::operand::Operand;
use crate::expression::sort::Direction;

const NULL: RawValue<'static> = RawValue::new(tag::NULL, &[]);

/// A `$push` with its modifiers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Push {
    pub(crate) values: Vec<Operand>,
    /// Before which element; counted from the end when negative; the end when there is none.
    pub(crate) position: Option<i64>,
    /// How many elements stay, from the beginning, or from the end when negative.
    pub(crate) slice: Option<i64>,
    pub(crate) sort: Option<PushSort>,
    /// The order of texts in the sort, if it is another than that of their bytes.
    pub(crate) collation: Option<Collation>,
}

/// The order that the array is brought into.
#[derive(Debug, Clone)]
pub(crate) enum PushSort {
    /// By the elements themselves.
    Whole(Direction),
    /// By fields of elements that are documents; an element without the field counts as null.
    Fields(Vec<(Path, Direction)>),
}

impl Push {
    /// Whether it leaves an array as it is.
    pub(super) fn is_idle(&self) -> bool {
        self.values.is_empty() && self.slice.is_none() && self.sort.is_none()
    }

    /// Writes the array after the push.
    pub(super) fn write(&self, array: RawDoc<'_>, out: &mut Vec<u8>) {
        let mut elements: Vec<RawValue<'_>> = array.fields().map(|field| field.value).collect();
        let at = self.place(elements.len());
        elements.splice(at..at, self.values.iter().map(Operand::raw));
        if let Some(sort) = &self.sort {
            elements.sort_by(|a, b| sort.compare(*a, *b, self.collation.as_ref()));
        }
        let mut writer = ArrayWriter::new(out);
        self.kept(&elements).iter().for_each(|element| writer.append(*element));
    }

    /// Where the new elements go among `len`.
    fn place(&self, len: usize) -> usize {
        let Some(position) = self.position else { return len };
        let distance = usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX).min(len);
        if position < 0 { len - distance } else { distance }
    }

    fn kept<'e, 'v>(&self, elements: &'e [RawValue<'v>]) -> &'e [RawValue<'v>] {
        let Some(slice) = self.slice else { return elements };
        let count = usize::try_from(slice.unsigned_abs()).unwrap_or(usize::MAX).min(elements.len());
        if slice < 0 { &elements[elements.len() - count..] } else { &elements[..count] }
    }
}

impl PushSort {
    fn compare(&self, a: RawValue<'_>, b: RawValue<'_>, collation: Option<&Collation>) -> Ordering {
        match self {
            PushSort::Whole(direction) => direction.of(compare_under(a, b, collation)),
            PushSort::Fields(fields) => fields
                .iter()
                .map(|(path, direction)| direction.of(compare_under(key(a, path), key(b, path), collation)))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal),
        }
    }
}

fn key<'a>(element: RawValue<'a>, path: &Path) -> RawValue<'a> {
    element.as_document().and_then(|inner| path.get(inner)).unwrap_or(NULL)
}
