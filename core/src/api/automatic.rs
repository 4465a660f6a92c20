//! Indexes that a database creates by itself, where it was told that it may: for finds that walk many documents again and
//! again and find few.
//!
//! Finds and counts outside of transactions are looked at, and only tell what they saw. The deed is done in the
//! background, as any index is built, a chunk at a time. An index has one field and refuses no document, so that nobody's
//! write fails because somebody read.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::base::Task;
use crate::collection::{Handle, Opened};
use crate::document::builder::RawDocBuf;
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, Result};
use crate::index::IndexSpec;
use crate::query::counts::Counts;
use crate::query::execute::Operator;
use crate::query::parse;
use crate::query::plan::{Missing, Node, missing_index};
use crate::query::statement::Find;
use crate::storage::TreeId;

use super::background::Committer;
use super::options::Options;
use super::session::chunk_bytes;

/// What the names of such indexes begin with.
const PREFIX: &str = "auto_";
/// A walk over fewer documents is not slow.
const DOCUMENTS_MANY: u64 = 1000;
/// Of so many documents that were walked one at most may have been wanted.
const WALKED_FOR_ONE: u64 = 10;
/// So many slow walks make an index worth its upkeep.
const WALKS_MANY: u32 = 10;
/// So many wishes are remembered; when more come, all are forgotten.
const WISHES_MAX: usize = 256;

/// Gathers what finds would have liked, and fulfils it.
#[derive(Debug)]
pub(super) struct Automatic {
    committer: Committer,
    chunk_bytes: usize,
    /// How many such indexes a collection may have.
    most: usize,
    wishes: Mutex<Wishes>,
    work: Mutex<Option<Work>>,
}

#[derive(Debug, Default)]
struct Wishes {
    /// How many walks had this wish; `u32::MAX` when enough was done about it.
    walks: HashMap<Wish, u32>,
    due: VecDeque<Wish>,
}

/// An index in a collection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Wish {
    collection: Arc<str>,
    missing: Missing,
}

/// An index on its way.
#[derive(Debug)]
struct Work {
    handle: Handle,
    name: Box<str>,
    trees: Vec<TreeId>,
    resume: Option<Vec<u8>>,
}

/// A find that may have a wish, depending on what it comes to do.
#[derive(Debug)]
pub(super) struct Wisher {
    automatic: Arc<Automatic>,
    wish: Wish,
    did: Vec<Counts>,
}

impl Automatic {
    pub(super) fn new(committer: Committer, options: &Options) -> Self {
        Self {
            committer,
            chunk_bytes: chunk_bytes(options),
            most: options.automatic_indexes,
            wishes: Mutex::default(),
            work: Mutex::default(),
        }
    }

    /// What such a find might wish for.
    pub(super) fn wisher(self: &Arc<Self>, find: &Find, plan: &Node, opened: &Opened) -> Option<Wisher> {
        if self.most == 0 {
            return None;
        }
        let wish = Wish { collection: Arc::clone(&opened.name), missing: missing_index(find, plan, opened)? };
        Some(Wisher { automatic: Arc::clone(self), wish, did: Vec::new() })
    }

    fn slow_walk(&self, wish: &Wish) {
        let mut wishes = self.wishes.lock();
        if wishes.walks.len() >= WISHES_MAX && !wishes.walks.contains_key(wish) {
            wishes.walks.clear();
        }
        let walks = wishes.walks.entry(wish.clone()).or_insert(0);
        if *walks == u32::MAX {
            return;
        }
        *walks += 1;
        if *walks == WALKS_MANY {
            *walks = u32::MAX;
            wishes.due.push_back(wish.clone());
        }
    }

