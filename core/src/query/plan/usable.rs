//! Whether an index holds every document that a filter can find.

use crate::document::collation::Collation;
use crate::document::raw::tag;
use crate::expression::filter::{Comparison, FieldPredicate, Filter, Predicate, Test};
use crate::expression::range::PathRange;
use crate::index::IndexSpec;
use crate::index::spec::Partial;

/// Whether no document that satisfies `filter` is missing in the index.
pub(super) fn holds_all(spec: &IndexSpec, filter: &Filter) -> bool {
    let sparse_enough = !spec.sparse || spec.fields.iter().any(|field| demands(filter, field.path.as_str()));
    let collation = spec.collation.as_ref();
    let implied = |partial: &Partial| implies(filter, &partial.filter, collation);
    spec.is_usable() && sparse_enough && spec.partial.as_ref().is_none_or(implied)
}

/// Whether only documents that have the field can satisfy the filter.
fn demands(filter: &Filter, path: &str) -> bool {
    let range = filter.range(path);
    refuses_null(&range) || filter.conjuncts().into_iter().any(|conjunct| is_exists(conjunct, path))
}

/// Whether a missing field, which counts as null, is outside the range.
fn refuses_null(range: &PathRange<'_>) -> bool {
    let is_null = |kind: u8| matches!(kind, tag::NULL | tag::UNDEFINED);
    if let Some(points) = &range.points {
        return points.iter().all(|point| !is_null(point.tag()));
    }
    let mut bounds = range.lower.iter().chain(&range.upper).peekable();
    bounds.peek().is_some() && bounds.all(|bound| !is_null(bound.value.tag()))
}

fn is_exists(predicate: &Predicate, path: &str) -> bool {
    matches!(predicate, Predicate::Field(field) if field.path().as_str() == path && matches!(field.test(), Test::Exists))
}

/// Whether every document that satisfies `filter` satisfies `partial`, which has the index's collation; "no" may mean
/// that it cannot be told.
fn implies(filter: &Filter, partial: &Filter, collation: Option<&Collation>) -> bool {
    partial.conjuncts().into_iter().all(|wanted| match wanted {
        Predicate::Field(field) => implies_field(filter, field, collation),
        _ => false,
    })
}

fn implies_field(filter: &Filter, wanted: &FieldPredicate, collation: Option<&Collation>) -> bool {
    let path = wanted.path().as_str();
    let range = filter.range(path);
    match wanted.test() {
        Test::Exists => demands(filter, path),
        _ if !range.fits(collation) => false,
        test @ (Test::Compare(..) | Test::In(_)) => match (&range.points, test) {
            (Some(points), _) => points.iter().all(|point| test.accepts(point.raw())),
            (None, Test::Compare(comparison, _)) => {
                let bound = match comparison {
                    Comparison::Greater | Comparison::GreaterOrEqual => range.lower,
                    Comparison::Less | Comparison::LessOrEqual => range.upper,
                    Comparison::Equal => None,
                };
                // What lies beyond the bound lies beyond whatever the bound itself lies beyond; at the bound itself
                // only an exclusive wish could fail, and it does so for the bound's own value.
                bound.is_some_and(|bound| {
                    test.accepts(bound.value.raw())
                        || (!bound.inclusive && test.or_equal().accepts(bound.value.raw()))
                })
            }
            (None, _) => false,
        },
        _ => false,
    }
}
