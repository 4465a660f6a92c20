//! The figures as tables in Markdown.

use std::fmt::Write;
use std::process::Command;

use crate::asked::Asked;
use crate::cells::{Cells, Summary};
use crate::figure::{Figure, Unit};
use crate::limits::{self, LIMITS, limit_of};
use crate::lines::LINES;
use crate::peers::{Entry, OURS, Result};

/// What was compared and how, ours beside the best, and everything.
pub(crate) fn markdown(cells: &Cells, peers: &[&'static Entry], asked: &Asked) -> Result<String> {
    let mut out = format!("# {} documents\n\n", asked.documents);
    head(&mut out, peers, asked)?;
    out.push('\n');
    beside_the_best(&mut out, cells, peers)?;
    writeln!(out, "\n## Everything\n")?;
    everything(&mut out, cells, peers)?;
    writeln!(out, "\n## What the machine could do\n\n| bare loop, in a second | |\n|---|---:|")?;
    for limit in LIMITS {
        if let Some(found) = cells.summary(limits::NAME, limit.figure.name) {
            writeln!(out, "| {} | {} |", limit.figure.name, ranged(found, limit.figure.unit))?;
        }
    }
    Ok(out)
}

fn head(out: &mut String, peers: &[&'static Entry], asked: &Asked) -> Result<()> {
    writeln!(
        out,
        "{} at commit {}, {}, {} processors; {} rounds, {} s a line, medians with the lowest and the highest.\n\
         Rates are per second. Every write is on the device when it returns.\n",
        said_by("date", &["-u", "+%Y-%m-%d"]),
        said_by("git", &["describe", "--always", "--dirty"]),
        said_by("uname", &["-sr"]),
        std::thread::available_parallelism()?,
        asked.rounds,
        asked.time.as_secs_f64()
    )?;
    for entry in peers {
        writeln!(out, "- {}: {}", entry.name, entry.about)?;
    }
    Ok(())
}

/// The first line that a tool prints; nothing where there is no such tool.
fn said_by(tool: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or_default().to_owned()
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

fn everything(out: &mut String, cells: &Cells, peers: &[&'static Entry]) -> Result<()> {
    let names: Vec<&str> = peers.iter().map(|entry| entry.name).collect();
    writeln!(out, "| work | {} |\n|---|{}", names.join(" | "), "---:|".repeat(names.len()))?;
    for figure in figures() {
        write!(out, "| {}{} |", figure.name, figure.unit.text())?;
        for name in &names {
            let found = cells.summary(name, figure.name);
            write!(out, " {} |", found.map_or_else(String::new, |found| ranged(found, figure.unit)))?;
        }
        out.push('\n');
    }
    Ok(())
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
