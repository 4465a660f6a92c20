//! Everything a crash leaves to chance, drawn from one seed.

use crate::base::{Entropy, SeededEntropy};

#[derive(Debug)]
pub(super) struct Dice {
    source: SeededEntropy,
    spare: Option<u64>,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self { source: SeededEntropy::new(seed), spare: None }
    }

    pub(super) fn next(&mut self) -> u64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let drawn = u128::from_le_bytes(self.source.sixteen());
        self.spare = Some((drawn >> 64) as u64);
        drawn as u64
    }

    /// A number below `bound`; 0 when there is none.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// True in `sixteenths` of sixteen cases.
    pub(super) fn chance(&mut self, sixteenths: u64) -> bool {
        self.below(16) < sixteenths
    }

    pub(super) fn one_of<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        match self.below(others.len() as u64 + 1) {
            0 => first,
            n => others[n as usize - 1],
        }
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// Fills `bytes` with noise, which is never all zeros in a word.
    pub(super) fn noise(&mut self, bytes: &mut [u8]) {
        let mut word = self.next() | 1;
        for chunk in bytes.chunks_mut(8) {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}
