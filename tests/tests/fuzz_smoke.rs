//! The fuzz targets on a short leash: seeded chance instead of a fuzzer, so that they run anywhere and every time.
//!
//! The default run throws the same inputs every time. The long run throws others for some minutes at each target,
//! and says where it begins: `FUZZ_FROM` begins there again, should an input take the whole process down.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

#[path = "fuzz_smoke/mutate.rs"]
mod mutate;
#[path = "fuzz_smoke/seeds.rs"]
mod seeds;

use std::io::Write;
use std::time::{Duration, Instant};

use mutate::Mutator;
use nexuslite::base::{Entropy, SystemEntropy};
use nexuslite::fuzzing::TARGETS;

/// Inputs of each target in the default run.
const INPUTS: u64 = 12_000;
/// How long the long run stays with each target.
const LONG: Duration = Duration::from_secs(180);

/// Says how to repeat an input that failed.
struct Replay(&'static str, u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            say(&format!("FUZZ_SEED={} {}", self.1, replay(self.0)));
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
    if let Some(seed) = number("FUZZ_SEED") {
        one(seed);
    } else if std::env::var("NEXUSLITE_LONG").is_ok_and(|value| value == "1") {
        long(name, one);
    } else {
        (0..inputs).for_each(one);
    }
}

/// Throws inputs that no run before has thrown until the time is up.
fn long(name: &str, one: impl Fn(u64)) {
    let from = number("FUZZ_FROM").unwrap_or_else(|| {
        let [front @ .., _, _, _, _, _, _, _, _] = SystemEntropy.sixteen();
        u64::from_le_bytes(front)
    });
    let time = number("FUZZ_SECONDS").map_or(LONG, Duration::from_secs);
    say(&format!("FUZZ_FROM={from} NEXUSLITE_LONG=1 {}", replay(name)));
    let began = Instant::now();
    let mut thrown = 0;
    while began.elapsed() < time {
        one(from.wrapping_add(thrown));
        thrown += 1;
    }
    say(&format!("{name}: {thrown} inputs from {from} on, in {} s", time.as_secs()));
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is {text:?}, it must be a number")))
}

fn replay(name: &str) -> String {
    format!("cargo test -p nexuslite-tests --test fuzz_smoke {name}")
}

/// Tells it at once: what is only kept for a test that fails is lost when the process is.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
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
    command = INPUTS / 3;
    commit_record = 4 * INPUTS;
    envelope = 4 * INPUTS;
    expression = INPUTS;
    free_map = 4 * INPUTS;
    index_key = INPUTS;
    index_spec = INPUTS;
    json = 2 * INPUTS;
    manifest = INPUTS / 2;
    open = INPUTS / 10;
    page = INPUTS / 3;
    pattern = 2 * INPUTS;
    statement = INPUTS;
    wal = INPUTS / 3;
}
