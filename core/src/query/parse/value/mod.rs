//! An expression as it is written: `{$add: ["$price", 1]}`.
//!
//! What constants alone decide is decided here, as MongoDB does, so an operator that fails for its constants is an
//! error before the first document is read.

mod arguments;
mod bindings;
mod fields;
mod path;
mod pipeline;
mod variables;

#[cfg(test)]
mod tests;

pub(super) use fields::{Written, add_computed};
pub(super) use pipeline::STAGES_OF_MANY;
pub(crate) use pipeline::pipeline;
pub(crate) use variables::Variables;

use crate::document::collation::Collation;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result};
use crate::expression::bound::EXPRESSION_DEPTH_MAX;
use crate::expression::value::fault::{INVALID_PIPELINE_OPERATOR, at, too_deep};
use crate::expression::value::{Expression, Function, Node, Variable};

use super::Terms;

/// Reads an expression on these terms.
///
/// # Errors
/// `Invalid` with MongoDB's number: `InvalidPipelineOperator` (168) for an operator that is not known, and each
/// operator's own for its arguments.
pub(crate) fn expression(value: RawValue<'_>, terms: Terms<'_>) -> Result<Expression> {
    let root = Parser::new(terms).expression(value)?;
    Ok(Expression::new(root, terms.collation))
}

struct Parser<'c> {
    /// The variables that are bound here, the innermost last.
    bound: Vec<(String, Variable)>,
    /// How many variables there were.
    count: u32,
    depth: usize,
    collation: Option<&'c Collation>,
    variables: Option<&'c Variables>,
    /// Whether there is a document to look at.
    has_document: bool,
}

impl<'c> Parser<'c> {
    fn new(terms: Terms<'c>) -> Self {
        let Terms { collation, variables, .. } = terms;
        Self { bound: Vec::new(), count: 0, depth: 0, collation, variables, has_document: true }
    }

    fn expression(&mut self, value: RawValue<'_>) -> Result<Node> {
        self.depth += 1;
        if self.depth > EXPRESSION_DEPTH_MAX {
            return Err(too_deep());
        }
        let node = match value.read() {
            Value::String(text) if text.starts_with('$') => self.path(text),
            Value::Document(doc) => self.document(doc),
            Value::Array(array) => {
                let elements = array.iter().map(|(_, element)| self.expression(element));
                Node::Array(elements.collect::<Result<_>>()?).folded(self.collation)
            }
            _ => Ok(Node::Constant(Some(value.into()))),
        };
        self.depth -= 1;
        node
    }

    fn document(&mut self, doc: RawDoc<'_>) -> Result<Node> {
        match doc.iter().next() {
            Some((name, argument)) if name.starts_with('$') => {
                if doc.iter().nth(1).is_some() {
                    let what = "an object representing an expression must have exactly one field";
                    return Err(at(15983, format!("{what}, but that of {name} has {}", doc.iter().count())));
                }
                self.operator(name, argument).map_err(|error| error.context(name))
            }
            _ => self.object(doc),
        }
    }

    fn operator(&mut self, name: &str, argument: RawValue<'_>) -> Result<Node> {
        match Function::named(name) {
            Some(function) => self.call(function, argument),
            None => {
                Err(Error::invalid(INVALID_PIPELINE_OPERATOR, format!("Unrecognized expression '{name}'")))
            }
        }
    }

    fn object(&mut self, doc: RawDoc<'_>) -> Result<Node> {
        let mut fields: Vec<(Box<str>, Node)> = Vec::new();
        for (name, value) in doc.iter() {
            if name.starts_with('$') {
                let what =
                    "FieldPath field names may not start with '$'; consider using $getField or $setField";
                return Err(at(16410, format!("{what}: {name:?}")));
            }
            if name.contains('.') {
                let what = "FieldPath field names may not contain '.'; consider using $getField or $setField";
                return Err(at(16412, format!("{what}: {name:?}")));
            }
            if fields.iter().any(|(known, _)| **known == *name) {
                return Err(at(16406, format!("duplicate field name specified in object literal: {name:?}")));
            }
            fields.push((name.into(), self.expression(value)?));
        }
        Node::Document(fields.into()).folded(self.collation)
    }

    /// A variable that nothing else is called.
    fn new_variable(&mut self) -> Variable {
        self.count += 1;
        Variable(self.count)
    }
}
