//! Operators that bind variables: `$let $map $filter $reduce`.

use crate::document::raw::{RawDoc, RawValue};
use crate::error::Result;
use crate::expression::show::type_name;
use crate::expression::value::fault::at;
use crate::expression::value::{Each, Kind, Node, Variable};

use super::Parser;
use super::path::check_bound_name;

/// MongoDB's numbers for what can be wrong with one of the loops, and its arguments.
struct Written {
    name: &'static str,
    not_object: i32,
    unknown: i32,
    known: &'static [&'static str],
}

impl Parser<'_> {
    pub(super) fn binding(&mut self, argument: RawValue<'_>) -> Result<Node> {
        let doc = arguments(
            argument,
            &Written { name: "$let", not_object: 16874, unknown: 16875, known: &["vars", "in"] },
        )?;
        let vars = required(doc, "$let", "vars", 16876)?;
        let body = required(doc, "$let", "in", 16877)?;
        let Some(vars) = vars.as_document() else {
            let seen = type_name(vars.tag());
            return Err(at(10065, format!("invalid parameter: expected an object (vars), found: {seen}")));
        };
        let mut bindings = Vec::new();
        let mut names = Vec::new();
        for (name, value) in vars.iter() {
            check_bound_name(name)?;
            let variable = self.new_variable();
            bindings.push((variable, self.expression(value)?));
            names.push((name.to_owned(), variable));
        }
        let body = self.with(names, body)?;
        let is_constant = |node: &Node| matches!(node, Node::Constant(_));
        if is_constant(&body) && bindings.iter().all(|(_, node)| is_constant(node)) {
            return Ok(body);
        }
        Ok(Node::Let(bindings.into(), Box::new(body)))
    }

    /// Reads `body` where the names are bound.
    fn with(&mut self, names: Vec<(String, Variable)>, body: RawValue<'_>) -> Result<Node> {
        let outside = self.bound.len();
        self.bound.extend(names);
        let body = self.expression(body);
        self.bound.truncate(outside);
        body
    }

    pub(super) fn each(&mut self, kind: Kind, argument: RawValue<'_>) -> Result<Node> {
        match kind {
            Kind::Map => self.map(argument),
            Kind::Filter => self.filter(argument),
            Kind::Reduce => self.reduce(argument),
        }
    }

    fn map(&mut self, argument: RawValue<'_>) -> Result<Node> {
        let written =
            Written { name: "$map", not_object: 16878, unknown: 16879, known: &["input", "as", "in"] };
        let doc = arguments(argument, &written)?;
        let input = required(doc, "$map", "input", 16880)?;
        let body = required(doc, "$map", "in", 16882)?;
        self.loop_over(Kind::Map, input, doc, Node::Absent, body)
    }

    fn filter(&mut self, argument: RawValue<'_>) -> Result<Node> {
        let known = &["input", "as", "cond", "limit"];
        let written = Written { name: "$filter", not_object: 28646, unknown: 28647, known };
        let doc = arguments(argument, &written)?;
        let input = required(doc, "$filter", "input", 28648)?;
        let body = required(doc, "$filter", "cond", 28650)?;
        let limit = doc.get("limit").map_or(Ok(Node::Absent), |limit| self.expression(limit))?;
        self.loop_over(Kind::Filter, input, doc, limit, body)
    }

    fn loop_over(
        &mut self,
        kind: Kind,
        input: RawValue<'_>,
        doc: RawDoc<'_>,
        extra: Node,
        body: RawValue<'_>,
    ) -> Result<Node> {
        let input = self.expression(input)?;
        let name = match doc.get("as") {
            None => "this",
            Some(name) => match name.as_str() {
                Some(name) => name,
                None => {
                    let seen = type_name(name.tag());
                    return Err(at(10065, format!("'as' must be a string, found: {seen}")));
                }
            },
        };
        check_bound_name(name)?;
        let item = self.new_variable();
        let body = self.with(vec![(name.to_owned(), item)], body)?;
        Ok(Node::Each(Box::new(Each { kind, input, item, value: item, extra, body })))
    }

    fn reduce(&mut self, argument: RawValue<'_>) -> Result<Node> {
        let known = &["input", "initialValue", "in"];
        let doc =
            arguments(argument, &Written { name: "$reduce", not_object: 40075, unknown: 40076, known })?;
        let input = required(doc, "$reduce", "input", 40077)?;
        let initial = required(doc, "$reduce", "initialValue", 40078)?;
        let body = required(doc, "$reduce", "in", 40079)?;
        let (input, extra) = (self.expression(input)?, self.expression(initial)?);
        let (item, value) = (self.new_variable(), self.new_variable());
        let body = self.with(vec![("this".to_owned(), item), ("value".to_owned(), value)], body)?;
        Ok(Node::Each(Box::new(Each { kind: Kind::Reduce, input, item, value, extra, body })))
    }
}

fn arguments<'a>(argument: RawValue<'a>, written: &Written) -> Result<RawDoc<'a>> {
    let name = written.name;
    let Some(doc) = argument.as_document() else {
        let seen = type_name(argument.tag());
        return Err(at(
            written.not_object,
            format!("{name} only supports an object as its argument, found: {seen}"),
        ));
    };
    match doc.iter().find(|(given, _)| !written.known.contains(given)) {
        Some((unknown, _)) => {
            Err(at(written.unknown, format!("Unrecognized parameter to {name}: {unknown}")))
        }
        None => Ok(doc),
    }
}

fn required<'a>(doc: RawDoc<'a>, operator: &str, name: &str, number: i32) -> Result<RawValue<'a>> {
    doc.get(name).ok_or_else(|| at(number, format!("Missing '{name}' parameter to {operator}")))
}
