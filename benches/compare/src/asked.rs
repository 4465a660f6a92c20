//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use nexuslite_benches::Failure;

use crate::lines::{self, Line, Minutes};
use crate::peers::{self, OURS};
use crate::stand::Prepared;

pub(crate) struct Asked {
    /// How many documents, each a table of its own.
    pub(crate) sizes: Vec<u64>,
    /// Of each size; where nobody said so, as many as it takes.
    rounds: Option<usize>,
    /// After so long no further round begins; the first is always finished.
    pub(crate) budget: Duration,
    /// How long a line runs that has no end of its own.
    pub(crate) time: Duration,
    pub(crate) minutes: Minutes,
    /// Who takes part; whoever was named has to.
    pub(crate) peers: Vec<String>,
    pub(crate) named: bool,
    /// Only these lines.
    pub(crate) lines: Vec<&'static Line>,
    /// Whether what an earlier run measured is forgotten.
    pub(crate) fresh: bool,
    /// Where results go.
    pub(crate) results: PathBuf,
    /// The program that has PoloDB.
    pub(crate) polodb: Option<PathBuf>,
    /// The RocksDB that it stands on, where that is not its own.
    pub(crate) polodb_on: Option<String>,
    pub(crate) alone: Option<Alone>,
}

/// What a process does that measures one peer, or prepares a folder for that.
pub(crate) struct Alone {
    pub(crate) peer: String,
    pub(crate) folder: PathBuf,
    pub(crate) prepare: Option<Prepared>,
}

const OPTIONS: &str = "--documents N,N, --rounds N, --seconds N, --churn OURS,OTHERS (minutes), --minutes N, \
                       --peers A,B, --lines TEXT, --fresh, --results FOLDER, --polodb PROGRAM, --polodb-on TEXT";

/// The fewest documents that the work makes sense with.
const DOCUMENTS_MIN: u64 = 2000;
/// From here on a round takes so long that there is one.
const DOCUMENTS_MANY: u64 = 500_000;

impl Asked {
    pub(crate) fn of(arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut asked = Asked {
            sizes: vec![100_000, 1_000_000],
            rounds: None,
            budget: Duration::from_secs(55 * 60),
            time: Duration::from_millis(400),
            minutes: Minutes::default(),
            peers: peers::ENTRIES.iter().map(|entry| entry.name.to_owned()).collect(),
            named: false,
            lines: lines::LINES.iter().collect(),
            fresh: false,
            results: PathBuf::from("benches/results"),
            polodb: None,
            polodb_on: None,
            alone: None,
        };
        let mut exact = Vec::new();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--fresh" => asked.fresh = true,
                _ => {
                    let value = arguments.next().ok_or_else(|| format!("{argument} takes a value"))?;
                    asked.take(&argument, value, &mut exact)?;
                }
            }
        }
        if !exact.is_empty() {
            asked.lines = exact;
        }
        Ok(asked)
    }

    fn take(&mut self, argument: &str, value: String, exact: &mut Vec<&'static Line>) -> Result<(), Failure> {
        let number = || value.parse::<f64>().ok().filter(|number| *number >= 0.0 && number.is_finite());
        let number = || number().ok_or_else(|| format!("{argument} takes a number, not {value:?}"));
        match argument {
            "--documents" => {
                self.sizes = value.split(',').map(documents).collect::<Result<Vec<_>, Failure>>()?;
            }
            "--rounds" => self.rounds = Some((number()? as usize).max(1)),
            "--seconds" => self.time = Duration::from_secs_f64(number()?.min(60.0)),
            "--minutes" => self.budget = Duration::from_secs_f64(60.0 * number()?.min(600.0)),
            "--churn" => self.minutes = minutes(&value)?,
            "--peers" => {
                let others = value.split(',').filter(|name| *name != OURS);
                self.peers = std::iter::once(OURS).chain(others).map(str::to_owned).collect();
                self.peers.iter().try_for_each(|name| peers::entry(name).map(|_| ()))?;
                self.named = true;
            }
            "--lines" => {
                self.lines = lines::LINES.iter().filter(|line| line.name.contains(&value)).collect();
                if self.lines.is_empty() {
                    return Err(format!("no line has {value:?} in its name").into());
                }
            }
            "--line" => exact.push(lines::named(&value)?),
            "--results" => self.results = value.into(),
            "--polodb" => self.polodb = Some(value.into()),
            "--polodb-on" => self.polodb_on = Some(value),
            "--alone" => {
                self.alone = Some(Alone { peer: value, folder: PathBuf::new(), prepare: None });
            }
            "--in" | "--prepare" => {
                let alone = self.alone.as_mut().ok_or_else(|| format!("{argument} stands behind --alone"))?;
                match argument {
                    "--in" => alone.folder = value.into(),
                    _ => alone.prepare = Some(Prepared::named(&value)?),
                }
            }
            _ => return Err(format!("the options are {OPTIONS}, not {argument}").into()),
        }
        Ok(())
    }
}

impl Asked {
    /// How many rounds a table has: a median of five, or one where a round takes a quarter of an hour.
    pub(crate) fn rounds_of(&self, documents: u64) -> usize {
        self.rounds.unwrap_or(if documents < DOCUMENTS_MANY { 5 } else { 1 })
    }

    /// The table that has the long runs, which are the same for every size.
    pub(crate) fn has_long_runs(&self, documents: u64) -> bool {
        self.sizes.first() == Some(&documents)
    }
}

fn documents(text: &str) -> Result<u64, Failure> {
    let number = text.parse().ok().filter(|number| (DOCUMENTS_MIN..=100_000_000).contains(number));
    number.ok_or_else(|| {
        format!("--documents takes numbers from {DOCUMENTS_MIN} on, such as 100000,1000000, not {text:?}")
            .into()
    })
}

fn minutes(value: &str) -> Result<Minutes, Failure> {
    let fault = || format!("--churn takes two numbers of minutes, such as 10,2, not {value:?}");
    let (ours, others) = value.split_once(',').ok_or_else(fault)?;
    let minutes = |text: &str| text.parse::<f64>().ok().filter(|minutes| (0.0..=600.0).contains(minutes));
    Ok(Minutes { ours: minutes(ours).ok_or_else(fault)?, others: minutes(others).ok_or_else(fault)? })
}
