//! Minutes of durable changes, one document each, on a set that stays the same size: whether the rate holds, what the
//! slow ones wait, and whether the files grow.

use std::time::{Duration, Instant};

use nexuslite_benches::documents::{Random, id};

use super::bulk;
use super::{Line, Place};
use crate::figure::{Figure, Sample, Told, Unit, per_second, rate, timed};
use crate::peers::{OURS, Peer, Result};
use crate::person::Person;
use crate::stand::Stand;

pub(super) const LINE: Line = Line {
    name: "churn",
    figures: &[
        rate("steady churn: durable changes"),
        Figure { name: "steady churn: half of them within", unit: Unit::Microseconds },
        Figure { name: "steady churn: 99 % within", unit: Unit::Microseconds },
        Figure { name: "steady churn: 99.9 % within", unit: Unit::Microseconds },
        Figure { name: "steady churn: files at the end", unit: Unit::TimesRaw },
    ],
    place: Place::AloneOnce,
    work,
};

/// How long it goes on: as long as there is something to be seen, without filling an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Minutes {
    pub(crate) ours: f64,
    pub(crate) others: f64,
}

impl Default for Minutes {
    fn default() -> Self {
        Self { ours: 10.0, others: 2.0 }
    }
}

impl Minutes {
    fn of(self, name: &str) -> Duration {
        Duration::from_secs_f64(60.0 * if name == OURS { self.ours } else { self.others })
    }
}

/// How many samples a run has.
const SAMPLES: u32 = 60;
/// What samples and the whole tell: the halfway one, the 99th and the 99.9th of a hundred.
const PARTS: [f64; 3] = [0.5, 0.99, 0.999];

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let (count, time) = (stand.documents, stand.minutes.of(&stand.name));
    bulk::fill(stand.peer()?, count)?;
    let mut churn = Churn { living: (0..count).collect(), next: count, random: Random(8), short: false };
    let (started, mut all, mut written) = (Instant::now(), Vec::new(), 0);
    for sample in 1..=SAMPLES {
        let (until, from, began) = (time * sample / SAMPLES, all.len(), Instant::now());
        while started.elapsed() < until {
            all.push(churn.change(stand.peer()?)?);
            written += 1;
        }
        let latencies_us = percentiles(&all[from..]);
        let per_second = per_second((all.len() - from) as u64, began.elapsed());
        let (at_seconds, file_bytes) = (started.elapsed().as_secs_f64(), stand.file_bytes()?);
        tell(Told::Sample(Sample { at_seconds, per_second, latencies_us, file_bytes }));
    }
    tell(timed(LINE.figures[0], per_second(written, started.elapsed())));
    for (figure, latency) in LINE.figures[1..4].iter().zip(percentiles(&all)) {
        tell(timed(*figure, latency));
    }
    tell(timed(LINE.figures[4], stand.file_bytes()? as f64 / stand.raw_bytes()? as f64));
    Ok(())
}

struct Churn {
    /// The numbers of the documents that are there.
    living: Vec<u64>,
    next: u64,
    random: Random,
    /// Whether a document was deleted that has no successor yet.
    short: bool,
}

impl Churn {
    /// Half of all changes are updates, the others by turns a delete and an insert; how long it took, in nanoseconds.
    fn change(&mut self, peer: &mut dyn Peer) -> Result<u32> {
        let at = self.random.below(self.living.len() as u64) as usize;
        let updates = self.random.below(2) == 0;
        let fresh = if self.short { Person::many(self.next, 1)? } else { Vec::new() };
        let started = Instant::now();
        if updates {
            peer.raise_scores(&[id(self.living[at])])?;
        } else if self.short {
            peer.insert(&fresh)?;
        } else {
            peer.delete(&[id(self.living[at])])?;
        }
        let took = started.elapsed();
        if !updates && self.short {
            self.living.push(self.next);
            self.next += 1;
        } else if !updates {
            self.living.swap_remove(at);
        }
        self.short ^= !updates;
        Ok(u32::try_from(took.as_nanos()).unwrap_or(u32::MAX))
    }
}

/// In microseconds.
fn percentiles(latencies: &[u32]) -> [f64; 3] {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable();
    PARTS.map(|part| {
        let at = (sorted.len() as f64 * part) as usize;
        sorted.get(at).or(sorted.last()).map_or(0.0, |nanoseconds| f64::from(*nanoseconds) / 1000.0)
    })
}

#[cfg(test)]
mod tests {
    use super::percentiles;

    #[test]
    fn percentiles_are_those_of_the_sorted_latencies() {
        let all: Vec<u32> = (0..1000).rev().map(|at| at * 1000).collect();
        assert_eq!(percentiles(&all), [500.0, 990.0, 999.0]);
        assert_eq!(percentiles(&[7000]), [7.0, 7.0, 7.0]);
        assert_eq!(percentiles(&[]), [0.0, 0.0, 0.0]);
    }
}
