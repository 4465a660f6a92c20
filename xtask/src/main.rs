//! The project's chores: `cargo xtask test`, `bench`, `formats`, `header`, `install`, `package`.

mod bench;
mod bindings;
mod compare;
mod conformance;
mod formats;
mod go;
mod guard;
mod header;
mod install;
mod package;
mod peers;
mod performance;
mod python;
mod run;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <chore>

  test [suite …] [--long]   format, lints, docs and every test; with suites, only those:
                            lint, core, cli, c, go, python, tidy, and the others that `test --list` names
  bench [--documents N]     measures this database against the machine's limits
  bench compare [option …]  measures it beside SQLite, LMDB, redb, fjall, RocksDB and PoloDB, which it builds, and
                            writes tables and charts into benches/results/ and the guide; goes on where a run was
                            cut short; benches/compare/README.md has the options
  bench compare --table     writes the table of the results into the guide, without measuring
  bench guard [--renew]     counts the instructions of the hottest paths beside the committed baseline
  bench bindings            measures the ways to C and Go against the same work in Rust
  bench python              measures the way to Python against pymongo's codec
  formats [--check]         writes docs/formats/ from the layout files
  header                    writes include/nexuslite.h from the sources in ffi/
  install --prefix DIR      builds the C library and puts it, its header and its packages below DIR
          [--profile NAME]  built with this profile of cargo; release by default
  package [--to DIR]        puts the C library, the crates and the Go module into one archive, in target/package
          [--profile NAME]  by default
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (chore, rest) = match arguments.split_first() {
        Some((chore, rest)) => (chore.as_str(), rest),
        None => ("", &[][..]),
    };
    let outcome = match chore {
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "formats" => formats::run(rest),
        "header" => header::run(rest),
        "install" => install::run(rest),
        "package" => package::run(rest),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprintln!("xtask: there is no chore \"{other}\"\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::from(2)
        }
    }
}
