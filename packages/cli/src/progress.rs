//! A bar on the terminal while something long goes on; nothing where standard error is no terminal.

use std::io::Read;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::figures;

const BYTES_OF: &str = "{bar:28} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left  {msg}";
const BYTES: &str = "{spinner} {bytes} in {elapsed}  {bytes_per_sec}  {msg}";
const DOCUMENTS_OF: &str = "{bar:28} {human_pos} of {human_len} documents  {per_sec}  {eta} left";
/// How often a spinner turns while nothing arrives.
const TICK: Duration = Duration::from_millis(200);

/// How far a command has come.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Over bytes that are read: so many of them, or nobody knows.
    pub(crate) fn over_bytes(total: Option<u64>) -> Self {
        let progress = Self::new(total, if total.is_some() { BYTES_OF } else { BYTES });
        if total.is_none() {
            progress.bar.enable_steady_tick(TICK);
        }
        progress
    }

    /// Over documents that are gone through.
    pub(crate) fn over_documents(total: u64) -> Self {
        Self::new(Some(total), DOCUMENTS_OF)
    }

    fn new(total: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> "));
        Self { bar }
    }

    /// A source that moves the bar as it is read.
    pub(crate) fn watch<R: Read>(&self, source: R) -> impl Read + use<R> {
        self.bar.wrap_read(source)
    }

    /// Says how many documents are in.
    pub(crate) fn imported(&self, documents: u64) {
        self.bar.set_message(figures::documents(documents));
    }

    /// What moves the bar of whoever counts the documents, all of which it may learn late.
    pub(crate) fn follower(&self) -> impl Fn(u64, u64) + Send + Sync + 'static {
        let bar = self.bar.clone();
        move |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    /// Moves the bar on.
    pub(crate) fn advance(&self, documents: u64) {
        self.bar.inc(documents);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
