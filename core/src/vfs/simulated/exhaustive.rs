//! Every image there is, when they are few.

use std::ops::Range;

use super::choose::{Choice, FileChoice, Piece, reachable, sectors};
use super::disk::SimulatedDisk;
use super::image::build;
use super::state::{FileIndex, State, apply_names};
use super::style::Fill;

/// The images of every subset of the pending sectors, cuts, lengths and names, from nothing kept to all kept.
/// What was never written is filled the same way in all of them, [`Fill::Any`] meaning noise.
#[derive(Debug, Clone)]
pub struct CrashImages {
    state: State,
    axes: Vec<Axis>,
    fill: Fill,
    next: u64,
    total: u64,
}

/// One thing to decide. Its choices are numbered from "as it was durable" to "as it is now".
#[derive(Debug, Clone)]
enum Axis {
    Name { change: usize },
    Piece { file: FileIndex, change: usize, range: Range<u64> },
    Length { file: FileIndex, lens: Vec<u64> },
}

impl CrashImages {
    pub(super) fn of(state: &State, bits: u32, fill: Fill) -> Option<Self> {
        let most = 1u64.checked_shl(bits)?;
        let mut axes: Vec<Axis> =
            (0..state.pending_names.len()).map(|change| Axis::Name { change }).collect();
        for file in reachable(state) {
            push_axes_of(state, file, &mut axes);
        }
        let total = axes
            .iter()
            .try_fold(1u64, |total, axis| total.checked_mul(axis.choices()).filter(|total| *total <= most))?;
        Some(Self { state: state.clone(), axes, fill, next: 0, total })
    }

    /// How many images there are in all. Some may be alike.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The image with this number, for a failure to be seen again; `None` when there are not so many.
    #[must_use]
    pub fn image(&self, number: u64) -> Option<SimulatedDisk> {
        (number < self.total).then(|| SimulatedDisk::holding(build(&self.state, &self.choice(number))))
    }

    fn choice(&self, mut number: u64) -> Choice {
        let mut choice = Choice { names: self.state.durable_names.clone(), ..Choice::default() };
        for axis in &self.axes {
            let digit = number % axis.choices();
            number /= axis.choices();
            self.decide(axis, digit, &mut choice);
        }
        choice
    }

    fn decide(&self, axis: &Axis, digit: u64, choice: &mut Choice) {
        match axis {
            Axis::Name { change } if digit == 1 => {
                apply_names(&mut choice.names, &self.state.pending_names[*change].sets);
            }
            Axis::Piece { file, change, range } if digit == 1 => {
                let piece = Piece { change: *change, range: range.clone() };
                self.file(*file, choice).pieces.push(piece);
            }
            Axis::Length { file, lens } => self.file(*file, choice).len = lens[digit as usize],
            Axis::Name { .. } | Axis::Piece { .. } => {}
        }
    }

    fn file<'a>(&self, file: FileIndex, choice: &'a mut Choice) -> &'a mut FileChoice {
        choice.files.entry(file).or_insert_with(|| FileChoice {
            pieces: Vec::new(),
            len: self.state.files[file].durable_len,
            fill: self.fill,
            fill_seed: 0,
        })
    }
}

impl Iterator for CrashImages {
    type Item = SimulatedDisk;

    fn next(&mut self) -> Option<SimulatedDisk> {
        let image = self.image(self.next)?;
        self.next += 1;
        Some(image)
    }
}

impl Axis {
    fn choices(&self) -> u64 {
        match self {
            Self::Name { .. } | Self::Piece { .. } => 2,
            Self::Length { lens, .. } => lens.len() as u64,
        }
    }
}

fn push_axes_of(state: &State, file: FileIndex, axes: &mut Vec<Axis>) {
    let inode = &state.files[file];
    for (change, pending) in inode.pending.iter().enumerate() {
        let ranges = pending.live.iter().flat_map(|range| match pending.change {
            super::inode::Change::Discard => vec![range],
            super::inode::Change::Write { .. } => sectors(&range).collect(),
        });
        axes.extend(ranges.map(|range| Axis::Piece { file, change, range }));
    }
    let mut lens = vec![inode.durable_len];
    for length in &inode.lengths {
        lens.retain(|len| *len != length.len);
        lens.push(length.len);
    }
    if lens.len() > 1 {
        axes.push(Axis::Length { file, lens });
    }
}
