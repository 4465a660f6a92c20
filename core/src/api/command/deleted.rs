//! Our own `restoreDeleted`, `purgeDeleted` and `countDeleted`: what is done to documents that are deleted softly.

use bson::{Document, doc};

use crate::document::builder::RawDocBuf;
use crate::error::Result;

use super::super::collection::Collection;
use super::super::soft_delete::SoftDeleteOptions;
use super::number;
use super::request::{Request, time_limit};

pub(super) fn restore(request: &Request<'_>) -> Result<Document> {
    done(request, Collection::restore_with)
}

pub(super) fn purge(request: &Request<'_>) -> Result<Document> {
    done(request, Collection::purge_with)
}

pub(super) fn count(request: &Request<'_>) -> Result<Document> {
    done(request, Collection::count_deleted_with)
}

/// Does something to the deleted documents that satisfy the filter, and answers to how many.
fn done(
    request: &Request<'_>,
    deed: impl FnOnce(&Collection, RawDocBuf, SoftDeleteOptions) -> Result<u64>,
) -> Result<Document> {
    let (mut filter, mut options) = (RawDocBuf::new(), SoftDeleteOptions::new());
    if let Some(comment) = request.comment()? {
        options = options.comment(comment);
    }
    for field in request.fields()? {
        match field.name() {
            "filter" => filter = field.document()?.into(),
            "let" => options = options.let_vars(field.document()?),
            "collation" => options = options.collation(field.document()?),
            "maxTimeMS" => {
                if let Some(limit) = time_limit(&field)? {
                    options = options.max_time(limit);
                }
            }
            _ => return Err(request.refused(&field)),
        }
    }
    let n = deed(&request.collection()?, filter, options)?;
    Ok(doc! { "n": number(n) })
}
