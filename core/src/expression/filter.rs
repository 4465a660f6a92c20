//! Which documents: a tree of predicates.

use super::in_list::InList;
use super::matches::Wanted;
use super::operand::Operand;
use super::value::Expression;
use crate::document::path::Path;

/// A filter, ready to be asked.
#[derive(Debug, Clone)]
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
    /// `$expr`: what the whole document computes to.
    Expression(Box<Expression>),
}

/// A test of whatever stands at a path.
///
/// `$ne`, `$nin` and `$exists: false` are the `Not` of their opposite.
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
        let (wanted, computes) = (Wanted::prepare(&mut root), root.computes());
        Self { root, wanted, computes }
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

    /// What must hold together: the tree's nested `And`s, laid flat.
    pub(crate) fn conjuncts(&self) -> Vec<&Predicate> {
        let mut flat = Vec::new();
        flatten(&self.root, &mut flat);
        flat
    }
}

impl Predicate {
    fn computes(&self) -> bool {
        match self {
            Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
                children.iter().any(Predicate::computes)
            }
            Predicate::Not(child) => child.computes(),
            Predicate::Field(_) => false,
            Predicate::Expression(_) => true,
        }
    }
}

fn flatten<'f>(predicate: &'f Predicate, flat: &mut Vec<&'f Predicate>) {
    match predicate {
        Predicate::And(children) => children.iter().for_each(|child| flatten(child, flat)),
        other => flat.push(other),
    }
}

impl FieldPredicate {
    pub(crate) fn new(path: Path, test: Test) -> Self {
        Self { path, test, slot: usize::MAX }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
