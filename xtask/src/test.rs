//! `cargo xtask test`: everything that must hold before a change lands.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{conformance, formats, go, package, peers, performance, python, run};

/// A suite: its name and how it is run.
struct Suite {
    name: &'static str,
    about: &'static str,
    steps: fn(long: bool) -> Result<Tally, String>,
}

/// How many tests passed and failed.
#[derive(Default, Clone, Copy)]
struct Tally {
    passed: u64,
    failed: u64,
}

const SUITES: &[Suite] = &[
    Suite {
        name: "lint",
        about: "format, clippy, documentation, a build without features, generated files",
        steps: lint,
    },
    Suite {
        name: "build",
        about: "every test program and the wheel, so that the seconds of a suite are its own",
        steps: build,
    },
    Suite { name: "unit", about: "unit tests of every crate, and the examples in their pages", steps: unit },
    Suite { name: "tidy", about: "imports, absences, prose", steps: |_| target("tidy") },
    Suite { name: "api", about: "the database as a user sees it", steps: |_| target("api") },
    Suite {
        name: "answers",
        about: "the corpus of the query language, under every kind of index",
        steps: |_| target("conformance"),
    },
    Suite { name: "input", about: "wrong calls, broken files", steps: |_| target("bad_input") },
    Suite { name: "memory", about: "what takes memory, and what does not", steps: memory },
    Suite { name: "format", about: "the files' bytes, read by another reader", steps: |_| target("format") },
    Suite {
        name: "model",
        about: "random operations against a plain map",
        steps: |long| long_target("model", long),
    },
    Suite {
        name: "fuzz",
        about: "the decoders under random bytes",
        steps: |long| long_target("fuzz_smoke", long),
    },
    Suite { name: "crash", about: "power cuts, faults, flips, broken protocols, kill -9", steps: crash },
    Suite { name: "cli", about: "the command line", steps: command_line },
    Suite {
        name: "examples",
        about: "the programs that every language has, in Rust",
        steps: |_| target("outputs"),
    },
    Suite { name: "c", about: "the C interface: header, symbols, programs, guide", steps: c },
    Suite { name: "go", about: "the Go module: form, tests, races, garbage, linking", steps: go },
    Suite { name: "package", about: "the archive that users take, and projects that use it", steps: packed },
    Suite { name: "peers", about: "the conformance cases, answered by other libraries", steps: peers },
    Suite { name: "python", about: "the wheel, beside pymongo and without it", steps: python },
];

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let long = arguments.iter().any(|argument| argument == "--long");
    if arguments.iter().any(|argument| argument == "--list") {
        SUITES.iter().for_each(|suite| println!("{:8} {}", suite.name, suite.about));
        return Ok(true);
    }
    let named: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if let Some(unknown) =
        arguments.iter().find(|argument| argument.starts_with("--") && *argument != "--long")
    {
        return Err(format!("test does not know the option {unknown}"));
    }
    if let Some(unknown) = named.iter().find(|name| SUITES.iter().all(|suite| suite.name != ***name)) {
        return Err(format!("there is no suite \"{unknown}\"; `cargo xtask test --list` names them"));
    }
    let chosen =
        SUITES.iter().filter(|suite| named.is_empty() || named.iter().any(|name| *name == suite.name));
    let mut total = Tally::default();
    let mut times = Vec::new();
    conformance::forget()?;
    for suite in chosen {
        println!("\n== {}: {}", suite.name, suite.about);
        let started = Instant::now();
        let tally = (suite.steps)(long)?;
        times.push((suite.name, started.elapsed().as_secs_f64(), tally));
        total = total.plus(tally);
    }
    println!();
    if let Some(alike) = conformance::compare()? {
        total = total.plus(Tally::one(alike));
    }
    for (name, seconds, tally) in times {
        println!("{name:8} {seconds:7.1} s  {} passed, {} failed", tally.passed, tally.failed);
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(total.failed == 0)
}

