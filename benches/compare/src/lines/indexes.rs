//! Queries that an index answers.

use super::timing::{clocked, repeat};
use super::{Line, Place};
use crate::figure::{Figure, Told, answered, per_second, rate};
use crate::peers::{Answer, Peer, Result};
use crate::stand::Stand;

pub(super) const EQUALITY: Line = Line {
    name: "index equality",
    figures: &[rate("index equality, N/200 documents, queries")],
    place: Place::Shared,
    work: |stand, tell| {
        work(stand, tell, EQUALITY.figures[0], |peer, turn| peer.of_city(&format!("city-{:03}", turn % 200)))
    },
};

pub(super) const RANGE: Line = Line {
    name: "index range",
    figures: &[rate("index range + sort + limit 100, queries")],
    place: Place::Shared,
    work: |stand, tell| {
        work(stand, tell, RANGE.figures[0], |peer, turn| {
            let from = (turn % 80) as i32;
            peer.youngest(from, from + 10, 100)
        })
    },
};

/// The first query, whose answer is compared.
const FIRST: u64 = 7;
/// How many queries warm up, where one does not take as long as all have.
const BEFORE: u64 = 10;

/// As many queries as there is time for; one where that takes longer.
fn work(
    stand: &mut Stand,
    tell: &mut dyn FnMut(Told),
    figure: Figure,
    mut query: impl FnMut(&mut dyn Peer, u64) -> Result<Answer>,
) -> Result<()> {
    let (time, peer) = (stand.time, stand.peer()?);
    // Which ones of one age come first is nobody's promise, so their ages are all that can be compared.
    let (took, answer) = clocked(|| query(peer, FIRST))?;
    if took >= time {
        tell(answered(figure, per_second(1, took), answer));
        return Ok(());
    }
    (0..BEFORE).try_for_each(|turn| query(peer, turn).map(|_| ()))?;
    let rate = repeat(time, |turn| query(peer, turn).map(|_| 1))?;
    tell(answered(figure, rate, answer));
    Ok(())
}
