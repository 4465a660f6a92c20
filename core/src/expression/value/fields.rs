//! Fields that are computed and put into a document: `$set`, and the computed part of a projection.

use super::fault::too_deep;
use super::item::{Item, nesting};
use super::node::check_size;
use super::{Expression, Moment};
use crate::document::builder::{begin, end, put_name, put_position};
use crate::document::raw::{DEPTH_MAX, RawDoc, RawValue, tag};
use crate::error::Result;
use crate::expression::filter::Filter;
use crate::expression::projection::{Collision, put_element_name};

/// Names in the order in which they were written, each with an expression or with names below it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ComputedFields {
    children: Vec<(Box<str>, Child)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Child {
    Value(Expression),
    /// The first element of the array of this name that the filter, an `$elemMatch`, takes; alone in an array.
    Element(Filter),
    Below(ComputedFields),
}

/// The tree with its values.
enum Computed<'a> {
    Value(Item<'a>),
    Below(Vec<(&'a str, Computed<'a>)>),
}

impl ComputedFields {
    pub(crate) fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// Adds an expression at the path of `names`.
    pub(crate) fn add(&mut self, names: &[&str], expression: Expression) -> Result<(), Collision> {
        self.add_below(names, 0, Child::Value(expression))
    }

    /// Adds the first element of the array `name` that satisfies `filter`, an `$elemMatch` of that array.
    pub(crate) fn add_element(&mut self, name: &str, filter: Filter) -> Result<(), Collision> {
        self.add_below(&[name], 0, Child::Element(filter))
    }

    fn add_below(&mut self, names: &[&str], level: usize, child: Child) -> Result<(), Collision> {
        let Some(name) = names.get(level) else { return Err(Collision::Path) };
        let last = names.len() == level + 1;
        let known = self.children.iter_mut().find(|(known, _)| **known == **name);
        match known {
            Some(_) if last => Err(Collision::Path),
            Some((_, Child::Value(_) | Child::Element(_))) => Err(Collision::Remaining(level + 1)),
            Some((_, Child::Below(below))) => below.add_below(names, level + 1, child),
            None if last => {
                self.children.push(((*name).into(), child));
                Ok(())
            }
            None => {
                let mut below = ComputedFields::default();
                below.add_below(names, level + 1, child)?;
                self.children.push(((*name).into(), Child::Below(below)));
                Ok(())
            }
        }
    }

    /// Appends `base` with the fields put into it to `out`, as one document; the expressions are about `doc`.
    ///
    /// A field that is there keeps its place, a new one comes last. Names below an array go into each of its
    /// elements; what is no document becomes one. A value that is missing takes the field away.
    ///
    /// # Errors
    /// As [`Expression::evaluate`], and `Invalid` for documents nested too deep or too large.
    pub(crate) fn apply_into(
        &self,
        base: RawDoc<'_>,
        doc: RawDoc<'_>,
        moment: &Moment<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let computed = self.compute(doc, moment)?;
        let start = out.len();
        Writer { out, start }.document(Some(base), &computed)?;
        if nesting(RawValue::new(tag::DOCUMENT, &out[start..])) > DEPTH_MAX {
            return Err(too_deep());
        }
        Ok(())
    }

    fn compute<'a>(&'a self, doc: RawDoc<'a>, moment: &Moment<'a>) -> Result<Vec<(&'a str, Computed<'a>)>> {
        let children = self.children.iter();
        children
            .map(|(name, child)| {
                let computed = match child {
                    Child::Value(expression) => Computed::Value(expression.evaluate(doc, moment)?),
                    Child::Element(filter) => Computed::Value(alone(filter.element(doc))?),
                    Child::Below(below) => Computed::Below(below.compute(doc, moment)?),
                };
                Ok((&**name, computed))
            })
            .collect()
    }
}

/// An array of the value; missing when there is none.
fn alone(element: Option<RawValue<'_>>) -> Result<Item<'static>> {
    let Some(element) = element else { return Ok(Item::Missing) };
    let mut array = Vec::with_capacity(element.as_bytes().len() + 8);
    let start = begin(&mut array);
    put_element_name(&mut array, element.tag(), 0);
    array.extend_from_slice(element.as_bytes());
    end(&mut array, start);
    Item::container(tag::ARRAY, array)
}

/// Writes a document and knows how large it has become: one value may go into each of many elements.
struct Writer<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
}

impl Writer<'_> {
    fn document(&mut self, base: Option<RawDoc<'_>>, computed: &[(&str, Computed<'_>)]) -> Result<()> {
        let start = begin(self.out);
        let mut met = vec![false; computed.len()];
        let base = base.unwrap_or(RawDoc::empty());
        for field in base.fields() {
            match computed.iter().position(|(name, _)| name.as_bytes() == field.name) {
                Some(at) if !met[at] => {
                    met[at] = true;
                    self.field(computed[at].0, &computed[at].1, Some(field.value))?;
                }
                _ => self.out.extend_from_slice(&base.as_bytes()[field.start..field.end]),
            }
        }
        for ((name, child), _) in computed.iter().zip(&met).filter(|(_, met)| !**met) {
            self.field(name, child, None)?;
        }
        end(self.out, start);
        check_size(self.out.len() - self.start)
    }

    fn field(&mut self, name: &str, child: &Computed<'_>, old: Option<RawValue<'_>>) -> Result<()> {
        match child {
            Computed::Value(item) => {
                if let Some(value) = item.raw() {
                    put_name(self.out, value.tag(), name);
                    self.out.extend_from_slice(value.as_bytes());
                }
                Ok(())
            }
            Computed::Below(below) => {
                let is_array = old.is_some_and(|old| old.tag() == tag::ARRAY);
                put_name(self.out, if is_array { tag::ARRAY } else { tag::DOCUMENT }, name);
                self.inside(old, below)
            }
        }
    }

    fn inside(&mut self, old: Option<RawValue<'_>>, below: &[(&str, Computed<'_>)]) -> Result<()> {
        let Some(array) = old.and_then(|old| old.as_array()) else {
            return self.document(old.and_then(|old| old.as_document()), below);
        };
        let start = begin(self.out);
        for (position, element) in array.fields().enumerate() {
            let is_array = element.value.tag() == tag::ARRAY;
            self.out.push(if is_array { tag::ARRAY } else { tag::DOCUMENT });
            put_position(self.out, position);
            self.inside(Some(element.value), below)?;
        }
        end(self.out, start);
        Ok(())
    }
}
