//! `cargo xtask bench guard`: instructions of the paths that are walked most, beside those of the committed baseline.
//!
//! Instructions are counted by callgrind, so that the answer does not depend on what else the machine does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use crate::run;

const BASELINE: &str = "benches/baseline.tsv";
/// Percent by which a path may become worse.
const WORSE_MAX: u64 = 5;
const VALGRIND: &str =
    "cannot run valgrind; install it from the system's packages: instructions are counted by it";

/// Small blocks that were freed are all kept at hand. The allocator would join them with their neighbours at moments
/// that depend on the random seeds of hash maps, which is 2 % of a path that decodes documents.
const ALLOCATOR: &str = "glibc.malloc.tcache_count=127";

/// Instructions by the name of the path.
type Counts = BTreeMap<String, u64>;

/// Compares with the baseline, or makes a new one.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let renew = match arguments {
        [] => false,
        [only] if only == "--renew" => true,
        _ => return Err("bench guard takes nothing but --renew".to_owned()),
    };
    Command::new("valgrind").arg("--version").output().map_err(|_| VALGRIND.to_owned())?;
    let here = compiler()?;
    let baseline = if renew { None } else { Some(baseline(&here)?) };
    let now = count_all(&build()?)?;
    let Some(baseline) = baseline else {
        let path = run::root().join(BASELINE);
        std::fs::write(path, written(&here, &now)).map_err(|error| format!("{BASELINE}: {error}"))?;
        println!("{BASELINE} is new; commit it with what made the difference");
        return Ok(true);
    };
    let faults = faults(&baseline, &now);
    for (name, count) in &now {
        let before = baseline.get(name).map_or_else(|| "new".to_owned(), |before| change(*before, *count));
        println!("{name:16} {count:>14} {before:>9}");
    }
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(faults.is_empty())
}

/// The committed counts; those of another compiler are refused, since they would say nothing about the source.
fn baseline(here: &str) -> Result<Counts, String> {
    let text = std::fs::read_to_string(run::root().join(BASELINE))
        .map_err(|error| format!("{BASELINE}: {error}; `cargo xtask bench guard --renew` makes it"))?;
    let (made_by, counts) = read(&text)?;
    same_compiler(&made_by, here)?;
    Ok(counts)
}

fn same_compiler(made_by: &str, here: &str) -> Result<(), String> {
    if made_by == here {
        return Ok(());
    }
    Err(format!(
        "{BASELINE} was made by {made_by}, and this is {here}, which makes other instructions of the same source: \
         run `cargo xtask bench guard --renew` on the commit before your change, then compare"
    ))
}

fn build() -> Result<PathBuf, String> {
    let built = ["build", "--release", "--locked", "--package", "nexuslite-benches", "--bin", "hot_paths"];
    match run::cargo(&built, &[])?.success {
        true => Ok(run::target().join("release/hot_paths")),
        false => Err("the paths could not be built".to_owned()),
    }
}

fn count_all(program: &PathBuf) -> Result<Counts, String> {
    let listed = Command::new(program).arg("list").output().map_err(|error| format!("hot_paths: {error}"))?;
    String::from_utf8_lossy(&listed.stdout)
        .lines()
        .map(|name| Ok((name.to_owned(), count(program, name)?)))
        .collect()
}

/// The instructions below the one function that is counted.
fn count(program: &PathBuf, name: &str) -> Result<u64, String> {
    let ran = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*hot_paths::counted*"])
        .arg(program)
        .arg(name)
        .env("GLIBC_TUNABLES", ALLOCATOR)
        .output()
        .map_err(|_| VALGRIND.to_owned())?;
    let said = String::from_utf8_lossy(&ran.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(count) if ran.status.success() && count > 0 => Ok(count),
        _ => Err(format!("{name} could not be counted:\n{said}")),
    }
}

/// The compiler, whose versions make other instructions of the same source.
fn compiler() -> Result<String, String> {
    let said = Command::new("rustc").arg("--version").output().map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

fn written(compiler: &str, counts: &Counts) -> String {
    let lines: String = counts.iter().map(|(name, count)| format!("{name}\t{count}\n")).collect();
    format!("# {compiler}\n{lines}")
}

/// The compiler that a baseline was made by, and its counts.
fn read(text: &str) -> Result<(String, Counts), String> {
    let broken = |line: &str| format!("{BASELINE} has a line that is no path and count: {line:?}");
    let (first, rest) = text.split_once('\n').ok_or_else(|| broken(text))?;
    let counts = rest.lines().map(|line| {
        let (name, count) = line.split_once('\t').ok_or_else(|| broken(line))?;
        Ok((name.to_owned(), count.parse().map_err(|_| broken(line))?))
    });
    Ok((first.trim_start_matches("# ").to_owned(), counts.collect::<Result<_, String>>()?))
}

/// Paths that became worse, came or went: a baseline that does not name them all guards nothing.
fn faults(baseline: &Counts, now: &Counts) -> Vec<String> {
    let gone = baseline.keys().filter(|name| !now.contains_key(*name));
    let gone = gone.map(|name| format!("{name} is in the baseline and is not measured any more: renew it"));
    let others = now.iter().filter_map(|(name, count)| match baseline.get(name) {
        None => Some(format!("{name} is not in the baseline: renew it")),
        Some(before) if is_worse(*before, *count) => {
            let change = change(*before, *count);
            Some(format!(
                "{name} takes {count} instructions, {before} in the baseline: {change}, {WORSE_MAX} % may be"
            ))
        }
        Some(_) => None,
    });
    gone.chain(others).collect()
}

fn is_worse(before: u64, now: u64) -> bool {
    u128::from(now) * 100 > u128::from(before) * u128::from(100 + WORSE_MAX)
}

fn change(before: u64, now: u64) -> String {
    format!("{:+.2} %", (now as f64 / before as f64 - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::{Counts, faults, read, same_compiler, written};

    fn counts(all: &[(&str, u64)]) -> Counts {
        all.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[test]
    fn only_what_is_more_than_five_percent_worse_is_a_fault() {
        let baseline = counts(&[("a", 1000), ("b", 1000), ("c", 1000)]);
        assert_eq!(faults(&baseline, &counts(&[("a", 1050), ("b", 900), ("c", 1000)])), Vec::<String>::new());
        let found = faults(&baseline, &counts(&[("a", 1051), ("b", 900), ("c", 1000)]));
        let [fault] = &found[..] else { unreachable!("{found:?}") };
        assert!(fault.contains("a takes 1051") && fault.contains("1000 in the baseline"), "{fault}");
    }

    #[test]
    fn paths_that_come_and_go_are_faults() {
        let found = faults(&counts(&[("old", 1)]), &counts(&[("new", 1)]));
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_baseline_of_another_compiler_is_refused() {
        assert_eq!(same_compiler("rustc 1.95.0", "rustc 1.95.0"), Ok(()));
        let said = same_compiler("rustc 1.94.0", "rustc 1.95.0").unwrap_err();
        assert!(said.contains("made by rustc 1.94.0, and this is rustc 1.95.0"), "{said}");
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() -> Result<(), String> {
        let all = counts(&[("a", 1), ("b", u64::MAX)]);
        assert_eq!(read(&written("rustc 1.0", &all))?, ("rustc 1.0".to_owned(), all));
        for broken in ["", "# rustc\na 1\n", "# rustc\na\tmany\n"] {
            assert!(read(broken).is_err(), "{broken:?}");
        }
        Ok(())
    }
}
