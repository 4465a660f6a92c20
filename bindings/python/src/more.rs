//! What a verb is told beside its filter, its change and its numbers.

use nexuslite::document::raw::RawDoc;
use nexuslite::{
    CountOptions, DeleteOptions, DistinctOptions, Find, FindOneAndOptions, ReplaceOptions, UpdateOptions,
    WriteModel,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::encode::document;

/// The options that few calls have, as bytes.
#[derive(Debug, Default)]
pub(crate) struct More {
    sort: Option<Vec<u8>>,
    array_filters: Option<Vec<Vec<u8>>>,
    hint: Option<Hint>,
    collation: Option<Vec<u8>>,
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
        let collation = given.get_item("collation")?.map(|collation| document(&collation)).transpose()?;
        Ok(Self { sort, array_filters, hint, collation })
    }

    pub(crate) fn added_to_find<'c, T>(&self, find: Find<'c, T>) -> Find<'c, T> {
        let find = match &self.hint {
            Some(Hint::Name(name)) => find.hint(name),
            Some(Hint::Key(key)) => find.hint_key(RawDoc::new(key)),
            None => find,
        };
        with(find, self.collation(), Find::collation)
    }

    pub(crate) fn of_update(&self, upsert: bool) -> UpdateOptions {
        let mut options = with(UpdateOptions::new().upsert(upsert), self.sort(), UpdateOptions::sort);
        if let Some(filters) = &self.array_filters {
            options = options.array_filters(filters.iter().map(|filter| RawDoc::new(filter)));
        }
        with(options, self.collation(), UpdateOptions::collation)
    }

    pub(crate) fn of_replacement(&self, upsert: bool) -> ReplaceOptions {
        let options = with(ReplaceOptions::new().upsert(upsert), self.sort(), ReplaceOptions::sort);
        with(options, self.collation(), ReplaceOptions::collation)
    }

    pub(crate) fn of_delete(&self) -> DeleteOptions {
        with(DeleteOptions::new(), self.collation(), DeleteOptions::collation)
    }

    pub(crate) fn added_to_count(&self, options: CountOptions) -> CountOptions {
        with(options, self.collation(), CountOptions::collation)
    }

    pub(crate) fn added_to_distinct(&self, options: DistinctOptions) -> DistinctOptions {
        with(options, self.collation(), DistinctOptions::collation)
    }

    pub(crate) fn added_to(&self, options: FindOneAndOptions) -> FindOneAndOptions {
        let mut options = with(options, self.sort(), FindOneAndOptions::sort);
        if let Some(filters) = &self.array_filters {
            options = options.array_filters(filters.iter().map(|filter| RawDoc::new(filter)));
        }
        with(options, self.collation(), FindOneAndOptions::collation)
    }

    pub(crate) fn added_to_model(&self, model: WriteModel) -> WriteModel {
        let mut model = with(model, self.sort(), WriteModel::sort);
        if let Some(filters) = &self.array_filters {
            model = model.array_filters(filters.iter().map(|filter| RawDoc::new(filter)));
        }
        with(model, self.collation(), WriteModel::collation)
    }

    fn sort(&self) -> Option<RawDoc<'_>> {
        self.sort.as_deref().map(RawDoc::new)
    }

    fn collation(&self) -> Option<RawDoc<'_>> {
        self.collation.as_deref().map(RawDoc::new)
    }
}

/// The options with one more, where it was told.
fn with<'a, O>(options: O, told: Option<RawDoc<'a>>, set: impl FnOnce(O, RawDoc<'a>) -> O) -> O {
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
