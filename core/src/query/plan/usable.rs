//! Whether an index holds every document that a filter can find.

use crate::expression::filter::{Filter, Predicate, Test};
use crate::index::IndexSpec;

use super::said::{At, said, value_said};
use super::spans::holds_null;

/// Whether no document that satisfies `filter` is missing in the index, of whose fields those in `arrays` may run
/// through arrays.
pub(super) fn holds_all(spec: &IndexSpec, filter: &Filter, arrays: u64) -> bool {
    let sparse_enough = !spec.sparse || {
        let conjuncts = filter.conjuncts();
        spec.fields.iter().enumerate().any(|(place, field)| {
            let at = At { path: field.path.as_str(), arrays: arrays >> place & 1 == 1 };
            conjuncts.iter().any(|conjunct| demands(conjunct, at))
        })
    };
    sparse_enough && spec.partial.as_ref().is_none_or(|partial| implies(filter, &partial.filter))
}

/// Whether only documents that have the field can satisfy the predicate. A missing field counts as null.
fn demands(predicate: &Predicate, at: At<'_>) -> bool {
    is_exists(predicate, at.path) || !holds_null(&said(predicate, at).spans)
}

fn is_exists(predicate: &Predicate, path: &str) -> bool {
    matches!(predicate, Predicate::Field(field) if field.path().as_str() == path && matches!(field.test(), Test::Exists))
}

/// Whether every document that satisfies `filter` satisfies `partial`; "no" may mean that it cannot be told.
fn implies(filter: &Filter, partial: &Filter) -> bool {
    let known = filter.conjuncts();
    partial.conjuncts().into_iter().all(|wanted| follows(&known, wanted))
}

/// Whether what is `known`, taken together, makes `wanted` true.
fn follows(known: &[&Predicate], wanted: &Predicate) -> bool {
    match wanted {
        Predicate::And(children) => children.iter().all(|child| follows(known, child)),
        Predicate::Or(children) if children.iter().any(|child| follows(known, child)) => true,
        _ => known.iter().any(|predicate| follows_from(predicate, wanted)),
    }
}

fn follows_from(known: &Predicate, wanted: &Predicate) -> bool {
    if known == wanted {
        return true;
    }
    match (known, wanted) {
        (Predicate::And(children), _) => {
            let children: Vec<&Predicate> = children.iter().collect();
            follows(&children, wanted)
        }
        (Predicate::Or(children), _) if !children.is_empty() => {
            children.iter().all(|child| follows(&[child], wanted))
        }
        (Predicate::Field(known), Predicate::Field(wanted)) if known.path() == wanted.path() => {
            let left = value_said(known.test()).spans;
            match wanted.test() {
                Test::Exists => matches!(known.test(), Test::Exists) || !holds_null(&left),
                test => {
                    let taken = value_said(test);
                    taken.exact && left.within(&taken.spans)
                }
            }
        }
        _ => false,
    }
}
