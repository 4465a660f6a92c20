//! The rounds: each peer in a process of its own, by turns.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::asked::Asked;
use crate::cells::Cells;
use crate::limits;
use crate::lines::{LINES, Line, Place};
use crate::peers::{self, Entry, Result};
use crate::process::{Process, patience, sweep};
use crate::table::Table;
use crate::{chart, sources};

/// One who takes part, and the program that has it.
struct Runner {
    entry: &'static Entry,
    program: PathBuf,
}

/// One table: what is known of so many documents.
struct Size {
    documents: u64,
    /// What was there to be measured when it began.
    commit: String,
    cells: Cells,
    /// What its files are called, but for their ends.
    base: PathBuf,
}

/// One thing after the other.
struct Step {
    size: usize,
    round: usize,
    /// The long runs, or everything else.
    long: bool,
}

/// Runs what is missing of what was asked for, and writes the tables and the charts. What goes wrong is told, and the
/// rest goes on.
pub(crate) fn run(asked: &Asked) -> Result<()> {
    let (runners, started) = (runners(asked)?, Instant::now());
    sweep()?;
    let mut sizes =
        asked.sizes.iter().map(|documents| Size::open(asked, *documents)).collect::<Result<Vec<_>>>()?;
    for Step { size, round, long } in steps(asked) {
        let size = &mut sizes[size];
        if round > 0 && started.elapsed() >= asked.budget {
            eprintln!("compare: no time for round {} with {} documents", round + 1, size.documents);
            continue;
        }
        size.round(asked, &runners, started, round, long)?;
        size.write(asked, &runners)?;
    }
    for size in &sizes {
        print!("{}", std::fs::read_to_string(size.base.with_extension("md"))?);
    }
    match sizes.iter().map(|size| size.cells.failures().count()).sum() {
        0 => Ok(()),
        1 => Err("one line went wrong; it is named above, and tried again by the same command".into()),
        some => {
            Err(format!("{some} lines went wrong; they are named above, and tried again by the same command")
                .into())
        }
    }
}

/// The first round of every size, then what takes minutes, then the other rounds as long as there is time.
fn steps(asked: &Asked) -> Vec<Step> {
    let of = |round: usize| {
        let sizes = asked.sizes.iter().enumerate();
        let with_it = sizes.filter(move |(_, documents)| round < asked.rounds_of(**documents));
        with_it.map(move |(size, _)| Step { size, round, long: false })
    };
    let rounds = asked.sizes.iter().map(|documents| asked.rounds_of(*documents)).max().unwrap_or_default();
    let long = std::iter::once(Step { size: 0, round: 0, long: true });
    of(0).chain(long).chain((1..rounds).flat_map(of)).collect()
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

impl Size {
    fn open(asked: &Asked, documents: u64) -> Result<Self> {
        let commit = sources::commit();
        let about = format!(
            "{documents} documents at commit {commit}, {} s a line, churn {} and {} min",
            asked.time.as_secs_f64(),
            asked.minutes.ours,
            asked.minutes.others
        );
        let base = asked.results.join(format!("compare-{documents}"));
        let cells = Cells::open(&base.with_extension("tsv"), &about, asked.fresh)?;
        Ok(Self { documents, commit, cells, base })
    }

    fn round(
        &mut self,
        asked: &Asked,
        runners: &[Runner],
        started: Instant,
        round: usize,
        long: bool,
    ) -> Result<()> {
        let documents = self.documents;
        let say = |who: &str| {
            let elapsed = started.elapsed().as_secs_f64();
            eprintln!("{elapsed:5.0} s: {documents} documents, round {}: {who}", round + 1);
        };
        if !long {
            say(limits::NAME);
            self.measure_limits(asked, round)?;
        }
        for turn in 0..runners.len() {
            let runner = &runners[(turn + round) % runners.len()];
            say(runner.entry.name);
            let is_now = |line: &&Line| (line.place == Place::AloneOnce) == long;
            let takes_part = |line: &&Line| runner.entry.left_out(line.name, documents).is_none();
            let lines = asked.lines.iter().copied().filter(is_now).filter(takes_part);
            self.measure(asked, round, runner, &lines.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn measure_limits(&mut self, asked: &Asked, round: usize) -> Result<()> {
        if limits::LIMITS.iter().all(|limit| self.cells.has(round, limits::NAME, limit.figure.name)) {
            return Ok(());
        }
        let program = std::env::current_exe()?;
        let process = self.process(asked, round, limits::NAME, &program);
        process.run(&mut self.cells, &[])
    }

    fn process<'p>(&self, asked: &'p Asked, round: usize, peer: &'p str, program: &'p Path) -> Process<'p> {
        let documents = self.documents;
        Process { asked, documents, round, peer, program, patience: patience(documents) }
    }

    /// What is missing of a peer in a round: what is shared in one process, the rest in one each.
    fn measure(
        &mut self,
        asked: &Asked,
        round: usize,
        runner: &Runner,
        lines: &[&'static Line],
    ) -> Result<()> {
        let name = runner.entry.name;
        let process = self.process(asked, round, name, &runner.program);
        let cells = &mut self.cells;
        let missing = |cells: &Cells, place: Place| -> Vec<&'static Line> {
            let here = lines.iter().copied().filter(|line| line.place == place);
            here.filter(|line| !cells.is_settled(round, name, line)).collect()
        };
        let filling = &LINES[0];
        loop {
            // A line that goes wrong ends its process; another one does the rest.
            let mut shared = missing(cells, Place::Shared);
            if shared.is_empty() {
                break;
            }
            if cells.has_failed(round, name, filling.name) {
                shared.iter().for_each(|line| cells.fail(round, name, line.name, "there are no documents"));
                break;
            }
            // Whatever is missing, the documents have to be put in first.
            shared.retain(|line| line.name != filling.name);
            shared.insert(0, filling);
            process.run(cells, &shared)?;
        }
        for place in [Place::Alone, Place::AloneOnce] {
            missing(cells, place).into_iter().try_for_each(|line| process.run(cells, &[line]))?;
        }
        Ok(())
    }

    /// The table and the charts of all that is known; with whom there are figures of an earlier run.
    fn write(&self, asked: &Asked, runners: &[Runner]) -> Result<()> {
        let takes_part = |entry: &&Entry| runners.iter().any(|runner| runner.entry.name == entry.name);
        let known = peers::ENTRIES.iter().filter(|entry| takes_part(entry) || self.cells.knows(entry.name));
        let known: Vec<&'static Entry> = known.collect();
        let (documents, commit) = (self.documents, self.commit.as_str());
        let table = Table { cells: &self.cells, peers: &known, asked, documents, commit };
        std::fs::write(self.base.with_extension("md"), table.markdown()?)?;
        std::fs::write(self.base.with_extension("svg"), chart::ratios(&self.cells, &known))?;
        if let Some(chart) = chart::churn(&self.cells) {
            std::fs::write(asked.results.join(format!("churn-{}.svg", self.documents)), chart)?;
        }
        Ok(())
    }
}
