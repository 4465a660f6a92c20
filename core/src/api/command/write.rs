//! `insert`, `update`, `delete`.

use bson::{Bson, Document, doc};

use crate::document::builder::RawDocBuf;
use crate::document::convert::{UpdateForm, read_document};
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, Result, code};
use crate::expression::argument::{Argument, missing_field};

use super::super::bulk::{BulkWriteError, VerboseBulkWriteResult, WriteModel};
use super::beside::Beside;
use super::hint::Hint;
use super::number;
use super::request::Request;

/// How many writes one command may have, as in MongoDB.
const WRITES_MAX: usize = 100_000;

/// The documents of an array field, as many as one command may have.
fn writes<'a>(field: &Argument<'a>) -> Result<Vec<RawDoc<'a>>> {
    let writes = field.documents()?;
    if (1..=WRITES_MAX).contains(&writes.len()) {
        return Ok(writes);
    }
    let what =
        format!("Write batch sizes must be between 1 and {WRITES_MAX}. Got {} operations.", writes.len());
    Err(Error::invalid(code::INVALID_LENGTH, what))
}

/// Does the writes; those that failed are part of the answer.
fn bulk(
    request: &Request<'_>,
    models: Vec<WriteModel>,
    beside: Beside,
) -> Result<(VerboseBulkWriteResult, Option<BulkWriteError>)> {
    match request.collection()?.bulk_write_verbose(models, beside.options()) {
        Ok(done) => Ok((done, None)),
        Err(error) => match BulkWriteError::of(&error) {
            // A transaction takes everything back, so that there is nothing to answer but the error.
            Some(failed) if !request.session.is_inside() => {
                Ok((failed.partial_result.clone(), Some(failed.clone())))
            }
            _ => Err(error),
        },
    }
}

fn put_errors(answer: &mut Document, failed: Option<BulkWriteError>) -> Result<()> {
    let Some(failed) = failed else { return Ok(()) };
    let mut errors = Vec::new();
    for (at, error) in &failed.write_errors {
        let mut one = doc! {
            "index": number(*at as u64),
            "code": error.code().unwrap_or(code::UNKNOWN_ERROR.0),
            "errmsg": error.message(),
        };
        if let Some(details) = error.details() {
            one.extend(read_document(RawDoc::new(details))?);
        }
        errors.push(Bson::Document(one));
    }
    answer.insert("writeErrors", errors);
    Ok(())
}

pub(super) fn insert(request: &Request<'_>) -> Result<Document> {
    let (mut documents, mut beside) = (None, Beside::new(request)?);
    for field in request.fields()? {
        match field.name() {
            "documents" => documents = Some(writes(&field)?),
            _ => beside.read(request, &field)?,
        }
    }
    let documents = documents.ok_or_else(|| request.missing("documents"))?;
    let models = documents.into_iter().map(WriteModel::insert_raw).collect();
    let (done, failed) = bulk(request, models, beside)?;
    let mut answer = doc! { "n": number(done.summary.inserted_count) };
    put_errors(&mut answer, failed)?;
    Ok(answer)
}

/// One update of a command.
pub(super) struct Update {
    filter: RawDocBuf,
    update: UpdateForm,
    many: bool,
    upsert: bool,
    sort: Option<RawDocBuf>,
    array_filters: Option<Vec<RawDocBuf>>,
    constants: Option<RawDocBuf>,
    hint: Option<Hint>,
    collation: Option<RawDocBuf>,
}

impl Update {
    fn parse(doc: RawDoc<'_>) -> Result<Self> {
        let command = "update.updates";
        let (mut filter, mut update, mut hint, mut collation) = (None, None, None, None);
        let (mut many, mut upsert, mut sort, mut array_filters) = (false, false, None, None);
        let mut constants = None;
        for (name, value) in doc.iter() {
            let field = Argument::new(command, name, value);
            match name {
                "q" => filter = Some(RawDocBuf::from(field.document()?)),
                "u" => update = Some(form(&field)?),
                "c" => constants = Some(RawDocBuf::from(field.document()?)),
                "multi" => many = field.flag()?,
                "upsert" => upsert = field.flag()?,
                "sort" => sort = Some(RawDocBuf::from(field.document()?)),
                "arrayFilters" => {
                    array_filters =
                        Some(field.documents()?.into_iter().map(RawDocBuf::from).collect::<Vec<_>>());
                }
                "hint" => hint = Some(Hint::parse(&field)?),
                "collation" => collation = Some(RawDocBuf::from(field.document()?)),
                "sampleId" => return Err(lacking(command, name)),
                _ => return Err(field.unknown()),
            }
        }
        let filter = filter.ok_or_else(|| missing_field(command, "q"))?;
        let update = update.ok_or_else(|| missing_field(command, "u"))?;
        Ok(Self { filter, update, many, upsert, sort, array_filters, constants, hint, collation })
    }

    /// The updates of a command, and what it says beside.
    pub(super) fn parse_all(request: &Request<'_>) -> Result<(Vec<WriteModel>, Beside)> {
        let (mut all, mut beside) = (None, Beside::new(request)?);
        for field in request.fields()? {
            match field.name() {
                "updates" => {
                    let models = writes(&field)?.into_iter().map(|doc| Self::parse(doc).map(Self::model));
                    all = Some(models.collect::<Result<_>>()?);
                }
                _ => beside.read(request, &field)?,
            }
        }
        Ok((all.ok_or_else(|| request.missing("updates"))?, beside))
    }