    /// Enters the index in the catalog; nothing when the collection has enough of them, or has it already.
    fn begin(&self, wish: &Wish) -> Result<Option<Work>> {
        let Some(spec) = wish.spec() else { return Ok(None) };
        let handle = Handle::new(&wish.collection);
        let catalog = &self.committer.catalog;
        let trees = self.committer.run(|scope| {
            let Some(opened) = scope.open_to_write(&handle)? else { return Ok(Vec::new()) };
            let own = opened.entry.indexes.iter().filter(|index| index.spec.name.starts_with(PREFIX));
            if own.count() >= self.most {
                return Ok(Vec::new());
            }
            let trees = scope.add_indexes(&handle, std::slice::from_ref(&spec))?;
            trees.iter().for_each(|tree| catalog.set_building(*tree, true));
            Ok(trees)
        })?;
        let work = Work { handle, name: spec.name.clone(), trees, resume: None };
        Ok((!work.trees.is_empty()).then_some(work))
    }

    /// Builds one chunk; says whether that was the last.
    fn go_on(&self, work: &mut Work) -> Result<bool> {
        let Work { handle, trees, resume, .. } = work;
        let chunk = self
            .committer
            .run(|scope| scope.build_chunk(handle, trees, resume.as_deref(), self.chunk_bytes))?;
        *resume = chunk.resume;
        if resume.is_some() {
            return Ok(false);
        }
        self.committer.run(|scope| scope.finish_indexes(handle, trees))?;
        Ok(true)
    }

    fn end(&self, work: &Work, outcome: &Result<bool>) {
        let (name, collection) = (&work.name, work.handle.name());
        match outcome {
            Ok(_) => log::info!(
                "the index {name:?} of {collection:?} was created for finds that walked all documents"
            ),
            Err(error) => {
                log::warn!(
                    "the index {name:?} of {collection:?}, which finds would have used, was given up: {error}"
                );
                // What cannot be dropped now is dropped by the next change of indexes.
                let _ = self
                    .committer
                    .run(|scope| scope.drop_indexes(&work.handle, |index| work.trees.contains(&index.tree)));
            }
        }
        work.trees.iter().for_each(|tree| self.committer.catalog.set_building(*tree, false));
    }
}

impl Task for Automatic {
    fn step(&self) -> Result<bool> {
        if self.most == 0 {
            return Ok(false);
        }
        let mut place = self.work.lock();
        let Some(work) = &mut *place else {
            let Some(wish) = self.wishes.lock().due.pop_front() else { return Ok(false) };
            *place = self.begin(&wish)?;
            return Ok(true);
        };
        let outcome = self.go_on(work);
        if !matches!(outcome, Ok(false)) {
            self.end(work, &outcome);
            *place = None;
        }
        outcome.map(|_| true)
    }

    fn poison(&self, why: &str) {
        self.committer.engine.poison(why);
    }
}

impl Wish {
    /// The index that fulfils it; nothing when its name would be too long.
    fn spec(&self) -> Option<IndexSpec> {
        let path = self.missing.path.as_str();
        let doc = RawDocBuf::build(|out| {
            out.document("key").put(path, Value::Int32(1));
            out.put("name", Value::String(&format!("{PREFIX}{path}_1")));
            if let Some(collation) = &self.missing.collation {
                out.put("collation", Value::Document(RawDoc::new(collation)));
            }
        });
        let spec = IndexSpec::parse(doc.as_doc(), parse::partial_filter);
        spec.inspect_err(|error: &Error| log::debug!("no index is created for {path:?}: {error}")).ok()
    }
}

impl Wisher {
    /// The find came as far as this.
    pub(super) fn look(&mut self, road: &dyn Operator) {
        self.did.clear();
        road.report(&mut self.did);
    }
}

impl Drop for Wisher {
    fn drop(&mut self) {
        let walked = self.did.last().map_or(0, |source| source.docs);
        let wanted = self.did.first().map_or(0, |all| all.returned);
        if walked >= DOCUMENTS_MANY && wanted.saturating_mul(WALKED_FOR_ONE) <= walked {
            self.automatic.slow_walk(&self.wish);
        }
    }
}
