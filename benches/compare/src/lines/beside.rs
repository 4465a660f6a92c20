//! One thread reads while another writes, neither with a pause.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nexuslite_benches::documents::{Random, wanted};

use super::bulk::BATCH;
use super::gets::each;
use super::timing::{crossing, joined, repeat, stand_back};
use super::updates::distinct;
use super::{Line, Place};
use crate::figure::{Told, per_second, rate, timed};
use crate::peers::{Id, Peer, Result};
use crate::stand::Stand;

pub(super) const LINE: Line = Line {
    name: "reads beside a writer",
    figures: &[rate("get by _id beside one writer"), rate("that writer's updates, batches of 1000")],
    place: Place::Shared,
    work,
};

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let ids: Vec<Id> = wanted(count, count * 2).collect();
    let mut random = Random(5);
    let batches: Vec<Vec<Id>> = (0..64).map(|_| distinct(&mut random, count)).collect();
    let (peer, stop) = (stand.peer()?, AtomicBool::new(false));
    let mut writer = peer.beside()?;
    let (read, written) = thread::scope(|scope| {
        let writing = scope.spawn(|| crossing(write(writer.as_mut(), &batches, &stop)));
        let reading = scope.spawn(|| crossing(read(peer, &ids, time)));
        let read = joined(reading);
        stop.store(true, Ordering::Relaxed);
        (read, joined(writing))
    });
    tell(timed(LINE.figures[0], read?));
    tell(timed(LINE.figures[1], written?));
    Ok(())
}

/// Gets a second.
fn read(peer: &mut dyn Peer, ids: &[Id], time: Duration) -> Result<f64> {
    stand_back()?;
    let mut rounds = ids.chunks(100).cycle();
    repeat(time, |_| Ok(each(rounds.next().unwrap_or(ids), |id| peer.get(id))?.documents))
}

/// Until it is told to stop; updates a second.
fn write(peer: &mut dyn Peer, batches: &[Vec<Id>], stop: &AtomicBool) -> Result<f64> {
    let (started, mut done) = (Instant::now(), 0);
    for batch in batches.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        peer.raise_scores(batch)?;
        done += BATCH;
    }
    Ok(per_second(done, started.elapsed()))
}
