//! Which documents: a tree of predicates.

use super::bits::BitTest;
use super::in_list::InList;
use super::matches::Wanted;
use super::modulo::Modulo;
use super::operand::Operand;
use super::pattern::Pattern;
use super::sample::Sample;
use super::schema::Schema;
use super::type_set::TypeSet;
use super::value::Expression;
use crate::document::path::Path;

/// A filter, ready to be asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filter {
    pub(super) root: Predicate,
    /// What to look for while walking a document once; made from `root`.
    pub(super) wanted: Wanted,
    /// Whether an expression is among the predicates; asking it may fail.
    pub(super) computes: bool,
}

/// A node of the tree. `And` of nothing is true.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Predicate {
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Nor(Vec<Predicate>),
    Not(Box<Predicate>),
    Field(FieldPredicate),
    Whole(Whole),
    /// `$expr`: what the whole document computes to.
    Expression(Box<Expression>),
}

/// A test of the whole document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Whole {
    Schema(Box<Schema>),
}

/// A test of whatever stands at a path.
///
/// `$ne`, `$nin` and `$exists: false` are the `Not` of their opposite; `$all` is the `And` of its values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldPredicate {
    pub(super) path: Path,
    pub(super) test: Test,
    /// Where the walk over the document puts the path's first field.
    pub(super) slot: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Compare(Comparison, Operand),
    In(InList),
    Exists,
    Type(TypeSet),
    Modulo(Modulo),
    Bits(BitTest),
    Pattern(Box<Pattern>),
    /// An array of so many elements.
    Size(usize),
    Element(Element),
    Sample(Sample),
}

/// What one element of an array must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Element {
    /// The element is a document, or an array as a document of its positions, that the filter takes.
    Inner(Box<Filter>),
    /// The element itself stands to the tests; the paths in the tree say nothing.
    Itself(Box<Predicate>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Filter {
    pub(crate) fn new(mut root: Predicate) -> Self {
        let wanted = Wanted::prepare(&mut root);
        let computes = root.any_leaf(|leaf| matches!(leaf, Predicate::Expression(_)));
        Self { root, wanted, computes }
    }

    /// What every document satisfies.
    pub(crate) fn everything() -> Self {
        Self::new(Predicate::And(Vec::new()))
    }

    /// What satisfies both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self::new(Predicate::And(vec![self.root, other.root]))
    }

    /// Whether an expression is among the predicates, which needs a moment and may fail.
    pub(crate) fn computes(&self) -> bool {
        self.computes
    }

    /// The tree.
    pub(crate) fn root(&self) -> &Predicate {
        &self.root
    }

    /// Whether every document satisfies it without being looked at.
    pub(crate) fn is_everything(&self) -> bool {
        self.conjuncts().is_empty()
    }

    /// Whether another filter of the same words may answer otherwise.
    pub(crate) fn leaves_to_chance(&self) -> bool {
        let sampled = |leaf: &Predicate| matches!(leaf, Predicate::Field(field) if matches!(field.test, Test::Sample(_)));
        self.root.any_leaf(sampled)
    }

    /// The paths of all that the filter asks for; nothing when it asks for whole documents.
    pub(crate) fn paths(&self) -> Option<Vec<&str>> {
        let mut paths = Vec::new();
        self.root.collect(&mut paths).then_some(paths)
    }

    /// An operator in it that has no say where an element of an array is asked for, if there is one.
    pub(crate) fn special(&self) -> Option<&'static str> {
        let has_schema = |leaf: &Predicate| matches!(leaf, Predicate::Whole(Whole::Schema(_)));
        match self.computes {
            true => Some("$expr"),
            false => self.root.any_leaf(has_schema).then_some("$jsonSchema"),
        }
    }

    /// What must hold together: the tree's nested `And`s, laid flat.
    /// The path and the value, where one equality is all that the filter asks.
    pub(crate) fn lone_equality(&self) -> Option<(&Path, &Operand)> {
        let only = match &self.root {
            Predicate::And(children) => children.first().filter(|_| children.len() == 1)?,
            other => other,
        };
        match only {
            Predicate::Field(FieldPredicate {
                path, test: Test::Compare(Comparison::Equal, value), ..
            }) => Some((path, value)),
            _ => None,
        }
    }

    pub(crate) fn conjuncts(&self) -> Vec<&Predicate> {
        let mut flat = Vec::new();
        flatten(&self.root, &mut flat);
        flat
    }
}

fn flatten<'f>(predicate: &'f Predicate, flat: &mut Vec<&'f Predicate>) {
    match predicate {
        Predicate::And(children) => children.iter().for_each(|child| flatten(child, flat)),
        other => flat.push(other),
    }
}

impl Predicate {
    /// Adds the paths of its tests; says whether these are all that it asks for.
    fn collect<'f>(&'f self, paths: &mut Vec<&'f str>) -> bool {
        match self {
            Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
                children.iter().all(|child| child.collect(paths))
            }
            Predicate::Not(child) => child.collect(paths),
            Predicate::Field(field) => {
                paths.push(field.path.as_str());
                true
            }
            Predicate::Whole(_) | Predicate::Expression(_) => false,
        }
    }

    /// Whether one of the leaves is of a kind.
    fn any_leaf(&self, kind: fn(&Predicate) -> bool) -> bool {
        match self {
            Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
                children.iter().any(|child| child.any_leaf(kind))
            }
            Predicate::Not(child) => child.any_leaf(kind),
            leaf => kind(leaf),
        }
    }
}

impl FieldPredicate {
    pub(crate) fn new(path: Path, test: Test) -> Self {
        Self { path, test, slot: usize::MAX }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is asked of whatever stands at the path.
    pub(crate) fn test(&self) -> &Test {
        &self.test
    }
}
