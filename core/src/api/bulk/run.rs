//! How the writes of a bulk are done: many to one commit, each behind a savepoint of its own.

use std::collections::HashMap;
use std::sync::Arc;

use crate::collection::{Handle, Metadata, Scope};
use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result, code};
use crate::query::execute::Watch;
use crate::query::execute::nodes::{Insert, ModifiedChunk, ModifyRun, insert_chunk};
use crate::query::parse::Variables;
use crate::query::plan::Node;
use crate::query::statement::{Change, Modify};

use super::super::document::id_of;
use super::super::modify::{Outcome, road};
use super::super::opening::Shared;
use super::super::session::{Session, block_bytes};
use super::model::{Op, WriteModel};
use super::result::{BulkWriteError, BulkWriteOptions, Done, VerboseBulkWriteResult};

/// So many writes are made ready before they are done.
const BLOCK_WRITES: usize = 1024;

/// A bulk write under way.
#[derive(Debug)]
pub(in crate::api) struct Bulk<'a> {
    session: &'a Session,
    /// The only collection, when it is one collection's bulk.
    only: Option<&'a Arc<Handle>>,
    /// Whether a write may name its database.
    of_client: bool,
    handles: HashMap<String, Arc<Handle>>,
    ordered: bool,
    variables: Option<Variables>,
    watch: Watch,
    chunk_bytes: usize,
    bypass_validation: bool,
}

/// One write, its place in the call and its collection.
struct Step {
    at: usize,
    ready: Result<(Arc<Handle>, Op)>,
}

/// How far a block of writes came, and one that is done in several commits.
#[derive(Debug, Clone, Default)]
struct Progress {
    next: usize,
    /// The plan and the place of a write that was begun.
    begun: Option<(Node, Vec<u8>)>,
    matched: u64,
    modified: u64,
}

/// What one commit does.
struct Chunk {
    progress: Progress,
    done: Vec<(usize, Done)>,
    faults: Vec<(usize, Error)>,
}

impl<'a> Bulk<'a> {
    pub(super) fn new(
        session: &'a Session,
        only: Option<&'a Arc<Handle>>,
        options: BulkWriteOptions,
    ) -> Result<Self> {
        let BulkWriteOptions { ordered, asides, limits } = options;
        asides.log("bulk_write", only.map_or("*", |handle| handle.name()));
        let bypass_validation = limits.bypass_validation;
        let variables = session.variables(&asides, None)?;
        let watch = session.shared()?.watch().time_limit(limits.max_time).cancel_with(limits.cancel);
        let chunk_bytes = session.chunk_bytes()?;
        Ok(Self {
            session,
            only,
            of_client: false,
            handles: HashMap::new(),
            ordered,
            variables,
            watch,
            chunk_bytes,
            bypass_validation,
        })
    }

    /// One whose writes name their database, which is the session's.
    pub(in crate::api) fn of_client(session: &'a Session, options: BulkWriteOptions) -> Result<Self> {
        Ok(Self { of_client: true, ..Self::new(session, None, options)? })
    }

    /// Does the writes.
    pub(super) fn run(self, models: impl Iterator<Item = WriteModel>) -> Result<VerboseBulkWriteResult> {
        self.session.statement(|| {
            let mut outcome = BulkWriteError::default();
            self.run_into(&mut models.enumerate(), &mut outcome)?;
            outcome.into_result()
        })
    }

    /// Does the writes, each of which comes with its place in the call, and tells `outcome` about them.
    pub(in crate::api) fn run_into(
        mut self,
        models: &mut impl Iterator<Item = (usize, WriteModel)>,
        outcome: &mut BulkWriteError,
    ) -> Result<()> {
        loop {
            let block = self.block(models)?;
            if block.is_empty() {
                return Ok(());
            }
            self.block_done(&block, outcome).map_err(|error| {
                match outcome.partial_result.summary.changed() {
                    0 => error,
                    changed => error.context(format!("after {changed} documents were changed")),
                }
            })?;
            if self.ordered && !outcome.write_errors.is_empty() {
                return Ok(());
            }
        }
    }

    /// Makes the next writes ready.
    fn block(&mut self, models: &mut impl Iterator<Item = (usize, WriteModel)>) -> Result<Vec<Step>> {
        let block_bytes = block_bytes(&self.session.shared()?.options);
        let mut block = Vec::new();
        let mut bytes = 0;
        while block.len() < BLOCK_WRITES && bytes < block_bytes {
            let Some((at, model)) = models.next() else { break };
            bytes += model.bytes();
            let ready = self.handle_of(&model).and_then(|handle| {
                let op = model.prepare(self.session, &handle, self.variables.as_ref())?;
                Ok((handle, op))
            });
            block.push(Step { at, ready });
        }
        Ok(block)
    }

    fn handle_of(&mut self, model: &WriteModel) -> Result<Arc<Handle>> {
        if let Some(database) = model.database()?.filter(|_| !self.of_client) {
            let what = format!("a write that names a database, {database:?}, belongs into a client's bulk");
            return Err(Error::invalid(code::INVALID_NAMESPACE, what));
        }
        match (self.only, model.collection()?) {
            (Some(only), None) => Ok(Arc::clone(only)),
            (Some(only), Some(name)) if only.name() == name => Ok(Arc::clone(only)),
            (Some(only), Some(name)) => Err(Error::invalid(
                code::INVALID_NAMESPACE,
                format!("a bulk write of the collection {:?} cannot write to {name:?}", only.name()),
            )),
            (None, Some(name)) => {
                let known = self.handles.entry(name.to_owned());
                Ok(Arc::clone(known.or_insert_with(|| Arc::new(Handle::new(name)))))
            }
            (None, None) => {
                let what = "a write of a database's bulk must name its collection: in_collection";
                Err(Error::invalid(code::INVALID_NAMESPACE, what))
            }
        }
    }

