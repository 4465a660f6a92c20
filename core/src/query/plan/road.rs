//! The roads that lead to the documents a statement asks for.

use std::sync::Arc;

use crate::collection::{Opened, OpenedIndex};
use crate::document::collation::Collation;
use crate::document::id::ID;
use crate::error::Result;
use crate::expression::filter::Filter;
use crate::expression::sort::{Direction as SortDirection, SortSpec};
use crate::storage::{Direction, KeyRange};

use super::bounds::{Access, access};
use super::cost::{Reading, Reads, Sizes};
use super::forced::intersects;
use super::index_bounds::{IndexBounds, index_bounds, order_of};
use super::intersection::{self, intersection};
use super::key_check::KeyCheck;
use super::leaves::leaves;
use super::memory::Which;
use super::node::{IndexScan, Node, Yield};
use super::shape::Shape;
use super::spread::{group_of, share_checked};
use super::union::unions;
use super::usable::holds_all;

/// In a collection of fewer records an index that narrows the search is always preferred to a walk over all.
const RECORDS_SMALL: f64 = 1000.0;

/// What the documents are wanted for.
#[derive(Debug, Clone)]
pub(super) struct Wanted<'a> {
    pub(super) filter: &'a Filter,
    pub(super) sort: &'a SortSpec,
    pub(super) needs: Needs,
}

/// What has to be known of a document once it is found.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Needs {
    All,
    /// That it is there.
    Nothing,
    /// What stands at these paths.
    Paths(Vec<String>),
}

/// A source, and what is gained by it.
#[derive(Debug, Clone)]
pub(super) struct Road {
    pub(super) source: Node,
    pub(super) reading: Reading,
    /// Which conjuncts of the filter all that it leads to satisfies.
    pub(super) decides: Vec<bool>,
    /// How many fields of the sort it gives in order.
    pub(super) ordered: usize,
    /// How many documents it leads to at most, when that is known.
    pub(super) documents: f64,
    /// Whether at most one document is there to be found.
    pub(super) is_one: bool,
    /// How many times as long as it is thought it was before.
    pub(super) longer: f64,
}

impl Needs {
    fn add<'p>(&self, more: Option<impl IntoIterator<Item = &'p str>>) -> Self {
        match (self, more) {
            (Needs::All, _) | (_, None) => Needs::All,
            (Needs::Nothing, Some(paths)) => Needs::Paths(paths.into_iter().map(str::to_owned).collect()),
            (Needs::Paths(known), Some(paths)) => {
                Needs::Paths(known.iter().cloned().chain(paths.into_iter().map(str::to_owned)).collect())
            }
        }
    }
}

impl Wanted<'_> {
    /// What has to be known of the documents that a road leads to.
    pub(super) fn needs(&self, decided: bool, ordered: usize) -> Needs {
        let mut needs = self.needs.clone();
        if !decided {
            needs = needs.add(self.filter.paths());
        }
        if ordered < self.sort.fields().len() {
            needs = needs.add(Some(self.sort.fields().iter().map(|field| field.path.as_str())));
        }
        needs
    }

    /// What a road decides that decides all, or nothing.
    pub(super) fn decides(&self, all: bool) -> Vec<bool> {
        vec![all; self.filter.conjuncts().len()]
    }
}

impl Road {
    /// Whether what it leads to satisfies the filter.
    pub(super) fn is_decided(&self) -> bool {
        self.decides.iter().all(|decides| *decides)
    }
}

/// The road in a collection that is not there.
pub(super) fn nowhere(wanted: &Wanted<'_>) -> Road {
    let reading = Reading { entries: 0.0, seeks: 0.0, reads: Reads::Records, ..Reading::default() };
    let decides = wanted.decides(false);
    let source = Node::Records { direction: Direction::Forward };
    Road { source, reading, decides, ordered: 0, documents: 0.0, is_one: false, longer: 1.0 }
}

/// The walk over all records.
pub(super) fn records(wanted: &Wanted<'_>, sizes: &Sizes<'_>) -> Result<Road> {
    records_towards(Direction::Forward, wanted, sizes)
}

/// The walk over all records in a direction that was asked for.
pub(super) fn records_towards(direction: Direction, wanted: &Wanted<'_>, sizes: &Sizes<'_>) -> Result<Road> {
    let documents = sizes.records()?;
    let reading = Reading { entries: documents, seeks: 1.0, reads: Reads::Records, ..Reading::default() };
    let decides = wanted.decides(false);
    let source = Node::Records { direction };
    Ok(Road { source, reading, decides, ordered: 0, documents, is_one: false, longer: 1.0 })
}

