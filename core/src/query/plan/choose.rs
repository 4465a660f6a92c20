//! Which road is taken, and why.
//!
//! Every index that can serve is laid out as a road, beside the `_id` tree and the walk over all records; what each
//! costs is told from the sizes of its ranges (`cost`), and the cheapest is taken. Where `_id`s are listed, or a unique
//! key is known whole, nothing else is looked at.

use std::sync::Arc;

use crate::collection::{Opened, OpenedIndex};
use crate::error::Result;
use crate::query::statement::{Between, Find, Modify, Only, Reach};
use crate::storage::Direction;
use crate::transaction::Transaction;

use super::bounds::one_id;
use super::cost::{Sizes, Task, cost, matching, walked};
use super::forced::intersects;
use super::hint::{Wish, between_ids, between_keys, boundless, hinted, is_one_id, unhinted, wish};
use super::memory::{Expected, Memory, Shape, Which};
use super::node::{List, Node};
use super::road::{self, Needs, Road, Wanted};
use super::usable::holds_all;

/// The collection in which something is looked for, and the state in which it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) opened: &'a Opened,
    pub(crate) txn: &'a Transaction,
}

/// All plans that were thought of.
#[derive(Debug, Clone)]
pub(crate) struct Weighed {
    pub(crate) winner: Considered,
    /// The others, the cheapest first.
    pub(crate) rejected: Vec<Considered>,
    /// The indexes of which no plan was made, and why.
    pub(crate) unused: Vec<(String, &'static str)>,
}

/// A plan, and what it was thought to cost.
#[derive(Debug, Clone)]
pub(crate) struct Considered {
    pub(crate) node: Node,
    /// Nothing where there was nothing to compare with.
    pub(crate) estimate: Option<Estimate>,
}

/// What a plan was thought to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    /// In the time that a walk over all records takes for one of them.
    pub(crate) cost: f64,
    /// How many entries or records lie on its road.
    pub(crate) entries: f64,
}

/// The plan of a find; without a place there is no such collection.
///
/// # Errors
/// `Invalid`, `BadValue` (2): a hint that names no index, or one that lacks documents that are asked for; 51173, 51174,
/// 51175, 291: bounds without a hint, of other fields than the index's, the wrong way round, or of no index.
pub(crate) fn find(find: &Find, place: Option<Place<'_>>) -> Result<Node> {
    Ok(above(remembered(find, place)?, find))
}

/// All plans of a find.
///
/// # Errors
/// As [`find`].
pub(crate) fn weigh(find: &Find, place: Option<Place<'_>>) -> Result<Weighed> {
    let choice = roads(find, place)?;
    let task = choice.task;
    let alone = choice.roads.len() == 1;
    let considered = |road: Road| {
        let estimate = task
            .filter(|_| !alone)
            .map(|task| Estimate { cost: cost_of(&road, &task), entries: road.reading.entries });
        Considered { node: above(road, find), estimate }
    };
    let (best, others) = choice.take_best();
    let winner = considered(best);
    let rejected: Vec<Considered> = others.into_iter().map(considered).collect();
    let is_used = |name: &str| {
        std::iter::once(&winner).chain(&rejected).any(|plan| plan.node.source().index_names().contains(&name))
    };
    let unused = place.map_or_else(Vec::new, |place| unused(find, place.opened, is_used));
    Ok(Weighed { winner, rejected, unused })
}

/// The plan by which a write finds what it changes.
///
/// # Errors
/// As [`find`].
pub(crate) fn modify(modify: &Modify, place: Option<Place<'_>>) -> Result<Node> {
    let one = place.filter(|_| modify.hint.is_none());
    let one = one.and_then(|place| one_id(&modify.filter, place.opened.collation()));
    if let Some(key) = one {
        // There is one at most: nothing to sort, and no end to watch for.
        return Ok(Node::Ids { keys: [key].into(), direction: Direction::Forward });
    }
    find(&search_of(modify), place)
}

