//! The only place that rolls dice.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// A source of random bytes for salts and identities.
pub trait Entropy: Send + Sync + Debug {
    /// Sixteen bytes that nobody could have guessed, at least 122 bits of them random.
    fn sixteen(&self) -> [u8; 16];

    /// Fills `bytes` with bytes that nobody could have guessed; faster than sixteen at a time.
    fn fill(&self, bytes: &mut [u8]) {
        fill_by_sixteen(self, bytes);
    }
}

fn fill_by_sixteen(source: &(impl Entropy + ?Sized), bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(16) {
        chunk.copy_from_slice(&source.sixteen()[..chunk.len()]);
    }
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn sixteen(&self) -> [u8; 16] {
        Uuid::new_v4().into_bytes()
    }

    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            fill_by_sixteen(self, bytes);
        }
    }
}

/// The same bytes for the same seed, so that a failing run can be replayed; for tests only.
#[derive(Debug)]
pub struct SeededEntropy {
    state: AtomicU64,
}

impl SeededEntropy {
    /// A source that is determined by `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }

    /// One step of SplitMix64 (Steele, Lea and Flood, 2014).
    fn next(&self) -> u64 {
        const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.state.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn sixteen(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().to_le_bytes());
        bytes
    }
}
