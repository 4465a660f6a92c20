//! The lines of the table: each file is one piece of work, the same for every peer.

mod beside;
mod budget;
mod bulk;
mod churn;
mod deletes;
mod durable;
mod gets;
mod indexes;
mod killed;
mod long_reader;
mod opening;
mod size;
mod timing;
mod updates;
mod walks;
mod ycsb;

use crate::figure::{Figure, Told};
use crate::peers::Result;
use crate::stand::Stand;

pub(crate) use churn::Minutes;
pub(crate) use killed::prepare;

/// A piece of work that comes to one figure or a few.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) figures: &'static [Figure],
    pub(crate) place: Place,
    pub(crate) work: fn(&mut Stand, &mut dyn FnMut(Told)) -> Result<()>,
}

/// Where a piece of work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the filled database that the other lines share; it leaves the documents as they were, but for scores.
    Shared,
    /// In a process and a folder of its own.
    Alone,
    /// The same, in the first round only: it takes minutes.
    AloneOnce,
}

/// All, in their order: the first fills, the second needs an untouched file, the last but the lonely ones deletes.
pub(crate) const LINES: &[Line] = &[
    bulk::LINE,
    size::LINE,
    opening::LINE,
    gets::RAW,
    gets::DECODED,
    gets::SNAPSHOT,
    indexes::EQUALITY,
    indexes::RANGE,
    walks::SCAN,
    walks::AVERAGES,
    durable::ALONE,
    durable::EIGHT,
    durable::MANY,
    updates::DURABLE,
    deletes::DURABLE,
    updates::BATCHES,
    beside::LINE,
    ycsb::A,
    ycsb::B,
    ycsb::C,
    ycsb::D,
    ycsb::E,
    ycsb::F,
    long_reader::LINE,
    deletes::BATCHES,
    killed::LINE,
    budget::LINE,
    churn::LINE,
];

/// The line of this name.
pub(crate) fn named(name: &str) -> Result<&'static Line> {
    LINES.iter().find(|line| line.name == name).ok_or_else(|| format!("there is no line {name:?}").into())
}
