//! What a verb is told beside its filter, its change and its numbers.

use std::time::Duration;

use nexuslite::bson::Bson;
use nexuslite::document::raw::RawDoc;
use nexuslite::{
    BulkWriteOptions, CancelToken, CountOptions, DeleteOptions, DistinctOptions, Find, FindOneAndOptions,
    GetManyOptions, IndexOptions, InsertManyOptions, ReplaceOptions, SoftDeleteOptions, UpdateOptions,
    WriteModel,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::bounds;
use crate::encode::{document, value};

/// The options that few calls have, as bytes.
#[derive(Debug, Default)]
pub(crate) struct More {
    sort: Option<Vec<u8>>,
    array_filters: Option<Vec<Vec<u8>>>,
    hint: Option<Hint>,
    min: Option<Vec<u8>>,
    max: Option<Vec<u8>>,
    collation: Option<Vec<u8>>,
    variables: Option<Vec<u8>>,
    comment: Option<Bson>,
    bypass_validation: bool,
    allow_disk_use: Option<bool>,
    /// How long the statement may take, by itself and by the block in which it is begun.
    max_time: Option<Duration>,
    /// What it can be stopped by, of the block in which it is begun.
    cancel: Option<CancelToken>,
}

/// Which index is to be used: by its name, or by the bytes of its key.
#[derive(Debug)]
enum Hint {
    Name(String),
    Key(Vec<u8>),
}

impl More {
    /// Reads them from a dict that the package has checked for names; none from none. `max_time_ms` is what the verb
    /// itself was told.
    pub(crate) fn read(given: Option<&Bound<'_, PyDict>>, max_time_ms: Option<u64>) -> PyResult<Self> {
        let (max_time, cancel) = (bounds::time_left(max_time_ms), bounds::token());
        let Some(given) = given else { return Ok(Self { max_time, cancel, ..Self::default() }) };
        let part = |name: &str| given.get_item(name)?.map(|part| document(&part)).transpose();
        let flag = |name: &str| given.get_item(name)?.map(|flag| flag.extract::<bool>()).transpose();
        let array_filters =
            given.get_item("array_filters")?.map(|filters| documents(&filters)).transpose()?;
        Ok(Self {
            sort: part("sort")?,
            array_filters,
            hint: given.get_item("hint")?.map(|hint| Hint::new(&hint)).transpose()?,
            min: part("min")?,
            max: part("max")?,
            collation: part("collation")?,
            variables: part("let")?,
            comment: given.get_item("comment")?.map(|comment| value(&comment)).transpose()?,
            bypass_validation: flag("bypass_document_validation")?.unwrap_or_default(),
            allow_disk_use: flag("allow_disk_use")?,
            max_time,
            cancel,
        })
    }

    pub(crate) fn added_to_find<'c, T>(&self, find: Find<'c, T>) -> Find<'c, T> {
        let find = self.hinted(find, Find::hint, Find::hint_key);
        let find = with(find, self.min.as_deref().map(RawDoc::new), Find::min);
        let find = with(find, self.max.as_deref().map(RawDoc::new), Find::max);
        let find = with(find, self.collation(), Find::collation);
        let find = with(find, self.variables(), Find::let_vars);
        let find = with(find, self.allow_disk_use, Find::allow_disk_use);
        let find = with(find, self.cancel.clone(), Find::cancel_with);
        let find = with(find, self.max_time, Find::max_time);
        with(find, self.comment.clone(), Find::comment)
    }

    pub(crate) fn of_update(&self, upsert: bool) -> UpdateOptions {
        let options = UpdateOptions::new().upsert(upsert).bypass_document_validation(self.bypass_validation);
        let options = with(options, self.sort(), UpdateOptions::sort);
        let options = with(options, self.array_filters(), UpdateOptions::array_filters);
        let options = with(options, self.collation(), UpdateOptions::collation);
        let options = with(options, self.variables(), UpdateOptions::let_vars);
        let options = with(options, self.comment.clone(), UpdateOptions::comment);
        let options = with(options, self.cancel.clone(), UpdateOptions::cancel_with);
        let options = with(options, self.max_time, UpdateOptions::max_time);
        self.hinted(options, UpdateOptions::hint, UpdateOptions::hint_key)
    }

    pub(crate) fn of_replacement(&self, upsert: bool) -> ReplaceOptions {
        let options = ReplaceOptions::new().upsert(upsert).bypass_document_validation(self.bypass_validation);
        let options = with(options, self.sort(), ReplaceOptions::sort);
        let options = with(options, self.collation(), ReplaceOptions::collation);
        let options = with(options, self.variables(), ReplaceOptions::let_vars);
        let options = with(options, self.comment.clone(), ReplaceOptions::comment);
        let options = with(options, self.cancel.clone(), ReplaceOptions::cancel_with);
        let options = with(options, self.max_time, ReplaceOptions::max_time);
        self.hinted(options, ReplaceOptions::hint, ReplaceOptions::hint_key)
    }

    pub(crate) fn of_delete(&self) -> DeleteOptions {
        let options = with(DeleteOptions::new(), self.collation(), DeleteOptions::collation);
        let options = with(options, self.variables(), DeleteOptions::let_vars);
        let options = with(options, self.comment.clone(), DeleteOptions::comment);
        let options = with(options, self.cancel.clone(), DeleteOptions::cancel_with);
        let options = with(options, self.max_time, DeleteOptions::max_time);
        self.hinted(options, DeleteOptions::hint, DeleteOptions::hint_key)
    }

    pub(crate) fn added_to_count(&self, options: CountOptions) -> CountOptions {
        let options = with(options, self.collation(), CountOptions::collation);
        let options = with(options, self.variables(), CountOptions::let_vars);
        let options = with(options, self.comment.clone(), CountOptions::comment);
        let options = with(options, self.cancel.clone(), CountOptions::cancel_with);
        let options = with(options, self.max_time, CountOptions::max_time);
        self.hinted(options, CountOptions::hint, CountOptions::hint_key)
    }

    pub(crate) fn added_to_distinct(&self, options: DistinctOptions) -> DistinctOptions {
        let options = with(options, self.collation(), DistinctOptions::collation);
        let options = with(options, self.comment.clone(), DistinctOptions::comment);
        let options = with(options, self.cancel.clone(), DistinctOptions::cancel_with);
        let options = with(options, self.max_time, DistinctOptions::max_time);
        self.hinted(options, DistinctOptions::hint, DistinctOptions::hint_key)
    }

    pub(crate) fn added_to(&self, options: FindOneAndOptions) -> FindOneAndOptions {
        let options = options.bypass_document_validation(self.bypass_validation);
        let options = with(options, self.sort(), FindOneAndOptions::sort);
        let options = with(options, self.array_filters(), FindOneAndOptions::array_filters);
        let options = with(options, self.collation(), FindOneAndOptions::collation);
        let options = with(options, self.variables(), FindOneAndOptions::let_vars);
        let options = with(options, self.comment.clone(), FindOneAndOptions::comment);
        let options = with(options, self.cancel.clone(), FindOneAndOptions::cancel_with);
        let options = with(options, self.max_time, FindOneAndOptions::max_time);
        self.hinted(options, FindOneAndOptions::hint, FindOneAndOptions::hint_key)
    }

    pub(crate) fn of_bulk(&self, ordered: bool) -> BulkWriteOptions {
        let options = BulkWriteOptions::new().ordered(ordered);
        let options = options.bypass_document_validation(self.bypass_validation);
        let options = with(options, self.variables(), BulkWriteOptions::let_vars);
        let options = with(options, self.cancel.clone(), BulkWriteOptions::cancel_with);
        let options = with(options, self.max_time, BulkWriteOptions::max_time);
        with(options, self.comment.clone(), BulkWriteOptions::comment)
    }

    pub(crate) fn of_insert(&self, ordered: bool) -> InsertManyOptions {
        let options = InsertManyOptions::new().ordered(ordered);
        let options = options.bypass_document_validation(self.bypass_validation);
        let options = with(options, self.cancel.clone(), InsertManyOptions::cancel_with);
        with(options, self.max_time, InsertManyOptions::max_time)
    }

    pub(crate) fn of_indexes(&self) -> IndexOptions {
        let options = with(IndexOptions::new(), self.cancel.clone(), IndexOptions::cancel_with);
        with(options, self.max_time, IndexOptions::max_time)
    }

    pub(crate) fn of_get_many(&self) -> GetManyOptions {
        let options = with(GetManyOptions::new(), self.comment.clone(), GetManyOptions::comment);
        let options = with(options, self.cancel.clone(), GetManyOptions::cancel_with);
        with(options, self.max_time, GetManyOptions::max_time)
    }

    pub(crate) fn of_soft_delete(&self) -> SoftDeleteOptions {
        let options = with(SoftDeleteOptions::new(), self.collation(), SoftDeleteOptions::collation);
        let options = with(options, self.variables(), SoftDeleteOptions::let_vars);
        let options = with(options, self.comment.clone(), SoftDeleteOptions::comment);
        let options = with(options, self.cancel.clone(), SoftDeleteOptions::cancel_with);
        with(options, self.max_time, SoftDeleteOptions::max_time)
    }

    pub(crate) fn added_to_model(&self, model: WriteModel) -> WriteModel {
        let model = with(model, self.sort(), WriteModel::sort);
        let model = with(model, self.array_filters(), WriteModel::array_filters);
        let model = with(model, self.collation(), WriteModel::collation);
        self.hinted(model, WriteModel::hint, WriteModel::hint_key)
    }

    /// The options with the hint, where there is one.
    fn hinted<'a, O>(
        &'a self,
        options: O,
        by_name: impl FnOnce(O, &'a str) -> O,
        by_key: impl FnOnce(O, RawDoc<'a>) -> O,
    ) -> O {
        match &self.hint {
            Some(Hint::Name(name)) => by_name(options, name),
            Some(Hint::Key(key)) => by_key(options, RawDoc::new(key)),
            None => options,
        }
    }

    fn sort(&self) -> Option<RawDoc<'_>> {
        self.sort.as_deref().map(RawDoc::new)
    }

    fn collation(&self) -> Option<RawDoc<'_>> {
        self.collation.as_deref().map(RawDoc::new)
    }

    fn variables(&self) -> Option<RawDoc<'_>> {
        self.variables.as_deref().map(RawDoc::new)
    }

    fn array_filters(&self) -> Option<impl Iterator<Item = RawDoc<'_>>> {
        self.array_filters.as_ref().map(|filters| filters.iter().map(|filter| RawDoc::new(filter)))
    }
}

/// The options with one more, where it was told.
fn with<O, V>(options: O, told: Option<V>, set: impl FnOnce(O, V) -> O) -> O {
    match told {
        Some(told) => set(options, told),
        None => options,
    }
}

impl Hint {
    fn new(given: &Bound<'_, PyAny>) -> PyResult<Self> {
        match given.cast::<PyString>() {
            Ok(name) => Ok(Self::Name(name.extract()?)),
            Err(_) => Ok(Self::Key(document(given)?)),
        }
    }
}

fn documents(list: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<u8>>> {
    list.cast::<PyList>()?.iter().map(|each| document(&each)).collect()
}
