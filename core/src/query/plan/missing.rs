//! Which index a find would have used, had there been one.

use crate::collection::Opened;
use crate::document::id::ID;
use crate::document::path::Path;
use crate::expression::filter::{Comparison, FieldPredicate, Predicate, Test};
use crate::expression::operand::Operand;
use crate::query::statement::Find;

use super::node::Node;
use super::said::spells_position;

/// An index over one field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Missing {
    pub(crate) path: Path,
    /// The order of its texts, as a document, if it is another than that of their bytes.
    pub(crate) collation: Option<Box<[u8]>>,
}

/// The index by which a find would go that walks all records, if that is told by its filter: on the first field that it
/// asks for a value, or else for a range of values.
///
/// A field that an index begins with already is none: that index was thought of.
pub(crate) fn missing_index(find: &Find, plan: &Node, opened: &Opened) -> Option<Missing> {
    if !matches!(plan.source(), Node::Records { .. }) || find.hint.is_some() {
        return None;
    }
    let conjuncts = find.filter.conjuncts();
    let first = |equality: bool| conjuncts.iter().find_map(|predicate| asked(predicate, equality));
    let missing = first(true).or_else(|| first(false))?;
    let is_first = |path: &Path| *path == missing.path;
    let mut there = opened.ready_indexes().map(|index| &index.entry.spec);
    there.all(|spec| !is_first(&spec.fields[0].path)).then_some(missing)
}

/// The field of which the predicate asks a value, or a range.
fn asked(predicate: &Predicate, equality: bool) -> Option<Missing> {
    let Predicate::Field(field) = predicate else { return None };
    let of = |operand: &Operand| Missing {
        path: field.path().clone(),
        collation: operand.collation().map(|collation| collation.to_doc().as_bytes().into()),
    };
    match field.test() {
        _ if !may_be_indexed(field) => None,
        Test::Compare(Comparison::Equal, operand) if equality && !operand.is_null() => Some(of(operand)),
        Test::In(list) if equality => list.values().first().map(of),
        Test::Compare(Comparison::Equal, _) => None,
        Test::Compare(_, operand) if !equality => Some(of(operand)),
        _ => None,
    }
}

/// Whether an index on the path takes every document: a position may be ambiguous.
fn may_be_indexed(field: &FieldPredicate) -> bool {
    let path = field.path();
    let is_name = |name: &str| !name.is_empty() && !name.starts_with('$');
    path.first() != ID && path.iter().all(is_name) && !spells_position(path)
}
