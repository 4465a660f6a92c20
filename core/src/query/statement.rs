//! What was asked of one collection, typed.

use std::sync::Arc;

use crate::collection::Metadata;
use crate::document::builder::RawDocBuf;
use crate::document::path::Path;
use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};
use crate::expression::filter::Filter;
use crate::expression::integer;
use crate::expression::projection::Projection;
use crate::expression::show::shown;
use crate::expression::sort::SortSpec;
use crate::expression::update::Update;
use crate::expression::value::Pipeline;
use crate::storage::Direction;

/// Documents to be handed out.
#[derive(Debug, Clone)]
pub(crate) struct Find {
    pub(crate) filter: Filter,
    pub(crate) projection: Projection,
    pub(crate) sort: SortSpec,
    pub(crate) skip: u64,
    pub(crate) limit: Option<u64>,
    pub(crate) hint: Option<Hint>,
    pub(crate) between: Between,
    pub(crate) only: Only,
}

/// What is asked of the documents that are found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Only {
    /// Themselves, projected.
    Documents,
    /// How many there are.
    Count,
    /// What they hold at a path.
    Values(Path),
}

/// One step of what a view makes of the documents it stands on.
#[derive(Debug, Clone)]
pub(crate) enum ViewStage {
    Match(Filter),
    Project(Projection),
    Sort(SortSpec),
    Skip(u64),
    Limit(u64),
}

/// By which road a caller wants the documents found.
#[derive(Debug, Clone)]
pub(crate) enum Hint {
    /// By the index of this name.
    Name(String),
    /// By the index with this key.
    Key(RawDocBuf),
    /// By the records in their order or against it, `{$natural: 1}` or `{$natural: -1}`.
    Natural(Natural),
}

/// In which direction the records are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Natural {
    pub(crate) direction: Direction,
    /// Whether that was asked for by a sort, which a view cannot have.
    pub(crate) is_sort: bool,
}

impl Find {
    /// Every document that satisfies `filter`.
    pub(crate) fn new(filter: Filter) -> Self {
        Self {
            filter,
            projection: Projection::everything(),
            sort: SortSpec::default(),
            skip: 0,
            limit: None,
            hint: None,
            between: Between::default(),
            only: Only::Documents,
        }
    }
}

/// Between which keys of the hinted index documents are looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Between {
    /// From these values on.
    pub(crate) min: Option<RawDocBuf>,
    /// Up to, but without these.
    pub(crate) max: Option<RawDocBuf>,
}

impl Between {
    /// Whether nothing is said.
    pub(crate) fn is_open(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }
}

impl Hint {
    /// What a hint that is written as a document means.
    ///
    /// # Errors
    /// As [`natural`].
    pub(crate) fn of_key(key: RawDocBuf) -> Result<Self> {
        Ok(match natural(key.as_doc())? {
            Some(direction) => Self::Natural(Natural { direction, is_sort: false }),
            None => Self::Key(key),
        })
    }
}

/// The direction in which a hint, or a sort, asks for the records: `{$natural: 1}` is their order, -1 its reverse.
///
/// # Errors
/// `Invalid`, `BadValue` (2): `$natural` is another number, or does not stand alone.
pub(crate) fn natural(written: RawDoc<'_>) -> Result<Option<Direction>> {
    let Some(direction) = written.get("$natural") else { return Ok(None) };
    if written.iter().nth(1).is_some() {
        let what = format!("Cannot include '$natural' in compound sort or hint: {written:?}");
        return Err(Error::invalid(code::BAD_VALUE, what));
    }
    match integer::exact(direction) {
        Some(1) => Ok(Some(Direction::Forward)),
        Some(-1) => Ok(Some(Direction::Backward)),
        _ => {
            let what =
                format!("$natural cannot be set to a value other than -1 or 1, but is {}", shown(direction));
            Err(Error::invalid(code::BAD_VALUE, what))
        }
    }
}

/// Documents to be changed.
#[derive(Debug)]
pub(crate) struct Modify {
    pub(crate) filter: Filter,
    /// Which document comes first, where only one is changed.
    pub(crate) sort: SortSpec,
    pub(crate) reach: Reach,
    pub(crate) change: Change,
    /// Whether a document is made when none satisfies the filter.
    pub(crate) upsert: bool,
    pub(crate) hint: Option<Hint>,
}

/// How many of the documents that satisfy the filter are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    One,
    Many,
}

/// What becomes of a document.
#[derive(Debug)]
pub(crate) enum Change {
    Delete,
    /// The document is changed or replaced, and its metadata where other metadata is given.
    Update(Arc<Update>, Option<Metadata>),
    /// What the stages make of the document replaces it, `_id` apart.
    Pipeline(Pipeline),
}