    /// The whole document that it is, where it is one.
    fn replacement(&self) -> Option<&RawDocBuf> {
        match &self.update {
            UpdateForm::Document(doc) if is_replacement(doc.as_doc()) => Some(doc),
            _ => None,
        }
    }

    fn model(self) -> WriteModel {
        let mut model = match (self.replacement().cloned(), self.many) {
            (Some(_), true) => {
                let what = "multi update is not supported for replacement-style update";
                return WriteModel::refused(Error::invalid(code::FAILED_TO_PARSE, what));
            }
            (None, true) if self.sort.is_some() => {
                let what = "Cannot specify sort with multi=true";
                return WriteModel::refused(Error::invalid(code::FAILED_TO_PARSE, what));
            }
            (Some(doc), false) => WriteModel::replace_raw(self.filter, doc),
            (None, true) => WriteModel::update_many(self.filter, self.update),
            (None, false) => WriteModel::update_one(self.filter, self.update),
        };
        model = model.upsert(self.upsert);
        if let Some(sort) = self.sort {
            model = model.sort(sort);
        }
        if let Some(filters) = self.array_filters {
            model = model.array_filters(filters);
        }
        if let Some(constants) = self.constants {
            model = model.constants(constants);
        }
        if let Some(hint) = self.hint {
            model = hint.put(model, WriteModel::hint, WriteModel::hint_key);
        }
        match self.collation {
            Some(collation) => model.collation(collation),
            None => model,
        }
    }
}

/// An update: a document, or a list of stages.
pub(super) fn form(field: &Argument<'_>) -> Result<UpdateForm> {
    match field.value().read() {
        Value::Document(doc) => Ok(UpdateForm::Document(doc.into())),
        Value::Array(stages) => Ok(UpdateForm::Pipeline(stages.into())),
        _ => Err(field.wrong("expected types '[object, array]'")),
    }
}

/// Whether a document that stands for an update is a whole document.
pub(super) fn is_replacement(doc: RawDoc<'_>) -> bool {
    !doc.iter().next().is_some_and(|(name, _)| name.starts_with('$'))
}

fn lacking(command: &str, name: &str) -> Error {
    let what = format!("the field '{command}.{name}' is not supported by this version");
    Error::not_implemented(what)
}

pub(super) fn update(request: &Request<'_>) -> Result<Document> {
    let (models, beside) = Update::parse_all(request)?;
    let (done, failed) = bulk(request, models, beside)?;
    let summary = done.summary;
    let mut answer = doc! { "n": number(summary.matched_count + summary.upserted_count) };
    if !summary.upserted_ids.is_empty() {
        let upserted = summary.upserted_ids.into_iter();
        let upserted =
            upserted.map(|(at, id)| Bson::Document(doc! { "index": number(at as u64), "_id": id }));
        answer.insert("upserted", upserted.collect::<Vec<_>>());
    }
    answer.insert("nModified", number(summary.modified_count));
    put_errors(&mut answer, failed)?;
    Ok(answer)
}

/// One delete of a command.
fn deletion(doc: RawDoc<'_>) -> Result<WriteModel> {
    let command = "delete.deletes";
    let (mut filter, mut limit, mut hint, mut collation) = (None, None, None, None);
    for (name, value) in doc.iter() {
        let field = Argument::new(command, name, value);
        match name {
            "q" => filter = Some(RawDocBuf::from(field.document()?)),
            "limit" => limit = Some(field.number()?),
            "hint" => hint = Some(Hint::parse(&field)?),
            "collation" => collation = Some(RawDocBuf::from(field.document()?)),
            "sampleId" => return Err(lacking(command, name)),
            _ => return Err(field.unknown()),
        }
    }
    let filter = filter.ok_or_else(|| missing_field(command, "q"))?;
    let mut model = match limit.ok_or_else(|| missing_field(command, "limit"))? {
        0 => WriteModel::delete_many(filter),
        1 => WriteModel::delete_one(filter),
        limit => {
            let what = format!("The limit field in delete objects must be 0 or 1. Got {limit}");
            return Err(Error::invalid(code::FAILED_TO_PARSE, what));
        }
    };
    if let Some(hint) = hint {
        model = hint.put(model, WriteModel::hint, WriteModel::hint_key);
    }
    Ok(match collation {
        Some(collation) => model.collation(collation),
        None => model,
    })
}

/// The deletes of a command, and what it says beside.
pub(super) fn deletions(request: &Request<'_>) -> Result<(Vec<WriteModel>, Beside)> {
    let (mut all, mut beside) = (None, Beside::new(request)?);
    for field in request.fields()? {
        match field.name() {
            "deletes" => all = Some(writes(&field)?.into_iter().map(deletion).collect::<Result<_>>()?),
            _ => beside.read(request, &field)?,
        }
    }
    Ok((all.ok_or_else(|| request.missing("deletes"))?, beside))
}

pub(super) fn delete(request: &Request<'_>) -> Result<Document> {
    let (models, beside) = deletions(request)?;
    let (done, failed) = bulk(request, models, beside)?;
    let mut answer = doc! { "n": number(done.summary.deleted_count) };
    put_errors(&mut answer, failed)?;
    Ok(answer)
}
