//! A reader that keeps its snapshot while others write: what it sees stays as it was, and what it holds costs space.

use std::thread;

use nexuslite_benches::documents::Random;

use super::bulk::BATCH;
use super::timing::{crossing, joined, repeat};
use super::updates::distinct;
use super::{Line, Place};
use crate::figure::{Figure, Told, Unit, rate, timed};
use crate::peers::{Id, Result};
use crate::stand::Stand;

pub(super) const LINE: Line = Line {
    name: "a long reader beside churn",
    figures: &[
        rate("updates beside a long reader, batches of 1000"),
        Figure { name: "files after that", unit: Unit::TimesRaw },
    ],
    place: Place::Shared,
    work,
};

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let mut random = Random(6);
    let batches: Vec<Vec<Id>> = (0..64).map(|_| distinct(&mut random, count)).collect();
    let peer = stand.peer()?;
    let before = peer.scores_around(&mut || Ok(()))?;
    let (mut writer, mut rate) = (peer.beside()?, 0.0);
    let held = peer.scores_around(&mut || {
        // In a thread of its own: some know a reader by its thread.
        rate = thread::scope(|scope| {
            joined(scope.spawn(|| {
                crossing(repeat(time, |turn| {
                    writer.raise_scores(&batches[turn as usize % batches.len()])?;
                    Ok(BATCH)
                }))
            }))
        })?;
        Ok(())
    })?;
    drop(writer);
    if held != before {
        return Err(format!("a reader began at {before:?} and saw {held:?}").into());
    }
    if peer.scores_around(&mut || Ok(()))? == before {
        return Err("nothing was written beside the long reader".into());
    }
    tell(timed(LINE.figures[0], rate));
    tell(timed(LINE.figures[1], stand.file_bytes()? as f64 / stand.raw_bytes()? as f64));
    Ok(())
}
