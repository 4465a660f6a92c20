//! Deletes by id.

use std::time::Instant;

use nexuslite_benches::documents::id;

use super::bulk::BATCH;
use super::timing::clocked;
use super::{Line, Place};
use crate::figure::{Told, answered, per_second, rate, timed};
use crate::peers::{Id, Result};
use crate::person::Person;
use crate::stand::Stand;

pub(super) const DURABLE: Line = Line {
    name: "durable delete",
    figures: &[rate("durable single delete")],
    place: Place::Shared,
    work: durable,
};

pub(super) const BATCHES: Line = Line {
    name: "delete",
    figures: &[rate("delete by _id, batches of 1000")],
    place: Place::Shared,
    work: batches,
};

/// Documents that are put in for each second of this, and deleted one by one.
const FRESH: f64 = 25_000.0;

fn durable(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let fresh = Person::many(count * 3, (FRESH * time.as_secs_f64().max(0.1)) as u64)?;
    let peer = stand.peer()?;
    fresh.chunks(BATCH as usize).try_for_each(|batch| peer.insert(batch))?;
    let (started, mut done) = (Instant::now(), 0);
    for person in fresh.iter().take_while(|_| started.elapsed() < time) {
        peer.delete(&[person.id])?;
        done += 1;
    }
    tell(timed(DURABLE.figures[0], per_second(done, started.elapsed())));
    let rest: Vec<Id> = fresh[done as usize..].iter().map(|person| person.id).collect();
    rest.chunks(BATCH as usize).try_for_each(|batch| peer.delete(batch))
}

/// The first fifth of the documents; the answer is what is left of one city.
fn batches(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let count = stand.documents / 5;
    let ids: Vec<Id> = (0..count).map(id).collect();
    let peer = stand.peer()?;
    let took = clocked(|| ids.chunks(BATCH as usize).try_for_each(|batch| peer.delete(batch)))?.0;
    tell(answered(BATCHES.figures[0], per_second(count, took), peer.of_city("city-007")?));
    Ok(())
}
