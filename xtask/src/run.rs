//! Running a tool: its output is shown as it comes, and kept.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::conformance;

/// How a command ended and what it printed on its standard output.
pub(crate) struct Ran {
    pub(crate) success: bool,
    pub(crate) output: String,
}

/// Where a program looks for libraries before it looks where it was linked to. Cargo sets it for the programs that it
/// runs, this one among them; what this one runs would take a library that was built for tests for the installed one.
pub(crate) const LIBRARIES: &str = "LD_LIBRARY_PATH";

/// All that is tested by cargo, which then gives each crate the features that any of it asks for: named one by one, they
/// would have the database built anew for nearly every package. The Python extension has no test program.
pub(crate) const TOGETHER: &[&str] = &["--workspace", "--exclude", "nexuslite-python"];

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(PathBuf::from).unwrap_or(own)
}

/// The folder of what is built.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |given| root().join(given))
}

/// Runs `program` in the project's folder.
pub(crate) fn run(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Ran, String> {
    run_in(&root(), program, arguments, environment)
}

/// Runs `program` in a folder.
pub(crate) fn run_in(
    folder: &Path,
    program: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<Ran, String> {
    println!("$ {program} {}", arguments.join(" "));
    let mut child = Command::new(program)
        .args(arguments)
        .env_remove(LIBRARIES)
        .env(conformance::PLACE, conformance::folder())
        .envs(environment.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| missing(program, &error))?;
    let mut output = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            println!("{line}");
            output.push_str(&line);
            output.push('\n');
        }
    }
    let status = child.wait().map_err(|error| format!("{program}: {error}"))?;
    Ok(Ran { success: status.success(), output })
}

/// The same cargo that runs this program.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Ran, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    run(&cargo, arguments, environment)
}

fn missing(program: &str, error: &std::io::Error) -> String {
    let how = match program {
        "cargo" => "install Rust with rustup; rust-toolchain.toml names the version",
        _ => "install it and put it on the PATH",
    };
    format!("cannot run {program}: {error}; {how}")
}
