//! The conformance cases, answered by libraries that others wrote: what they answer otherwise is listed and argued.

use std::process::Command;

use crate::python::environment::Environment;
use crate::run;

const MONGOMOCK: Environment =
    Environment { about: "mongomock", name: "peers", lock: "tests/peers/requirements.txt" };

/// The oldest Node that runs the cases.
const NODE_MAJOR: u32 = 20;
const HOW: &str = "install Node.js 20 or later, with npm, from https://nodejs.org or the system's packages";

/// What each library printed.
pub(crate) fn test() -> Result<Vec<run::Ran>, String> {
    Ok(vec![mingo()?, mongomock()?])
}

fn mingo() -> Result<run::Ran, String> {
    println!("\n-- mingo");
    expect_node()?;
    let folder = run::root().join("tests/peers");
    let quiet = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
    if !run::run_in(&folder, npm(), &quiet, &[])?.success {
        return Err("npm ci failed in tests/peers".to_owned());
    }
    run::run_in(&folder, "node", &["mingo.mjs"], &[])
}

fn mongomock() -> Result<run::Ran, String> {
    println!("\n-- {}", MONGOMOCK.about);
    let python = MONGOMOCK.ready()?;
    run::run(&python, &["tests/peers/mongomock_cases.py"], &[("PYTHONDONTWRITEBYTECODE", "1")])
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn expect_node() -> Result<(), String> {
    let asked = Command::new("node").arg("--version").output();
    let asked = asked.map_err(|error| format!("cannot run node: {error}; {HOW}"))?;
    let version = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        _ => Err(format!("node is {version}, {NODE_MAJOR} is needed; {HOW}")),
    }
}
