//! What the files take after a clean close.

use super::{Line, Place};
use crate::figure::{Figure, Told, Unit, timed};
use crate::peers::Result;
use crate::stand::Stand;

pub(super) const LINE: Line = Line {
    name: "file size",
    figures: &[Figure { name: "file size after a clean close", unit: Unit::TimesRaw }],
    place: Place::Shared,
    work,
};

fn work(stand: &mut Stand, tell: &mut dyn FnMut(Told)) -> Result<()> {
    stand.close()?;
    tell(timed(LINE.figures[0], stand.file_bytes()? as f64 / stand.raw_bytes()? as f64));
    Ok(())
}
