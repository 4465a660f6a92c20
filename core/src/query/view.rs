//! From the name of a view to the collection beneath it, and all that stands between them.

use std::sync::Arc;

use crate::collection::{Catalog, Handle, Opened, VIEW_DEPTH_MAX, too_deep};
use crate::error::{Error, Result, code};
use crate::transaction::Transaction;

use super::parse;
use super::plan::{self, Node, Place, Weighed};
use super::statement::{Find, Hint, Natural, ViewStage};

/// What a read reads: a collection, or what a view makes of one.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The collection; nothing when there is none.
    pub(crate) opened: Option<Arc<Opened>>,
    /// What is made of its documents; nothing when it was named itself.
    stages: Option<Vec<ViewStage>>,
}

impl Seen {
    /// What stands under the name of `handle`.
    ///
    /// # Errors
    /// `Invalid`, `ViewDepthLimitExceeded` (165), for views that stand on too many others.
    pub(crate) fn find(catalog: &Catalog, txn: &Transaction, handle: &Handle) -> Result<Self> {
        let mut opened = catalog.look(txn, handle)?;
        // All views on the way have the collation of the first: none is created otherwise.
        let collation = opened.as_ref().and_then(|opened| opened.collation().cloned());
        let mut stages = None::<Vec<ViewStage>>;
        for _ in 0..=VIEW_DEPTH_MAX {
            let view = opened.as_ref().and_then(|opened| opened.entry.settings.view.clone());
            let Some(view) = view else { return Ok(Self { opened, stages }) };
            let mut beneath = parse::view(view.pipeline.as_doc(), collation.as_ref())?;
            beneath.extend(stages.unwrap_or_default());
            stages = Some(beneath);
            opened = catalog.look(txn, &Handle::new(&view.on))?;
        }
        Err(too_deep())
    }

    /// Whether it is a view.
    pub(crate) fn is_view(&self) -> bool {
        self.stages.is_some()
    }

    /// The plan of a find.
    ///
    /// # Errors
    /// `Invalid`: a hint that names no index of the collection; metadata of what a view made, bounds of its keys, its
    /// order of insertion.
    pub(crate) fn plan(&self, find: &Find, txn: &Transaction) -> Result<Node> {
        match &self.stages {
            None => plan::find(find, self.place(txn)),
            Some(stages) => {
                refuse_beyond_views(find)?;
                plan::through(stages, find, self.place(txn))
            }
        }
    }

    /// All plans of a find.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub(crate) fn weigh(&self, find: &Find, txn: &Transaction) -> Result<Weighed> {
        match &self.stages {
            None => plan::weigh(find, self.place(txn)),
            Some(stages) => {
                refuse_beyond_views(find)?;
                plan::weigh_through(stages, find, self.place(txn))
            }
        }
    }

    fn place<'a>(&'a self, txn: &'a Transaction) -> Option<Place<'a>> {
        self.opened.as_deref().map(|opened| Place { opened, txn })
    }
}

/// Refuses what cannot be asked of a view.
fn refuse_beyond_views(find: &Find) -> Result<()> {
    if !find.projection.metadata.is_empty() {
        let what = "a view's documents have no metadata: $meta cannot be projected";
        return Err(Error::invalid(code::COMMAND_NOT_SUPPORTED_ON_VIEW, what));
    }
    if let Some(Hint::Natural(Natural { is_sort: true, .. })) = find.hint {
        let what = "a view has no order of insertion: a sort by $natural cannot be asked of it";
        return Err(Error::invalid(code::INVALID_PIPELINE_OPERATOR, what));
    }
    if !find.between.is_open() {
        let what = "a view has no keys: min and max cannot be asked of it";
        return Err(Error::invalid(code::INVALID_PIPELINE_OPERATOR, what));
    }
    Ok(())
}
