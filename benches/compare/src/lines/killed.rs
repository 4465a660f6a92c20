//! Opening after a kill that left 64 MiB in the log.

use std::io::{Read, Write};

use super::bulk::{self, BATCH};
use super::opening::opened;
use super::{Line, Place};
use crate::figure::{Figure, Told, Unit, timed};
use crate::peers::{Opening, Result};
use crate::person::Person;
use crate::stand::{Prepared, READY, Stand};

pub(super) const LINE: Line = Line {
    name: "open after a kill",
    figures: &[Figure {
        name: "open and first get after a kill with 64 MiB of log",
        unit: Unit::Milliseconds,
    }],
    // Filling the folder took a third of each round.
    place: Place::AloneOnce,
    work,
};

const LOG_BYTES: usize = 64 << 20;

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    stand.prepare(Prepared::Killed)?;
    let time = opened(stand, 1, Opening::USUAL)?;
    tell(timed(LINE.figures[0], time));
    let last = nexuslite_benches::documents::id(stand.documents * 2);
    stand.peer()?.get(&last)?.ok_or("what was acknowledged before the kill is gone")?;
    Ok(())
}

/// What the other process does: fills the folder, and closes it, or says that it can be killed.
pub(crate) fn prepare(stand: &mut Stand, prepared: Prepared) -> Result<()> {
    let count = stand.documents;
    bulk::fill(stand.peer()?, count)?;
    if prepared == Prepared::Killed {
        let peer = stand.open(Opening { keeps_log: true, ..Opening::USUAL })?;
        let (mut logged, mut next) = (0, count * 2);
        while logged < LOG_BYTES {
            let batch = Person::many(next, BATCH)?;
            logged += batch.iter().map(|person| person.bson.len()).sum::<usize>();
            next += BATCH;
            peer.insert(&batch)?;
        }
    } else {
        stand.close()?;
    }
    println!("{READY}");
    std::io::stdout().flush()?;
    if prepared == Prepared::Killed {
        // Until it is killed; should whoever would do it be gone, the input ends, and so does this.
        std::io::stdin().read_to_end(&mut Vec::new())?;
        return Err("nobody killed this process".into());
    }
    Ok(())
}
