//! Changes, replaces or deletes the documents that a plan finds, and makes one where none is found.

use std::sync::Arc;

use crate::base::Claim;
use crate::collection::{Envelope, Metadata, Opened, Store, Upkeep};
use crate::document::builder::RawDocBuf;
use crate::document::id::{ID, IdGenerator, ensure_id};
use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::filter::Filter;
use crate::expression::update::{Occasion, Update};
use crate::expression::upsert::{upsert, upsert_base};
use crate::expression::value::{Moment, Pipeline};
use crate::query::counts::Counts;
use crate::query::execute::{Context, Rows, Watch, start, start_after};
use crate::query::plan::{List, Node};
use crate::query::statement::{Change, Modify, Reach};
use crate::storage::Slice;
use crate::transaction::Transaction;

/// How many rows are read at a time.
const ASK: usize = 256;
/// What a record costs that is listed: its id, and as much again while the list grows.
const LISTED_BYTES: usize = 16;

/// What a chunk of a write did.
#[derive(Debug, Default)]
pub(crate) struct ModifiedChunk {
    /// How many documents satisfied the filter.
    pub(crate) matched: u64,
    /// How many of them are other than before, or gone.
    pub(crate) modified: u64,
    /// Where the next chunk begins; nothing when all is done.
    pub(crate) resume: Option<Vec<u8>>,
    /// The document that was changed, when only one was to be.
    pub(crate) changed: Option<Changed>,
    /// What was done to the indexes.
    pub(crate) upkeep: Upkeep,
    /// What the nodes of the plan did, when that was asked for.
    pub(crate) counts: Vec<Counts>,
}

/// One document before and after a change.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) before: Slice,
    /// Nothing when it is gone.
    pub(crate) after: Option<RawDocBuf>,
}

/// A write on its way: the statement, its plan, and where it stops for a commit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModifyRun<'a> {
    pub(crate) modify: &'a Modify,
    pub(crate) plan: &'a Node,
    pub(crate) watch: &'a Watch,
    pub(crate) chunk_bytes: usize,
    /// Whether the nodes of the plan are to say what they did.
    pub(crate) counted: bool,
    /// Whether the collection's validator is left out.
    pub(crate) bypass_validation: bool,
}

impl ModifyRun<'_> {
    /// Changes what the plan finds behind `after`, until `txn` holds `chunk_bytes` of changes.
    ///
    /// A write of one document never pauses: behind a pause the plan would find another one.
    pub(crate) fn chunk(
        &self,
        txn: &mut Transaction,
        opened: &Opened,
        after: Option<&[u8]>,
    ) -> Result<ModifiedChunk> {
        let mut store = Store::new(txn, opened).bypass_validation(self.bypass_validation);
        let mut done = ModifiedChunk::default();
        let mut found = start_after(self.plan, &self.context(&store), after)?;
        let mut rows = Rows::new();
        while done.resume.is_none() {
            found.next(&self.context(&store), ASK, &mut rows)?;
            if rows.is_empty() {
                break;
            }
            for at in 0..rows.len() {
                self.change(&mut store, &rows, at, &mut done)?;
                if self.modify.reach == Reach::Many && store.txn().bytes() >= self.chunk_bytes {
                    done.resume = Some(self.place(opened, &rows, at)?);
                    break;
                }
            }
        }
        if self.counted {
            found.report(&mut done.counts);
        }
        done.upkeep = store.upkeep();
        store.finish()?;
        Ok(done)
    }

    /// Makes the document that the filter and the change describe.
    pub(crate) fn upsert(
        &self,
        txn: &mut Transaction,
        opened: &Opened,
        ids: &IdGenerator,
    ) -> Result<RawDocBuf> {
        let (made, metadata) = match &self.modify.change {
            Change::Delete => return Err(Error::internal("a delete makes no document")),
            Change::Update(update, metadata) => {
                (upsert(update, &self.modify.filter, txn.now_ms())?, metadata.clone())
            }
            Change::Pipeline(pipeline) => {
                let base = upsert_base(&self.modify.filter, false)?;
                let base = RawDoc::new(&base);
                let made = self.run(pipeline, base, txn.now_ms())?;
                let occasion = Occasion { now_ms: txn.now_ms(), is_insert: true, matched: None };
                (made.apply(base, &occasion)?.bytes.into_owned(), None)
            }
        };
        let mut bytes = Vec::with_capacity(made.len() + 32);
        ensure_id(RawDoc::new(&made), ids, &mut bytes)?;
        let doc = RawDocBuf::from_bytes(bytes)?;
        let metadata = metadata.unwrap_or_default();
        let envelope = Envelope::new(&opened.entry.settings, &metadata, txn.now_ms());
        let mut store = Store::new(txn, opened).bypass_validation(self.bypass_validation);
        store.insert(doc.as_doc(), &envelope)?;
        store.finish()?;
        Ok(doc)
    }

    fn context<'c>(&'c self, store: &'c Store<'_>) -> Context<'c> {
        Context { txn: store.txn(), opened: store.opened(), watch: self.watch }
    }

    fn change(&self, store: &mut Store<'_>, rows: &Rows, at: usize, done: &mut ModifiedChunk) -> Result<()> {
        done.matched += 1;
        let after = match &self.modify.change {
            Change::Delete => {
                store.delete(rows.record_id(at)?, rows.record(at))?;
                done.modified += 1;
                None
            }
            Change::Update(update, metadata) => {
                let (doc, modified) = apply(store, rows, at, &self.modify.filter, update, metadata.as_ref())?;
                done.modified += u64::from(modified);
                Some(doc)
            }
            Change::Pipeline(pipeline) => {
                let update = self.run(pipeline, rows.doc(at), store.txn().now_ms())?;
                let (doc, modified) = apply(store, rows, at, &self.modify.filter, &update, None)?;
                done.modified += u64::from(modified);
                Some(doc)
            }
        };
        if self.modify.reach == Reach::One {
            let after = after.map(|doc| doc.unwrap_or_else(|| RawDocBuf::from(rows.doc(at))));
            done.changed = Some(Changed { before: rows.slice(at), after });
        }
        Ok(())
    }

    /// The replacement that a pipeline makes of `doc`.
    fn run(&self, pipeline: &Pipeline, doc: RawDoc<'_>, now_ms: i64) -> Result<Update> {
        let leave = || self.watch.check();
        let made = pipeline.run(doc, &Moment { now_ms, leave: &leave })?;
        Ok(Update::replacement(RawDoc::new(&made)))
    }

    /// Where the source stands that has handed out this row.
    fn place(&self, opened: &Opened, rows: &Rows, at: usize) -> Result<Vec<u8>> {
        if matches!(self.plan.source(), Node::Records { .. } | Node::Listed { .. }) {
            return Ok(rows.record_id(at)?.key().to_vec());
        }
        let id = rows.doc(at).get(ID).ok_or_else(|| Error::internal("a stored document has no _id"))?;
        let mut key = Vec::new();
        opened.encode_id(id, &mut key);
        Ok(key)
    }
}