/// The search for what a write changes.
pub(crate) fn search_of(modify: &Modify) -> Find {
    let limit = (modify.reach == Reach::One).then_some(1);
    let (sort, hint) = (modify.sort.clone(), modify.hint.clone());
    Find { sort, hint, limit, ..Find::new(modify.filter.clone()) }
}

/// The plan of a write whose documents were found before: those with these ids, as far as they still satisfy the
/// filter. A walk over an index that the write itself changes could meet a document twice.
pub(crate) fn listed(modify: &Modify, list: List) -> Node {
    let (filter, input) = (Arc::new(modify.filter.clone()), Box::new(Node::Listed { list }));
    Node::Filter { filter, input }
}

/// The indexes that no plan uses, and why.
fn unused(find: &Find, opened: &Opened, is_used: impl Fn(&str) -> bool) -> Vec<(String, &'static str)> {
    let others = opened.ready_indexes().filter(|index| !is_used(&index.entry.spec.name));
    let why = |index: &OpenedIndex| match &index.entry.spec {
        spec if spec.hidden => "it is hidden",
        _ if find.hint.is_some() => "a hint asks for another road",
        spec if spec.wildcard.is_some() => "of no path that it holds the filter asks what it can answer",
        spec if !holds_all(spec, &find.filter, index.array_fields()) => {
            "it may lack documents that the filter finds"
        }
        _ => "neither the filter nor the sort can use its first field, or one key decides",
    };
    others.map(|index| (index.entry.spec.name.to_string(), why(index))).collect()
}

/// The road of a find: that which served its shape before, or else the best.
///
/// Whoever walks it tells when it is much longer than it was thought to be.
fn remembered(find: &Find, place: Option<Place<'_>>) -> Result<Road> {
    let Some(Place { opened, txn }) = place.filter(|_| find.hint.is_none() && find.between.is_open()) else {
        return Ok(roads(find, place)?.take_best().0);
    };
    let (wanted, sizes) = (wanted(find), Sizes { txn, opened });
    if let Some(road) = road::plain(&wanted, opened, &sizes)? {
        return Ok(road);
    }
    let (memory, shape) = (Memory::of(opened), Shape::of(find));
    if !intersects()
        && let Some(chosen) = memory.chosen(shape)
        && let Some(road) = road::again(&wanted, &chosen.which, &sizes)?
        && chosen.fits(road.reading.entries)
    {
        let task = Task { ordered: road.ordered, ..task(find, road.documents) };
        return Ok(watched(road, &task, &memory, shape));
    }
    let choice = roads(find, place)?;
    let task = choice.task;
    let (road, others) = choice.take_best();
    let Some(task) = task.filter(|_| !others.is_empty()) else { return Ok(road) };
    memory.choose(shape, Which::of(&road.source), road.reading.entries);
    let task = Task { ordered: road.ordered, ..task };
    Ok(watched(road, &task, &memory, shape))
}

fn watched(mut road: Road, task: &Task, memory: &Arc<Memory>, shape: Shape) -> Road {
    let which = Which::of(&road.source);
    match &mut road.source {
        Node::Index(scan) => {
            scan.expected = Some(Expected::new(memory, shape, which, walked(&road.reading, task).entries));
        }
        Node::Intersection(together) => {
            let met = (road.documents, together.bearable);
            together.expected = Some(Expected::within(memory, shape, which, met));
        }
        _ => {}
    }
    road
}

/// The roads there are, and what is to be done on them; at least one.
struct Choice {
    roads: Vec<Road>,
    task: Option<Task>,
}

impl Choice {
    fn only(road: Road) -> Self {
        Self { roads: vec![road], task: None }
    }

    /// The road that costs least, of equals the one that was thought of first; and the others, the cheapest first.
    fn take_best(self) -> (Road, Vec<Road>) {
        let mut roads = self.roads;
        if let (Some(task), true) = (self.task, roads.len() > 1) {
            // A positive double sorts as its bits do.
            roads.sort_by_cached_key(|road| cost_of(road, &task).max(0.0).to_bits());
        }
        let best = roads.remove(0);
        (best, roads)
    }
}

