//! The tree of an expression, and how a node is evaluated.

use super::each::Each;
use super::fault;
use super::field::FieldPath;
use super::functions::Function;
use super::item::{Item, nesting};
use super::order::SortArray;
use super::scope::{Binding, Scope};
use crate::document::builder::{ArrayWriter, DocWriter, RawValueBuf};
use crate::document::collation::Collation;
use crate::document::raw::{DEPTH_MAX, DOCUMENT_BYTES_MAX, RawDoc, RawValue, Value, tag};
use crate::error::Result;

/// A variable's number, unique in its expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variable(pub(crate) u32);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A value, or none where `$$REMOVE` was written.
    Constant(Option<RawValueBuf>),
    /// What stands below the document.
    Field(FieldPath),
    Root,
    Now,
    /// What stands below a variable; the variable itself when there is no path.
    Variable(Variable, Option<FieldPath>),
    Document(Box<[(Box<str>, Node)]>),
    Array(Box<[Node]>),
    Call(&'static Function, Box<[Node]>),
    Let(Box<[(Variable, Node)]>, Box<Node>),
    Each(Box<Each>),
    SortArray(Box<SortArray>),
    /// An argument that was not written.
    Absent,
}

impl Node {
    /// The node, or its value under a collation, if there is one, where constants alone decide it.
    ///
    /// # Errors
    /// Whatever evaluation answers.
    pub(crate) fn folded(self, collation: Option<&Collation>) -> Result<Self> {
        if !self.parts_are_constant() {
            return Ok(self);
        }
        let moment = super::Moment::at(0);
        let item = self.evaluate(&Scope::new(RawDoc::empty(), moment, collation))?;
        Ok(Node::Constant(item.raw().map(Into::into)))
    }

    fn parts_are_constant(&self) -> bool {
        let known = |node: &Node| matches!(node, Node::Constant(_) | Node::Absent);
        match self {
            Node::Call(_, parts) | Node::Array(parts) => parts.iter().all(known),
            Node::Document(parts) => parts.iter().all(|(_, part)| known(part)),
            Node::SortArray(sort) => known(&sort.input),
            _ => false,
        }
    }

    /// What stands below a value that is known, or the value itself when there is no path.
    pub(crate) fn constant_below(value: Option<RawValue<'_>>, path: Option<&FieldPath>) -> Self {
        let item = path.map_or(Item::of(value), |path| path.inside(value));
        Node::Constant(item.raw().map(Into::into))
    }

    pub(crate) fn constant(&self) -> Option<Option<RawValue<'_>>> {
        match self {
            Node::Constant(value) => Some(value.as_ref().map(RawValueBuf::as_value)),
            _ => None,
        }
    }

    pub(super) const fn is_absent(&self) -> bool {
        matches!(self, Node::Absent)
    }

    pub(crate) fn evaluate<'a>(&'a self, scope: &Scope<'a>) -> Result<Item<'a>> {
        Ok(match self {
            Node::Constant(value) => Item::of(value.as_ref().map(RawValueBuf::as_value)),
            Node::Absent => Item::Missing,
            Node::Field(path) => path.below(scope.root()),
            Node::Root => Item::Raw(RawValue::new(tag::DOCUMENT, scope.root().as_bytes())),
            Node::Now => Item::scalar(Value::DateTime(scope.now_ms())),
            Node::Variable(variable, None) => Item::of(scope.get(*variable)),
            Node::Variable(variable, Some(path)) => path.inside(scope.get(*variable)),
            Node::Document(fields) => document(fields, scope)?,
            Node::Array(elements) => array(elements, scope)?,
            Node::Call(function, arguments) => (function.evaluate)(arguments, scope)?,
            Node::Let(bindings, body) => bind(bindings, body, scope, scope.bindings())?,
            Node::Each(each) => each.evaluate(scope)?,
            Node::SortArray(sort) => sort.evaluate(scope)?,
        })
    }
}

fn document(fields: &[(Box<str>, Node)], scope: &Scope<'_>) -> Result<Item<'static>> {
    let mut bytes = Vec::new();
    let mut out = DocWriter::new(&mut bytes);
    for (name, node) in fields {
        if let Some(value) = node.evaluate(scope)?.raw() {
            out.append(name, value);
        }
        check_size(out.size())?;
    }
    out.finish();
    Item::container(tag::DOCUMENT, bytes)
}

/// A missing value becomes null in an array.
fn array(elements: &[Node], scope: &Scope<'_>) -> Result<Item<'static>> {
    let mut bytes = Vec::new();
    let mut out = ArrayWriter::new(&mut bytes);
    for node in elements {
        push(&mut out, node.evaluate(scope)?.raw())?;
    }
    out.finish();
    Item::container(tag::ARRAY, bytes)
}

/// Appends a value, or null for a missing one.
pub(super) fn push(out: &mut ArrayWriter<'_>, value: Option<RawValue<'_>>) -> Result<()> {
    match value {
        Some(value) => out.append(value),
        None => out.put(Value::Null),
    }
    check_size(out.size())
}

pub(super) fn check_size(bytes: usize) -> Result<()> {
    if bytes > DOCUMENT_BYTES_MAX { Err(fault::too_large(bytes)) } else { Ok(()) }
}

/// Refuses a value that a variable may not hold: what variables hold can be wrapped again and again.
pub(super) fn check_nesting(item: &Item<'_>) -> Result<()> {
    match item {
        Item::Owned(value) if nesting(value.as_value()) > DEPTH_MAX => Err(fault::too_deep()),
        _ => Ok(()),
    }
}

/// Binds the variables one after the other, each computed outside of them all, and evaluates the body.
fn bind<'a>(
    bindings: &[(Variable, Node)],
    body: &Node,
    outside: &Scope<'a>,
    above: Option<&Binding<'_>>,
) -> Result<Item<'static>> {
    let Some(((variable, node), rest)) = bindings.split_first() else {
        return Ok(body.evaluate(&outside.with(above))?.into_owned());
    };
    let value = node.evaluate(outside)?;
    check_nesting(&value)?;
    let binding = Binding { variable: *variable, value: value.raw(), above };
    bind(rest, body, outside, Some(&binding))
}
