//! The operators by name, and the shape of arguments that each takes.

use std::fmt;

use super::item::Item;
use super::node::Node;
use super::scope::Scope;
use super::{
    arithmetic, array, boolean, comparison, conditional, convert, date, each, object, power, rounding, set,
    statistics, string, substring, trim,
};
use crate::error::Result;

/// How a call is evaluated.
pub(super) type Evaluate = for<'a> fn(&'a [Node], &Scope<'a>) -> Result<Item<'a>>;

/// An operator.
#[derive(Clone, Copy)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(super) evaluate: Evaluate,
}

/// How an operator's arguments are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// A list, or one value that is no list.
    Between(usize, usize),
    /// A list of so many or more; MongoDB's number for fewer.
    AtLeast(usize, i32),
    /// A document of named arguments.
    Named(&'static Named),
    /// A document of named arguments, or a list of so many.
    NamedOrExactly(&'static Named, usize),
    /// One value, or a document of named arguments; it is the latter when its first name is no operator.
    NamedOrOne(&'static Named),
    /// A value that is not read as an expression.
    Literal,
    Let,
    Each(each::Kind),
    Switch,
    SortArray,
    Zip,
    /// As `Named`, with a first argument that must be a constant text; the numbers for a path, another expression
    /// and another type.
    ConstantField(&'static Named, [i32; 3]),
    /// As `ConstantField`, or the text alone, meant below `$$CURRENT`.
    GetField(&'static Named, [i32; 3]),
}

/// Named arguments, and MongoDB's numbers for what can be wrong with them.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) not_object: i32,
    pub(crate) unknown: i32,
    /// In the order in which the function takes them.
    pub(crate) parameters: &'static [Parameter],
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// MongoDB's number where the argument must be given.
    pub(crate) missing: Option<i32>,
}

impl Parameter {
    pub(super) const fn required(name: &'static str, missing: i32) -> Self {
        Self { name, missing: Some(missing) }
    }

    pub(super) const fn optional(name: &'static str) -> Self {
        Self { name, missing: None }
    }
}

impl Shape {
    pub(super) const fn exactly(count: usize) -> Self {
        Self::Between(count, count)
    }

    pub(super) const fn between(least: usize, most: usize) -> Self {
        Self::Between(least, most)
    }

    pub(super) const fn any() -> Self {
        Self::Between(0, usize::MAX)
    }
}

impl Function {
    pub(super) const fn new(name: &'static str, shape: Shape, evaluate: Evaluate) -> Self {
        Self { name, shape, evaluate }
    }

    /// The operator of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|function| function.name == name)
    }

    /// Every operator, group by group.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        GROUPS.iter().flat_map(|group| group.iter())
    }
}

const GROUPS: &[&[Function]] = &[
    SHAPED,
    comparison::FUNCTIONS,
    boolean::FUNCTIONS,
    arithmetic::FUNCTIONS,
    rounding::FUNCTIONS,
    power::FUNCTIONS,
    conditional::FUNCTIONS,
    array::FUNCTIONS,
    set::FUNCTIONS,
    statistics::FUNCTIONS,
    object::FUNCTIONS,
    string::FUNCTIONS,
    substring::FUNCTIONS,
    trim::FUNCTIONS,
    convert::FUNCTIONS,
    date::FUNCTIONS,
];

/// Operators that become nodes of their own; they are never called.
const SHAPED: &[Function] = &[
    Function::new("$literal", Shape::Literal, never),
    Function::new("$const", Shape::Literal, never),
    Function::new("$let", Shape::Let, never),
    Function::new("$map", Shape::Each(each::Kind::Map), never),
    Function::new("$filter", Shape::Each(each::Kind::Filter), never),
    Function::new("$reduce", Shape::Each(each::Kind::Reduce), never),
    Function::new("$sortArray", Shape::SortArray, never),
    conditional::SWITCH,
];

fn never<'a>(_: &'a [Node], _: &Scope<'a>) -> Result<Item<'a>> {
    Err(crate::error::Error::internal("an operator that is a node of its own was called"))
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
