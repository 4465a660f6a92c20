//! Where a line is measured: one peer's database in a folder, open or not.

use std::fs::{self, File, Metadata};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nexuslite_benches::documents;
use rustix::fs::{Advice, fadvise};

use crate::lines::Minutes;
use crate::peers::{Opening, Peer, Result};

/// How a program opens the peers that it has.
pub type OpenNamed = fn(&str, &Path, Opening) -> Result<Box<dyn Peer>>;

pub(crate) struct Stand {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) documents: u64,
    /// How long a line runs that has no end of its own.
    pub(crate) time: Duration,
    pub(crate) minutes: Minutes,
    open: OpenNamed,
    peer: Option<Box<dyn Peer>>,
}

/// What another process leaves in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// All documents, closed in good order.
    Filled,
    /// All documents, a log of 64 MiB, and no good order at all.
    Killed,
}

impl Prepared {
    pub(crate) fn named(name: &str) -> Result<Self> {
        match name {
            "filled" => Ok(Prepared::Filled),
            "killed" => Ok(Prepared::Killed),
            other => Err(format!("a folder is prepared \"filled\" or \"killed\", not {other:?}").into()),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Prepared::Filled => "filled",
            Prepared::Killed => "killed",
        }
    }
}

/// What a process says that is ready to be killed.
pub(crate) const READY: &str = "ready";

impl Stand {
    pub(crate) fn new(
        name: String,
        folder: PathBuf,
        documents: u64,
        time: Duration,
        open: OpenNamed,
    ) -> Self {
        Self { name, folder, documents, time, minutes: Minutes::default(), open, peer: None }
    }

    /// The database, opened now if it is not.
    pub(crate) fn peer(&mut self) -> Result<&mut dyn Peer> {
        if self.peer.is_none() {
            self.open(Opening::USUAL)?;
        }
        self.peer.as_deref_mut().ok_or_else(|| "nothing is open".into()).map(|peer| peer as &mut dyn Peer)
    }

    /// Opens it for this.
    pub(crate) fn open(&mut self, opening: Opening) -> Result<&mut dyn Peer> {
        self.close()?;
        Ok(self.peer.insert((self.open)(&self.name, &self.folder, opening)?).as_mut())
    }

    pub(crate) fn close(&mut self) -> Result<()> {
        self.peer.take().map_or(Ok(()), |peer| peer.close())
    }

    /// Bytes that the files take on the disk: holes in them take none.
    pub(crate) fn file_bytes(&self) -> Result<u64> {
        let files = files_below(&self.folder)?;
        Ok(files.iter().map(|(_, about)| about.len().min(about.blocks() * 512)).sum())
    }

    /// Has the operating system forget what it has of the files' bytes in memory; names and sizes it keeps.
    pub(crate) fn let_system_forget(&self) -> Result<()> {
        for (file, _) in files_below(&self.folder)? {
            let file = File::open(file)?;
            // What is not on the device yet would stay.
            file.sync_all()?;
            fadvise(&file, 0, None, Advice::DontNeed)?;
        }
        Ok(())
    }

    /// Bytes of all documents in their raw form, from a sample of them.
    pub(crate) fn raw_bytes(&self) -> Result<u64> {
        let sample = self.documents.min(20_000);
        let bytes: u64 = documents::encoded(sample)?.iter().map(|document| document.len() as u64).sum();
        Ok(bytes * self.documents / sample)
    }

    /// Has another process fill the folder, so that nothing of it is in this one's memory.
    pub(crate) fn prepare(&self, prepared: Prepared) -> Result<()> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--alone", &self.name, "--documents", &self.documents.to_string()])
            .args(["--prepare", prepared.name(), "--in"])
            .arg(&self.folder)
            .stdout(Stdio::piped())
            .stdin(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut said)?;
        }
        if prepared == Prepared::Killed {
            // Sent whatever it said: a process that failed is gone already.
            child.kill()?;
        }
        let ended = child.wait()?;
        if said.trim() != READY || (prepared == Prepared::Filled && !ended.success()) {
            return Err(format!("{} could not be {}: {ended}", self.name, prepared.name()).into());
        }
        Ok(())
    }
}

fn files_below(folder: &Path) -> Result<Vec<(PathBuf, Metadata)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        match about.is_dir() {
            true => files.extend(files_below(&entry.path())?),
            false => files.push((entry.path(), about)),
        }
    }
    Ok(files)
}
