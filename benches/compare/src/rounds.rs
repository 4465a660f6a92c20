//! The rounds: each peer in a process of its own, by turns.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use nexuslite_benches::Failure;

use crate::Asked;
use crate::peers::Answer;

/// The figures of each peer and line, one a round.
pub(crate) type Figures = BTreeMap<(String, String), Vec<f64>>;

pub(crate) fn run(asked: &Asked) -> Result<Figures, Failure> {
    let (mut figures, mut answers) = (Figures::new(), BTreeMap::new());
    for round in 0..asked.rounds {
        for turn in 0..asked.peers.len() {
            let peer = &asked.peers[(turn + round) % asked.peers.len()];
            eprintln!("round {} of {}: {peer}", round + 1, asked.rounds);
            for (line, per_second, answer) in measured(peer, asked)? {
                agreed(&mut answers, &line, answer, peer)?;
                figures.entry((peer.clone(), line)).or_default().push(per_second);
            }
        }
    }
    Ok(figures)
}

fn measured(peer: &str, asked: &Asked) -> Result<Vec<(String, f64, Answer)>, Failure> {
    let folder = tempfile::tempdir_in(".")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--alone", peer, "--documents", &asked.documents.to_string(), "--lines", &asked.lines, "--in"])
        .arg(folder.path())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{peer} failed: {}", output.status).into());
    }
    String::from_utf8(output.stdout)?.lines().map(parsed).collect()
}

fn parsed(line: &str) -> Result<(String, f64, Answer), Failure> {
    let parts: Vec<&str> = line.split('\t').collect();
    let [name, per_second, documents, ages] = parts[..] else {
        return Err(format!("a line of a peer is broken: {line:?}").into());
    };
    let answer = Answer { documents: documents.parse()?, ages: ages.parse()? };
    Ok((name.to_owned(), per_second.parse()?, answer))
}

fn agreed(
    answers: &mut BTreeMap<String, Answer>,
    line: &str,
    answer: Answer,
    peer: &str,
) -> Result<(), Failure> {
    let first = *answers.entry(line.to_owned()).or_insert(answer);
    if first == answer {
        return Ok(());
    }
    Err(format!("{peer} answers {answer:?} to \"{line}\", others {first:?}").into())
}
