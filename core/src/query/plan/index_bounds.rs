//! What a filter says about the key of an index, as ranges of its tree.
//!
//! The ranges hold the entries of every document that satisfies the filter. Where they hold others too, or a field of
//! the key behind a range is bound as well, each key is looked at; and where keys cannot decide, the filter is asked
//! again for each document.

use std::ops::Bound;

use crate::expression::filter::{Element, Filter, Predicate, Test};
use crate::expression::sort::{Direction, SortSpec};
use crate::index::IndexSpec;
use crate::index::hash::hashed;
use crate::index::key::prefix_end;
use crate::index::spec::Leaf;
use crate::index::wildcard::PathKey;
use crate::storage::{Direction as Walk, KeyRange};

use super::leaves::{Holds, holds};
use super::said::{At, Said, said, width};
use super::spans::{Span, Spans, holds_null};

/// A key of so many values at most is tried with every combination of what the filter lists for its fields.
const PREFIXES_MAX: usize = 10_000;

/// Where in an index to look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IndexBounds {
    /// What is said of each field of the key; ascending, whatever the field's direction.
    pub(super) fields: Vec<Spans>,
    /// Ascending, none overlapping another.
    pub(super) ranges: Vec<KeyRange>,
    /// From which field on the ranges do not bind what `fields` says, so that each key has to be looked at.
    pub(super) unbound_from: usize,
    /// How many fields of the key, from the first on, are bound to single values.
    pub(super) points: usize,
    /// Which of those fields are bound to one value each, a bit for each.
    pub(super) fixed: u64,
    /// Whether the field behind them is bound to a range.
    pub(super) ranged: bool,
    /// Which conjuncts of the filter every document satisfies that has a key in the bounds.
    pub(super) decides: Vec<bool>,
    /// Whether a document is also found by what stands beneath the path that is asked for, which may be many entries.
    pub(super) beneath: bool,
}

impl IndexBounds {
    /// The bounds of a walk over a range that somebody else has drawn, which decides none of so many conjuncts.
    pub(super) fn of_range(spec: &IndexSpec, range: KeyRange, conjuncts: usize) -> Self {
        Self {
            fields: vec![Spans::all(); spec.fields.len()],
            ranges: vec![range],
            unbound_from: 0,
            points: 0,
            fixed: 0,
            ranged: true,
            decides: vec![false; conjuncts],
            beneath: false,
        }
    }

    /// How many fields of the key narrow the search.
    pub(super) fn narrowing(&self) -> usize {
        self.points + usize::from(self.ranged)
    }

    /// Whether a key in the ranges may be one that the filter rules out.
    pub(super) fn checks_keys(&self) -> bool {
        self.fields[self.unbound_from..].iter().any(|spans| !spans.is_all())
    }
}

/// What `filter` says about the key of `spec`, of whose fields those in `arrays` may run through arrays; nothing when it
/// may ask for documents that have no key.
pub(super) fn index_bounds(filter: &Filter, spec: &IndexSpec, arrays: u64) -> Option<IndexBounds> {
    let conjuncts = filter.conjuncts();
    let elements = (0..conjuncts.len()).filter(|at| arrays != 0 && element_path(conjuncts[*at]).is_some());
    let views = std::iter::once(None).chain(elements.map(Some));
    let bounds = views.filter_map(|element| {
        let read = read(&conjuncts, spec, arrays, element);
        let Some(leaf) = spec.leaf else { return Some(lay_out(spec, read)) };
        at_leaf(spec, leaf, read)
    });
    // Of equals the first: the one that no single element has to satisfy.
    bounds.reduce(|best, other| if gain(&other) > gain(&best) { other } else { best })
}

/// The bounds of a wildcard index at one path, which has no key for documents that have fields: these are found by the
/// fields.
fn at_leaf(spec: &IndexSpec, leaf: Leaf, (fields, decides): (Vec<Spans>, Vec<bool>)) -> Option<IndexBounds> {
    match (holds(&fields[1]), leaf.is_whole) {
        (Holds::All, _) => Some(lay_out(spec, (fields, decides))),
        (Holds::ByFields, true) => {
            let path = PathKey::of(&spec.fields[1].path);
            let places = Spans::points([path.part()]).union(Spans::prefix(path.beneath()));
            let bounds = lay_out(spec, (vec![places, Spans::all()], vec![false; decides.len()]));
            Some(IndexBounds { beneath: true, ..bounds })
        }
        (Holds::ByFields, false) | (Holds::Nothing, _) => None,
    }
}

