//! Python environments in the project's own folder, with exactly the packages that a lock file names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder;
use crate::run;

/// An environment: its folder's name and the lock file of what is in it.
#[derive(Debug)]
pub(crate) struct Environment {
    pub(crate) about: &'static str,
    pub(crate) name: &'static str,
    pub(crate) lock: &'static str,
}

pub(super) const BUILD: Environment = Environment {
    about: "the tools that build the wheel",
    name: "build",
    lock: "packages/python/requirements/build.txt",
};
pub(super) const WITH_PYMONGO: Environment = Environment {
    about: "beside pymongo",
    name: "with-pymongo",
    lock: "packages/python/requirements/test-pymongo.txt",
};
pub(super) const WITHOUT_PYMONGO: Environment = Environment {
    about: "without pymongo",
    name: "without-pymongo",
    lock: "packages/python/requirements/test.txt",
};

/// What is asked of a Python that is to be used.
const PROBE: &str = "import ensurepip, sys, venv; print('%d.%d.%d %s' % (*sys.version_info[:3], sys.executable)); \
                     sys.exit(sys.version_info < (3, 10))";
const HOW: &str = "install CPython 3.10 or later with its venv module (Debian: apt-get install python3 python3-venv), or \
                   name one in NEXUSLITE_PYTHON";

impl Environment {
    /// The environment's Python, after it was made, or made anew because the lock file or the Python changed.
    pub(crate) fn ready(&self) -> Result<String, String> {
        let (name, version) = interpreter()?;
        let lock = run::root().join(self.lock);
        let text = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
        let wanted = format!("{version}\n{text}");
        let home = folder().join(self.name);
        let made_of = home.join("made-of.txt");
        let python = python_in(&home);
        if fs::read_to_string(&made_of).is_ok_and(|made_of| made_of == wanted) {
            return Ok(python);
        }
        if home.exists() {
            fs::remove_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
        }
        let (home_text, lock_text) = (home.display().to_string(), lock.display().to_string());
        must(&name, &["-m", "venv", &home_text])?;
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"];
        must(&python, &[&install[..], &[&lock_text]].concat())?;
        fs::write(&made_of, wanted).map_err(|error| format!("{}: {error}", made_of.display()))?;
        Ok(python)
    }
}

/// Puts the wheel into the environment, in the place of any before it.
pub(super) fn install(python: &str, wheel: &Path) -> Result<(), String> {
    let wheel = wheel.display().to_string();
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--no-deps",
        "--force-reinstall",
    ];
    must(python, &[&install[..], &[&wheel]].concat())
}

/// A program of the environment that `python` belongs to.
pub(super) fn program(python: &str, name: &str) -> PathBuf {
    Path::new(python).with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The Python that environments are made with, and what it says of itself.
fn interpreter() -> Result<(String, String), String> {
    let name = std::env::var("NEXUSLITE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let asked = Command::new(&name).args(["-c", PROBE]).output();
    let asked = asked.map_err(|error| format!("cannot run {name}: {error}; {HOW}"))?;
    let said = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    if asked.status.success() {
        return Ok((name, said));
    }
    let why = String::from_utf8_lossy(&asked.stderr);
    let why = why.lines().last().unwrap_or("it is older than 3.10").to_owned();
    Err(format!("{name} ({said}) cannot be used: {why}; {HOW}"))
}

fn python_in(home: &Path) -> String {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    home.join(folder).join(format!("python{}", std::env::consts::EXE_SUFFIX)).display().to_string()
}

/// Runs a command that has to succeed.
pub(super) fn must(program: &str, arguments: &[&str]) -> Result<(), String> {
    let ran = run::run(program, arguments, &[])?;
    if ran.success { Ok(()) } else { Err(format!("{program} {} failed", arguments.join(" "))) }
}
