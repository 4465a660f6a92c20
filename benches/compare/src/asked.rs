//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use nexuslite_benches::Failure;

use crate::lines::{self, Line, Minutes};
use crate::peers::{self, OURS};
use crate::stand::Prepared;

pub(crate) struct Asked {
    pub(crate) documents: u64,
    pub(crate) rounds: usize,
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
    pub(crate) alone: Option<Alone>,
}

/// What a process does that measures one peer, or prepares a folder for that.
pub(crate) struct Alone {
    pub(crate) peer: String,
    pub(crate) folder: PathBuf,
    pub(crate) prepare: Option<Prepared>,
}

const OPTIONS: &str = "--documents N, --rounds N, --seconds N, --churn OURS,OTHERS (minutes), --peers A,B, \
                       --lines TEXT, --fresh, --resume, --results FOLDER, --polodb PROGRAM";

/// The fewest documents that the work makes sense with.
const DOCUMENTS_MIN: u64 = 5000;

impl Asked {
    pub(crate) fn of(arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut asked = Asked {
            documents: 100_000,
            rounds: 5,
            time: Duration::from_secs(1),
            minutes: Minutes::default(),
            peers: peers::ENTRIES.iter().map(|entry| entry.name.to_owned()).collect(),
            named: false,
            lines: lines::LINES.iter().collect(),
            fresh: false,
            results: PathBuf::from("benches/results"),
            polodb: None,
            alone: None,
        };
        let mut exact = Vec::new();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--fresh" => asked.fresh = true,
                "--resume" => asked.fresh = false,
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
            "--documents" => self.documents = (number()? as u64).max(DOCUMENTS_MIN),
            "--rounds" => self.rounds = (number()? as usize).max(1),
            "--seconds" => self.time = Duration::from_secs_f64(number()?),
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

fn minutes(value: &str) -> Result<Minutes, Failure> {
    let fault = || format!("--churn takes two numbers of minutes, such as 10,2, not {value:?}");
    let (ours, others) = value.split_once(',').ok_or_else(fault)?;
    let minutes = |text: &str| text.parse::<f64>().ok().filter(|minutes| (0.0..=600.0).contains(minutes));
    Ok(Minutes { ours: minutes(ours).ok_or_else(fault)?, others: minutes(others).ok_or_else(fault)? })
}
