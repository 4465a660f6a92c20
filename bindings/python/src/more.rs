//! What a verb is told beside its filter, its change and its numbers.

use nexuslite::document::raw::RawDoc;
use nexuslite::{Find, FindOneAndOptions, ReplaceOptions, UpdateOptions, WriteModel};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::encode::document;

/// The options that few calls have, as bytes.
#[derive(Debug, Default)]
pub(crate) struct More {
    sort: Option<Vec<u8>>,
    array_filters: Option<Vec<Vec<u8>>>,
    hint: Option<Hint>,
}

/// Which index is to be used: by its name, or by the bytes of its key.
#[derive(Debug)]
enum Hint {
    Name(String),
    Key(Vec<u8>),
}

impl More {
    /// Reads them from a dict that the package has checked for names; none from none.
    pub(crate) fn read(given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let Some(given) = given else { return Ok(Self::default()) };
        let sort = given.get_item("sort")?.map(|sort| document(&sort)).transpose()?;
        let array_filters =
            given.get_item("array_filters")?.map(|filters| documents(&filters)).transpose()?;
        let hint = given.get_item("hint")?.map(|hint| Hint::new(&hint)).transpose()?;
        Ok(Self { sort, array_filters, hint })
    }

    pub(crate) fn added_to_find<'c, T>(&self, find: Find<'c, T>) -> Find<'c, T> {
        match &self.hint {
            Some(Hint::Name(name)) => find.hint(name),
            Some(Hint::Key(key)) => find.hint_key(RawDoc::new(key)),
            None => find,
        }
    }

    pub(crate) fn of_update(&self, upsert: bool) -> UpdateOptions {
        let mut options = UpdateOptions::new().upsert(upsert);
        if let Some(sort) = self.sort() {
            options = options.sort(sort);
        }
        if let Some(filters) = &self.array_filters {
            options = options.array_filters(filters.iter().map(|filter| RawDoc::new(filter)));
        }
        options
    }

    pub(crate) fn of_replacement(&self, upsert: bool) -> ReplaceOptions {
        let options = ReplaceOptions::new().upsert(upsert);
        match self.sort() {
            Some(sort) => options.sort(sort),
            None => options,
        }
    }

    pub(crate) fn added_to(&self, mut options: FindOneAndOptions) -> FindOneAndOptions {
        if let Some(sort) = self.sort() {
            options = options.sort(sort);
        }
        if let Some(filters) = &self.array_filters {
            options = options.array_filters(filters.iter().map(|filter| RawDoc::new(filter)));
        }
        options
    }

    pub(crate) fn added_to_model(&self, mut model: WriteModel) -> WriteModel {
        if let Some(sort) = self.sort() {
            model = model.sort(sort);
        }
        if let Some(filters) = &self.array_filters {
            model = model.array_filters(filters.iter().map(|filter| RawDoc::new(filter)));
        }
        model
    }

    fn sort(&self) -> Option<RawDoc<'_>> {
        self.sort.as_deref().map(RawDoc::new)
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
