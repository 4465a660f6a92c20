//! `cargo xtask bench bindings`: what the ways to C and to Go cost, beside the same work in Rust.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{go, install, run};

/// How often each program runs, in turn with the others; odd, for a median.
const TURNS: usize = 21;

/// A way to the database: what it costs to scan one document and to get one by its `_id`, in nanoseconds.
struct Way {
    name: &'static str,
    command: Vec<String>,
    scanned: Vec<f64>,
    got: Vec<f64>,
    /// What it costs to scan a document that is only lent, where there is such a thing.
    lent: Vec<f64>,
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
        Self { name, command, scanned: Vec::new(), got: Vec::new(), lent: Vec::new() }
    }

    fn turn(&mut self, data: &str) -> Result<(), String> {
        let said = said(&[&self.command[..], &[data.to_owned()]].concat())?;
        let mut numbers = said.split_whitespace().filter_map(|number| number.parse().ok());
        let (Some(scanned), Some(got)) = (numbers.next(), numbers.next()) else {
            return Err(format!("{} printed {said:?}", self.name));
        };
        self.scanned.push(scanned);
        self.got.push(got);
        self.lent.extend(numbers.next());
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

/// Prints the medians beside the aims, and says whether the aims are met.
fn told(ways: &mut [Way; 3]) -> bool {
    let lent = median(&mut ways[0].lent);
    println!("\n{:5} {:>16} {:>16}", "", "scan, ns each", "get, ns each");
    let [rust, c, go] = ways.each_mut().map(|way| {
        let (scanned, got) = (median(&mut way.scanned), median(&mut way.got));
        println!("{:5} {scanned:16.1} {got:16.1}", way.name);
        (scanned, got)
    });
    println!("{:5} {lent:16.1} {:>16}  (each document only lent)\n", "Rust", "");
    let aims = [
        ("scan, C over Rust", c.0 / rust.0, 1.05, ""),
        ("get, C over Rust", c.1 - rust.1, 100.0, " ns"),
        ("scan, Go over C", go.0 / c.0, 1.20, ""),
        ("get, Go over C", go.1 - c.1, 150.0, " ns"),
    ];
    for (what, reached, aim, unit) in aims {
        let met = if reached <= aim { "met" } else { "MISSED" };
        println!("{what:20} {reached:8.2}{unit:3}  aim {aim:7.2}{unit:3}  {met}");
    }
    aims.iter().all(|(_, reached, aim, _)| reached <= aim)
}

fn median(of: &mut [f64]) -> f64 {
    of.sort_unstable_by(f64::total_cmp);
    of[of.len() / 2]
}

/// What a program prints, which must succeed. Nobody else gets a turn meanwhile, where the system grants that.
fn said(command: &[String]) -> Result<String, String> {
    let first = ["chrt", "-r", "1"].map(str::to_owned);
    let alone = Command::new(&first[0]).args(&first[1..]).arg("true").output();
    let command = match alone {
        Ok(ran) if ran.status.success() => [&first[..], command].concat(),
        _ => command.to_vec(),
    };
    let ran = Command::new(&command[0]).args(&command[1..]).env_remove(run::LIBRARIES).output();
    let ran = ran.map_err(|error| format!("cannot run {}: {error}", command[0]))?;
    if ran.status.success() {
        return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
    }
    Err(format!("{}: {}", command.join(" "), String::from_utf8_lossy(&ran.stderr)))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
