//! From nothing to the first document, while the operating system still has the files in memory, and when it has not.

use nexuslite_benches::documents::id;

use super::timing::{clocked, median};
use super::{Line, Place};
use crate::figure::{Figure, Told, Unit, timed};
use crate::peers::{Opening, Result};
use crate::stand::Stand;

pub(super) const LINE: Line = Line {
    name: "open",
    figures: &[
        Figure { name: "open and first get, warm", unit: Unit::Milliseconds },
        Figure { name: "open and first get, cold", unit: Unit::Milliseconds },
    ],
    place: Place::Shared,
    work,
};

const TURNS: u64 = 15;

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let warm = (0..TURNS).map(|turn| opened(stand, turn, Opening::USUAL)).collect::<Result<Vec<f64>>>()?;
    tell(timed(LINE.figures[0], median(warm)));
    let mut cold = |turn| {
        stand.close()?;
        stand.let_system_forget()?;
        opened(stand, turn, Opening::USUAL)
    };
    let cold = (TURNS..TURNS * 2).map(&mut cold).collect::<Result<Vec<f64>>>()?;
    tell(timed(LINE.figures[1], median(cold)));
    Ok(())
}

/// Milliseconds to open it and to read one document.
pub(super) fn opened(stand: &mut Stand, index: u64, opening: Opening) -> Result<f64> {
    stand.close()?;
    let (time, found) = clocked(|| stand.open(opening)?.get(&id(index)))?;
    found.ok_or("a document is not there")?;
    Ok(time.as_secs_f64() * 1000.0)
}
