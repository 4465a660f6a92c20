//! What was measured, where and by which compiler: nothing that names a machine or a person.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::Command;

use nexuslite_benches::Failure;

/// What the figures depend on. The results themselves, and what is written about them, make no difference.
const PATHS: [&str; 5] = ["core", "benches/src", "benches/compare", "Cargo.toml", "Cargo.lock"];

/// The commit, and a mark of what differs from it.
pub(crate) fn commit() -> String {
    let about = |arguments: &[&str]| said_by("git", &[arguments, &["--"], &PATHS].concat());
    let commit = about(&["log", "-1", "--format=%h"]);
    if commit.trim().is_empty() {
        return "unknown".to_owned();
    }
    let (commit, changes) = (first_line(&commit), about(&["diff", "HEAD"]));
    if changes.is_empty() {
        return commit;
    }
    let mut hasher = DefaultHasher::new();
    changes.hash(&mut hasher);
    format!("{commit} with changes {:08x}", hasher.finish() as u32)
}

pub(crate) fn date() -> String {
    first_line(&said_by("date", &["-u", "+%Y-%m-%d"]))
}

/// The kind of machine.
pub(crate) fn machine() -> Result<String, Failure> {
    let field = |file: &str, name: &str| -> Option<String> {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processors".to_owned());
    let memory = field("/proc/meminfo", "MemTotal");
    let kibibytes =
        memory.and_then(|text| text.trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or_default();
    Ok(format!(
        "{} x {processor}, {:.0} GiB of memory, {}, {}",
        std::thread::available_parallelism()?,
        kibibytes / f64::from(1 << 20),
        first_line(&said_by("uname", &["-sr"])),
        first_line(&said_by("rustc", &["--version"])),
    ))
}

/// All that a tool prints; nothing where there is no such tool.
fn said_by(tool: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
