//! `insert`, `update`, `delete`.

use bson::{Bson, Document, doc};

use crate::document::builder::RawDocBuf;
use crate::document::convert::{UpdateForm, read_document};
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, Result, code};
use crate::expression::argument::{Argument, missing_field};

use super::super::bulk::{BulkWriteError, VerboseBulkWriteResult, WriteModel};
use super::super::update::UpdateOptions;
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
    pub(super) filter: RawDocBuf,
    pub(super) update: UpdateForm,
    pub(super) many: bool,
    pub(super) options: UpdateOptions,
    upsert: bool,
    sort: Option<RawDocBuf>,
    array_filters: Option<Vec<RawDocBuf>>,
    hint: Option<Hint>,
    collation: Option<RawDocBuf>,
}

impl Update {
    fn parse(doc: RawDoc<'_>) -> Result<Self> {
        let command = "update.updates";
        let (mut filter, mut update, mut hint, mut collation) = (None, None, None, None);
        let (mut many, mut upsert, mut sort, mut array_filters) = (false, false, None, None);
        for (name, value) in doc.iter() {
            let field = Argument::new(command, name, value);
            match name {
                "q" => filter = Some(RawDocBuf::from(field.document()?)),
                "u" => update = Some(form(&field)?),
                "multi" => many = field.flag()?,
                "upsert" => upsert = field.flag()?,
                "sort" => sort = Some(RawDocBuf::from(field.document()?)),
                "arrayFilters" => {
                    array_filters =
                        Some(field.documents()?.into_iter().map(RawDocBuf::from).collect::<Vec<_>>());
                }
                "hint" => hint = Some(Hint::parse(&field)?),
                "collation" => collation = Some(RawDocBuf::from(field.document()?)),
                "c" | "sampleId" => return Err(lacking(command, name)),
                _ => return Err(field.unknown()),
            }
        }
        let filter = filter.ok_or_else(|| missing_field(command, "q"))?;
        let update = update.ok_or_else(|| missing_field(command, "u"))?;
        let mut options = UpdateOptions::new().upsert(upsert);
        if let Some(sort) = &sort {
            options = options.sort(sort);
        }
        if let Some(filters) = &array_filters {
            options = options.array_filters(filters);
        }
        if let Some(hint) = hint.clone() {
            options = hint.put(options, UpdateOptions::hint, UpdateOptions::hint_key);
        }
        if let Some(collation) = &collation {
            options = options.collation(collation);
        }
        Ok(Self { filter, update, many, options, upsert, sort, array_filters, hint, collation })
    }

    /// The updates of a command that is explained, and what it says beside.
    pub(super) fn parse_all(request: &Request<'_>) -> Result<(Vec<Self>, Beside)> {
        let (mut all, mut beside) = (None, Beside::new(request)?);
        for field in request.fields()? {
            match field.name() {
                "updates" => all = Some(writes(&field)?.into_iter().map(Self::parse).collect::<Result<_>>()?),
                _ => beside.read(request, &field)?,
            }
        }
        Ok((all.ok_or_else(|| request.missing("updates"))?, beside))
    }

    fn model(self) -> Result<WriteModel> {
        let model = match self.update {
            UpdateForm::Document(doc) if is_replacement(doc.as_doc()) => {
                if self.many {
                    let what = "multi update is not supported for replacement-style update";
                    return Err(Error::invalid(code::FAILED_TO_PARSE, what));
                }
                WriteModel::replace_raw(self.filter, doc)
            }
            update if self.many => WriteModel::update_many(self.filter, update),
            update => WriteModel::update_one(self.filter, update),
        };
        let mut model = model.upsert(self.upsert);
        if let Some(sort) = self.sort {
            model = model.sort(sort);
        }
        if let Some(filters) = self.array_filters {
            model = model.array_filters(filters);
        }
        if let Some(hint) = self.hint {
            model = hint.put(model, WriteModel::hint, WriteModel::hint_key);
        }
        if let Some(collation) = self.collation {
            model = model.collation(collation);
        }
        Ok(model)
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
    Error::new(crate::error::ErrorKind::Unsupported, what)
}

pub(super) fn update(request: &Request<'_>) -> Result<Document> {
    let (mut updates, mut beside) = (None, Beside::new(request)?);
    for field in request.fields()? {
        match field.name() {
            "updates" => updates = Some(writes(&field)?),
            _ => beside.read(request, &field)?,
        }
    }
    let updates = updates.ok_or_else(|| request.missing("updates"))?;
    let models = updates.into_iter().map(|doc| Update::parse(doc)?.model()).collect::<Result<_>>()?;
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
pub(super) struct Deletion {
    pub(super) filter: RawDocBuf,
    pub(super) many: bool,
    pub(super) hint: Option<Hint>,
    pub(super) collation: Option<RawDocBuf>,
}

impl Deletion {
    fn parse(doc: RawDoc<'_>) -> Result<Self> {
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
        match limit.ok_or_else(|| missing_field(command, "limit"))? {
            limit @ 0..=1 => Ok(Self { filter, many: limit == 0, hint, collation }),
            limit => {
                let what = format!("The limit field in delete objects must be 0 or 1. Got {limit}");
                Err(Error::invalid(code::FAILED_TO_PARSE, what))
            }
        }
    }

    /// The deletes of a command that is explained, and what it says beside.
    pub(super) fn parse_all(request: &Request<'_>) -> Result<(Vec<Self>, Beside)> {
        let (mut all, mut beside) = (None, Beside::new(request)?);
        for field in request.fields()? {
            match field.name() {
                "deletes" => all = Some(writes(&field)?.into_iter().map(Self::parse).collect::<Result<_>>()?),
                _ => beside.read(request, &field)?,
            }
        }
        Ok((all.ok_or_else(|| request.missing("deletes"))?, beside))
    }
}

pub(super) fn delete(request: &Request<'_>) -> Result<Document> {
    let (mut deletes, mut beside) = (None, Beside::new(request)?);
    for field in request.fields()? {
        match field.name() {
            "deletes" => deletes = Some(writes(&field)?),
            _ => beside.read(request, &field)?,
        }
    }
    let deletes = deletes.ok_or_else(|| request.missing("deletes"))?;
    let model = |doc| {
        Deletion::parse(doc).map(|delete| {
            let mut model = match delete.many {
                true => WriteModel::delete_many(delete.filter),
                false => WriteModel::delete_one(delete.filter),
            };
            if let Some(hint) = delete.hint {
                model = hint.put(model, WriteModel::hint, WriteModel::hint_key);
            }
            match delete.collation {
                Some(collation) => model.collation(collation),
                None => model,
            }
        })
    };
    let models = deletes.into_iter().map(model).collect::<Result<_>>()?;
    let (done, failed) = bulk(request, models, beside)?;
    let mut answer = doc! { "n": number(done.summary.deleted_count) };
    put_errors(&mut answer, failed)?;
    Ok(answer)
}

/// The only write of a command that is explained.
pub(super) fn only<W>(mut writes: Vec<W>, request: &Request<'_>) -> Result<W> {
    match (writes.pop(), writes.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => {
            let what = format!("explained {} commands must have exactly one write", request.name());
            Err(Error::invalid(code::INVALID_OPTIONS, what))
        }
    }
}
