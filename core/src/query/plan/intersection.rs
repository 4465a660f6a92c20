//! The road by several indexes at once, to the records that all of them lead to.
//!
//! The index that leads to the fewest is read into a set of record ids, the others are walked and asked which of these
//! they lead to as well; only what is left is read. No sizes tell how the fields of two indexes go together, so each is
//! thought to narrow what the others leave as it narrows the whole collection.

use std::cmp::Ordering;

use crate::document::id::ID;
use crate::error::Result;
use crate::storage::Direction;

use super::cost::{Reading, Reads, Sizes, Task, cost, fetched_for};
use super::forced::intersects;
use super::node::{IndexScan, Intersection, Node, Yield};
use super::road::{Needs, Road, Wanted, is_all_ids, narrows};

/// In a smaller collection no two indexes are walked for one answer.
const RECORDS_SMALL: f64 = 1000.0;
/// A set of more records is not thought of.
const RECORDS_HELD_MAX: f64 = 2e6;
/// So many sides are tried with each other, those that lead to the fewest.
const SIDES_TRIED: usize = 16;
/// So many are walked together.
const SIDES_MAX: usize = 4;

/// A road that may be walked together with others.
struct Side<'r> {
    road: &'r Road,
    /// Of what it says something: the fields that it binds, and those that a partial index asks for.
    paths: Vec<&'r str>,
}

/// Several roads that are walked together, the one that leads to the fewest first.
struct Together<'r> {
    roads: Vec<&'r Road>,
    decides: Vec<bool>,
    reading: Reading,
    documents: f64,
}

/// The cheapest road by several of these, where that is cheaper than each of them alone.
pub(super) fn intersection(wanted: &Wanted<'_>, roads: &[Road], sizes: &Sizes<'_>) -> Result<Option<Road>> {
    let mut sides: Vec<Side<'_>> = roads.iter().filter_map(side).collect();
    if sides.len() < 2 {
        return Ok(None);
    }
    let records = sizes.records()?;
    if records < RECORDS_SMALL && !intersects() {
        return Ok(None);
    }
    sides.sort_by(|a, b| by_size(a.road, b.road));
    sides.truncate(SIDES_TRIED);
    let walked = |roads| Together::new(wanted, roads, records);
    let mut chosen: Vec<&Side<'_>> = Vec::new();
    let mut best: Option<Together<'_>> = None;
    for (at, one) in sides.iter().enumerate() {
        for other in sides[at + 1..].iter().filter(|other| are_apart(one, other)) {
            let both = walked(vec![one.road, other.road]);
            if best.as_ref().is_none_or(|best| both.price() < best.price()) {
                (chosen, best) = (vec![one, other], Some(both));
            }
        }
    }
    let Some(mut best) = best else { return Ok(None) };
    while chosen.len() < SIDES_MAX {
        let others = sides.iter().filter(|other| chosen.iter().all(|side| are_apart(side, other)));
        let more = others.map(|other| {
            let roads = chosen.iter().map(|side| side.road).chain([other.road]);
            (other, walked(roads.collect()))
        });
        match more.min_by(|(_, a), (_, b)| a.price().total_cmp(&b.price())) {
            Some((other, more)) if more.price() < best.price() || intersects() => {
                chosen.push(other);
                best = more;
            }
            _ => break,
        }
    }
    Ok(best.pays().then(|| best.into_road()))
}

/// The road by exactly these, if it still pays.
pub(super) fn of(wanted: &Wanted<'_>, roads: &[Road], sizes: &Sizes<'_>) -> Result<Option<Road>> {
    if roads.len() < 2 || !roads.iter().all(|road| side(road).is_some()) {
        return Ok(None);
    }
    let together = Together::new(wanted, roads.iter().collect(), sizes.records()?);
    Ok(together.pays().then(|| together.into_road()))
}

