//! From the name of a view to the collection beneath it, and all that stands between them.

use std::sync::Arc;

use crate::collection::{Catalog, Handle, Opened, VIEW_DEPTH_MAX, too_deep};
use crate::error::{Error, Result, code};
use crate::transaction::Transaction;

use super::parse;
use super::plan::{self, Node};
use super::statement::{Find, ViewStage};

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
    /// `Invalid`: a hint that names no index; metadata of what a view made.
    pub(crate) fn plan(&self, find: Find) -> Result<Node> {
        let Some(stages) = &self.stages else { return plan::find(find, self.opened.as_deref()) };
        if !find.projection.metadata.is_empty() {
            let what = "a view's documents have no metadata: $meta cannot be projected";
            return Err(Error::invalid(code::COMMAND_NOT_SUPPORTED_ON_VIEW, what));
        }
        plan::through(stages.clone(), find, self.opened.as_deref())
    }
}
