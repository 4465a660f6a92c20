//! The road through a view: what its stages ask is asked of the documents beneath, as far as that means the same.

use std::sync::Arc;

use crate::error::Result;
use crate::expression::filter::Filter;
use crate::expression::projection::Projection;
use crate::expression::sort::SortSpec;
use crate::query::statement::{Find, ViewStage};

use super::choose::{self, Considered, Place, Weighed};
use super::node::Node;

/// The plan of a find in what `stages` make of the documents of a collection.
///
/// # Errors
/// As [`find`](choose::find).
pub(crate) fn through(stages: &[ViewStage], find: &Find, place: Option<Place<'_>>) -> Result<Node> {
    let (beneath, left) = sunk(stages, find);
    Ok(stacked(left, choose::find(&beneath, place)?))
}

/// All plans of such a find.
///
/// # Errors
/// As [`find`](choose::find).
pub(crate) fn weigh_through(stages: &[ViewStage], find: &Find, place: Option<Place<'_>>) -> Result<Weighed> {
    let (beneath, left) = sunk(stages, find);
    let Weighed { winner, rejected, unused } = choose::weigh(&beneath, place)?;
    let through = |plan: Considered| Considered { node: stacked(left.clone(), plan.node), ..plan };
    Ok(Weighed { winner: through(winner), rejected: rejected.into_iter().map(through).collect(), unused })
}

/// What is asked of the collection, and the stages that are left to be done with its answer.
fn sunk(stages: &[ViewStage], find: &Find) -> (Find, Vec<ViewStage>) {
    let Find { filter, projection, sort, skip, limit, hint, between: _, only } = find.clone();
    let mut stages = stages.to_vec();
    if !filter.is_everything() {
        stages.push(ViewStage::Match(filter));
    }
    if !sort.fields().is_empty() {
        stages.push(ViewStage::Sort(sort));
    }
    if skip > 0 {
        stages.push(ViewStage::Skip(skip));
    }
    stages.extend(limit.map(ViewStage::Limit));
    if !projection.is_everything() {
        stages.push(ViewStage::Project(projection));
    }
    let mut stages = stages.into_iter().peekable();
    let mut beneath = Find { hint, ..Find::new(Filter::everything()) };
    while let Some(stage) = stages.next_if(|stage| may_sink(&beneath, stage)) {
        sink(&mut beneath, stage);
    }
    let left: Vec<ViewStage> = stages.collect();
    if left.is_empty() {
        // What is left to be done may need of a document what nobody asked for.
        beneath.only = only;
    }
    (beneath, left)
}

fn stacked(stages: Vec<ViewStage>, node: Node) -> Node {
    stages.into_iter().fold(node, |node, stage| above(stage, node))
}

/// Whether a find that is also asked this still answers what the stage would make of its answer.
fn may_sink(find: &Find, stage: &ViewStage) -> bool {
    let bounded = find.skip > 0 || find.limit.is_some();
    match stage {
        ViewStage::Match(_) => !bounded,
        ViewStage::Sort(_) => !bounded && find.sort.fields().is_empty(),
        ViewStage::Skip(_) => !bounded,
        ViewStage::Limit(_) => true,
        ViewStage::Project(_) => false,
    }
}

fn sink(find: &mut Find, stage: ViewStage) {
    match stage {
        ViewStage::Match(filter) => find.filter = find.filter.clone().and(filter),
        ViewStage::Sort(sort) => find.sort = sort,
        ViewStage::Skip(skip) => find.skip = skip,
        ViewStage::Limit(limit) => find.limit = Some(find.limit.map_or(limit, |known| known.min(limit))),
        ViewStage::Project(projection) => find.projection = projection,
    }
}

fn above(stage: ViewStage, input: Node) -> Node {
    let input = Box::new(input);
    match stage {
        ViewStage::Match(filter) => Node::Filter { filter: Arc::new(filter), input },
        ViewStage::Sort(sort) => sorted(sort, input),
        ViewStage::Skip(skip) => Node::Window { skip, limit: None, input },
        ViewStage::Limit(limit) => Node::Window { skip: 0, limit: Some(limit), input },
        ViewStage::Project(projection) => projected(projection, input),
    }
}

fn sorted(sort: SortSpec, input: Box<Node>) -> Node {
    Node::Sort { sort: Arc::new(sort), ordered: 0, keep: None, input }
}

fn projected(projection: Projection, input: Box<Node>) -> Node {
    Node::Project { projection: Arc::new(projection), input }
}
