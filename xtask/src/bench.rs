//! `cargo xtask bench`: builds and runs the measuring program, that of a language, the or the one that has the
//! peers.

use crate::{bindings, compare, python, run};

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    match arguments.split_first() {
        Some((first, rest)) if first == "python" => python::bench(rest),
        Some((first, [])) if first == "bindings" => bindings::run(),
        Some((first, rest)) if first == "compare" => compare::run(rest),
        _ => measure(arguments),
    }
}

fn measure(arguments: &[String]) -> Result<bool, String> {
    let mut all = vec!["run", "--release", "--locked", "--package", "nexuslite-benches", "--"];
    all.extend(arguments.iter().map(String::as_str));
    Ok(run::cargo(&all, &[])?.success)
}
