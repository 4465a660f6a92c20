//! What a write is told beside its filter and its change.

use nexuslite::document::raw::RawDoc;
use nexuslite::{FindOneAndOptions, ReplaceOptions, UpdateOptions, WriteModel};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::encode::document;

/// The options that few writes have, as bytes.
#[derive(Debug, Default)]
pub(crate) struct WriteOptions {
    sort: Option<Vec<u8>>,
    array_filters: Option<Vec<Vec<u8>>>,
}

impl WriteOptions {
    /// Reads them from a dict that the package has checked for names; none from none.
    pub(crate) fn read(given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let Some(given) = given else { return Ok(Self::default()) };
        let sort = given.get_item("sort")?.map(|sort| document(&sort)).transpose()?;
        let array_filters =
            given.get_item("array_filters")?.map(|filters| documents(&filters)).transpose()?;
        Ok(Self { sort, array_filters })
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

fn documents(list: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<u8>>> {
    list.cast::<PyList>()?.iter().map(|each| document(&each)).collect()
}
