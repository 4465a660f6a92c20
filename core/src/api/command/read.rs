//! `find`, `count`, `distinct`, `getMore`.

use bson::{Bson, Document, doc};

use crate::document::builder::RawDocBuf;
use crate::document::convert::read_document;
use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result, code};

use super::super::collection::Collection;
use super::super::count::CountOptions;
use super::super::distinct::DistinctOptions;
use super::super::find::Find;
use super::hint::Hint;
use super::request::{Request, time_limit};
use super::{cursor, number};

/// Fields of a find that MongoDB has and this version lacks.
const FIND_LACKS: &[&str] = &[
    "allowPartialResults",
    "awaitData",
    "noCursorTimeout",
    "oplogReplay",
    "returnKey",
    "showRecordId",
    "tailable",
];

pub(super) fn find(request: &Request<'_>) -> Result<Document> {
    let collection = request.collection()?;
    let asked = FindRequest::parse(request)?;
    let batch = asked.batch;
    let bytes_max = request.session.shared()?.options.sort_bytes_max;
    let mut documents = Vec::new();
    let mut bytes = 0;
    let mut found = asked.find(&collection).raw()?;
    while let Some(doc) = found.next_bytes()? {
        if documents.len() as u64 == batch.unwrap_or(u64::MAX) {
            break;
        }
        bytes += doc.len();
        if bytes > bytes_max {
            let what = format!(
                "the answer of a find over {bytes} bytes is over sort_bytes_max, {bytes_max}: ask for less with \
                 limit, or walk the documents"
            );
            return Err(Error::new(ErrorKind::Limit, what));
        }
        documents.push(read_document(RawDoc::new(doc))?);
    }
    Ok(cursor(request.namespace()?, documents))
}

/// A find as a command says it.
#[derive(Default)]
pub(super) struct FindRequest {
    filter: RawDocBuf,
    sort: Option<RawDocBuf>,
    projection: Option<RawDocBuf>,
    hint: Option<Hint>,
    min: Option<RawDocBuf>,
    max: Option<RawDocBuf>,
    collation: Option<RawDocBuf>,
    skip: u64,
    limit: u64,
    /// How many documents the answer holds, when it ends with the first batch.
    batch: Option<u64>,
    max_time: Option<std::time::Duration>,
    variables: Option<RawDocBuf>,
    comment: Option<Bson>,
    no_disk: bool,
}

impl FindRequest {
    pub(super) fn parse(request: &Request<'_>) -> Result<Self> {
        let mut read = Self { comment: request.comment()?, ..Self::default() };
        let (mut batch, mut single) = (None, false);
        for field in request.fields()? {
            match field.name() {
                "filter" => read.filter = field.document()?.into(),
                "sort" => read.sort = Some(field.document()?.into()),
                "projection" => read.projection = Some(field.document()?.into()),
                "hint" => read.hint = Some(Hint::parse(&field)?),
                "min" => read.min = Some(field.document()?.into()),
                "max" => read.max = Some(field.document()?.into()),
                "collation" => read.collation = Some(field.document()?.into()),
                "skip" => read.skip = field.count()?,
                "limit" => read.limit = field.count()?,
                "batchSize" => batch = Some(field.count()?),
                "singleBatch" => single = field.flag()?,
                "maxTimeMS" => read.max_time = time_limit(&field)?,
                "let" => read.variables = Some(field.document()?.into()),
                "allowDiskUse" => read.no_disk = !field.flag()?,
                name if FIND_LACKS.contains(&name) => return Err(request.lacking(&field)),
                _ => return Err(request.refused(&field)),
            }
        }
        read.batch = batch.filter(|_| single);
        Ok(read)
    }

    pub(super) fn find<'c>(self, collection: &'c Collection) -> Find<'c, Document> {
        let mut find =
            collection.find(self.filter).skip(self.skip).limit(self.limit).allow_disk_use(!self.no_disk);
        if let Some(sort) = self.sort {
            find = find.sort(sort);
        }
        if let Some(projection) = self.projection {
            find = find.projection(projection);
        }
        if let Some(collation) = self.collation {
            find = find.collation(collation);
        }
        if let Some(limit) = self.max_time {
            find = find.max_time(limit);
        }
        if let Some(variables) = self.variables {
            find = find.let_vars(variables);
        }
        if let Some(comment) = self.comment {
            find = find.comment(comment);
        }
        if let Some(key) = self.min {
            find = find.min(key);
        }
        if let Some(key) = self.max {
            find = find.max(key);
        }
        match self.hint {
            Some(hint) => hint.put(find, Find::hint, Find::hint_key),
            None => find,
        }
    }
}

pub(super) fn count(request: &Request<'_>) -> Result<Document> {
    let collection = request.collection()?;
    let (query, options) = count_request(request)?;
    Ok(doc! { "n": number(collection.count_documents_with(query, options)?) })
}

pub(super) fn count_request(request: &Request<'_>) -> Result<(RawDocBuf, CountOptions)> {
    let (mut query, mut options) = (RawDocBuf::new(), CountOptions::new());
    if let Some(comment) = request.comment()? {
        options = options.comment(comment);
    }
    for field in request.fields()? {
        match field.name() {
            "query" => query = field.document()?.into(),
            // MongoDB takes a limit below zero for the same number above it.
            "limit" => options = options.limit(field.number()?.unsigned_abs()),
            "skip" => options = options.skip(field.count()?),
            "hint" => options = Hint::parse(&field)?.put(options, CountOptions::hint, CountOptions::hint_key),
            "collation" => options = options.collation(field.document()?),
            "maxTimeMS" => {
                if let Some(limit) = time_limit(&field)? {
                    options = options.max_time(limit);
                }
            }
            _ => return Err(request.refused(&field)),
        }
    }
    Ok((query, options))
}

pub(super) fn distinct(request: &Request<'_>) -> Result<Document> {
    let collection = request.collection()?;
    let (key, query, options) = distinct_request(request)?;
    let values: Vec<Bson> = collection.distinct_with(key, query, options)?;
    Ok(doc! { "values": values })
}

pub(super) fn distinct_request<'a>(request: &Request<'a>) -> Result<(&'a str, RawDocBuf, DistinctOptions)> {
    let (mut key, mut query, mut options) = (None, RawDocBuf::new(), DistinctOptions::new());
    if let Some(comment) = request.comment()? {
        options = options.comment(comment);
    }
    for field in request.fields()? {
        match field.name() {
            "key" => key = Some(field.text()?),
            "query" => query = field.document()?.into(),
            "hint" => {
                options = Hint::parse(&field)?.put(options, DistinctOptions::hint, DistinctOptions::hint_key);
            }
            "collation" => options = options.collation(field.document()?),
            "maxTimeMS" => {
                if let Some(limit) = time_limit(&field)? {
                    options = options.max_time(limit);
                }
            }
            _ => return Err(request.refused(&field)),
        }
    }
    Ok((key.ok_or_else(|| request.missing("key"))?, query, options))
}

/// An answer holds all documents at once, so no cursor is left to ask for more.
pub(super) fn get_more(request: &Request<'_>) -> Result<Document> {
    let id = request.of().number()?;
    Err(Error::invalid(code::CURSOR_NOT_FOUND, format!("cursor id {id} not found")))
}
