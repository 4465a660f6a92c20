//! Queries that an index answers.

use super::timing::repeat;
use super::{Line, Place};
use crate::figure::{Figure, Told, answered, rate};
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

/// How many queries come before, for the answer and to warm up: some peer may take seconds for each.
const BEFORE: u64 = 10;

/// As many queries as there is time for.
fn work(
    stand: &mut Stand,
    tell: &mut dyn FnMut(Told),
    figure: Figure,
    mut query: impl FnMut(&mut dyn Peer, u64) -> Result<Answer>,
) -> Result<()> {
    let (time, peer) = (stand.time, stand.peer()?);
    let mut answer = Answer::default();
    for turn in 0..BEFORE {
        let found = query(peer, turn)?;
        // Which ones of one age come first is nobody's promise, so their ages are all that can be compared.
        answer = Answer { documents: answer.documents + found.documents, sum: answer.sum + found.sum };
    }
    let rate = repeat(time, |turn| query(peer, turn).map(|_| 1))?;
    tell(answered(figure, rate, answer));
    Ok(())
}
