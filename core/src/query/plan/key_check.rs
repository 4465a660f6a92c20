//! Which keys of an index count, where the ranges that are walked hold others too.

use std::sync::Arc;

use crate::expression::sort::Direction as FieldDirection;
use crate::index::IndexSpec;
use crate::index::key::prefix_end;
use crate::index::parts::split_part;
use crate::storage::Direction;

use super::index_bounds::IndexBounds;
use super::spans::Spans;

/// What each field of a key has to be among.
#[derive(Debug, Clone)]
pub(crate) struct KeyCheck {
    fields: Arc<[FieldCheck]>,
}

#[derive(Debug)]
struct FieldCheck {
    /// As the tree has them.
    spans: Spans,
    descending: bool,
}

/// What becomes of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Counts,
    /// It does not, and none does before, or in a walk backwards from, these bytes on.
    GoTo(Vec<u8>),
    /// It does not, and none behind it does.
    End,
    /// The bytes are no key of this index.
    Nonsense,
}

impl KeyCheck {
    /// The check of what the ranges leave open; none when they bind all.
    pub(super) fn new(spec: &IndexSpec, bounds: &IndexBounds) -> Option<Self> {
        bounds.checks_keys().then(|| {
            let last = bounds.fields.iter().rposition(|spans| !spans.is_all()).unwrap_or(0);
            let fields = bounds.fields[..=last].iter().zip(&spec.fields).map(|(spans, field)| {
                let descending = field.direction == FieldDirection::Descending;
                FieldCheck { spans: if descending { spans.inverted() } else { spans.clone() }, descending }
            });
            Self { fields: fields.collect() }
        })
    }

    /// What becomes of a key in a walk of this direction.
    pub(crate) fn verdict(&self, key: &[u8], direction: Direction) -> Verdict {
        let mut before = 0;
        for field in &*self.fields {
            let Some((part, _)) = split_part(&key[before..], field.descending) else {
                return Verdict::Nonsense;
            };
            if !field.spans.contains(part) {
                return next(&key[..before], part, &field.spans, direction);
            }
            before += part.len();
        }
        Verdict::Counts
    }
}

/// Where to go on from a key of which one part, behind `prefix`, is not among the spans.
fn next(prefix: &[u8], part: &[u8], spans: &Spans, direction: Direction) -> Verdict {
    let spans = spans.as_slice();
    let after = spans.partition_point(|span| span.from.as_slice() <= part);
    let target = match direction {
        Direction::Forward => match spans.get(after) {
            Some(span) => Some([prefix, &span.from].concat()),
            None => prefix_end(prefix),
        },
        Direction::Backward => {
            let end = after.checked_sub(1).and_then(|at| spans[at].to.as_ref());
            Some(end.map_or_else(|| prefix.to_vec(), |to| [prefix, to].concat()))
        }
    };
    target.map_or(Verdict::End, Verdict::GoTo)
}
