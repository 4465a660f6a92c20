//! The road that every change of documents takes.

use std::time::Duration;

use crate::document::builder::RawDocBuf;
use crate::error::Result;
use crate::query::execute::CancelToken;
use crate::query::execute::nodes::{Changed, ModifiedChunk, ModifyRun};
use crate::query::plan;
use crate::query::statement::Modify;

use super::collection::Collection;

/// Bounds that a caller puts on a statement.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    pub(super) max_time: Option<Duration>,
    pub(super) cancel: Option<CancelToken>,
}

/// What a statement changed.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) matched: u64,
    pub(super) modified: u64,
    /// The document that was made because none satisfied the filter.
    pub(super) upserted: Option<RawDocBuf>,
    /// The document that was changed, when only one was to be.
    pub(super) changed: Option<Changed>,
}

/// Says of the document that was changed and of the one that was made whether they may be committed.
pub(super) type Accept<'a> = &'a dyn Fn(Option<&Changed>, Option<&RawDocBuf>) -> Result<()>;

impl<T> Collection<T> {
    /// Runs the statement, in as many commits as it takes.
    pub(super) fn modify(&self, modify: &Modify, limits: Limits) -> Result<Outcome> {
        self.modify_if(modify, limits, &|_, _| Ok(()))
    }

    /// As [`modify`](Self::modify); nothing is committed unless `accept` agrees to the document that was changed and
    /// to the one that was made.
    pub(super) fn modify_if(&self, modify: &Modify, limits: Limits, accept: Accept<'_>) -> Result<Outcome> {
        let shared = self.session().shared()?;
        let watch = shared.watch().time_limit(limits.max_time).cancel_with(limits.cancel);
        let plan = plan::modify(modify);
        let chunk_bytes = self.session().chunk_bytes()?;
        let run = ModifyRun { modify, plan: &plan, watch: &watch, chunk_bytes };
        let mut outcome = Outcome::default();
        let mut resume: Option<Vec<u8>> = None;
        loop {
            let first = resume.is_none();
            let (chunk, made) = self
                .session()
                .write(|shared, scope| {
                    let opened = scope.open_to_write(self.handle())?;
                    let chunk = match &opened {
                        Some(opened) => run.chunk(scope.txn, opened, resume.as_deref())?,
                        None => ModifiedChunk::default(),
                    };
                    if !(modify.upsert && first && chunk.matched == 0) {
                        accept(chunk.changed.as_ref(), None)?;
                        return Ok((chunk, None));
                    }
                    let opened = scope.open_or_create(self.handle())?;
                    let made = run.upsert(scope.txn, &opened, &shared.ids)?;
                    accept(None, Some(&made))?;
                    Ok((chunk, Some(made)))
                })
                .map_err(|error| so_far(error, outcome.modified))?;
            outcome.matched += chunk.matched;
            outcome.modified += chunk.modified;
            outcome.changed = chunk.changed;
            outcome.upserted = made;
            resume = chunk.resume;
            if resume.is_none() {
                return Ok(outcome);
            }
        }
    }
}

/// Says how far a statement came that was committed in several runs.
fn so_far(error: crate::Error, modified: u64) -> crate::Error {
    if modified == 0 { error } else { error.context(format!("after {modified} documents were changed")) }
}
