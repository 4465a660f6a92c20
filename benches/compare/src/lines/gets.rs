//! Documents by random ids.

use std::time::Instant;

use nexuslite_benches::documents::wanted;

use super::timing::repeat;
use super::{Line, Place};
use crate::figure::{Figure, Told, answered, rate};
use crate::peers::{Answer, Id, Peer, Result};
use crate::stand::Stand;

pub(super) const RAW: Line = Line {
    name: "get, raw",
    figures: &[rate("get by _id, a field of the raw document")],
    place: Place::Shared,
    work: |stand, tell| work(stand, tell, RAW.figures[0], |peer, ids| each(ids, |id| peer.get(id))),
};

pub(super) const DECODED: Line = Line {
    name: "get, decoded",
    figures: &[rate("get by _id, decoded")],
    place: Place::Shared,
    work: |stand, tell| {
        work(stand, tell, DECODED.figures[0], |peer, ids| each(ids, |id| peer.get_decoded(id)))
    },
};

pub(super) const SNAPSHOT: Line = Line {
    name: "gets in one snapshot",
    figures: &[rate("100 gets in one snapshot, gets")],
    place: Place::Shared,
    work: |stand, tell| work(stand, tell, SNAPSHOT.figures[0], |peer, ids| peer.get_all(ids)),
};

/// Ids that are asked for between two looks at the clock.
const SOME: usize = 100;
/// The first of them, whose answers are compared.
const COMPARED: usize = 20_000;
/// More ids than anybody gets within the time; beyond that, warming up takes a minute.
const IDS_MAX: u64 = 1_000_000;

/// Asks for all ids once to warm up, or as many as there are ten times the time for; and then as long as there is time.
fn work(
    stand: &mut Stand,
    tell: &mut dyn FnMut(Told),
    figure: Figure,
    mut ask: impl FnMut(&mut dyn Peer, &[Id]) -> Result<Answer>,
) -> Result<()> {
    let (count, time) = (stand.documents, stand.time);
    let ids: Vec<Id> = wanted(count, (count * 2).min(IDS_MAX)).collect();
    let (peer, mut answer) = (stand.peer()?, Answer::default());
    let (compared, rest) = ids.split_at(COMPARED.min(ids.len()));
    for some in compared.chunks(SOME) {
        let found = ask(peer, some)?;
        answer = Answer { documents: answer.documents + found.documents, sum: answer.sum + found.sum };
    }
    let warming = Instant::now();
    for some in rest.chunks(SOME).take_while(|_| warming.elapsed() < time * 10) {
        ask(peer, some)?;
    }
    let mut rounds = ids.chunks_exact(SOME).cycle();
    let rate = repeat(time, |_| Ok(ask(peer, rounds.next().unwrap_or(&ids))?.documents))?;
    tell(answered(figure, rate, answer));
    Ok(())
}

pub(super) fn each(ids: &[Id], mut get: impl FnMut(&Id) -> Result<Option<u64>>) -> Result<Answer> {
    let mut answer = Answer::default();
    for id in ids {
        answer.add(get(id)?.ok_or("a document is not there")?);
    }
    Ok(answer)
}
