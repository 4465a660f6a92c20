//! Stretches of keys of one value.
//!
//! A stretch goes from one byte string on up to another, which it does not include.
//! No key of a value is a proper prefix of another (K2), so the ends may be keys, what follows everything that begins
//! with a key, or the first bytes of keys, and whatever stands behind a key in an index changes nothing.

use crate::document::collation::Collation;
use crate::document::raw::{RawValue, tag};
use crate::index::key::{encode_key_under, invert, prefix_end, type_classes};

/// Ascending stretches, none overlapping another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spans(Vec<Span>);

/// The keys from `from` on, up to but without `to`; without an end to the last key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Vec<u8>,
    pub(super) to: Option<Vec<u8>>,
    /// Whether it holds one key only, which is `from`.
    pub(super) point: bool,
}

impl Spans {
    pub(super) fn all() -> Self {
        Self(vec![Span { from: Vec::new(), to: None, point: false }])
    }

    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// These keys.
    pub(super) fn points(keys: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self::ordered(keys.into_iter().map(Span::point).collect())
    }

    /// From `from` on up to `to`.
    pub(super) fn between(from: Vec<u8>, to: Option<Vec<u8>>) -> Self {
        match &to {
            Some(to) if *to <= from => Self::none(),
            _ => Self(vec![Span { from, to, point: false }]),
        }
    }

    /// Every value that is compared with values of this type.
    pub(super) fn class(kind: u8) -> Self {
        let (first, last) = type_classes(kind);
        Self::between(vec![first], Some(vec![last + 1]))
    }

    /// Everything that begins with these bytes.
    pub(super) fn prefix(bytes: Vec<u8>) -> Self {
        let to = prefix_end(&bytes);
        Self::between(bytes, to)
    }

    pub(super) fn as_slice(&self) -> &[Span] {
        &self.0
    }

    pub(super) fn is_all(&self) -> bool {
        matches!(self.0.as_slice(), [only] if only.from.is_empty() && only.to.is_none())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether single keys are all there is.
    pub(super) fn are_points(&self) -> bool {
        self.0.iter().all(|span| span.point)
    }

    pub(super) fn contains(&self, key: &[u8]) -> bool {
        let after = self.0.partition_point(|span| span.from.as_slice() <= key);
        after > 0 && self.0[after - 1].to.as_deref().is_none_or(|to| key < to)
    }

    /// Whether the key of a value in which there is no text is among them.
    pub(super) fn holds(&self, value: RawValue<'_>) -> bool {
        self.contains(&key_of(value, None))
    }

    pub(super) fn union(self, other: Self) -> Self {
        let mut spans = self.0;
        spans.extend(other.0);
        Self::ordered(spans)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = Vec::new();
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            let from = (&a.from).max(&b.from);
            let to = earlier(a.to.as_ref(), b.to.as_ref());
            if to.is_none_or(|to| from < to) {
                let point = a.point || b.point;
                common.push(Span { from: from.clone(), to: to.cloned(), point });
            }
            if a.to.as_ref() == to {
                mine.next()
            } else {
                theirs.next()
            };
        }
        Self(common)
    }

    /// Everything else.
    pub(super) fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut from = Vec::new();
        for span in &self.0 {
            if from < span.from {
                gaps.push(Span { from, to: Some(span.from.clone()), point: false });
            }
            let Some(to) = &span.to else { return Self(gaps) };
            from = to.clone();
        }
        gaps.push(Span { from, to: None, point: false });
        Self(gaps)
    }

    /// Whether `other` holds all of this.
    pub(super) fn within(&self, other: &Self) -> bool {
        self.intersection(&other.complement()).is_empty()
    }

    /// The same keys as a descending field has them.
    pub(super) fn inverted(&self) -> Self {
        Self(self.0.iter().rev().filter_map(Span::inverted).collect())
    }

    /// The first bytes of the first and the end of the last, as one.
    pub(super) fn hull(&self) -> Self {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) if self.0.len() > 1 => {
                Self(vec![Span { from: first.from.clone(), to: last.to.clone(), point: false }])
            }
            _ => self.clone(),
        }
    }

    /// Puts stretches in order, and makes one of those that overlap, or touch and are no single keys.
    fn ordered(mut spans: Vec<Span>) -> Self {
        spans.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| b.point.cmp(&a.point)));
        let mut ordered: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match ordered.last_mut() {
                Some(last) if last.reaches(&span) => last.take_in(span),
                _ => ordered.push(span),
            }
        }
        Self(ordered)
    }
}

impl Span {
    fn point(key: Vec<u8>) -> Self {
        let to = prefix_end(&key);
        Self { from: key, to, point: true }
    }

    /// Whether the stretch that comes next is to become a part of this one.
    fn reaches(&self, next: &Self) -> bool {
        match &self.to {
            None => true,
            Some(to) => next.from < *to || (next.from == *to && !(self.point && next.point)),
        }
    }

    fn take_in(&mut self, next: Self) {
        if self.point && next.point && self.from == next.from {
            return;
        }
        self.point = false;
        if earlier(self.to.as_ref(), next.to.as_ref()) == self.to.as_ref() {
            self.to = next.to;
        }
    }

    /// A key is at least `from` when, inverted, it comes before the end of all that begins with `from` inverted.
    fn inverted(&self) -> Option<Self> {
        let turned = |bytes: &[u8]| {
            let mut turned = bytes.to_vec();
            invert(&mut turned);
            turned
        };
        let from = match &self.to {
            None => Vec::new(),
            Some(_) if self.point => turned(&self.from),
            Some(to) => prefix_end(&turned(to))?,
        };
        let to = if self.from.is_empty() { None } else { prefix_end(&turned(&self.from)) };
        Some(Self { from, to, point: self.point })
    }
}

/// Which of two ends comes first; none is the end of everything.
fn earlier<'a>(a: Option<&'a Vec<u8>>, b: Option<&'a Vec<u8>>) -> Option<&'a Vec<u8>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Whether null is among them, whose key a missing value has too.
pub(super) fn holds_null(spans: &Spans) -> bool {
    spans.holds(RawValue::new(tag::NULL, &[]))
}

pub(super) fn key_of(value: RawValue<'_>, collation: Option<&Collation>) -> Vec<u8> {
    let mut key = Vec::new();
    encode_key_under(value, collation, &mut key);
    key
}
