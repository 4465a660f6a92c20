//! `cargo xtask bench`: builds and runs the measuring program, that of a language, the one that has the peers, or the
//! one whose instructions are counted.

use crate::{bindings, compare, guard, performance, python, run};

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    match arguments.split_first() {
        Some((first, rest)) if first == "python" => python::bench(rest),
        Some((first, [])) if first == "bindings" => bindings::run(),
        Some((first, [only])) if first == "compare" && only == "--table" => {
            performance::write().map(|()| true)
        }
        Some((first, rest)) if first == "compare" => compare::run(rest),
        Some((first, rest)) if first == "guard" => guard::run(rest),
        _ => measure(arguments),
    }
}

fn measure(arguments: &[String]) -> Result<bool, String> {
    let mut all = vec!["run", "--release", "--locked", "--package", "nexuslite-benches", "--"];
    all.extend(arguments.iter().map(String::as_str));
    Ok(run::cargo(&all, &[])?.success)
}