fn cost_of(road: &Road, task: &Task) -> f64 {
    cost(&road.reading, &Task { ordered: road.ordered, ..*task }) * road.longer
}

fn wanted(find: &Find) -> Wanted<'_> {
    Wanted { filter: &find.filter, sort: &find.sort, needs: needs(find) }
}

/// What is to be done, when so many documents satisfy the filter.
fn task(find: &Find, matching: f64) -> Task {
    let keep = keep(find).map(|keep| keep as f64);
    Task { matching, keep, sort: find.sort.fields().len(), ordered: 0 }
}

fn roads(find: &Find, place: Option<Place<'_>>) -> Result<Choice> {
    let (wanted, between) = (wanted(find), &find.between);
    if find.hint.is_none() && !between.is_open() && !is_one_id(find) {
        return Err(unhinted());
    }
    let Some(Place { opened, txn }) = place else {
        find.hint.as_ref().map_or(Ok(()), |hint| wish(hint, None).map(drop))?;
        return Ok(Choice::only(road::nowhere(&wanted)));
    };
    let sizes = Sizes { txn, opened };
    if let Some(hint) = &find.hint {
        return wished(&wanted, wish(hint, Some(opened))?, between, &sizes).map(Choice::only);
    }
    if let Some(road) = road::plain(&wanted, opened, &sizes)? {
        return Ok(Choice::only(road));
    }
    let mut roads = road::all(&wanted, opened, &sizes)?;
    if roads.len() == 1 {
        return Ok(Choice { roads, task: None });
    }
    let (memory, shape) = (Memory::of(opened), Shape::of(find));
    for road in &mut roads {
        road.longer = memory.longer(shape, Which::of(&road.source));
    }
    let documents = roads.iter().map(|road| road.documents);
    let matching = matching(documents, sizes.records()?, !find.filter.is_everything());
    Ok(Choice { roads, task: Some(task(find, matching)) })
}

/// The road that a hint asks for.
fn wished(wanted: &Wanted<'_>, wish: Wish, between: &Between, sizes: &Sizes<'_>) -> Result<Road> {
    match (wish, between.is_open()) {
        (Wish::Natural(_), false) => Err(boundless()),
        (Wish::Natural(direction), true) => road::records_towards(direction, wanted, sizes),
        (Wish::Ids, false) => between_ids(wanted, between, sizes),
        (Wish::Ids, true) => match road::ids(wanted, sizes, true)? {
            Some(road) => Ok(road),
            None => road::records(wanted, sizes),
        },
        (Wish::Index(index), false) => between_keys(wanted, &index, between, sizes),
        (Wish::Index(index), true) => hinted(wanted, &index, sizes),
    }
}

fn needs(find: &Find) -> Needs {
    match &find.only {
        Only::Documents => find.projection.paths().map_or(Needs::All, Needs::Paths),
        Only::Count => Needs::Nothing,
        Only::Values(path) => Needs::Paths(vec![path.as_str().to_owned()]),
    }
}

fn keep(find: &Find) -> Option<u64> {
    find.limit.map(|limit| limit.saturating_add(find.skip))
}

/// The nodes above the source.
fn above(road: Road, find: &Find) -> Node {
    let is_decided = road.is_decided();
    let mut node = road.source;
    if !is_decided {
        node = Node::Filter { filter: Arc::new(find.filter.clone()), input: Box::new(node) };
    }
    if road.ordered < find.sort.fields().len() {
        let (sort, ordered) = (Arc::new(find.sort.clone()), road.ordered);
        node = Node::Sort { sort, ordered, keep: keep(find), input: Box::new(node) };
    }
    if find.skip > 0 || find.limit.is_some() {
        node = Node::Window { skip: find.skip, limit: find.limit, input: Box::new(node) };
    }
    if !find.projection.is_everything() {
        node = Node::Project { projection: Arc::new(find.projection.clone()), input: Box::new(node) };
    }
    node
}
