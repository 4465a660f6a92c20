//! `cargo xtask bench bindings`: what the ways to C and to Go cost, beside the same work in Rust.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{go, install, run};

/// How often each program runs, in turn with the others; odd, for a median.
const TURNS: usize = 7;

/// A way to the database: what it costs to scan one document and to get one by its `_id`, in nanoseconds.
struct Way {
    name: &'static str,
    command: Vec<String>,
    scanned: Vec<f64>,
    got: Vec<f64>,
}

/// Measures; false when a stated bound is not kept.
pub(crate) fn run() -> Result<bool, String> {
    let folder = run::target().join("bindings");
    let prefix = folder.join("prefix");
    if !install::run(&["--prefix".to_owned(), text(&prefix)])? {
        return Err("the library could not be built".to_owned());
    }
    let data = text(&folder.join("all.db"));
    let mut ways = [rust()?, c(&folder, &prefix)?, golang(&folder, &prefix)?];
    for file in ["all.db", "all.wasp"] {
        match fs::remove_file(folder.join(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{file}: {error}"));
            }
            _ => {}
        }
    }
    said(&[ways[0].command[0].clone(), "prepare".to_owned(), data.clone()])?;
    for _ in 0..TURNS {
        for way in &mut ways {
            way.turn(&data)?;
        }
    }
    Ok(told(&mut ways))
}

impl Way {
    fn new(name: &'static str, command: Vec<String>) -> Self {
        Self { name, command, scanned: Vec::new(), got: Vec::new() }
    }

    fn turn(&mut self, data: &str) -> Result<(), String> {
        let said = said(&[&self.command[..], &[data.to_owned()]].concat())?;
        let mut numbers = said.split_whitespace().filter_map(|number| number.parse().ok());
        let (Some(scanned), Some(got)) = (numbers.next(), numbers.next()) else {
            return Err(format!("{} printed {said:?}", self.name));
        };
        self.scanned.push(scanned);
        self.got.push(got);
        Ok(())
    }
}

fn rust() -> Result<Way, String> {
    let build = ["build", "--release", "--locked", "--package", "nexuslite-benches", "--bin", "bindings"];
    if !run::cargo(&build, &[])?.success {
        return Err("the program in Rust could not be built".to_owned());
    }
    let program = text(&run::target().join("release/bindings"));
    Ok(Way::new("Rust", vec![program, "measure".to_owned()]))
}

fn c(folder: &Path, prefix: &Path) -> Result<Way, String> {
    let program = text(&folder.join("in_c"));
    let library = text(&prefix.join("lib"));
    let build = [
        "-O2",
        "-std=c11",
        "-D_POSIX_C_SOURCE=200809L",
        "-o",
        &program,
        "benches/bindings/bindings.c",
        &format!("-I{}", text(&prefix.join("include"))),
        &format!("-L{library}"),
        "-lnexuslite",
        &format!("-Wl,-rpath,{library}"),
    ];
    if !run::run("gcc", &build, &[])?.success {
        return Err("the program in C could not be built".to_owned());
    }
    Ok(Way::new("C", vec![program]))
}

fn golang(folder: &Path, prefix: &Path) -> Result<Way, String> {
    let program = folder.join("in_go");
    go::build(prefix, "./internal/bench", &program)?;
    Ok(Way::new("Go", vec![text(&program)]))
}

/// Prints the medians, and says whether the bounds are kept.
fn told(ways: &mut [Way; 3]) -> bool {
    println!("\n{:5} {:>16} {:>16}", "", "scan, ns each", "get, ns each");
    let [rust, c, go] = ways.each_mut().map(|way| {
        let (scanned, got) = (median(&mut way.scanned), median(&mut way.got));
        println!("{:5} {scanned:16.1} {got:16.1}", way.name);
        (scanned, got)
    });
    let bounds = [
        ("a scan in C takes at most 5 % more than in Rust", c.0 <= rust.0 * 1.05),
        ("a get in C takes at most 100 ns more than in Rust", c.1 <= rust.1 + 100.0),
        ("a scan in Go takes at most 20 % more than in C", go.0 <= c.0 * 1.20),
        ("a get in Go takes at most 150 ns more than in C", go.1 <= c.1 + 150.0),
    ];
    for (bound, kept) in bounds {
        println!("{}: {bound}", if kept { "kept" } else { "MISSED" });
    }
    bounds.iter().all(|(_, kept)| *kept)
}

fn median(of: &mut [f64]) -> f64 {
    of.sort_unstable_by(f64::total_cmp);
    of[of.len() / 2]
}

/// What a program prints, which must succeed.
fn said(command: &[String]) -> Result<String, String> {
    let ran = Command::new(&command[0]).args(&command[1..]).output();
    let ran = ran.map_err(|error| format!("cannot run {}: {error}", command[0]))?;
    if ran.status.success() {
        return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
    }
    Err(format!("{}: {}", command.join(" "), String::from_utf8_lossy(&ran.stderr)))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
