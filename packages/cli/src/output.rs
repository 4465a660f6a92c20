//! Standard output: buffered, and closed without complaint.

use std::io::{self, BufWriter, StdoutLock, Write};

use nexuslite::document::json::{Mode, write_document};
use nexuslite::document::raw::RawDoc;

use crate::failure::{Done, Failure};

const BUFFER_BYTES: usize = 64 * 1024;

/// Where a command's answer goes.
#[derive(Debug)]
pub(crate) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    mode: Mode,
    /// One document's text.
    text: Vec<u8>,
}

impl Output {
    /// Standard output, documents spelt as `mode` says.
    pub(crate) fn stdout(mode: Mode) -> Self {
        let to = BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock());
        Self { to, mode, text: Vec::new() }
    }

    /// How documents are spelt.
    pub(crate) const fn mode(&self) -> Mode {
        self.mode
    }

    /// The same output for a command that asks for another spelling; answers the one before.
    pub(crate) const fn set_mode(&mut self, mode: Mode) -> Mode {
        std::mem::replace(&mut self.mode, mode)
    }

    /// Writes text as it is.
    pub(crate) fn text(&mut self, text: &str) -> Done {
        self.to.write_all(text.as_bytes()).map_err(|error| refused(&error))
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, text: impl std::fmt::Display) -> Done {
        writeln!(self.to, "{text}").map_err(|error| refused(&error))
    }

    /// Writes a document as a line of JSON.
    pub(crate) fn document(&mut self, doc: RawDoc<'_>) -> Done {
        self.text.clear();
        write_document(doc, self.mode, &mut self.text);
        self.text.push(b'\n');
        self.to.write_all(&self.text).map_err(|error| refused(&error))
    }

    /// Hands on what is buffered.
    pub(crate) fn flush(&mut self) -> Done {
        self.to.flush().map_err(|error| refused(&error))
    }
}

fn refused(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::Failed(format!("write to standard output: {error}")),
    }
}
