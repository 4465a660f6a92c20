//! Filling an empty database, and what that left for later, within the time.

use std::time::Duration;

use super::timing::clocked;
use super::{Line, Place};
use crate::figure::{Told, answered, per_second, rate};
use crate::peers::{Answer, Peer, Result};
use crate::person::Person;
use crate::stand::Stand;

pub(super) const LINE: Line = Line {
    name: "bulk insert",
    figures: &[rate("bulk insert, batches of 1000")],
    place: Place::Shared,
    work,
};

/// Documents in one commit.
pub(super) const BATCH: u64 = 1000;

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let count = stand.documents;
    let spent = fill(stand.peer()?, count)?;
    tell(answered(LINE.figures[0], per_second(count, spent), Answer { documents: count, sum: 0 }));
    Ok(())
}

/// Puts all documents in; how long that took without the making of them.
pub(super) fn fill(peer: &mut dyn Peer, count: u64) -> Result<Duration> {
    let mut spent = Duration::ZERO;
    for from in (0..count).step_by(BATCH as usize) {
        let batch = Person::many(from, BATCH.min(count - from))?;
        spent += clocked(|| peer.insert(&batch))?.0;
    }
    Ok(spent + clocked(|| peer.settle())?.0)
}
