//! The Go module: tested against the library as it is built, under the race detector and a busy garbage collector too.
//!
//! Everything that Go fetches and builds lies below `target/go`; nothing is installed for anybody else.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{install, run};

/// The oldest Go that builds the module.
const MINOR: u32 = 25;
const HOW: &str =
    "install Go 1.25 or later from https://go.dev/dl or the system's packages, or name one in NEXUSLITE_GO";
/// Where its own installer puts it, which not every PATH knows.
const USUAL: &str = "/usr/local/go/bin/go";

/// Go, and how it is called.
struct Toolchain {
    go: String,
    environment: Vec<(&'static str, String)>,
}

/// How many tests passed and failed.
pub(crate) fn test(long: bool) -> Result<(u64, u64), String> {
    let mut toolchain = Toolchain::found()?;
    let prefix = folder().join("prefix");
    let staged = ["--prefix", &text(&prefix), "--profile", "test"].map(str::to_owned);
    if !install::run(&staged)? {
        return Err("the library could not be built".to_owned());
    }
    toolchain.settle(&prefix, long);
    let mut total = toolchain.form(&prefix)?;
    for (about, arguments, more) in RUNS {
        println!("\n-- {about}");
        let (passed, failed) = toolchain.tests(arguments, more)?;
        total = (total.0 + passed, total.1 + failed);
    }
    let (passed, failed) = toolchain.linked_into_the_program()?;
    Ok((total.0 + passed, total.1 + failed))
}

/// The Go that is there.
pub(crate) fn program() -> Result<String, String> {
    Ok(Toolchain::found()?.go)
}

/// Builds a program of the module for use, with the library that is installed below `prefix`.
pub(crate) fn build(prefix: &Path, program: &str, to: &Path) -> Result<(), String> {
    let mut toolchain = Toolchain::found()?;
    toolchain.settle(prefix, false);
    let built = toolchain.run(&toolchain.go, &["build", "-o", &text(to), program], &[])?;
    if built.success { Ok(()) } else { Err(format!("{program} could not be built")) }
}

/// A run of the tests: what it is about, its arguments, and what its environment has besides.
type Run = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const RUNS: &[Run] = &[
    ("every test", &["./..."], &[]),
    // The snippets are programs of their own, and the corpora ask one thing after the other.
    ("under the race detector", &["-race", "-skip", "Snippet|Conformance|Memory", "."], &[]),
    (
        "garbage collected before each call",
        &["-short", "-tags", "nexuslite_gcstress", "-skip", "Conformance|Memory", "."],
        &[("GOGC", "1")],
    ),
];

impl Toolchain {
    /// The Go that is there.
    fn found() -> Result<Self, String> {
        let named = std::env::var("NEXUSLITE_GO").ok();
        let candidates = named.map_or_else(|| vec!["go".to_owned(), USUAL.to_owned()], |named| vec![named]);
        let mut why = String::new();
        for go in candidates {
            match Command::new(&go).args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local").output() {
                Ok(asked) => {
                    let version = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
                    if minor(&version).is_some_and(|minor| minor >= MINOR) {
                        return Ok(Self { go, environment: Vec::new() });
                    }
                    why = format!("{go} is {version:?}, go1.{MINOR} is needed");
                }
                Err(error) if why.is_empty() => why = format!("cannot run {go}: {error}"),
                Err(_) => {}
            }
        }
        Err(format!("{why}; {HOW}"))
    }

    /// Where Go finds the library, and where it keeps what is its own.
    fn settle(&mut self, prefix: &Path, long: bool) {
        let library = prefix.join("lib");
        self.environment = vec![
            ("PKG_CONFIG_PATH", text(&library.join("pkgconfig"))),
            // The tests find the library where it was staged.
            ("CGO_LDFLAGS", format!("-Wl,-rpath,{}", library.display())),
            ("CGO_ENABLED", "1".to_owned()),
            ("GOPATH", text(&folder().join("path"))),
            ("GOMODCACHE", text(&folder().join("mod"))),
            ("GOCACHE", text(&folder().join("cache"))),
            // What was fetched can be removed again; nothing but what go.sum names is fetched.
            ("GOFLAGS", "-mod=readonly -modcacherw".to_owned()),
            ("GOTOOLCHAIN", "local".to_owned()),
            ("GOWORK", "off".to_owned()),
        ];
        if long {
            self.environment.push(("NEXUSLITE_LONG", "1".to_owned()));
        }
    }

