//! What was measured, written down line by line, so that a run that was cut short goes on where it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::figure::{Measured, Sample, Told};
use crate::lines::Line;
use crate::peers::{Answer, Result};

/// All that is known of a run.
pub(crate) struct Cells {
    file: File,
    /// One for each round, by peer and figure.
    figures: BTreeMap<(String, String), BTreeMap<usize, f64>>,
    samples: BTreeMap<String, Vec<Sample>>,
    /// The first answer to each figure, and whose it is.
    answers: BTreeMap<String, (Answer, String)>,
    /// Why a peer has no figures of a line.
    left: BTreeMap<(String, String), String>,
    /// What went wrong since this was opened, by round, peer and line: the next run tries it again.
    failed: BTreeMap<(usize, String, String), String>,
}

impl Cells {
    /// Goes on with what is in the file, or begins anew. `about` says what was asked for and of which sources: figures
    /// of another run are never mixed in.
    pub(crate) fn open(path: &Path, about: &str, fresh: bool) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = if fresh { String::new() } else { fs::read_to_string(path).unwrap_or_default() };
        // A process that was stopped while it wrote leaves a line without an end.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let mut lines = whole.lines();
        if let Some(first) = lines.next().filter(|first| *first != about) {
            let path = path.display();
            return Err(format!(
                "{path} is of another run: {first}; this one is: {about}; take the same sources and options, or \
                 --fresh to forget it"
            )
            .into());
        }
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
        let mut cells = Self {
            file,
            figures: BTreeMap::new(),
            samples: BTreeMap::new(),
            answers: BTreeMap::new(),
            left: BTreeMap::new(),
            failed: BTreeMap::new(),
        };
        writeln!(cells.file, "{about}")?;
        for line in lines {
            let (round, rest) = line.split_once('\t').ok_or("a line of the results is broken")?;
            let (peer, told) = rest.split_once('\t').ok_or("a line of the results is broken")?;
            cells.add(round.parse()?, peer, &Told::parse(told)?)?;
        }
        Ok(cells)
    }

    /// Writes down what a peer told, unless it is known; an answer that another peer does not give is a fault.
    pub(crate) fn add(&mut self, round: usize, peer: &str, told: &Told) -> Result<()> {
        match told {
            Told::Measured(measured) => {
                if self.has(round, peer, &measured.figure) {
                    return Ok(());
                }
                self.agreed(peer, measured)?;
                let cell = self.figures.entry((peer.to_owned(), measured.figure.clone())).or_default();
                cell.insert(round, measured.value);
            }
            Told::Sample(sample) => self.sampled(peer, *sample),
            Told::Left { line, reason } => {
                self.left.insert((peer.to_owned(), line.clone()), reason.clone());
            }
            Told::Begun(_) => return Ok(()),
            Told::Failed { line, reason } => {
                self.fail(round, peer, line, reason);
                return Ok(());
            }
        }
        writeln!(self.file, "{round}\t{peer}\t{}", told.text())?;
        Ok(self.file.flush()?)
    }

    /// Time that goes back is another beginning: what a process left that was stopped is worth nothing.
    fn sampled(&mut self, peer: &str, sample: Sample) {
        let samples = self.samples.entry(peer.to_owned()).or_default();
        if samples.last().is_some_and(|last| last.at_seconds >= sample.at_seconds) {
            samples.clear();
        }
        samples.push(sample);
    }

    fn agreed(&mut self, peer: &str, measured: &Measured) -> Result<()> {
        let Measured { figure, answer: Some(answer), .. } = measured else { return Ok(()) };
        let first = || (*answer, peer.to_owned());
        let (others, whose) = self.answers.entry(figure.clone()).or_insert_with(first);
        if others == answer {
            return Ok(());
        }
        Err(format!("{peer} answers {answer:?} to \"{figure}\", {whose} {others:?}").into())
    }

    /// Says and remembers that a line went wrong.
    pub(crate) fn fail(&mut self, round: usize, peer: &str, line: &str, reason: &str) {
        eprintln!("compare: {peer}, \"{line}\", round {}: {reason}", round + 1);
        self.failed.insert((round, peer.to_owned(), line.to_owned()), reason.to_owned());
    }

    /// Whether nothing is to be done about this line any more.
    pub(crate) fn is_settled(&self, round: usize, peer: &str, line: &Line) -> bool {
        let key = |name: &str| (round, peer.to_owned(), name.to_owned());
        self.why_left(peer, line.name).is_some()
            || self.failed.contains_key(&key(line.name))
            || line.figures.iter().all(|figure| self.has(round, peer, figure.name))
    }

    pub(crate) fn has_failed(&self, round: usize, peer: &str, line: &str) -> bool {
        self.failed.contains_key(&(round, peer.to_owned(), line.to_owned()))
    }

    pub(crate) fn why_left(&self, peer: &str, line: &str) -> Option<&str> {
        self.left.get(&(peer.to_owned(), line.to_owned())).map(String::as_str)
    }

    /// What went wrong: round, peer, line, and the reason.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (usize, &str, &str, &str)> {
        let failed = self.failed.iter();
        failed.map(|((round, peer, line), reason)| (*round, peer.as_str(), line.as_str(), reason.as_str()))
    }

    pub(crate) fn has(&self, round: usize, peer: &str, figure: &str) -> bool {
        self.rounds(peer, figure).is_some_and(|rounds| rounds.contains_key(&round))
    }

    /// Whether anything was measured of this one.
    pub(crate) fn knows(&self, peer: &str) -> bool {
        self.figures.keys().any(|(known, _)| known == peer)
    }

    /// How many rounds have figures.
    pub(crate) fn rounds_begun(&self) -> usize {
        self.figures.values().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>().len()
    }

    fn rounds(&self, peer: &str, figure: &str) -> Option<&BTreeMap<usize, f64>> {
        self.figures.get(&(peer.to_owned(), figure.to_owned()))
    }

    /// The figure of a peer over all rounds.
    pub(crate) fn summary(&self, peer: &str, figure: &str) -> Option<Summary> {
        let mut rounds: Vec<f64> = self.rounds(peer, figure)?.values().copied().collect();
        rounds.sort_by(f64::total_cmp);
        let (lowest, highest) = (*rounds.first()?, *rounds.last()?);
        Some(Summary { median: middle(&rounds)?, lowest, highest })
    }

    pub(crate) fn samples(&self) -> &BTreeMap<String, Vec<Sample>> {
        &self.samples
    }

    /// The middle of the ratios of ours to a peer's, each of one round.
    pub(crate) fn ratio(&self, ours: &str, peer: &str, figure: &str) -> Option<f64> {
        let theirs = self.rounds(peer, figure)?;
        let pairs = self.rounds(ours, figure)?.iter();
        let mut ratios: Vec<f64> =
            pairs.filter_map(|(round, value)| Some(value / theirs.get(round)?)).collect();
        ratios.sort_by(f64::total_cmp);
        middle(&ratios)
    }
}

/// The one in the middle; of an even number the geometric mean of the two, which for ratios that are turned round is the
/// mean turned round.
fn middle(ascending: &[f64]) -> Option<f64> {
    let (low, high) =
        (ascending.get(ascending.len().checked_sub(1)? / 2)?, ascending.get(ascending.len() / 2)?);
    Some(if ascending.len() % 2 == 1 { *low } else { (low * high).sqrt() })
}

/// A figure over the rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) lowest: f64,
    pub(crate) highest: f64,
}

#[cfg(test)]
mod tests;
