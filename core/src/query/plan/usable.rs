//! Whether an index holds every document that a filter can find.

use crate::document::collation::Collation;
use crate::document::raw::tag;
use crate::expression::filter::{Filter, Predicate, Test};
use crate::index::IndexSpec;
use crate::index::spec::Partial;

use super::said::{At, said, value_said};
use super::spans::{Spans, holds_null, key_of};

/// Whether no document that satisfies `filter` is missing in the index, of whose fields those in `arrays` may run
/// through arrays.
pub(super) fn holds_all(spec: &IndexSpec, filter: &Filter, arrays: u64) -> bool {
    let collation = spec.collation.as_ref();
    let sparse_enough = !spec.sparse || {
        let conjuncts = filter.conjuncts();
        spec.fields.iter().enumerate().any(|(place, field)| {
            let at = At { path: field.path.as_str(), arrays: arrays >> place & 1 == 1, collation };
            conjuncts.iter().any(|conjunct| demands(conjunct, at))
        })
    };
    let implied = |partial: &Partial| implies(filter, &partial.filter, collation);
    spec.is_usable() && sparse_enough && spec.partial.as_ref().is_none_or(implied)
}

/// Whether only documents that have the field can satisfy the predicate. A missing field counts as null.
fn demands(predicate: &Predicate, at: At<'_>) -> bool {
    is_exists(predicate, at.path) || !holds_null(&said(predicate, at).spans)
}

fn is_exists(predicate: &Predicate, path: &str) -> bool {
    matches!(predicate, Predicate::Field(field) if field.path().as_str() == path && matches!(field.test(), Test::Exists))
}

/// Whether every document that satisfies `filter` satisfies `partial`, which has the index's collation; "no" may mean
/// that it cannot be told.
fn implies(filter: &Filter, partial: &Filter, collation: Option<&Collation>) -> bool {
    let known = filter.conjuncts();
    partial.conjuncts().into_iter().all(|wanted| follows(&known, wanted, collation))
}

/// Whether what is `known`, taken together, makes `wanted` true.
fn follows(known: &[&Predicate], wanted: &Predicate, collation: Option<&Collation>) -> bool {
    match wanted {
        Predicate::And(children) => children.iter().all(|child| follows(known, child, collation)),
        Predicate::Or(children) if children.iter().any(|child| follows(known, child, collation)) => true,
        _ => known.iter().any(|predicate| follows_from(predicate, wanted, collation)),
    }
}

fn follows_from(known: &Predicate, wanted: &Predicate, collation: Option<&Collation>) -> bool {
    if known == wanted {
        return true;
    }
    match (known, wanted) {
        (Predicate::And(children), _) => {
            let children: Vec<&Predicate> = children.iter().collect();
            follows(&children, wanted, collation)
        }
        (Predicate::Or(children), _) if !children.is_empty() => {
            children.iter().all(|child| follows(&[child], wanted, collation))
        }
        (Predicate::Field(known), Predicate::Field(wanted)) if known.path() == wanted.path() => {
            let left = value_said(known.test(), collation).spans;
            match wanted.test() {
                Test::Exists => matches!(known.test(), Test::Exists) || !holds_null(&left),
                test => left.within(&taken(test, collation)),
            }
        }
        _ => false,
    }
}

/// Values of which each satisfies the test, arrays apart; not all of those, where a key does not tell.
fn taken(test: &Test, collation: Option<&Collation>) -> Spans {
    match test {
        Test::In(list) => {
            let plain =
                list.values().iter().filter(|value| value.tag() != tag::ARRAY && value.fits(collation));
            Spans::points(plain.map(|value| key_of(value.raw(), collation)))
        }
        test => match value_said(test, collation) {
            said if said.exact => said.spans,
            _ => Spans::none(),
        },
    }
}
