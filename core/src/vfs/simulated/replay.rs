//! One run of a workload, and the disk at every moment of it.

use std::sync::Arc;

use super::disk::{SimulatedDisk, crashed};
use super::exhaustive::CrashImages;
use super::journal::{Entry, Journal};
use super::state::State;
use super::style::{CrashStyle, Fill};

/// A cursor over the recorded calls. At cut `k` the calls before `k` have returned and call `k` is under way,
/// as if the power had been cut at it; at the last cut everything has returned.
///
/// Moving forward costs the calls in between, moving back starts from the beginning. A clone moves on its own.
#[derive(Debug, Clone)]
pub struct Replay {
    base: State,
    entries: Arc<[Entry]>,
    first: u64,
    state: State,
    at: u64,
}

impl Replay {
    pub(super) fn of(journal: &Journal) -> Self {
        let mut replay = Self {
            base: journal.base.clone(),
            entries: journal.entries.as_slice().into(),
            first: journal.first,
            state: State::default(),
            at: journal.first,
        };
        replay.restart();
        replay
    }

    /// The first cut.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The last cut, after every call.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// The cuts at which the disk can be another than at the cut before: calls that change it, and the end.
    #[must_use]
    pub fn cut_points(&self) -> Vec<u64> {
        let changing = (self.first..).zip(self.entries.iter()).filter(|(_, e)| e.kind.changes_the_disk());
        changing.map(|(index, _)| index).chain([self.last()]).collect()
    }

    /// Where the cursor stands.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.at
    }

    /// Moves to a cut; one out of range is taken as the nearest.
    pub fn seek(&mut self, cut: u64) -> &mut Self {
        let cut = cut.clamp(self.first, self.last());
        if cut < self.at {
            self.restart();
        }
        while self.at < cut {
            self.step();
        }
        self
    }

    /// A fresh disk as it may be found after the cut.
    #[must_use]
    pub fn image(&self, seed: u64, style: CrashStyle) -> SimulatedDisk {
        crashed(&self.state, seed, style)
    }

    /// Every disk that may be found after the cut; see [`SimulatedDisk::crash_images_exhaustive`].
    #[must_use]
    pub fn images_exhaustive(&self, bits: u32, fill: Fill) -> Option<CrashImages> {
        CrashImages::of(&self.state, bits, fill)
    }

    fn restart(&mut self) {
        self.state = self.base.clone();
        self.at = self.first;
        self.begin();
    }

    fn step(&mut self) {
        self.entries[(self.at - self.first) as usize].finish(&mut self.state);
        self.at += 1;
        self.begin();
    }

    fn begin(&mut self) {
        if let Some(entry) = self.entries.get((self.at - self.first) as usize) {
            entry.begin(&mut self.state);
        }
    }
}