fn gain(bounds: &IndexBounds) -> (usize, bool, bool) {
    (bounds.points, bounds.ranged, bounds.checks_keys())
}

/// The path of which the predicate says that one element satisfies a filter.
fn element_path(predicate: &Predicate) -> Option<&str> {
    match predicate {
        Predicate::Field(field) if matches!(field.test(), Test::Element(Element::Inner(_))) => {
            Some(field.path().as_str())
        }
        _ => None,
    }
}

/// What is said of each field, and which conjuncts that decides.
///
/// Two fields that run through the same array have one entry for each element, but different elements may satisfy what
/// is said of the one and of the other; both are bound only by what one `$elemMatch`, the conjunct at `element`, says.
fn read(
    conjuncts: &[&Predicate],
    spec: &IndexSpec,
    arrays: u64,
    element: Option<usize>,
) -> (Vec<Spans>, Vec<bool>) {
    let mut decided = vec![false; conjuncts.len()];
    // The outermost names of the arrays through which a field ran that is bound, and whether by the element.
    let mut through: Vec<(&str, bool)> = Vec::new();
    let mut fields = Vec::with_capacity(spec.fields.len());
    for (place, field) in spec.fields.iter().enumerate() {
        let collation = spec.collation.as_ref();
        let at = At { path: field.path.as_str(), arrays: arrays >> place & 1 == 1, collation };
        if spec.leaf.is_some() && place == 0 {
            fields.push(Spans::points([PathKey::of(&spec.fields[1].path).part()]));
            continue;
        }
        if spec.hashed == Some(place) {
            // A document is asked again whether it has the value, or another one of the same hash.
            fields.push(as_hashes(&all_said(conjuncts, at, &mut vec![false; conjuncts.len()])));
            continue;
        }
        if !at.arrays {
            fields.push(all_said(conjuncts, at, &mut decided));
            continue;
        }
        let inside = element.filter(|element| is_inside(conjuncts[*element], at.path));
        let known = through.iter().find(|(name, _)| *name == field.path.first());
        let spans = match (inside, known) {
            (Some(element), None | Some((_, true))) => {
                Some(said(conjuncts[element], at).spans).filter(|spans| is_there(spec, spans))
            }
            (None, None) => narrowest(conjuncts, at, spec, &mut decided),
            _ => None,
        };
        let spans = spans.unwrap_or_else(Spans::all);
        if !spans.is_all() {
            through.push((field.path.first(), inside.is_some()));
        }
        fields.push(spans);
    }
    (fields, decided)
}

/// The hashes of single values; of a range a hash says nothing.
fn as_hashes(spans: &Spans) -> Spans {
    match spans.are_points() {
        true => Spans::points(spans.as_slice().iter().map(|span| hashed(&span.from))),
        false => Spans::all(),
    }
}

fn is_inside(predicate: &Predicate, path: &str) -> bool {
    let rest = element_path(predicate).and_then(|element| path.strip_prefix(element));
    rest.is_some_and(|rest| rest.starts_with('.'))
}

/// What all conjuncts say of a field that holds one value.
fn all_said(conjuncts: &[&Predicate], at: At<'_>, decided: &mut [bool]) -> Spans {
    let mut spans = Spans::all();
    for (conjunct, decided) in conjuncts.iter().zip(decided) {
        let Said { spans: more, exact } = said(conjunct, at);
        *decided |= exact;
        if !more.is_all() {
            spans = if spans.is_all() { more } else { spans.intersection(&more) };
        }
    }
    spans
}

/// What the conjunct says that leaves least: each may be satisfied by an element of its own.
fn narrowest(conjuncts: &[&Predicate], at: At<'_>, spec: &IndexSpec, decided: &mut [bool]) -> Option<Spans> {
    let said = conjuncts.iter().map(|conjunct| said(conjunct, at)).enumerate();
    let there = said.filter(|(_, said)| !said.spans.is_all() && is_there(spec, &said.spans));
    let (place, said) = there.min_by_key(|(_, said)| width(&said.spans))?;
    decided[place] |= said.exact;
    Some(said.spans)
}

/// Whether the index has an entry for each element that is meant: a sparse one has none for what is missing.
fn is_there(spec: &IndexSpec, spans: &Spans) -> bool {
    !spec.sparse || !holds_null(spans)
}

