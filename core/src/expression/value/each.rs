//! `$map $filter $reduce`: an expression for each element of an array.

use super::fault::at;
use super::item::Item;
use super::node::{Node, Variable, check_nesting, push};
use super::number::{number_of, whole_int32};
use super::scope::{Binding, Scope};
use crate::document::builder::ArrayWriter;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Map,
    Filter,
    Reduce,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Each {
    pub(crate) kind: Kind,
    pub(crate) input: Node,
    /// What holds the element.
    pub(crate) item: Variable,
    /// What holds the result so far, in `$reduce`.
    pub(crate) value: Variable,
    /// The limit of `$filter`, the first value of `$reduce`.
    pub(crate) extra: Node,
    pub(crate) body: Node,
}

impl Each {
    pub(super) fn evaluate<'a>(&'a self, scope: &Scope<'a>) -> Result<Item<'a>> {
        let input = self.input.evaluate(scope)?;
        if input.is_nullish() {
            return Ok(Item::NULL);
        }
        let Some(array) = input.as_array() else { return Err(self.no_array(&input)) };
        match self.kind {
            Kind::Map => self.map(array, scope),
            Kind::Filter => self.filter(array, scope),
            Kind::Reduce => self.reduce(array, scope),
        }
    }

    fn no_array(&self, input: &Item<'_>) -> crate::error::Error {
        let seen = input.type_name();
        match self.kind {
            Kind::Map => at(16883, format!("input to $map must be an array, not {seen}")),
            Kind::Filter => at(28651, format!("input to $filter must be an array, not {seen}")),
            Kind::Reduce => {
                at(40080, format!("$reduce requires that 'input' be an array, found: {}", input.shown()))
            }
        }
    }

    fn binding<'s>(&self, value: RawValue<'s>, scope: &Scope<'s>) -> Binding<'s> {
        Binding { variable: self.item, value: Some(value), above: scope.bindings() }
    }

    fn map(&self, array: RawDoc<'_>, scope: &Scope<'_>) -> Result<Item<'static>> {
        let mut bytes = Vec::new();
        let mut out = ArrayWriter::new(&mut bytes);
        for (round, element) in array.fields().enumerate() {
            scope.round(round)?;
            let binding = self.binding(element.value, scope);
            push(&mut out, self.body.evaluate(&scope.with(Some(&binding)))?.raw())?;
        }
        out.finish();
        Item::container(tag::ARRAY, bytes)
    }

    fn filter(&self, array: RawDoc<'_>, scope: &Scope<'_>) -> Result<Item<'static>> {
        let limit = self.limit(scope)?;
        let mut bytes = Vec::new();
        let mut out = ArrayWriter::new(&mut bytes);
        for (round, element) in array.fields().enumerate() {
            if out.len() == limit {
                break;
            }
            scope.round(round)?;
            let binding = self.binding(element.value, scope);
            if self.body.evaluate(&scope.with(Some(&binding)))?.is_true() {
                out.append(element.value);
            }
        }
        out.finish();
        Item::container(tag::ARRAY, bytes)
    }

    fn limit(&self, scope: &Scope<'_>) -> Result<usize> {
        let limit = self.extra.evaluate(scope)?;
        if limit.is_nullish() {
            return Ok(usize::MAX);
        }
        let Some(number) = number_of(&limit).and_then(whole_int32) else {
            let seen = limit.shown();
            return Err(at(
                327391,
                format!("$filter: limit must be represented as a 32-bit integer, not {seen}"),
            ));
        };
        match usize::try_from(number) {
            Ok(limit @ 1..) => Ok(limit),
            _ => Err(at(327392, format!("$filter: limit must be greater than 0, but is {number}"))),
        }
    }

    fn reduce(&self, array: RawDoc<'_>, scope: &Scope<'_>) -> Result<Item<'static>> {
        let mut result = self.extra.evaluate(scope)?.into_owned();
        for (round, element) in array.fields().enumerate() {
            scope.round(round)?;
            let next = {
                let binding = self.binding(element.value, scope);
                let so_far = Binding { variable: self.value, value: result.raw(), above: Some(&binding) };
                self.body.evaluate(&scope.with(Some(&so_far)))?.into_owned()
            };
            check_nesting(&next)?;
            result = next;
        }
        Ok(result)
    }
}
