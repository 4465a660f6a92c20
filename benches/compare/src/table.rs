//! The figures as tables in Markdown.

use std::fmt::Write;

use crate::asked::Asked;
use crate::cells::{Cells, Summary};
use crate::figure::{Figure, Unit};
use crate::limits::{self, LIMITS, limit_of};
use crate::lines::{LINES, Line, Place};
use crate::peers::{ENTRIES, Entry, OURS, Result};
use crate::sources;

/// One table, and what it was asked for.
pub(crate) struct Table<'t> {
    pub(crate) cells: &'t Cells,
    pub(crate) peers: &'t [&'static Entry],
    pub(crate) asked: &'t Asked,
    pub(crate) documents: u64,
    pub(crate) commit: &'t str,
}

impl Table<'_> {
    /// What was compared and how, ours beside the best, and everything.
    pub(crate) fn markdown(&self) -> Result<String> {
        let mut out = format!("# {} documents\n\n", self.documents);
        self.head(&mut out)?;
        out.push('\n');
        beside_the_best(&mut out, self.cells, self.peers)?;
        writeln!(out, "\n## Everything\n")?;
        self.everything(&mut out)?;
        writeln!(out, "\n## What the machine could do\n\n| bare loop, in a second | |\n|---|---:|")?;
        for limit in LIMITS {
            if let Some(found) = self.cells.summary(limits::NAME, limit.figure.name) {
                writeln!(out, "| {} | {} |", limit.figure.name, ranged(found, limit.figure.unit))?;
            }
        }
        Ok(out)
    }

    fn head(&self, out: &mut String) -> Result<()> {
        let rounds = match self.cells.rounds_begun() {
            1 => "one round".to_owned(),
            some => format!("{some} rounds, medians with the lowest and the highest"),
        };
        writeln!(
            out,
            "{} at commit {}, {} s a line, {rounds}; {}.\n\
             Rates are per second. Every write is on the device when it returns.\n",
            sources::date(),
            self.commit,
            self.asked.time.as_secs_f64(),
            sources::machine()?,
        )?;
        for entry in self.peers {
            match &self.asked.polodb_on {
                Some(other) if entry.name == "PoloDB" => {
                    writeln!(out, "- {}: {}", entry.name, entry.about.replace("its own RocksDB 9", other))?;
                }
                _ => writeln!(out, "- {}: {}", entry.name, entry.about)?,
            }
        }
        for entry in ENTRIES.iter().filter(|entry| self.peers.iter().all(|peer| peer.name != entry.name)) {
            writeln!(out, "- {}: not in this run, since it was not built or not asked for", entry.name)?;
        }
        Ok(())
    }

    /// Every figure of everybody; where there is none, a number that a reason below the table has.
    fn everything(&self, out: &mut String) -> Result<()> {
        let names: Vec<&str> = self.peers.iter().map(|entry| entry.name).collect();
        writeln!(out, "| work | {} |\n|---|{}", names.join(" | "), "---:|".repeat(names.len()))?;
        let mut reasons: Vec<String> = Vec::new();
        for line in LINES {
            for figure in line.figures {
                write!(out, "| {}{} |", figure.name, figure.unit.text())?;
                for entry in self.peers {
                    match self.cells.summary(entry.name, figure.name) {
                        Some(found) => write!(out, " {} |", ranged(found, figure.unit))?,
                        None => write!(out, " ({}) |", numbered(&mut reasons, self.why_not(entry, line)))?,
                    }
                }
                out.push('\n');
            }
        }
        if !reasons.is_empty() {
            writeln!(out, "\nThere is no figure, because\n")?;
        }
        for (index, reason) in reasons.iter().enumerate() {
            writeln!(out, "{}. {reason}", index + 1)?;
        }
        let failures = self.cells.failures().collect::<Vec<_>>();
        if !failures.is_empty() {
            writeln!(out, "\nWhat went wrong:\n")?;
        }
        for (round, peer, line, reason) in failures {
            writeln!(out, "- {peer}, \"{line}\", round {}: {reason}", round + 1)?;
        }
        Ok(())
    }

    /// Why there are no figures of a line.
    fn why_not(&self, entry: &Entry, line: &Line) -> String {
        if let Some(reason) =
            entry.left_out(line.name, self.documents).or_else(|| self.cells.why_left(entry.name, line.name))
        {
            return reason.to_owned();
        }
        let failed =
            |(_, peer, name, _): &(usize, &str, &str, &str)| *peer == entry.name && *name == line.name;
        if let Some((_, _, _, reason)) = self.cells.failures().find(failed) {
            return format!("it went wrong: {reason}");
        }
        if line.place == Place::AloneOnce && !self.asked.has_long_runs(self.documents) {
            return "the long runs are made with the first size only".to_owned();
        }
        "it was not asked for, or the run was cut short".to_owned()
    }
}

