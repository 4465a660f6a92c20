//! The Python package: built, installed into environments of its own, tested and measured there.
//!
//! Everything lies below `target/python`; nothing is installed for anybody else.

mod bench;
pub(crate) mod environment;
mod tools;

use std::path::PathBuf;

use crate::run::{self, root};

pub(crate) use bench::run as bench;
use environment::{Environment, WITH_PYMONGO, WITHOUT_PYMONGO};

/// How the extension is compiled.
#[derive(Debug, Clone, Copy)]
enum Profile {
    /// As all other tests are: quick to build.
    Dev,
    /// As users get it.
    Release,
}

/// Builds what the tests install.
pub(crate) fn build() -> Result<(), String> {
    tools::wheel(Profile::Dev).map(drop)
}

/// Builds the wheel and runs the package's tests in both environments; how many passed and failed.
pub(crate) fn test() -> Result<(u64, u64), String> {
    let wheel = tools::wheel(Profile::Dev)?;
    let mut total = (0, 0);
    for environment in [WITH_PYMONGO, WITHOUT_PYMONGO] {
        let (passed, failed) = test_in(&environment, &wheel)?;
        total = (total.0 + passed, total.1 + failed);
    }
    Ok(total)
}

fn test_in(environment: &Environment, wheel: &std::path::Path) -> Result<(u64, u64), String> {
    println!("\n-- {}", environment.about);
    let python = environment.ready()?;
    environment::install(&python, wheel)?;
    let ran = run::run_in(&package(), &python, &["-m", "pytest"], &QUIET)?;
    let (passed, failed) = ran.output.lines().rev().find_map(counts).unwrap_or_default();
    // Tests that could not even be collected have not passed.
    Ok((passed, if ran.success { failed } else { failed.max(1) }))
}

/// Nothing is written beside the sources.
const QUIET: [(&str, &str); 2] = [("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONHASHSEED", "0")];

fn package() -> PathBuf {
    root().join("packages/python")
}

/// Where everything is built.
fn folder() -> PathBuf {
    root().join("target/python")
}

/// The counts in pytest's last line, like `3 failed, 120 passed, 2 skipped in 1.20s`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let (all, _) = line.rsplit_once(" in ")?;
    let count = |of: &str| {
        let found = all.split(", ").find_map(|part| part.trim().strip_suffix(of)?.trim().parse::<u64>().ok());
        found.unwrap_or_default()
    };
    let is_summary = ["passed", "failed", "error", "errors"].iter().any(|word| all.ends_with(word))
        || all.contains(" passed")
        || all.contains(" failed");
    is_summary.then(|| (count("passed"), count("failed") + count("error") + count("errors")))
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn pytest_says_how_many() {
        let check = |line: &str, expected| assert_eq!(counts(line), expected, "{line}");
        check("12 passed in 0.31s", Some((12, 0)));
        check("3 failed, 120 passed, 2 skipped in 1.20s", Some((120, 3)));
        check("1 failed, 3 passed, 1 error in 0.1s", Some((3, 2)));
        check("2 errors in 0.1s", Some((0, 2)));
        check("a test in the middle", None);
    }
}
