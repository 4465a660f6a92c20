//! Documents handed out one by one, read from the file batch by batch.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::collection::{Handle, Opened};
use crate::document::convert::read;
use crate::error::Result;
use crate::query::execute::{Context, Operator, Rows, Watch, start};
use crate::query::statement::Find;
use crate::query::view::Seen;

use super::automatic::Wisher;
use super::document::{Document, DocumentType};
use super::get::DocumentBytes;
use super::modify::Limits;
use super::session::{Session, View};

/// How many documents are read at first, and at most, at a time.
const BATCH_FIRST: usize = 64;
const BATCH_MAX: usize = 1024;

/// A walk over documents of one fixed state.
pub(super) struct Walk {
    view: View,
    /// What is walked; nothing when there is no such collection, or all is done.
    road: Option<(Arc<Opened>, Box<dyn Operator>)>,
    /// Told how far the walk came, where somebody wants to know.
    wisher: Option<Wisher>,
    watch: Watch,
    rows: Rows,
    /// The next row.
    at: usize,
    batch: usize,
    grows: bool,
}

/// Documents that read as `T`.
#[derive(Debug)]
pub struct Cursor<T> {
    walk: Walk,
    kind: PhantomData<fn() -> T>,
}

/// Documents as the bytes they are.
#[derive(Debug)]
pub struct RawCursor {
    walk: Walk,
}

/// Documents with their metadata.
#[derive(Debug)]
pub struct DocumentCursor {
    walk: Walk,
    kind: DocumentType,
}

impl Walk {
    pub(super) fn start(
        session: &Session,
        handle: &Handle,
        statement: &Find,
        limits: Limits,
        batch_size: Option<u32>,
    ) -> Result<Self> {
        let shared = session.shared()?;
        let watch = shared
            .watch()
            .time_limit(limits.max_time)
            .cancel_with(limits.cancel)
            .allow_disk_use(!limits.no_disk);
        let view = session.view()?;
        let road = view.read(|txn| {
            let seen = Seen::find(&shared.catalog, txn, handle)?;
            let (plan, is_view) = (seen.plan(statement, txn)?, seen.is_view());
            let Some(opened) = seen.opened else { return Ok(None) };
            let road = start(&plan, &Context { txn, opened: &opened, watch: &watch })?;
            let wishes = !session.is_inside() && !is_view;
            let wisher = wishes.then(|| shared.automatic.wisher(statement, &plan, &opened)).flatten();
            Ok(Some(((opened, road), wisher)))
        })?;
        let (road, wisher) = road.unzip();
        let batch = batch_size.map_or(BATCH_FIRST, |size| size as usize);
        Ok(Self {
            view,
            road,
            wisher: wisher.flatten(),
            watch,
            rows: Rows::new(),
            at: 0,
            batch,
            grows: batch_size.is_none(),
        })
    }

    /// Steps to the next document; says where it is in the batch, or that there is none.
    #[inline]
    fn step(&mut self) -> Result<Option<usize>> {
        if self.at == self.rows.len() && !self.fill()? {
            return Ok(None);
        }
        self.at += 1;
        Ok(Some(self.at - 1))
    }

    /// Reads the next batch; says whether there is one. After an error there is none.
    fn fill(&mut self) -> Result<bool> {
        self.at = 0;
        self.rows.clear();
        let Some((opened, road)) = &mut self.road else { return Ok(false) };
        let (watch, rows, batch) = (&self.watch, &mut self.rows, self.batch);
        let outcome = self.view.read(|txn| road.next(&Context { txn, opened, watch }, batch, rows));
        if let Some(wisher) = &mut self.wisher {
            wisher.look(&**road);
        }
        if outcome.is_err() {
            self.rows.clear();
        }
        if self.rows.is_empty() {
            self.road = None;
        }
        if self.grows {
            self.batch = (self.batch * 2).min(BATCH_MAX);
        }
        outcome.map(|()| !self.rows.is_empty())
    }
}

impl<T> Cursor<T> {
    pub(super) fn new(walk: Walk) -> Self {
        Self { walk, kind: PhantomData }
    }
}

impl<T: DeserializeOwned + 'static> Iterator for Cursor<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let at = self.walk.step().transpose()?;
        Some(at.and_then(|at| read(self.walk.rows.doc(at))))
    }
}

impl RawCursor {
    pub(super) fn new(walk: Walk) -> Self {
        Self { walk }
    }

    /// The next document's bytes, lent until the next call; the fastest way over many documents.
    ///
    /// # Errors
    /// `Timeout`, `Cancelled`, `Closed`, `Limit`, or when the file cannot be read.
    pub fn next_bytes(&mut self) -> Result<Option<&[u8]>> {
        Ok(self.walk.step()?.map(|at| self.walk.rows.bytes(at)))
    }

    /// Lends the next document's bytes to `take`, and goes past it only if that answers true; says what it answered.
    ///
    /// # Errors
    /// As [`next_bytes`](Self::next_bytes).
    #[inline]
    pub fn next_bytes_if(&mut self, take: impl FnOnce(&[u8]) -> bool) -> Result<Option<bool>> {
        let Some(at) = self.walk.step()? else { return Ok(None) };
        let taken = take(self.walk.rows.bytes(at));
        if !taken {
            self.walk.at -= 1;
        }
        Ok(Some(taken))
    }
}

impl Iterator for RawCursor {
    type Item = Result<DocumentBytes>;

    fn next(&mut self) -> Option<Result<DocumentBytes>> {
        let at = self.walk.step().transpose()?;
        Some(at.map(|at| DocumentBytes::new(self.walk.rows.slice(at))))
    }
}

impl DocumentCursor {
    pub(super) fn new(walk: Walk, kind: DocumentType) -> Self {
        Self { walk, kind }
    }
}

impl Iterator for DocumentCursor {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Result<Document>> {
        let at = self.walk.step().transpose()?;
        let rows = &self.walk.rows;
        Some(at.and_then(|at| Document::read(rows.record(at), rows.body(at), self.kind)))
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.rows.len() - self.at;
        f.debug_struct("Walk").field("view", &self.view).field("read_ahead", &left).finish_non_exhaustive()
    }
}
