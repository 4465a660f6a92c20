//! NexusLite beside those that people would otherwise take: the same documents, the same work, the same durability.
//!
//! A process for each peer and round, the rounds of all peers by turns, since a machine drifts within minutes; the
//! answers of all are compared. `--documents N` says how many documents, 100,000 by default, `--rounds N` how many
//! rounds, 5 by default, `--peers A,B` who takes part beside NexusLite, `--lines TEXT` only lines with it in their names.

mod lines;
mod peers;
mod person;
mod rounds;
mod table;

use std::path::Path;
use std::process::ExitCode;

use nexuslite_benches::Failure;

use lines::Measured;

/// What the command line asks for.
struct Asked {
    documents: u64,
    rounds: usize,
    /// Only lines whose names have this in them.
    lines: String,
    peers: Vec<String>,
    /// The folder of the one peer that this process measures: set by the process that counts the rounds.
    alone_in: Option<String>,
}

fn main() -> ExitCode {
    match asked().and_then(|asked| run(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("compare: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Result<Asked, Failure> {
    let all = peers::NAMES.iter().map(|name| (*name).to_owned()).collect();
    let mut asked = Asked { documents: 100_000, rounds: 5, lines: String::new(), peers: all, alone_in: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} takes a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{argument} takes a number, not {value:?}"));
        match argument.as_str() {
            "--documents" => asked.documents = number()?.max(10_000),
            "--rounds" => asked.rounds = usize::try_from(number()?.max(1))?,
            "--peers" => {
                let others = value.split(',').map(str::to_owned).filter(|name| name != peers::NAMES[0]);
                asked.peers = std::iter::once(peers::NAMES[0].to_owned()).chain(others).collect();
            }
            "--lines" => asked.lines = value,
            "--alone" => asked.peers = vec![value],
            "--in" => asked.alone_in = Some(value),
            _ => {
                return Err(format!(
                    "the options are --documents, --rounds, --lines and --peers, not {argument}"
                )
                .into());
            }
        }
    }
    for name in &asked.peers {
        if !peers::NAMES.contains(&name.as_str()) {
            return Err(format!("there is no peer {name:?}; there are {}", peers::NAMES.join(", ")).into());
        }
    }
    Ok(asked)
}

fn run(asked: &Asked) -> Result<(), Failure> {
    match &asked.alone_in {
        Some(folder) => measure(asked, Path::new(folder)),
        None => {
            let rounds = rounds::run(asked)?;
            print!("{}", table::markdown(&rounds, &asked.peers, asked.documents)?);
            Ok(())
        }
    }
}

/// Measures one peer, a line of output for each line of the table.
fn measure(asked: &Asked, folder: &Path) -> Result<(), Failure> {
    let (name, documents) = (&asked.peers[0], asked.documents);
    let mut peer = peers::open(name, folder)?;
    tell(&lines::fill(peer.as_mut(), documents)?);
    drop(peer);
    let mut peer = peers::open(name, folder)?;
    lines::run(peer.as_mut(), documents, &asked.lines, tell)
}

fn tell(measured: &Measured) {
    let Measured { line, per_second, answer } = measured;
    println!("{line}\t{per_second}\t{}\t{}", answer.documents, answer.ages);
}
