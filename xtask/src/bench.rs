//! `cargo xtask bench`: builds and runs the measuring program.

use crate::run;

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let mut all = vec!["run", "--release", "--locked", "--package", "nexuslite-benches", "--"];
    all.extend(arguments.iter().map(String::as_str));
    Ok(run::cargo(&all, &[])?.success)
}