impl Tally {
    fn plus(self, other: Tally) -> Tally {
        Tally { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    fn one(success: bool) -> Tally {
        Tally { passed: u64::from(success), failed: u64::from(!success) }
    }
}

fn lint(_long: bool) -> Result<Tally, String> {
    let apart = ["benches/compare/Cargo.toml", "benches/compare/polodb/Cargo.toml"];
    let mut format = run::cargo(&["fmt", "--all", "--", "--check"], &[])?.success;
    for manifest in apart {
        format &= run::cargo(&["fmt", "--manifest-path", manifest, "--", "--check"], &[])?.success;
    }
    let clippy =
        run::cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[])?
            .success;
    let docs = run::cargo(
        &["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?
    .success;
    // Another folder, so that the features do not take turns in one.
    let bare = run::cargo(
        &[
            "check",
            "--package",
            "nexuslite",
            "--no-default-features",
            "--locked",
            "--target-dir",
            "target/bare",
        ],
        &[],
    )?
    .success;
    let generated = formats::is_current()? & performance::is_current()?;
    Ok([format, clippy, docs, bare, generated]
        .into_iter()
        .map(Tally::one)
        .fold(Tally::default(), Tally::plus))
}

fn build(_long: bool) -> Result<Tally, String> {
    let programs = cargo_test_command(&["--no-run"]);
    let built = run::cargo(&programs, &[])?.success;
    python::build()?;
    Ok(Tally::one(built))
}

fn unit(long: bool) -> Result<Tally, String> {
    let examples = cargo_test(&["--doc"], environment(long))?;
    Ok(cargo_test(&["--lib", "--bins"], environment(long))?.plus(examples))
}

/// What tells the tests that they may take long.
fn environment(long: bool) -> &'static [(&'static str, &'static str)] {
    if long { &[("NEXUSLITE_LONG", "1")] } else { &[] }
}

fn memory(long: bool) -> Result<Tally, String> {
    let reading = long_target("resident", long)?;
    let working = long_target("resident_work", long)?.plus(long_target("resident_budget", long)?);
    Ok(target("allocations")?.plus(reading).plus(working))
}

/// A suite that goes on longer when it is asked to.
fn long_target(name: &str, long: bool) -> Result<Tally, String> {
    cargo_test(&["--test", name], environment(long))
}

fn crash(long: bool) -> Result<Tally, String> {
    cargo_test(&["--test", "crash", "--", "--nocapture"], environment(long))
}

fn command_line(_long: bool) -> Result<Tally, String> {
    Ok(target("cli")?.plus(target("readme")?))
}

fn python(_long: bool) -> Result<Tally, String> {
    let (passed, failed) = python::test()?;
    Ok(Tally { passed, failed })
}

/// The library is built by the tests themselves, which then compile programs against it.
fn c(long: bool) -> Result<Tally, String> {
    if !nlohmann_is_here() {
        println!(
            "nlohmann/json is not here, so its adaptor is not tested: `apt-get install nlohmann-json3-dev`, or name \
             the folder of its headers in NEXUSLITE_NLOHMANN"
        );
    }
    long_target("abi", long)
}

fn nlohmann_is_here() -> bool {
    let mut compiler = Command::new("g++");
    if let Some(folder) = std::env::var_os("NEXUSLITE_NLOHMANN") {
        compiler.arg("-isystem").arg(folder);
    }
    compiler.args(["-fsyntax-only", "-include", "nlohmann/json.hpp", "-x", "c++", "/dev/null"]);
    compiler.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn go(long: bool) -> Result<Tally, String> {
    let (passed, failed) = go::test(long)?;
    Ok(Tally { passed, failed })
}

fn packed(_long: bool) -> Result<Tally, String> {
    let (passed, failed) = package::test()?;
    Ok(Tally { passed, failed })
}

fn peers(_long: bool) -> Result<Tally, String> {
    let ran = peers::test()?;
    Ok(ran.iter().map(tally_of).fold(Tally::default(), Tally::plus))
}

fn target(name: &str) -> Result<Tally, String> {
    long_target(name, false)
}

fn cargo_test(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Tally, String> {
    let command = cargo_test_command(&[&["--no-fail-fast"], arguments].concat());
    run::cargo(&command, environment).map(|ran| tally_of(&ran))
}

fn cargo_test_command<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["test", "--locked"], run::TOGETHER, arguments].concat()
}

/// The sum of all counts that a command printed; one that failed in silence counts as one failure.
fn tally_of(ran: &run::Ran) -> Tally {
    let tally = ran.output.lines().filter_map(result_line).fold(Tally::default(), Tally::plus);
    let silent_failure = !ran.success && tally.failed == 0;
    tally.plus(Tally { passed: 0, failed: u64::from(silent_failure) })
}

/// The counts in a line like `test result: ok. 12 passed; 0 failed; …`.
fn result_line(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?;
    let count = |label: &str| {
        let (before, _) = counts.split_once(label)?;
        before.rsplit([' ', ';', '.']).find(|word| !word.is_empty())?.parse().ok()
    };
    Some(Tally { passed: count(" passed")?, failed: count(" failed")? })
}
