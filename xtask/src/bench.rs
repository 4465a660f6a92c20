//! `cargo xtask bench`: builds and runs the measuring program, that of a language, or the one that has the peers.

use crate::{bindings, python, run};

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    match arguments.split_first() {
        Some((first, rest)) if first == "python" => python::bench(rest),
        Some((first, [])) if first == "bindings" => bindings::run(),
        Some((first, rest)) if first == "compare" => compare(rest),
        _ => measure(&["--package", "nexuslite-benches"], arguments),
    }
}

/// The peers are a workspace of their own, so that nobody else builds them; what is built stands beside ours.
fn compare(arguments: &[String]) -> Result<bool, String> {
    let built = run::target().join("compare");
    let built = built.to_string_lossy();
    measure(&["--manifest-path", "benches/compare/Cargo.toml", "--target-dir", &built], arguments)
}

fn measure(what: &[&str], arguments: &[String]) -> Result<bool, String> {
    let mut all = vec!["run", "--release", "--locked"];
    all.extend_from_slice(what);
    all.push("--");
    all.extend(arguments.iter().map(String::as_str));
    Ok(run::cargo(&all, &[])?.success)
}
