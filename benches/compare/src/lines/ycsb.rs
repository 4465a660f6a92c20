//! The mixes of YCSB (Cooper and others, 2010), by one thread; every write is durable when it returns, so the mixes
//! with many writes measure the device as much as the database.

use nexuslite_benches::documents::id;

use super::bulk::BATCH;
use super::timing::repeat;
use super::{Line, Place};
use crate::figure::{Figure, Told, rate, timed};
use crate::peers::{Id, Peer, Result};
use crate::person::Person;
use crate::stand::Stand;
use crate::zipf::Zipf;

pub(super) const A: Line = line("ycsb a", &[rate("YCSB A: half reads, half updates")], |stand, tell| {
    work(stand, tell, &A.figures[0], Mix { reads: 50, updates: 50, ..Mix::NONE })
});
pub(super) const B: Line = line("ycsb b", &[rate("YCSB B: 95 % reads, 5 % updates")], |stand, tell| {
    work(stand, tell, &B.figures[0], Mix { reads: 95, updates: 5, ..Mix::NONE })
});
pub(super) const C: Line = line("ycsb c", &[rate("YCSB C: reads")], |stand, tell| {
    work(stand, tell, &C.figures[0], Mix { reads: 100, ..Mix::NONE })
});
pub(super) const D: Line =
    line("ycsb d", &[rate("YCSB D: 95 % reads of the latest, 5 % inserts")], |stand, tell| {
        work(stand, tell, &D.figures[0], Mix { reads: 95, inserts: 5, latest: true, ..Mix::NONE })
    });
pub(super) const E: Line =
    line("ycsb e", &[rate("YCSB E: 95 % scans of up to 100, 5 % inserts")], |stand, tell| {
        work(stand, tell, &E.figures[0], Mix { scans: 95, inserts: 5, ..Mix::NONE })
    });
pub(super) const F: Line =
    line("ycsb f", &[rate("YCSB F: half reads, half read and change")], |stand, tell| {
        work(stand, tell, &F.figures[0], Mix { reads: 50, ..Mix::NONE })
    });

type Work = fn(&mut Stand, &mut dyn FnMut(Told)) -> Result<()>;

const fn line(name: &'static str, figures: &'static [Figure], work: Work) -> Line {
    Line { name, figures, place: Place::Shared, work }
}

/// How many of a hundred operations are what; the rest are reads, each followed by an update of what was read.
#[derive(Clone, Copy)]
struct Mix {
    reads: u64,
    updates: u64,
    inserts: u64,
    scans: u64,
    /// Whether reads prefer what was inserted last.
    latest: bool,
}

impl Mix {
    const NONE: Mix = Mix { reads: 0, updates: 0, inserts: 0, scans: 0, latest: false };
}

/// More inserts than any device syncs within the time.
const FRESH: f64 = 25_000.0;
const SCAN_MAX: u64 = 100;

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told), figure: &Figure, mix: Mix) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let made = if mix.inserts > 0 { FRESH * time.as_secs_f64().max(0.1) } else { 0.0 };
    let fresh = Person::many(count * 4, made as u64)?;
    let mut run = Run { count, mix, zipf: Zipf::new(7, count), fresh: &fresh, inserted: 0 };
    let peer = stand.peer()?;
    let rate = repeat(time, |_| run.operation(peer).map(|()| 1))?;
    tell(timed(*figure, rate));
    let gone: Vec<Id> = fresh[..run.inserted].iter().map(|person| person.id).collect();
    gone.chunks(BATCH as usize).try_for_each(|some| peer.delete(some))
}

struct Run<'r> {
    count: u64,
    mix: Mix,
    zipf: Zipf,
    fresh: &'r [Person],
    inserted: usize,
}

impl Run<'_> {
    fn operation(&mut self, peer: &mut dyn Peer) -> Result<()> {
        let (drawn, mix) = (self.zipf.below(100), self.mix);
        let wanted = self.wanted();
        if drawn < mix.reads {
            read(peer, &wanted)
        } else if drawn < mix.reads + mix.updates {
            peer.raise_scores(&[wanted])
        } else if drawn < mix.reads + mix.updates + mix.scans {
            let limit = u32::try_from(self.zipf.below(SCAN_MAX) + 1)?;
            peer.following(&wanted, limit).map(|_| ())
        } else if mix.inserts > 0 && self.inserted < self.fresh.len() {
            self.inserted += 1;
            peer.insert(&self.fresh[self.inserted - 1..self.inserted])
        } else {
            read(peer, &wanted)?;
            peer.raise_scores(&[wanted])
        }
    }

    /// Whom the next operation is about.
    fn wanted(&mut self) -> Id {
        if !self.mix.latest {
            return id(self.zipf.spread());
        }
        let behind = self.zipf.rank() as usize;
        match self.inserted.checked_sub(behind + 1) {
            Some(fresh) => self.fresh[fresh].id,
            None => id(self.count - 1 - (behind - self.inserted) as u64),
        }
    }
}

fn read(peer: &mut dyn Peer, id: &Id) -> Result<()> {
    peer.get(id)?.map(|_| ()).ok_or_else(|| "a document is not there".into())
}