/// The road by `_id`; when nothing is said of it, only for the order, or when it is `wished` for.
pub(super) fn ids(wanted: &Wanted<'_>, sizes: &Sizes<'_>, wished: bool) -> Result<Option<Road>> {
    let by_id = id_direction(wanted.sort, sizes.opened.collation());
    let direction = by_id.unwrap_or_default();
    // An `_id` is there once: what comes behind it decides nothing.
    let ordered = if by_id.is_some() { wanted.sort.fields().len() } else { 0 };
    let (range, decided) = match access(wanted.filter, sizes.opened.collation()) {
        Access::Keys { keys, decided } => {
            let count = keys.len() as f64;
            let is_one = keys.len() <= 1;
            let source = Node::Ids { keys: keys.into(), direction };
            let reading =
                Reading { entries: count, seeks: count, reads: Reads::Fetched, ..Reading::default() };
            let ordered = if is_one { wanted.sort.fields().len() } else { ordered };
            return Ok(Some(Road {
                source,
                reading,
                decides: wanted.decides(decided),
                ordered,
                documents: count,
                is_one,
                longer: 1.0,
            }));
        }
        Access::Range { range, decided } => (range, decided),
        Access::All if by_id.is_some() || wished => (KeyRange::all(), wanted.filter.is_everything()),
        Access::All => return Ok(None),
    };
    in_id_range(wanted, range, decided, sizes).map(Some)
}

/// The walk over a range of `_id`s, which may `decide` the filter.
pub(super) fn in_id_range(
    wanted: &Wanted<'_>,
    range: KeyRange,
    decides: bool,
    sizes: &Sizes<'_>,
) -> Result<Road> {
    let by_id = id_direction(wanted.sort, sizes.opened.collation());
    let direction = by_id.unwrap_or_default();
    let ordered = if by_id.is_some() { wanted.sort.fields().len() } else { 0 };
    let decided = decides || wanted.filter.is_everything();
    let entries = sizes.entries(sizes.opened.entry.ids, std::slice::from_ref(&range))?;
    let (yields, reads) = match wanted.needs(decided, ordered) {
        Needs::Nothing => (Yield::Presence, Reads::Keys),
        _ => (Yield::Documents, Reads::Fetched),
    };
    let source = Node::IdRange { range, direction, yields };
    let reading = Reading { entries, seeks: 1.0, reads, ..Reading::default() };
    let decides = wanted.decides(decided);
    Ok(Road { source, reading, decides, ordered, documents: entries, is_one: false, longer: 1.0 })
}

/// The road by an index, if it holds all that is asked for, and there is something to be gained by it or it is
/// `wished` for.
pub(super) fn index(
    wanted: &Wanted<'_>,
    index: &OpenedIndex,
    sizes: &Sizes<'_>,
    wished: bool,
) -> Result<Option<Road>> {
    let (spec, arrays) = (&index.entry.spec, index.array_fields());
    if !holds_all(spec, wanted.filter, arrays) {
        return Ok(None);
    }
    let Some(bounds) = index_bounds(wanted.filter, spec, arrays) else { return Ok(None) };
    let narrowing = bounds.narrowing() > 0;
    let road = laid_out(wanted, index, bounds, sizes)?;
    let gains = narrowing || road.ordered > 0 || !matches!(road.reading.reads, Reads::Fetched) || wished;
    Ok(gains.then_some(road))
}

/// The walk over an index within the bounds.
pub(super) fn laid_out(
    wanted: &Wanted<'_>,
    index: &OpenedIndex,
    bounds: IndexBounds,
    sizes: &Sizes<'_>,
) -> Result<Road> {
    let (spec, arrays) = (&index.entry.spec, index.array_fields());
    let (direction, ordered) = order_of(wanted.sort, spec, &bounds, arrays);
    let decides = bounds.decides.clone();
    let decided = decides.iter().all(|decides| *decides);
    let repeats = arrays != 0 || bounds.beneath;
    let (yields, reads) = yields(&wanted.needs(decided, ordered), index, repeats);
    let is_one = spec.unique && bounds.points == spec.fields.len() && bounds.ranges.len() == 1 && arrays == 0;
    let entries = sizes.entries(index.entry.tree, &bounds.ranges)?;
    let share = share_checked(index, &bounds, entries, sizes)?;
    let group = group_of(index, &bounds, (wanted.sort.fields(), ordered), entries, sizes)?;
    let seeks = bounds.ranges.len() as f64;
    let reading = Reading { entries, seeks, reads, share, group, whole: false };
    let source = Node::Index(scan(index, bounds, repeats, direction, yields));
    Ok(Road { source, reading, decides, ordered, documents: entries * share, is_one, longer: 1.0 })
}

/// What a walk over the index has to hand out.
fn yields(needs: &Needs, index: &OpenedIndex, repeats: bool) -> (Yield, Reads) {
    let shape = match needs {
        Needs::All => None,
        Needs::Nothing => return (Yield::Presence, Reads::Keys),
        Needs::Paths(_) if repeats => None,
        Needs::Paths(paths) => Shape::of(&index.entry.spec, paths.iter().map(String::as_str)),
    };
    match shape {
        Some(shape) => (Yield::Told(Arc::new(shape)), Reads::Values),
        None => (Yield::Documents, Reads::Fetched),
    }
}

