//! What a line tells: figures with their units, and the samples of a long run.

use std::time::Duration;

use crate::peers::{Answer, Result};

/// What is measured, and what it is counted in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    PerSecond,
    Milliseconds,
    Microseconds,
    /// Bytes on the disk over bytes of raw BSON.
    TimesRaw,
    Mebibytes,
}

impl Unit {
    /// Whether a larger figure is the better one.
    pub(crate) fn grows(self) -> bool {
        self == Unit::PerSecond
    }

    /// What stands behind the name of a figure; a rate needs nothing.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Unit::PerSecond => "",
            Unit::Milliseconds => ", ms",
            Unit::Microseconds => ", µs",
            Unit::TimesRaw => ", times raw BSON",
            Unit::Mebibytes => ", MiB",
        }
    }
}

/// A rate of this name.
pub(crate) const fn rate(name: &'static str) -> Figure {
    Figure { name, unit: Unit::PerSecond }
}

/// One thing that a process tells while it measures, a line of its output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    /// It begins with this line.
    Begun(String),
    Measured(Measured),
    Sample(Sample),
    /// A line has no figures here, and why.
    Left {
        line: String,
        reason: String,
    },
    /// A line went wrong, and how; nothing comes after it.
    Failed {
        line: String,
        reason: String,
    },
}

/// One figure, measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measured {
    pub(crate) figure: String,
    pub(crate) value: f64,
    /// What all peers have to agree about; none where it depends on the time.
    pub(crate) answer: Option<Answer>,
}

/// Some seconds of a long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    pub(crate) at_seconds: f64,
    pub(crate) per_second: f64,
    /// The halfway one, the 99th and the 99.9th of a hundred, in microseconds.
    pub(crate) latencies_us: [f64; 3],
    pub(crate) file_bytes: u64,
}

/// A figure that everybody has to answer alike.
pub(crate) fn answered(figure: Figure, value: f64, answer: Answer) -> Told {
    Told::Measured(Measured { figure: figure.name.to_owned(), value, answer: Some(answer) })
}

/// A figure whose answer depends on how much there was time for.
pub(crate) fn timed(figure: Figure, value: f64) -> Told {
    Told::Measured(Measured { figure: figure.name.to_owned(), value, answer: None })
}

/// No figures of this line, for this reason.
pub(crate) fn left(line: &str, reason: String) -> Told {
    Told::Left { line: line.to_owned(), reason }
}

pub(crate) fn per_second(done: u64, time: Duration) -> f64 {
    done as f64 / time.as_secs_f64()
}

const BEGUN: &str = "begun";
const FIGURE: &str = "figure";
const SAMPLE: &str = "sample";
const LEFT: &str = "left";
const FAILED: &str = "failed";
/// What stands for an answer that there is none of.
const NONE: &str = "-";

impl Told {
    /// As fields between tabs.
    pub(crate) fn text(&self) -> String {
        match self {
            Told::Begun(line) => format!("{BEGUN}\t{line}"),
            Told::Measured(Measured { figure, value, answer: Some(answer) }) => {
                format!("{FIGURE}\t{figure}\t{value}\t{}\t{}", answer.documents, answer.sum)
            }
            Told::Measured(Measured { figure, value, answer: None }) => {
                format!("{FIGURE}\t{figure}\t{value}\t{NONE}\t{NONE}")
            }
            Told::Left { line, reason } => format!("{LEFT}\t{line}\t{}", one_line(reason)),
            Told::Failed { line, reason } => format!("{FAILED}\t{line}\t{}", one_line(reason)),
            Told::Sample(Sample { at_seconds, per_second, latencies_us: [p50, p99, p999], file_bytes }) => {
                format!(
                    "{SAMPLE}\t{at_seconds:.1}\t{per_second:.1}\t{p50:.1}\t{p99:.1}\t{p999:.1}\t{file_bytes}"
                )
            }
        }
    }

    /// What `text` wrote.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let fields: Vec<&str> = text.split('\t').collect();
        match fields[..] {
            [BEGUN, line] => Ok(Told::Begun(line.to_owned())),
            [FIGURE, figure, value, documents, sum] => {
                let answer = match (documents, sum) {
                    (NONE, NONE) => None,
                    _ => Some(Answer { documents: documents.parse()?, sum: sum.parse()? }),
                };
                Ok(Told::Measured(Measured { figure: figure.to_owned(), value: value.parse()?, answer }))
            }
            [LEFT, line, reason] => Ok(left(line, reason.to_owned())),
            [FAILED, line, reason] => Ok(Told::Failed { line: line.to_owned(), reason: reason.to_owned() }),
            [SAMPLE, at, per_second, p50, p99, p999, bytes] => Ok(Told::Sample(Sample {
                at_seconds: at.parse()?,
                per_second: per_second.parse()?,
                latencies_us: [p50.parse()?, p99.parse()?, p999.parse()?],
                file_bytes: bytes.parse()?,
            })),
            _ => Err(format!("what a peer told is broken: {text:?}").into()),
        }
    }
}

/// A reason that fits between tabs.
fn one_line(reason: &str) -> String {
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Told, answered, left, rate, timed};
    use crate::peers::Answer;

    #[test]
    fn what_is_told_is_read_again() -> crate::peers::Result<()> {
        let all = [
            Told::Begun("scan".to_owned()),
            answered(rate("gets"), 1.5, Answer { documents: 2, sum: 3 }),
            timed(rate("gets"), 1.5),
            left("scan", "it is too large".to_owned()),
        ];
        for told in all {
            assert_eq!(Told::parse(&told.text())?, told);
        }
        let failed = Told::Failed { line: "scan".to_owned(), reason: "a\tb\nc".to_owned() };
        assert_eq!(
            Told::parse(&failed.text())?,
            Told::Failed { line: "scan".to_owned(), reason: "a b c".to_owned() }
        );
        assert!(Told::parse("figure\tgets\tmany\t-\t-").is_err());
        Ok(())
    }
}
