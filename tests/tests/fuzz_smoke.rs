//! The fuzz targets on a short leash: seeded chance instead of a fuzzer, so that they run anywhere and every time.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

#[path = "fuzz_smoke/mutate.rs"]
mod mutate;
#[path = "fuzz_smoke/seeds.rs"]
mod seeds;

use mutate::Mutator;
use nexuslite::fuzzing::TARGETS;

/// Inputs of each target in the default run.
const INPUTS: u64 = 12_000;
/// So many times more in the long run.
const LONG: u64 = 40;

/// Says how to repeat an input that failed.
struct Replay(&'static str, u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("FUZZ_SEED={} cargo test -p nexuslite-tests --test fuzz_smoke {}", self.1, self.0);
        }
    }
}

fn target(name: &'static str, inputs: u64) {
    let (_, run) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    let seeds = seeds::of(name);
    seeds.iter().for_each(|seed| run(seed));
    let one = |seed: u64| {
        let _replay = Replay(name, seed);
        run(&Mutator::new(seed).input(&seeds));
    };
    if let Some(seed) = std::env::var("FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return one(seed);
    }
    let is_long = std::env::var("NEXUSLITE_LONG").is_ok_and(|value| value == "1");
    (0..if is_long { inputs * LONG } else { inputs }).for_each(one);
}

macro_rules! targets {
    ($($name:ident = $inputs:expr;)+) => {
        $(#[test]
        fn $name() {
            target(stringify!($name), $inputs);
        })+

        #[test]
        fn every_target_is_run() {
            let run = [$(stringify!($name)),+];
            TARGETS.iter().for_each(|(name, _)| assert!(run.contains(name), "{name} is not run"));
            assert_eq!(run.len(), TARGETS.len());
        }
    };
}

targets! {
    bson = 4 * INPUTS;
    commit_record = 4 * INPUTS;
    envelope = 4 * INPUTS;
    expression = INPUTS;
    free_map = 4 * INPUTS;
    index_key = INPUTS;
    json = 2 * INPUTS;
    manifest = INPUTS / 2;
    open = INPUTS / 10;
    page = INPUTS / 3;
    statement = INPUTS;
    wal = INPUTS / 3;
}
