//! `findAndModify`.

use bson::{Bson, Document, doc};

use crate::document::builder::RawDocBuf;
use crate::document::convert::{UpdateForm, read_document};
use crate::error::{Error, Result, code};
use crate::query::parse::{self, Terms};
use crate::query::statement::Change;

use super::super::document::id_of;
use super::super::explain::Explain;
use super::super::find_one_and::{FindOneAndOptions, ReturnDocument};
use super::super::update::change_of;
use super::hint::Hint;
use super::number;
use super::request::{Request, time_limit};
use super::write::{form, is_replacement};

/// What a `findAndModify` says.
#[derive(Default)]
struct FindAndModify {
    query: RawDocBuf,
    update: Option<UpdateForm>,
    array_filters: Vec<Result<RawDocBuf>>,
    remove: bool,
    new: bool,
    upsert: bool,
    options: FindOneAndOptions,
}

impl FindAndModify {
    fn parse(request: &Request<'_>) -> Result<Self> {
        let mut read = Self::default();
        if let Some(comment) = request.comment()? {
            read.options = read.options.comment(comment);
        }
        for field in request.fields()? {
            let options = std::mem::take(&mut read.options);
            read.options = match field.name() {
                "sort" => options.sort(field.document()?),
                "fields" => options.projection(field.document()?),
                "hint" => {
                    Hint::parse(&field)?.put(options, FindOneAndOptions::hint, FindOneAndOptions::hint_key)
                }
                "collation" => options.collation(field.document()?),
                "bypassDocumentValidation" => options.bypass_document_validation(field.flag()?),
                "let" => options.let_vars(field.document()?),
                "maxTimeMS" => match time_limit(&field)? {
                    Some(limit) => options.max_time(limit),
                    None => options,
                },
                _ => options,
            };
            match field.name() {
                "sort"
                | "fields"
                | "hint"
                | "collation"
                | "bypassDocumentValidation"
                | "let"
                | "maxTimeMS" => {}
                "query" => read.query = field.document()?.into(),
                "update" => read.update = Some(form(&field)?),
                "arrayFilters" => {
                    read.array_filters = field.documents()?.into_iter().map(|doc| Ok(doc.into())).collect();
                }
                "remove" => read.remove = field.flag()?,
                "new" => read.new = field.flag()?,
                "upsert" => read.upsert = field.flag()?,
                _ => return Err(request.refused(&field)),
            }
        }
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> Result<()> {
        let what = match (&self.update, self.remove) {
            (None, false) => "Either an update or remove=true must be specified",
            (Some(_), true) => "Cannot specify both an update and remove=true",
            (None, true) if self.upsert => "Cannot specify both upsert=true and remove=true",
            (None, true) if self.new => {
                "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document"
            }
            _ => return Ok(()),
        };
        Err(Error::invalid(code::FAILED_TO_PARSE, what))
    }
}

/// What the command asks for: the query, what becomes of the document, and how.
fn asked(
    request: &Request<'_>,
) -> Result<(RawDocBuf, impl FnOnce(Terms<'_>) -> Result<Change>, FindOneAndOptions)> {
    let FindAndModify { query, update, array_filters, remove: _, new, upsert, options } =
        FindAndModify::parse(request)?;
    let change = |terms: Terms<'_>| match update {
        None => Ok(Change::Delete),
        Some(UpdateForm::Document(doc)) if is_replacement(doc.as_doc()) => {
            parse::replacement(doc.as_doc()).map(|update| Change::Update(update.into(), None))
        }
        Some(update) => change_of(update, array_filters, terms),
    };
    let which = if new { ReturnDocument::After } else { ReturnDocument::Before };
    Ok((query, change, options.upsert(upsert).return_document(which)))
}

pub(super) fn explain(request: &Request<'_>, told: &Explain<'_, Document>) -> Result<Document> {
    let (query, change, options) = asked(request)?;
    told.one_and(query, change, options)
}

pub(super) fn find_and_modify(request: &Request<'_>) -> Result<Document> {
    let removes = FindAndModify::parse(request)?.remove;
    let (query, change, options) = asked(request)?;
    let (value, outcome) = request.collection()?.found_and_changed(query, change, options)?;
    let mut last = doc! { "n": number(outcome.matched + u64::from(outcome.upserted.is_some())) };
    if !removes {
        last.insert("updatedExisting", outcome.matched > 0);
        if let Some(made) = &outcome.upserted {
            last.insert("upserted", id_of(made.as_doc())?);
        }
    }
    let value = value.map(|value| read_document(value.as_doc())).transpose()?;
    let value = value.map_or(Bson::Null, Bson::Document);
    Ok(doc! { "lastErrorObject": last, "value": value })
}
