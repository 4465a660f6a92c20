//! What was measured, written down line by line, so that a run that was cut short goes on where it was.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::figure::{Measured, Sample, Told};
use crate::peers::{Answer, Result};

/// All that is known of a run.
pub(crate) struct Cells {
    file: File,
    /// One for each round, by peer and figure.
    figures: BTreeMap<(String, String), BTreeMap<usize, f64>>,
    samples: BTreeMap<String, Vec<Sample>>,
    /// The first answer to each figure, and whose it is.
    answers: BTreeMap<String, (Answer, String)>,
}

impl Cells {
    /// Goes on with what is in the file, or begins anew. `about` says what was asked for: figures of another run are
    /// never mixed in.
    pub(crate) fn open(path: &Path, about: &str, fresh: bool) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = if fresh { String::new() } else { fs::read_to_string(path).unwrap_or_default() };
        // A process that was stopped while it wrote leaves a line without an end.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let mut lines = whole.lines();
        if lines.next().is_some_and(|first| first != about) {
            let path = path.display();
            return Err(
                format!("{path} is of another run; give the same options, or --fresh to forget it").into()
            );
        }
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
        let mut cells =
            Self { file, figures: BTreeMap::new(), samples: BTreeMap::new(), answers: BTreeMap::new() };
        writeln!(cells.file, "{about}")?;
        for line in lines {
            let (round, rest) = line.split_once('\t').ok_or("a line of the results is broken")?;
            let (peer, told) = rest.split_once('\t').ok_or("a line of the results is broken")?;
            cells.add(round.parse()?, peer, &Told::parse(told)?)?;
        }
        Ok(cells)
    }

    /// Writes down what a peer told, unless it is known.
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
        let Measured { figure, answer, .. } = measured;
        let first = || (*answer, peer.to_owned());
        let (others, whose) = self.answers.entry(figure.clone()).or_insert_with(first);
        if others == answer {
            return Ok(());
        }
        Err(format!("{peer} answers {answer:?} to \"{figure}\", {whose} {others:?}").into())
    }

    pub(crate) fn has(&self, round: usize, peer: &str, figure: &str) -> bool {
        self.rounds(peer, figure).is_some_and(|rounds| rounds.contains_key(&round))
    }

    fn rounds(&self, peer: &str, figure: &str) -> Option<&BTreeMap<usize, f64>> {
        self.figures.get(&(peer.to_owned(), figure.to_owned()))
    }

    /// The figure of a peer over all rounds.
    pub(crate) fn summary(&self, peer: &str, figure: &str) -> Option<Summary> {
        let mut rounds: Vec<f64> = self.rounds(peer, figure)?.values().copied().collect();
        rounds.sort_by(f64::total_cmp);
        let (lowest, highest) = (*rounds.first()?, *rounds.last()?);
        Some(Summary { median: rounds[rounds.len() / 2], lowest, highest })
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
        ratios.get(ratios.len() / 2).copied()
    }
}

/// A figure over the rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) lowest: f64,
    pub(crate) highest: f64,
}

#[cfg(test)]
mod tests {
    use super::Cells;
    use crate::figure::{Told, answered, rate, timed};
    use crate::peers::Answer;

    fn measured(value: f64) -> Told {
        timed(rate("gets"), value)
    }

    #[test]
    fn a_run_that_was_cut_short_goes_on_where_it_was() -> crate::peers::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cells.tsv");
        let mut cells = Cells::open(&path, "about", false)?;
        for (round, value) in [(0, 1.0), (1, 3.0), (2, 8.0)] {
            cells.add(round, "A", &measured(value))?;
            cells.add(round, "B", &measured(value * 2.0))?;
        }
        std::fs::write(&path, std::fs::read_to_string(&path)? + "3\tA\tfigu")?;

        let cells = Cells::open(&path, "about", false)?;
        assert!(cells.has(2, "A", "gets") && !cells.has(3, "A", "gets"));
        let summary = cells.summary("A", "gets").ok_or("it was measured")?;
        assert_eq!((summary.median, summary.lowest, summary.highest), (3.0, 1.0, 8.0));
        assert_eq!(cells.ratio("A", "B", "gets"), Some(0.5));
        assert!(Cells::open(&path, "something else", false).is_err());
        assert!(!Cells::open(&path, "something else", true)?.has(2, "A", "gets"));
        Ok(())
    }

    #[test]
    fn a_peer_that_answers_otherwise_is_named() -> crate::peers::Result<()> {
        let folder = tempfile::tempdir()?;
        let mut cells = Cells::open(&folder.path().join("cells.tsv"), "about", false)?;
        cells.add(0, "A", &answered(rate("gets"), 1.0, Answer { documents: 1, sum: 2 }))?;
        let wrong = cells.add(0, "B", &answered(rate("gets"), 1.0, Answer { documents: 1, sum: 3 }));
        let said = wrong.map_or_else(|fault| fault.to_string(), |()| "nothing".to_owned());
        assert!(said.contains("B answers") && said.contains("A Answer"), "{said}");
        Ok(())
    }
}
