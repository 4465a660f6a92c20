//! Inserts of one document each, durable when they return, by some threads at once.

use std::thread;
use std::time::{Duration, Instant};

use super::bulk::BATCH;
use super::timing::{clocked, crossing, joined};
use super::{Line, Place};
use crate::figure::{Figure, Told, per_second, rate, timed};
use crate::peers::{Id, Peer, Result};
use crate::person::Person;
use crate::stand::Stand;

pub(super) const ALONE: Line = Line {
    name: "durable insert",
    figures: &[rate("durable single insert")],
    place: Place::Shared,
    work: |stand, tell| work(stand, tell, ALONE.figures[0], 1),
};

pub(super) const EIGHT: Line = Line {
    name: "durable insert, 8 threads",
    figures: &[rate("durable single insert, 8 threads")],
    place: Place::Shared,
    work: |stand, tell| work(stand, tell, EIGHT.figures[0], 8),
};

pub(super) const MANY: Line = Line {
    name: "durable insert, 32 threads",
    figures: &[rate("durable single insert, 32 threads")],
    place: Place::Shared,
    work: |stand, tell| work(stand, tell, MANY.figures[0], 32),
};

/// Documents made beforehand for each second: more than any device syncs, by one thread and by many.
const ONE_BY_ONE: u64 = 25_000;
const TOGETHER: u64 = 80_000;

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told), figure: Figure, threads: usize) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let made = if threads == 1 { ONE_BY_ONE } else { TOGETHER } as f64 * time.as_secs_f64().max(0.1);
    let fresh = Person::many(count * 2, made as u64)?;
    let peer = stand.peer()?;
    let mut writers = (0..threads).map(|_| peer.beside()).collect::<Result<Vec<_>>>()?;
    let (took, done) = clocked(|| {
        thread::scope(|scope| {
            let running: Vec<_> = writers
                .iter_mut()
                .zip(fresh.chunks(fresh.len().div_ceil(threads)))
                .map(|(writer, mine)| scope.spawn(move || crossing(insert_each(writer.as_mut(), mine, time))))
                .collect();
            running.into_iter().map(joined).collect::<Result<Vec<Vec<Id>>>>()
        })
    })?;
    drop(writers);
    let ids = done.concat();
    tell(timed(figure, per_second(ids.len() as u64, took)));
    // How many there are depends on the time: they go again, so that the answers of later lines agree.
    ids.chunks(BATCH as usize).try_for_each(|some| peer.delete(some))
}

/// One after the other, as long as there is time; who was inserted.
fn insert_each(peer: &mut dyn Peer, all: &[Person], time: Duration) -> Result<Vec<Id>> {
    let (started, mut done) = (Instant::now(), Vec::with_capacity(all.len()));
    for one in all.chunks(1) {
        if started.elapsed() >= time {
            break;
        }
        peer.insert(one)?;
        done.push(one[0].id);
    }
    Ok(done)
}
