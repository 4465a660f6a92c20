//! What a filter says about one path, for whoever looks for an index.
//!
//! Only conjuncts speak: what stands under `$or`, `$nor` or `$not` is left to the filter itself.

use std::cmp::Ordering;

use super::filter::{Comparison, FieldPredicate, Filter, Predicate, Test};
use super::operand::Operand;
use crate::document::collation::Collation;
use crate::document::raw::{RawValue, tag};

/// Values of which one document's value at the path must be one, or between which it must lie.
///
/// Every document that satisfies the filter, and holds no array on the way to the path or at its end, holds there a
/// value that satisfies all of this. With arrays each of the three holds for some element, not all for the same one.
/// A null among the points stands for a missing field too.
/// A bound binds its own class of types: numbers above 5 are no strings.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct PathRange<'f> {
    /// One of these; in the order of all values, each once.
    pub(crate) points: Option<Vec<&'f Operand>>,
    pub(crate) lower: Option<Bound<'f>>,
    pub(crate) upper: Option<Bound<'f>>,
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bound<'f> {
    pub(crate) value: &'f Operand,
    pub(crate) inclusive: bool,
}

impl PathRange<'_> {
    /// Whether keys made under `collation` are those of every value in it.
    pub(crate) fn fits(&self, collation: Option<&Collation>) -> bool {
        let bounds = self.lower.iter().chain(&self.upper).map(|bound| bound.value);
        let points = self.points.iter().flatten().copied();
        bounds.chain(points).all(|value| value.fits(collation))
    }

    /// Whether the filter says nothing about the path that narrows a search.
    pub(crate) fn is_open(&self) -> bool {
        self.points.is_none() && self.lower.is_none() && self.upper.is_none()
    }
}

impl Filter {
    /// What the filter's conjuncts say about `path`.
    pub(crate) fn range(&self, path: &str) -> PathRange<'_> {
        let mut range = PathRange::default();
        for conjunct in self.conjuncts() {
            if let Predicate::Field(field) = conjunct
                && field.path.as_str() == path
            {
                range.narrow(field);
            }
        }
        range
    }
}

impl<'f> PathRange<'f> {
    fn narrow(&mut self, field: &'f FieldPredicate) {
        match &field.test {
            Test::Exists
            | Test::Type(_)
            | Test::Modulo(_)
            | Test::Bits(_)
            | Test::Pattern(_)
            | Test::Size(_)
            | Test::Element(_)
            | Test::Sample(_) => {}
            Test::In(list) => self.keep_points(list.values().iter().collect()),
            Test::Compare(Comparison::Equal, operand) => self.keep_points(vec![operand]),
            // MinKey and MaxKey reach over all types: as bounds they would bind their own.
            Test::Compare(_, operand) if matches!(operand.tag(), tag::MIN_KEY | tag::MAX_KEY) => {}
            Test::Compare(comparison, value) => {
                let inclusive = matches!(comparison, Comparison::LessOrEqual | Comparison::GreaterOrEqual);
                let bound = Bound { value, inclusive };
                match comparison {
                    Comparison::Less | Comparison::LessOrEqual => {
                        self.upper = Some(tighter(self.upper, bound, Ordering::Less));
                    }
                    _ => self.lower = Some(tighter(self.lower, bound, Ordering::Greater)),
                }
            }
        }
    }

    /// Two lists both hold: for a value that is no array, what both list remains; for an array either alone is right,
    /// and the shorter one serves. The one that is right for both is the shorter.
    fn keep_points(&mut self, points: Vec<&'f Operand>) {
        if self.points.as_ref().is_none_or(|known| points.len() < known.len()) {
            self.points = Some(points);
        }
    }
}

/// Of two bounds on the same side the one that lets less through; either alone is right.
fn tighter<'f>(known: Option<Bound<'f>>, new: Bound<'f>, better: Ordering) -> Bound<'f> {
    let Some(known) = known else { return new };
    let order = known.value.place_of(new.value.raw());
    if order == better || (order.is_eq() && !new.inclusive) { new } else { known }
}

impl FieldPredicate {
    /// What is asked of whatever stands at the path.
    pub(crate) fn test(&self) -> &Test {
        &self.test
    }
}

impl Test {
    /// Whether a value that is there passes.
    pub(crate) fn accepts(&self, value: RawValue<'_>) -> bool {
        self.holds(Some(value))
    }

    /// The same test, passed also by the value it compares with.
    pub(crate) fn or_equal(&self) -> Self {
        match self {
            Test::Compare(Comparison::Greater, operand) => {
                Test::Compare(Comparison::GreaterOrEqual, operand.clone())
            }
            Test::Compare(Comparison::Less, operand) => {
                Test::Compare(Comparison::LessOrEqual, operand.clone())
            }
            other => other.clone(),
        }
    }
}