/// Equality, then a range: the ranges of the tree.
fn lay_out(spec: &IndexSpec, (fields, decides): (Vec<Spans>, Vec<bool>)) -> IndexBounds {
    let mut bounds = IndexBounds {
        fields: Vec::new(),
        ranges: Vec::new(),
        unbound_from: 0,
        points: 0,
        fixed: 0,
        ranged: false,
        decides,
        beneath: false,
    };
    let mut prefixes = vec![Vec::new()];
    for (place, spans) in fields.iter().enumerate() {
        if spans.is_all() {
            break;
        }
        let turned = match spec.fields[place].direction {
            Direction::Ascending => spans.clone(),
            Direction::Descending => spans.inverted(),
        };
        let fits = prefixes.len().saturating_mul(turned.as_slice().len()) <= PREFIXES_MAX;
        let spans = if fits { turned } else { turned.hull() };
        if !spans.are_points() {
            bounds.ranges = ranges(&prefixes, &spans);
            bounds.ranged = true;
            bounds.unbound_from += usize::from(fits);
            break;
        }
        prefixes = combine(&prefixes, &spans);
        bounds.fixed |= u64::from(spans.as_slice().len() == 1) << place;
        bounds.points += 1;
        bounds.unbound_from += 1;
    }
    if !bounds.ranged {
        bounds.ranges = ranges(&prefixes, &Spans::all());
    }
    bounds.fields = fields;
    bounds
}

/// Every prefix with every key behind it.
fn combine(prefixes: &[Vec<u8>], keys: &Spans) -> Vec<Vec<u8>> {
    let keys = keys.as_slice();
    let pairs =
        prefixes.iter().flat_map(|prefix| keys.iter().map(move |key| [&prefix[..], &key.from].concat()));
    pairs.collect()
}

fn ranges(prefixes: &[Vec<u8>], spans: &Spans) -> Vec<KeyRange> {
    let spans = spans.as_slice();
    prefixes.iter().flat_map(|prefix| spans.iter().map(move |span| inside(prefix, span))).collect()
}

/// The stretch behind a prefix.
fn inside(prefix: &[u8], span: &Span) -> KeyRange {
    let start = [prefix, &span.from].concat();
    let end = match &span.to {
        Some(to) => Some([prefix, to].concat()),
        None => prefix_end(prefix),
    };
    KeyRange {
        start: if start.is_empty() { Bound::Unbounded } else { Bound::Included(start) },
        end: end.map_or(Bound::Unbounded, Bound::Excluded),
    }
}

/// In which direction the index is to be walked for `sort`, and of how many of its fields, from the first on, it gives
/// the order.
///
/// A field that is bound to one value says nothing about order, in the index as in the sort. An index of another
/// collation has another order, even where a value is bound: other texts may be equal to it.
pub(super) fn order_of(
    sort: &SortSpec,
    spec: &IndexSpec,
    bounds: &IndexBounds,
    arrays: u64,
) -> (Walk, usize) {
    if !sort.fields().is_empty() && sort.collation() != spec.collation.as_ref() {
        return (Walk::Forward, 0);
    }
    let sort = sort.fields();
    let fixed = |path: &str| {
        let place = spec.fields.iter().position(|field| field.path.as_str() == path);
        place.is_some_and(|at| bounds.fixed >> at & 1 == 1 && arrays >> at & 1 == 0)
    };
    let mut keys = spec.fields.iter().enumerate().filter(|(_, field)| !fixed(field.path.as_str()));
    let (mut forward, mut ordered, mut walked) = (None, 0, false);
    for (place, wanted) in sort.iter().enumerate() {
        if !fixed(wanted.path.as_str()) {
            let Some((at, there)) = keys.next() else { break };
            let same = there.direction == wanted.direction;
            let is_array = arrays >> at & 1 == 1;
            let is_hash = spec.hashed == Some(at);
            if there.path != wanted.path || is_array || is_hash || *forward.get_or_insert(same) != same {
                break;
            }
            walked = true;
        }
        ordered = place + 1;
    }
    // Fields that are bound to one value give no order by themselves, unless they are all that is asked for.
    let ordered = if walked || ordered == sort.len() { ordered } else { 0 };
    match forward {
        Some(false) if ordered > 0 => (Walk::Backward, ordered),
        _ => (Walk::Forward, ordered),
    }
}