    /// Does a block of writes, in as many commits as it takes.
    fn block_done(&self, block: &[Step], outcome: &mut BulkWriteError) -> Result<()> {
        let mut progress = Progress::default();
        while progress.next < block.len() && (!self.ordered || outcome.write_errors.is_empty()) {
            let chunk = self.session.write(|shared, scope| self.chunk(shared, scope, block, &progress))?;
            progress = chunk.progress;
            chunk.done.into_iter().for_each(|(at, done)| outcome.partial_result.add(at, done));
            outcome.write_errors.extend(chunk.faults);
        }
        Ok(())
    }

    /// Does writes from where `progress` stands on, until they fill a commit.
    fn chunk(
        &self,
        shared: &Shared,
        scope: &mut Scope<'_>,
        block: &[Step],
        progress: &Progress,
    ) -> Result<Chunk> {
        let mut chunk = Chunk { progress: progress.clone(), done: Vec::new(), faults: Vec::new() };
        while let Some(step) = block.get(chunk.progress.next) {
            self.watch.check()?;
            let before = scope.txn.savepoint();
            match self.step(shared, scope, step, &mut chunk.progress) {
                Ok(None) => return Ok(chunk),
                Ok(Some(done)) => chunk.done.push((step.at, done)),
                Err(error) if is_of_one_write(&error) => {
                    scope.txn.roll_back_to(before);
                    chunk.faults.push((step.at, error));
                }
                Err(error) => return Err(error),
            }
            chunk.progress = Progress { next: chunk.progress.next + 1, ..Progress::default() };
            let failed = !chunk.faults.is_empty();
            if failed && self.ordered || scope.txn.bytes() >= self.chunk_bytes {
                break;
            }
        }
        Ok(chunk)
    }

    /// Does one write; nothing when the rest of it belongs into the next commit.
    fn step(
        &self,
        shared: &Shared,
        scope: &mut Scope<'_>,
        step: &Step,
        progress: &mut Progress,
    ) -> Result<Option<Done>> {
        let (handle, op) = step.ready.as_ref().map_err(Clone::clone)?;
        match op {
            Op::Insert(document) => self.insert(scope, handle, RawDoc::new(document)).map(Some),
            Op::Modify(modify) => self.modify(shared, scope, handle, modify, progress),
        }
    }

    fn modify(
        &self,
        shared: &Shared,
        scope: &mut Scope<'_>,
        handle: &Handle,
        modify: &Modify,
        progress: &mut Progress,
    ) -> Result<Option<Done>> {
        let opened = scope.open_to_write(handle)?;
        let (plan, resume) = match progress.begun.take() {
            Some((plan, resume)) => (plan, Some(resume)),
            None => (road(modify, scope.txn, opened.as_deref(), &self.watch)?, None),
        };
        let (watch, chunk_bytes) = (&self.watch, self.chunk_bytes);
        let bypass_validation = self.bypass_validation;
        let run = ModifyRun { modify, plan: &plan, watch, chunk_bytes, counted: false, bypass_validation };
        let chunk = match &opened {
            Some(opened) => run.chunk(scope.txn, opened, resume.as_deref())?,
            None => ModifiedChunk::default(),
        };
        progress.matched += chunk.matched;
        progress.modified += chunk.modified;
        if let Some(place) = chunk.resume {
            progress.begun = Some((plan, place));
            return Ok(None);
        }
        let mut outcome =
            Outcome { matched: progress.matched, modified: progress.modified, ..Outcome::default() };
        if modify.upsert && resume.is_none() && outcome.matched == 0 {
            let opened = scope.open_or_create(handle)?;
            outcome.upserted = Some(run.upsert(scope.txn, &opened, &shared.ids)?);
        }
        Ok(Some(match modify.change {
            Change::Delete => Done::Deleted(outcome.modified),
            Change::Update(..) | Change::Pipeline(_) => Done::Updated(outcome.try_into()?),
        }))
    }

    fn insert(&self, scope: &mut Scope<'_>, handle: &Handle, doc: RawDoc<'_>) -> Result<Done> {
        let opened = scope.open_or_create(handle)?;
        let (metadata, bypass_validation) = (Metadata::default(), self.bypass_validation);
        let watch = None;
        let insert = Insert { docs: &[doc], metadata: &metadata, ordered: true, bypass_validation, watch };
        match insert_chunk(scope.txn, &opened, insert, 0, usize::MAX)?.faults.pop() {
            Some((_, fault)) => Err(fault),
            None => id_of(doc).map(Done::Inserted),
        }
    }
}

/// Whether an error speaks of one write, so that others can be done all the same.
fn is_of_one_write(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Invalid
            | ErrorKind::DuplicateKey
            | ErrorKind::NotFound
            | ErrorKind::Exists
            | ErrorKind::Limit
            | ErrorKind::Unsupported
    )
}
