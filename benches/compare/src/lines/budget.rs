//! Random reads of a database that is several times larger than what it may keep in memory.

use nexuslite_benches::documents::wanted;

use super::gets::each;
use super::timing::repeat;
use super::{Line, Place};
use crate::figure::{Figure, Told, Unit, left, rate, timed};
use crate::peers::{Id, Opening, Result};
use crate::stand::{Prepared, Stand};

pub(super) const LINE: Line = Line {
    name: "larger than the cache",
    figures: &[
        rate("get by _id, 64 MiB of cache"),
        Figure { name: "peak resident memory of that process", unit: Unit::Mebibytes },
    ],
    place: Place::Alone,
    work,
};

const CACHE_BYTES: usize = 64 << 20;
/// Fewer bytes than so many caches are no trial.
const CACHES: u64 = 3;

/// Measures nothing where the documents would fit. The operating system keeps the files in its own memory for
/// everybody: what is compared is how well each does with a small cache of its own.
fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    if stand.raw_bytes()? < CACHES * CACHE_BYTES as u64 {
        let caches = (CACHES * CACHE_BYTES as u64) >> 20;
        tell(left(LINE.name, format!("so few documents fit into the cache; it takes {caches} MiB of them")));
        return Ok(());
    }
    stand.prepare(Prepared::Filled)?;
    let ids: Vec<Id> = wanted(stand.documents, 400_000).collect();
    let time = stand.time;
    let peer = stand.open(Opening { cache_bytes: CACHE_BYTES, keeps_log: false })?;
    let mut rounds = ids.chunks(100).cycle();
    let mut gets = || Ok(each(rounds.next().unwrap_or(&ids), |id| peer.get(id))?.documents);
    repeat(time, |_| gets())?;
    tell(timed(LINE.figures[0], repeat(time * 2, |_| gets())?));
    tell(timed(LINE.figures[1], peak_mebibytes()?));
    Ok(())
}

/// The most memory that this process had so far.
fn peak_mebibytes() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak is told")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
