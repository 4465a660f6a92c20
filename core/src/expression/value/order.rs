//! `$sortArray`: an array in the order of its values, or of its documents' fields.

use std::cmp::Ordering;

use super::fault::at;
use super::item::Item;
use super::node::Node;
use super::scope::Scope;
use crate::document::builder::ArrayWriter;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::Result;
use crate::expression::sort::SortSpec;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SortArray {
    pub(crate) input: Node,
    pub(crate) order: Order,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Order {
    Ascending,
    Descending,
    /// By fields of the elements; what is no document counts as an empty one.
    Fields(SortSpec),
}

impl SortArray {
    pub(super) fn evaluate(&self, scope: &Scope<'_>) -> Result<Item<'static>> {
        let input = self.input.evaluate(scope)?;
        if input.is_nullish() {
            return Ok(Item::NULL);
        }
        let Some(array) = input.as_array() else {
            let seen = input.type_name();
            let what = "The input argument to $sortArray must be an array, but was of type";
            return Err(at(2_942_504, format!("{what}: {seen}")));
        };
        let values: Vec<RawValue<'_>> = array.fields().map(|field| field.value).collect();
        let mut bytes = Vec::with_capacity(array.as_bytes().len());
        let mut out = ArrayWriter::new(&mut bytes);
        self.order.sorted(values, scope)?.into_iter().for_each(|value| out.append(value));
        out.finish();
        Item::container(tag::ARRAY, bytes)
    }
}

impl Order {
    fn sorted<'v>(&self, mut values: Vec<RawValue<'v>>, scope: &Scope<'_>) -> Result<Vec<RawValue<'v>>> {
        let spec = match self {
            Order::Ascending => {
                values.sort_by(|a, b| scope.compare(*a, *b));
                return Ok(values);
            }
            Order::Descending => {
                values.sort_by(|a, b| scope.compare(*b, *a));
                return Ok(values);
            }
            Order::Fields(spec) => spec,
        };
        let mut keyed = Vec::with_capacity(values.len());
        for value in values {
            keyed.push((spec.key(value.as_document().unwrap_or(RawDoc::empty()))?, value));
        }
        keyed.sort_by(|(a, _), (b, _)| -> Ordering { spec.compare(a, b) });
        Ok(keyed.into_iter().map(|(_, value)| value).collect())
    }
}