impl<'r> Together<'r> {
    fn new(wanted: &Wanted<'_>, mut roads: Vec<&'r Road>, records: f64) -> Self {
        roads.sort_by(|a, b| by_size(a, b));
        let share = |road: &&Road| (road.documents / records.max(1.0)).min(1.0);
        let documents = records * roads.iter().map(share).product::<f64>();
        let decides = |conjunct: usize| roads.iter().any(|road| road.decides[conjunct]);
        let decides: Vec<bool> = (0..roads[0].decides.len()).map(decides).collect();
        let reads = match wanted.needs(decides.iter().all(|decides| *decides), 0) {
            Needs::Nothing => Reads::Keys,
            _ => Reads::Fetched,
        };
        let entries: f64 = roads.iter().map(|road| road.reading.entries).sum();
        let seeks = roads.iter().map(|road| road.reading.seeks).sum();
        let share = documents / entries.max(1.0);
        let reading = Reading { entries, seeks, reads, share, group: None, whole: true };
        Self { roads, decides, reading, documents }
    }

    fn price(&self) -> f64 {
        price(&self.reading, self.documents)
    }

    /// Whether it is cheaper than each of its sides, and the set that it begins with small enough.
    fn pays(&self) -> bool {
        let is_small = self.roads[0].documents <= RECORDS_HELD_MAX;
        intersects() || (is_small && self.price() < self.alone())
    }

    /// What the cheapest side costs by itself.
    fn alone(&self) -> f64 {
        let prices = self.roads.iter().map(|road| price(&road.reading, road.documents));
        prices.fold(f64::INFINITY, f64::min)
    }

    fn into_road(self) -> Road {
        let bearable = fetched_for(self.alone() - price(&self.reading, 0.0)).max(self.documents);
        let yields = match self.reading.reads {
            Reads::Keys => Yield::Presence,
            _ => Yield::Documents,
        };
        let sides = self.roads.iter().map(|road| walk_of(&road.source)).collect();
        let source = Node::Intersection(Intersection { sides, yields, bearable, expected: None });
        let Self { decides, reading, documents, .. } = self;
        Road { source, reading, decides, ordered: 0, documents, is_one: false, longer: 1.0 }
    }
}

/// The road as a side, if it is one: a walk over part of an index, or of the `_id`s.
fn side(road: &Road) -> Option<Side<'_>> {
    let paths = match &road.source {
        Node::Index(scan) if narrows(road) => paths_of(scan)?,
        Node::IdRange { .. } if !is_all_ids(road) => vec![ID],
        _ => return None,
    };
    Some(Side { road, paths })
}

/// Nothing where a partial index asks for whole documents.
fn paths_of(scan: &IndexScan) -> Option<Vec<&str>> {
    let spec = &scan.index.spec;
    let fields = spec.fields.iter().zip(&*scan.fields);
    let mut paths: Vec<&str> = match spec.leaf {
        Some(_) => spec.fields.last().map(|field| field.path.as_str()).into_iter().collect(),
        None => fields.filter(|(_, spans)| !spans.is_all()).map(|(field, _)| field.path.as_str()).collect(),
    };
    if let Some(partial) = &spec.partial {
        paths.extend(partial.filter.paths()?);
    }
    Some(paths)
}

/// Whether two sides say something of different fields: of the same, the second would narrow nothing.
fn are_apart(one: &Side<'_>, other: &Side<'_>) -> bool {
    one.paths.iter().all(|path| !other.paths.contains(path))
}

fn by_size(one: &Road, other: &Road) -> Ordering {
    one.documents.total_cmp(&other.documents)
}

/// The walk that hands out record ids; that one is met twice is no matter.
fn walk_of(source: &Node) -> Node {
    match source {
        Node::Index(scan) => Node::Index(IndexScan {
            direction: Direction::Forward,
            repeats: false,
            yields: Yield::Presence,
            expected: None,
            ..scan.clone()
        }),
        Node::IdRange { range, .. } => {
            Node::IdRange { range: range.clone(), direction: Direction::Forward, yields: Yield::Presence }
        }
        other => other.clone(),
    }
}

/// What it costs to walk to the end of a road on which there are so many documents.
fn price(reading: &Reading, documents: f64) -> f64 {
    let reading = Reading { share: documents / reading.entries.max(1.0), ..*reading };
    cost(&reading, &Task { matching: documents, keep: None, sort: 0, ordered: 0 })
}
