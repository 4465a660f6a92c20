//! The road that every change of documents takes.

use std::time::Duration;

use crate::collection::Opened;
use crate::document::builder::RawDocBuf;
use crate::error::Result;
use crate::query::execute::nodes::{Changed, ModifiedChunk, ModifyRun, list};
use crate::query::execute::{CancelToken, Context, Watch};
use crate::query::plan::{self, Node};
use crate::query::statement::{Modify, Reach};
use crate::transaction::Transaction;

use super::collection::Collection;
use super::opening::Shared;

/// Bounds that a caller puts on a statement, and one that a caller lifts.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    pub(super) max_time: Option<Duration>,
    pub(super) cancel: Option<CancelToken>,
    /// Whether the collection's validator is left out.
    pub(super) bypass_validation: bool,
    /// Whether the disk is left alone.
    pub(super) no_disk: bool,
}

impl Limits {
    /// What looks after them; nothing where there are none.
    pub(super) fn watch(&self, shared: &Shared) -> Option<Watch> {
        let is_bounded = self.max_time.is_some() || self.cancel.is_some();
        is_bounded.then(|| shared.watch().time_limit(self.max_time).cancel_with(self.cancel.clone()))
    }
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
        let bypass_validation = limits.bypass_validation;
        let watch = shared.watch().time_limit(limits.max_time).cancel_with(limits.cancel);
        let chunk_bytes = self.session().chunk_bytes()?;
        let mut plan: Option<Node> = None;
        let mut outcome = Outcome::default();
        let mut resume: Option<Vec<u8>> = None;
        loop {
            let first = resume.is_none();
            let (chunk, made, taken) = self
                .session()
                .write(|shared, scope| {
                    let opened = scope.open_to_write(self.handle())?;
                    let taken = match &plan {
                        Some(plan) => plan.clone(),
                        None => road(modify, scope.txn, opened.as_deref(), &watch)?,
                    };
                    let run = ModifyRun {
                        modify,
                        plan: &taken,
                        watch: &watch,
                        chunk_bytes,
                        counted: false,
                        bypass_validation,
                    };
                    let chunk = match &opened {
                        Some(opened) => run.chunk(scope.txn, opened, resume.as_deref())?,
                        None => ModifiedChunk::default(),
                    };
                    if !(modify.upsert && first && chunk.matched == 0) {
                        accept(chunk.changed.as_ref(), None)?;
                        return Ok((chunk, None, taken));
                    }
                    let opened = scope.open_or_create(self.handle())?;
                    let made = run.upsert(scope.txn, &opened, &shared.ids)?;
                    accept(None, Some(&made))?;
                    Ok((chunk, Some(made), taken))
                })
                .map_err(|error| so_far(error, outcome.modified))?;
            outcome.matched += chunk.matched;
            outcome.modified += chunk.modified;
            outcome.changed = chunk.changed;
            outcome.upserted = made;
            plan = Some(taken);
            resume = chunk.resume;
            if resume.is_none() {
                return Ok(outcome);
            }
        }
    }
}

/// The plan of a write; where it would walk an index and change many documents, they are listed first.
pub(super) fn road(
    modify: &Modify,
    txn: &Transaction,
    opened: Option<&Opened>,
    watch: &Watch,
) -> Result<Node> {
    let plan = plan::modify(modify, opened.map(|opened| plan::Place { opened, txn }))?;
    match opened {
        Some(opened) if must_list(modify, &plan) => {
            let (found, _) = list(&plan, &Context { txn, opened, watch })?;
            Ok(plan::listed(modify, found))
        }
        _ => Ok(plan),
    }
}

/// Whether the walk could meet a document again that the write has moved in an index.
pub(super) fn must_list(modify: &Modify, plan: &Node) -> bool {
    modify.reach == Reach::Many && plan.walks_index()
}

/// Says how far a statement came that was committed in several runs.
fn so_far(error: crate::Error, modified: u64) -> crate::Error {
    if modified == 0 { error } else { error.context(format!("after {modified} documents were changed")) }
}
