//! One process that measures one peer, watched: it may fail, die or hang, and the line that it was at is named.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::asked::Asked;
use crate::cells::Cells;
use crate::figure::Told;
use crate::lines::Line;
use crate::peers::Result;

pub(crate) struct Process<'p> {
    pub(crate) asked: &'p Asked,
    pub(crate) documents: u64,
    pub(crate) round: usize,
    pub(crate) peer: &'p str,
    pub(crate) program: &'p Path,
    /// How long it may tell nothing.
    pub(crate) patience: Duration,
}

/// No line is silent for longer than this.
pub(crate) fn patience(documents: u64) -> Duration {
    Duration::from_secs(60) + Duration::from_micros(200 * documents)
}

/// Databases are made beside the program, since folders for temporary files often lie in memory, which syncs at no cost.
fn place() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().ok_or("the program lies nowhere")?.join("measured"))
}

/// Removes what a run left behind that was killed.
pub(crate) fn sweep() -> Result<()> {
    let place = place()?;
    if place.exists() {
        std::fs::remove_dir_all(&place)?;
    }
    Ok(std::fs::create_dir_all(place)?)
}

impl Process<'_> {
    /// Measures these lines in a folder of its own. What the process tells is written down at once; afterwards every
    /// line is settled or has failed, or the process ended at one that failed.
    pub(crate) fn run(&self, cells: &mut Cells, lines: &[&Line]) -> Result<()> {
        let folder = tempfile::tempdir_in(place()?)?;
        let mut child = self.command(folder.path(), lines).spawn()?;
        let output = child.stdout.take().ok_or("the output of a peer cannot be read")?;
        let mut at = lines.first().map_or(self.peer, |line| line.name).to_owned();
        let told = self.write_down(cells, &lines_of(output), &mut at);
        let ended = end(&mut child, told.is_err())?;
        let reason = match told {
            Err(fault) => fault.to_string(),
            Ok(()) if !ended.success() => format!("the process ended: {ended}"),
            Ok(()) => {
                for line in lines {
                    if !cells.is_settled(self.round, self.peer, line) {
                        cells.fail(self.round, self.peer, line.name, "it told no figures");
                    }
                }
                return Ok(());
            }
        };
        if !cells.has_failed(self.round, self.peer, &at) {
            cells.fail(self.round, self.peer, &at, &reason);
        }
        Ok(())
    }

    fn command(&self, folder: &Path, lines: &[&Line]) -> Command {
        let Asked { time, minutes, .. } = self.asked;
        let mut command = Command::new(self.program);
        command
            .args(["--alone", self.peer, "--documents", &self.documents.to_string()])
            .args(["--seconds", &time.as_secs_f64().to_string()])
            .args(["--churn", &format!("{},{}", minutes.ours, minutes.others), "--in"])
            .arg(folder);
        for line in lines {
            command.args(["--line", line.name]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    /// Until the process has nothing more to tell; `at` is the line that it is at.
    fn write_down(&self, cells: &mut Cells, lines: &Receiver<String>, at: &mut String) -> Result<()> {
        loop {
            let line = match lines.recv_timeout(self.patience) {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!(
                        "it told nothing for {} s and was ended",
                        self.patience.as_secs_f64()
                    )
                    .into());
                }
            };
            let told = Told::parse(&line)?;
            if let Told::Begun(line) = &told {
                at.clone_from(line);
            }
            cells.add(self.round, self.peer, &told)?;
        }
    }
}

/// The lines of its output as they come.
fn lines_of(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(std::io::Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn end(child: &mut Child, killed: bool) -> Result<std::process::ExitStatus> {
    if killed {
        child.kill()?;
    }
    Ok(child.wait()?)
}

#[cfg(test)]
mod tests;
