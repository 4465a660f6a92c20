//! What a find is asked for.

use nexuslite::bson::RawDocumentBuf;
use nexuslite::document::raw::RawDoc;
use nexuslite::{Find, Result};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::collection::Raw;
use crate::encode::{document, document_or_none};
use crate::more::More;

/// What is asked for, as bytes.
pub(crate) struct Asked {
    filter: Vec<u8>,
    projection: Option<Vec<u8>>,
    sort: Option<Vec<u8>>,
    skip: u64,
    limit: u64,
    batch_size: Option<u32>,
    more: More,
}

#[allow(clippy::too_many_arguments, reason = "what a find has, as it comes")]
impl Asked {
    pub(crate) fn new(
        filter: &Bound<'_, PyAny>,
        projection: Option<&Bound<'_, PyAny>>,
        sort: Option<&Bound<'_, PyAny>>,
        skip: u64,
        limit: u64,
        batch_size: Option<u32>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        Ok(Self {
            filter: document(filter)?,
            projection: document_or_none(projection)?,
            sort: document_or_none(sort)?,
            skip,
            limit,
            batch_size,
            more: More::read(more, max_time_ms)?,
        })
    }

    pub(crate) fn of<'c>(&self, own: &'c Raw) -> Result<Find<'c, RawDocumentBuf>> {
        let mut find = own.find(RawDoc::new(&self.filter)).skip(self.skip).limit(self.limit);
        if let Some(projection) = &self.projection {
            find = find.projection(RawDoc::new(projection));
        }
        if let Some(sort) = &self.sort {
            find = find.sort(RawDoc::new(sort));
        }
        if let Some(documents) = self.batch_size {
            find = find.batch_size(documents);
        }
        Ok(self.more.added_to_find(find))
    }
}