/// Ratios above 1 are ours ahead, also where less is better.
fn beside_the_best(out: &mut String, cells: &Cells, peers: &[&'static Entry]) -> Result<()> {
    writeln!(out, "| work | {OURS} | best peer | | times the best | of the limit |")?;
    writeln!(out, "|---|---:|---|---:|---:|---:|")?;
    for figure in figures() {
        let Some(ours) = cells.summary(OURS, figure.name) else { continue };
        write!(out, "| {}{} | {} |", figure.name, figure.unit.text(), short(ours.median, figure.unit))?;
        match best(cells, peers, figure) {
            Some((name, theirs, ratio)) => {
                write!(out, " {name} | {} | {ratio:.2} |", short(theirs.median, figure.unit))?;
            }
            None => out.push_str(" | | |"),
        }
        let limit = limit_of(figure.name).and_then(|limit| cells.summary(limits::NAME, limit.figure.name));
        match limit {
            Some(limit) => writeln!(out, " {:.2} |", ours.median / limit.median)?,
            None => writeln!(out, " |")?,
        }
    }
    Ok(())
}

/// The best of those that are databases: its name, its figure, and what ours is of it.
pub(crate) fn best(
    cells: &Cells,
    peers: &[&'static Entry],
    figure: &Figure,
) -> Option<(&'static str, Summary, f64)> {
    let others = peers.iter().filter(|entry| entry.database && entry.name != OURS);
    let figures = others.filter_map(|entry| Some((entry.name, cells.summary(entry.name, figure.name)?)));
    let order = |a: &Summary, b: &Summary| a.median.total_cmp(&b.median);
    let (name, theirs) = if figure.unit.grows() {
        figures.max_by(|a, b| order(&a.1, &b.1))?
    } else {
        figures.min_by(|a, b| order(&a.1, &b.1))?
    };
    let ratio = cells.ratio(OURS, name, figure.name)?;
    Some((name, theirs, if figure.unit.grows() { ratio } else { 1.0 / ratio }))
}

/// The number of a reason, the same for the same.
fn numbered(reasons: &mut Vec<String>, reason: String) -> usize {
    if let Some(at) = reasons.iter().position(|known| *known == reason) {
        return at + 1;
    }
    reasons.push(reason);
    reasons.len()
}

/// All figures of all lines.
pub(crate) fn figures() -> impl Iterator<Item = &'static Figure> {
    LINES.iter().flat_map(|line| line.figures)
}

fn ranged(summary: Summary, unit: Unit) -> String {
    let Summary { median, lowest, highest } = summary;
    if lowest == highest {
        return short(median, unit);
    }
    format!("{} ({} to {})", short(median, unit), short(lowest, unit), short(highest, unit))
}

/// Three digits, and what they count.
fn short(figure: f64, unit: Unit) -> String {
    match (unit, figure) {
        (Unit::PerSecond, 1e6..) => format!("{:.2}M", figure / 1e6),
        (Unit::PerSecond, 1e4..) => format!("{:.0}k", figure / 1e3),
        (Unit::PerSecond, 1e3..) => format!("{:.1}k", figure / 1e3),
        (_, 100.0..) => format!("{figure:.0}"),
        (_, 10.0..) => format!("{figure:.1}"),
        (_, 1.0..) => format!("{figure:.2}"),
        _ => format!("{figure:.3}"),
    }
}