    fn run(&self, program: &str, arguments: &[&str], more: &[(&str, &str)]) -> Result<run::Ran, String> {
        let own = self.environment.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<(&str, &str)> = own.chain(more.iter().copied()).collect();
        run::run_in(&package(), program, arguments, &all)
    }

    /// Format, and what the compiler's companion says. Documents are written without the names of their fields, as
    /// everybody writes them.
    fn form(&self, prefix: &Path) -> Result<(u64, u64), String> {
        println!("\n-- form");
        let gofmt = Path::new(&self.go).with_file_name("gofmt");
        let unformatted = self.run(&text(&gofmt), &["-l", "."], &[])?;
        let mut good = vec![unformatted.success && unformatted.output.trim().is_empty()];
        for tags in ["", "nexuslite_gcstress", "nexuslite_static"] {
            good.push(
                self.run(&self.go, &["vet", "-composites=false", "-tags", tags, "./..."], &[])?.success,
            );
        }
        // Whoever names the library in the environment needs no pkg-config.
        let (include, library) = (prefix.join("include"), prefix.join("lib"));
        let named = [
            ("PKG_CONFIG_PATH", "/nowhere".to_owned()),
            ("CGO_CFLAGS", format!("-I{}", include.display())),
            ("CGO_LDFLAGS", format!("-L{}", library.display())),
        ];
        let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_str())).collect();
        good.push(self.run(&self.go, &["build", "-tags", "nexuslite_lib", "./..."], &named)?.success);
        let passed = good.iter().filter(|good| **good).count() as u64;
        Ok((passed, good.len() as u64 - passed))
    }

    fn tests(&self, arguments: &[&str], more: &[(&str, &str)]) -> Result<(u64, u64), String> {
        let all = [&["test", "-v", "-count=1", "-timeout=30m"], arguments].concat();
        Ok(counts(&self.run(&self.go, &all, more)?))
    }

    /// The same tests with the library inside the program, which needs no other then.
    fn linked_into_the_program(&self) -> Result<(u64, u64), String> {
        println!("\n-- with the library inside the program");
        let program = text(&folder().join("static.test"));
        let build = ["test", "-c", "-tags", "nexuslite_static", "-o", &program, "."];
        if !self.run(&self.go, &build, &[])?.success {
            return Ok((0, 1));
        }
        let needed = run::run("readelf", &["--dynamic", "--wide", &program], &[])?;
        let alone = needed.success && !needed.output.contains("libnexuslite");
        let (passed, failed) = counts(&self.run(&program, &["-test.v", "-test.short"], &[])?);
        Ok((passed + u64::from(alone), failed + u64::from(!alone)))
    }
}

/// The number in the middle of `go1.26.8`.
fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("go1.")?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The tests that `go test -v` told of, those inside others not counted; a failure in silence counts as one.
fn counts(ran: &run::Ran) -> (u64, u64) {
    let count = |how: &str| ran.output.lines().filter(|line| line.starts_with(how)).count() as u64;
    let (passed, failed) = (count("--- PASS: "), count("--- FAIL: "));
    (passed, if ran.success { failed } else { failed.max(1) })
}

fn package() -> PathBuf {
    run::root().join("packages/go")
}

/// Where everything is fetched and built.
fn folder() -> PathBuf {
    run::target().join("go")
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::{counts, minor};
    use crate::run::Ran;

    #[test]
    fn go_says_how_old_it_is() {
        let check = |version: &str, expected| assert_eq!(minor(version), expected, "{version}");
        check("go1.26.8", Some(26));
        check("go1.25", Some(25));
        check("go1.27rc1", Some(27));
        check("devel +8f3a", None);
    }

    #[test]
    fn go_says_how_many() {
        let check = |output: &str, success, expected| {
            assert_eq!(counts(&Ran { success, output: output.to_owned() }), expected, "{output}");
        };
        check("--- PASS: TestA (0.0s)\n    --- PASS: TestA/b (0.0s)\nPASS\nok  \tx\t0.1s\n", true, (1, 0));
        check("--- PASS: TestA (0.0s)\n--- FAIL: TestB (0.0s)\nFAIL\n", false, (1, 1));
        check("x.go:1:1: it cannot be built\nFAIL\tx [build failed]\n", false, (0, 1));
    }
}
