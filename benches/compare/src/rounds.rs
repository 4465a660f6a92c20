//! The rounds: each peer in a process of its own, by turns.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::asked::Asked;
use crate::cells::Cells;
use crate::figure::Told;
use crate::limits;
use crate::lines::{LINES, Line, Place};
use crate::peers::{self, Entry, Result};
use crate::{chart, table};

/// One who takes part, and the program that has it.
struct Runner {
    entry: &'static Entry,
    program: PathBuf,
}

/// Runs what is missing of what was asked for, and writes the table and the charts.
pub(crate) fn run(asked: &Asked) -> Result<()> {
    let runners = runners(asked)?;
    let about = format!(
        "documents {}, {} s a line, churn {} and {} min",
        asked.documents,
        asked.time.as_secs_f64(),
        asked.minutes.ours,
        asked.minutes.others
    );
    let base = asked.results.join(format!("compare-{}", asked.documents));
    let mut cells = Cells::open(&base.with_extension("tsv"), &about, asked.fresh)?;
    let started = Instant::now();
    for round in 0..asked.rounds {
        say(started, round, asked, limits::NAME);
        measure_limits(&mut cells, round, asked)?;
        for turn in 0..runners.len() {
            let runner = &runners[(turn + round) % runners.len()];
            say(started, round, asked, runner.entry.name);
            measure(&mut cells, round, asked, runner)?;
        }
    }
    let names: Vec<&'static Entry> = runners.iter().map(|runner| runner.entry).collect();
    let table = table::markdown(&cells, &names, asked)?;
    std::fs::write(base.with_extension("md"), &table)?;
    std::fs::write(base.with_extension("svg"), chart::ratios(&cells, &names))?;
    if let Some(chart) = chart::churn(&cells) {
        std::fs::write(asked.results.join(format!("churn-{}.svg", asked.documents)), chart)?;
    }
    print!("{table}");
    Ok(())
}

fn say(started: Instant, round: usize, asked: &Asked, who: &str) {
    eprintln!("{:5.0} s: round {} of {}: {who}", started.elapsed().as_secs_f64(), round + 1, asked.rounds);
}

/// Whoever cannot take part is left out with a word about it, unless it was named.
fn runners(asked: &Asked) -> Result<Vec<Runner>> {
    let mut runners = Vec::new();
    for name in &asked.peers {
        let entry = peers::entry(name)?;
        let other = if name == "PoloDB" { asked.polodb.clone() } else { None };
        match other {
            Some(program) => runners.push(Runner { entry, program }),
            None if entry.is_built() => runners.push(Runner { entry, program: std::env::current_exe()? }),
            None => {
                let why = format!("{name} was not built; benches/compare/README.md says how");
                if asked.named {
                    return Err(why.into());
                }
                eprintln!("compare: {why}");
            }
        }
    }
    Ok(runners)
}

fn measure_limits(cells: &mut Cells, round: usize, asked: &Asked) -> Result<()> {
    if limits::LIMITS.iter().all(|limit| cells.has(round, limits::NAME, limit.figure.name)) {
        return Ok(());
    }
    process(cells, round, asked, limits::NAME, &std::env::current_exe()?, &[])
}

/// What is missing of a peer in a round: what is shared in one process, the rest in one each.
fn measure(cells: &mut Cells, round: usize, asked: &Asked, runner: &Runner) -> Result<()> {
    let name = runner.entry.name;
    let missing =
        |cells: &Cells, line: &Line| !line.figures.iter().all(|figure| cells.has(round, name, figure.name));
    let mine = |line: &&'static Line| {
        !runner.entry.without.contains(&line.name) && (round == 0 || line.place != Place::AloneOnce)
    };
    let lines: Vec<&'static Line> = asked.lines.iter().copied().filter(mine).collect();
    let mut shared: Vec<&Line> =
        lines.iter().copied().filter(|line| line.place == Place::Shared && missing(cells, line)).collect();
    if !shared.is_empty() {
        // Whatever is missing, the documents have to be put in first.
        shared.retain(|line| line.name != LINES[0].name);
        shared.insert(0, &LINES[0]);
        process(cells, round, asked, name, &runner.program, &shared)?;
    }
    for line in lines.iter().copied().filter(|line| line.place != Place::Shared) {
        if missing(cells, line) {
            process(cells, round, asked, name, &runner.program, &[line])?;
        }
    }
    Ok(())
}

/// One process in a folder of its own; what it tells is written down at once.
fn process(
    cells: &mut Cells,
    round: usize,
    asked: &Asked,
    peer: &str,
    program: &Path,
    lines: &[&Line],
) -> Result<()> {
    // Beside the program, since folders for temporary files often lie in memory, which syncs at no cost.
    let program_folder = program.parent().ok_or("the program lies nowhere")?;
    let folder = tempfile::tempdir_in(program_folder)?;
    let minutes = format!("{},{}", asked.minutes.ours, asked.minutes.others);
    let mut command = Command::new(program);
    command
        .args(["--alone", peer, "--documents", &asked.documents.to_string()])
        .args(["--seconds", &asked.time.as_secs_f64().to_string(), "--churn", &minutes, "--in"])
        .arg(folder.path());
    for line in lines {
        command.args(["--line", line.name]);
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let outcome = write_down(cells, round, peer, &mut child);
    if outcome.is_err() {
        child.kill()?;
    }
    let ended = child.wait()?;
    outcome?;
    if ended.success() { Ok(()) } else { Err(format!("{peer} failed: {ended}").into()) }
}

fn write_down(cells: &mut Cells, round: usize, peer: &str, child: &mut std::process::Child) -> Result<()> {
    let output = child.stdout.take().ok_or("the output of a peer cannot be read")?;
    for line in BufReader::new(output).lines() {
        cells.add(round, peer, &Told::parse(&line?)?)?;
    }
    Ok(())
}
