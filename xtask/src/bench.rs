//! `cargo xtask bench`: builds and runs the measuring program, or that of a language.

use crate::{python, run};

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    if let Some((first, rest)) = arguments.split_first()
        && first == "python"
    {
        return python::bench(rest);
    }
    let mut all = vec!["run", "--release", "--locked", "--package", "nexuslite-benches", "--"];
    all.extend(arguments.iter().map(String::as_str));
    Ok(run::cargo(&all, &[])?.success)
}
