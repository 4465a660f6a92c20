//! Updates by id: a number in each document grows.

use std::collections::HashSet;

use nexuslite_benches::documents::{Random, id, wanted};

use super::bulk::BATCH;
use super::timing::repeat;
use super::{Line, Place};
use crate::figure::{Told, rate, timed};
use crate::peers::{Id, Result};
use crate::stand::Stand;

pub(super) const DURABLE: Line = Line {
    name: "durable update",
    figures: &[rate("durable single update")],
    place: Place::Shared,
    work: durable,
};

pub(super) const BATCHES: Line = Line {
    name: "update",
    figures: &[rate("update by _id, batches of 1000")],
    place: Place::Shared,
    work: batches,
};

fn durable(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let ids: Vec<Id> = wanted(count, 50_000).collect();
    let peer = stand.peer()?;
    let rate = repeat(time, |turn| {
        peer.raise_scores(&[ids[turn as usize % ids.len()]])?;
        Ok(1)
    })?;
    tell(timed(DURABLE.figures[0], rate));
    Ok(())
}

fn batches(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let mut random = Random(4);
    let batches: Vec<Vec<Id>> = (0..64).map(|_| distinct(&mut random, count)).collect();
    let peer = stand.peer()?;
    let rate = repeat(time, |turn| {
        peer.raise_scores(&batches[turn as usize % batches.len()])?;
        Ok(BATCH)
    })?;
    tell(timed(BATCHES.figures[0], rate));
    Ok(())
}

/// As many ids as a batch has, no two alike.
pub(super) fn distinct(random: &mut Random, count: u64) -> Vec<Id> {
    let mut drawn = HashSet::new();
    while drawn.len() < BATCH as usize {
        drawn.insert(random.below(count));
    }
    let mut drawn: Vec<u64> = drawn.into_iter().collect();
    drawn.sort_unstable();
    // A sorted draw of numbers is an order of random ids, and the same in every process.
    drawn.into_iter().map(id).collect()
}
