//! Randomised tests that can be replayed.

use crate::base::{Entropy, SeededEntropy};

/// Dice for one run of a test.
#[derive(Debug)]
pub(crate) struct Dice {
    entropy: SeededEntropy,
}

impl Dice {
    pub(crate) fn next(&self) -> u64 {
        let bytes = self.entropy.sixteen();
        u64::from_le_bytes(bytes[..8].try_into().unwrap())
    }

    /// A number below `end`.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn bytes(&self, len: usize) -> Vec<u8> {
        let words = (0..len.div_ceil(8)).flat_map(|_| self.next().to_le_bytes());
        words.take(len).collect()
    }
}

struct Replay<'a> {
    test: &'a str,
    seed: u64,
}

impl Drop for Replay<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { test, seed } = self;
            eprintln!("replay with: NEXUSLITE_SEED={seed} cargo test -p nexuslite {test}");
        }
    }
}

/// Runs `body` with `runs` different seeds, or with the one in `NEXUSLITE_SEED`.
pub(crate) fn with_seeds(test: &str, runs: u64, body: impl Fn(&Dice)) {
    let given = std::env::var("NEXUSLITE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = given.map_or(1..runs + 1, |seed: u64| seed..seed + 1);
    for seed in seeds {
        let _replay = Replay { test, seed };
        body(&Dice { entropy: SeededEntropy::new(seed) });
    }
}