fn scan(
    index: &OpenedIndex,
    bounds: IndexBounds,
    repeats: bool,
    direction: Direction,
    yields: Yield,
) -> IndexScan {
    IndexScan {
        check: KeyCheck::new(&index.entry.spec, &bounds),
        ranges: bounds.ranges.into(),
        direction,
        repeats,
        multikey: index.is_multikey(),
        index: Arc::clone(&index.entry),
        yields,
        uses: Arc::clone(&index.uses),
        expected: None,
        fields: bounds.fields.into(),
    }
}

/// Whether it leaves out what the filter does not ask for.
pub(super) fn narrows(road: &Road) -> bool {
    match &road.source {
        Node::Index(scan) => scan.fields.first().is_some_and(|spans| !spans.is_all()),
        _ => true,
    }
}

/// The direction of an order by `_id`, which is unique, so that what comes after it decides nothing.
fn id_direction(sort: &SortSpec, collation: Option<&Collation>) -> Option<Direction> {
    if sort.collation() != collation {
        return None;
    }
    let first = sort.fields().first().filter(|field| field.path.as_str() == ID)?;
    Some(match first.direction {
        SortDirection::Ascending => Direction::Forward,
        SortDirection::Descending => Direction::Backward,
    })
}

/// The road that needs no weighing: `_id`s that are listed are looked up, whatever else there is, and without indexes
/// there is no choice.
pub(super) fn plain(wanted: &Wanted<'_>, opened: &Opened, sizes: &Sizes<'_>) -> Result<Option<Road>> {
    let by_id = ids(wanted, sizes, false)?;
    let has_indexes = opened.ready_indexes().any(|index| !index.entry.spec.hidden);
    match by_id {
        Some(road) if !has_indexes || matches!(road.source, Node::Ids { .. }) => Ok(Some(road)),
        None if !has_indexes => records(wanted, sizes).map(Some),
        _ => Ok(None),
    }
}

/// All roads worth weighing.
///
/// A collection too small for the choice to matter is not walked where an index narrows the search or gives the order:
/// what a statement does then changes with its size only where that pays.
pub(super) fn all(wanted: &Wanted<'_>, opened: &Opened, sizes: &Sizes<'_>) -> Result<Vec<Road>> {
    let mut roads: Vec<Road> = ids(wanted, sizes, false)?.into_iter().collect();
    let in_ids = roads.iter().any(|road| !is_all_ids(road));
    for candidate in opened.ready_indexes().filter(|index| !index.entry.spec.hidden) {
        for leaf in leaves(candidate, wanted.filter) {
            let Some(road) = index(wanted, &leaf, sizes, false)? else { continue };
            if road.is_one {
                return Ok(vec![road]);
            }
            roads.push(road);
        }
    }
    if let Some(road) = intersection(wanted, &roads, sizes)? {
        if intersects() {
            return Ok(vec![road]);
        }
        roads.push(road);
    }
    roads.extend(unions(wanted, sizes)?);
    let sort = wanted.sort.fields().len();
    let serves = |road: &Road| (narrows(road) && !is_all_ids(road)) || (sort > 0 && road.ordered == sort);
    if !in_ids && (!roads.iter().any(serves) || sizes.records()? >= RECORDS_SMALL) {
        roads.push(records(wanted, sizes)?);
    }
    Ok(roads)
}

/// The road of a kind, if it is still there.
pub(super) fn again(wanted: &Wanted<'_>, which: &Which, sizes: &Sizes<'_>) -> Result<Option<Road>> {
    match which {
        Which::Records => records(wanted, sizes).map(Some),
        Which::Ids => ids(wanted, sizes, false),
        Which::Index(tree, _) => {
            let found = sizes.opened.ready_indexes().filter(|index| index.entry.tree == *tree);
            let mut leaves = found.flat_map(|index| leaves(index, wanted.filter));
            match leaves.find(|leaf| Which::of_index(&leaf.entry) == *which) {
                Some(found) => index(wanted, &found, sizes, false),
                None => Ok(None),
            }
        }
        Which::Intersection(sides) => {
            let sides = sides.iter().filter_map(|side| again(wanted, side, sizes).transpose());
            intersection::of(wanted, &sides.collect::<Result<Vec<Road>>>()?, sizes)
        }
        Which::Union => Ok(unions(wanted, sizes)?.into_iter().next()),
    }
}

/// Whether it is walked for the order of `_id`s alone.
pub(super) fn is_all_ids(road: &Road) -> bool {
    matches!(&road.source, Node::IdRange { range, .. } if *range == KeyRange::all())
}