/// The records that a plan finds, in the order of their ids, and what its nodes did.
pub(crate) fn list(plan: &Node, ctx: &Context<'_>) -> Result<(List, Vec<Counts>)> {
    let (mut found, mut rows, mut records) = (start(plan, ctx)?, Rows::new(), Vec::new());
    let mut claim = Claim::on(ctx.txn.budget());
    loop {
        found.next(ctx, ASK, &mut rows)?;
        if rows.is_empty() {
            break;
        }
        for at in 0..rows.len() {
            records.push(rows.record_id(at)?);
        }
        let bytes = records.len() * LISTED_BYTES;
        if !claim.cover(bytes) {
            let what =
                format!("a list of the documents to change over {bytes} bytes is over {}", claim.left());
            return Err(Error::new(ErrorKind::Limit, what).with_code(code::QUERY_EXCEEDED_MEMORY_LIMIT));
        }
    }
    records.sort_unstable();
    let mut counts = Vec::new();
    found.report(&mut counts);
    Ok((List { records: records.into(), claim: Arc::new(claim) }, counts))
}

/// Changes one document; answers what became of it, where it is other than before, and whether it is.
fn apply(
    store: &mut Store<'_>,
    rows: &Rows,
    at: usize,
    filter: &Filter,
    update: &Update,
    metadata: Option<&Metadata>,
) -> Result<(Option<RawDocBuf>, bool)> {
    let old = rows.doc(at);
    let matched = update.asks_for_position().then(|| filter.position(old)).flatten();
    let occasion = Occasion { now_ms: store.txn().now_ms(), is_insert: false, matched };
    let applied = update.apply(old, &occasion)?;
    if !applied.modified && metadata.is_none() {
        return Ok((None, false));
    }
    let bytes = applied.bytes.into_owned();
    let doc = if update.keeps_documents_storable() {
        RawDocBuf::from_checked(bytes)
    } else {
        RawDocBuf::from_bytes(bytes)?
    };
    let now_ms = store.txn().now_ms();
    let mut envelope = Envelope::decode(rows.record(at))?.changed(&store.opened().entry.settings, now_ms);
    if let Some(metadata) = metadata {
        envelope = envelope.with(metadata, now_ms);
    }
    store.replace(rows.record_id(at)?, rows.record(at), doc.as_doc(), &envelope)?;
    Ok((Some(doc), true))
}
