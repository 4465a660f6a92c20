//! Work that looks at every document; the rates are of documents looked at.

use super::timing::repeat;
use super::{Line, Place};
use crate::figure::{Figure, Told, answered, rate};
use crate::peers::{Answer, Peer, Result};
use crate::stand::Stand;

pub(super) const SCAN: Line = Line {
    name: "scan",
    figures: &[rate("full scan, a filter without an index, documents")],
    place: Place::Shared,
    work: |stand, tell| work(stand, tell, SCAN.figures[0], |peer| peer.below(10.0)),
};

pub(super) const AVERAGES: Line = Line {
    name: "group by",
    figures: &[rate("group by city, average age, documents")],
    place: Place::Shared,
    work: |stand, tell| work(stand, tell, AVERAGES.figures[0], |peer| peer.averages()),
};

/// Once to warm up, and then as long as there is time.
fn work(
    stand: &mut Stand,
    tell: &mut dyn FnMut(Told),
    figure: Figure,
    mut query: impl FnMut(&mut dyn Peer) -> Result<Answer>,
) -> Result<()> {
    let (count, time, peer) = (stand.documents, stand.time, stand.peer()?);
    let answer = query(peer)?;
    let rate = repeat(time, |_| query(peer).map(|_| count))?;
    tell(answered(figure, rate, answer));
    Ok(())
}
