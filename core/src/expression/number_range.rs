//! What some filters ask of a number: to lie between two others.
//!
//! A scan asks this of every record, and to ask the filter itself costs ten times as much as to compare two doubles.

use super::filter::{Comparison, FieldPredicate, Filter, Predicate, Test};

/// The doubles from one to another, both included; none where the first is above the last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NumberRange {
    from: f64,
    to: f64,
    /// Whether the filter asks nothing else: a document with a number in the range satisfies it.
    pub(crate) decides: bool,
}

impl NumberRange {
    const ALL: Self = Self { from: f64::NEG_INFINITY, to: f64::INFINITY, decides: false };

    #[inline]
    pub(crate) fn holds(self, number: f64) -> bool {
        self.from <= number && number <= self.to
    }

    /// Narrowed to what stands so to `bound`.
    fn narrowed(self, comparison: Comparison, bound: f64) -> Option<Self> {
        let from = |from: f64| Self { from: self.from.max(from), ..self };
        let to = |to: f64| Self { to: self.to.min(to), ..self };
        Some(match comparison {
            Comparison::Equal => Self { from: self.from.max(bound), to: self.to.min(bound), ..self },
            Comparison::GreaterOrEqual => from(bound),
            Comparison::LessOrEqual => to(bound),
            // Behind the last double there is no next one.
            Comparison::Greater if bound == f64::INFINITY => return None,
            Comparison::Less if bound == f64::NEG_INFINITY => return None,
            Comparison::Greater => from(bound.next_up()),
            Comparison::Less => to(bound.next_down()),
        })
    }
}

impl Filter {
    /// The numbers that may stand in the field at the place `slot`, where a document with another number there does not
    /// satisfy the filter, and nothing else is asked of the field alone.
    ///
    /// It speaks of numbers that a double tells exactly.
    pub(crate) fn number_range(&self, slot: usize) -> Option<NumberRange> {
        let all = NumberRange { decides: self.asks_one_field(), ..NumberRange::ALL };
        self.asked_alone(slot)?.try_fold(all, |range, conjunct| match conjunct {
            Predicate::Field(FieldPredicate { path, test: Test::Compare(comparison, bound), .. })
                if path.len() == 1 =>
            {
                range.narrowed(*comparison, bound.exact_double()?)
            }
            _ => None,
        })
    }
}
