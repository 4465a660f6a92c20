//! Documents to be stored, which have an `_id`.

use nexuslite::document::builder::DocWriter;
use nexuslite::document::id::{ID, IdGenerator};
use nexuslite::document::raw::{RawDoc, RawValue};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::Encoder;
use crate::codec::Codec;
use crate::decode;

/// Appends a document with its `_id` first, and answers the `_id`. One that has none gets one, in the mapping too, as
/// pymongo does it; only a document given as bytes stays as it is.
pub(crate) fn insert<'py>(
    document: &Bound<'py, PyAny>,
    ids: &IdGenerator,
    out: &mut Vec<u8>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = document.py();
    let start = out.len();
    let written = Encoder::new(py, out)?.insert(document, ids);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

impl<'py> Encoder<'_, 'py> {
    fn insert(&mut self, document: &Bound<'py, PyAny>, ids: &IdGenerator) -> PyResult<Bound<'py, PyAny>> {
        if let Some(bytes) = self.raw_bytes(document)? {
            return self.insert_raw(bytes.as_bytes(), ids);
        }
        let id = self.id_of(document, ids)?;
        let start = self.begin()?;
        self.element(ID.as_bytes(), &id)?;
        if document.is_exact_instance_of::<PyDict>() {
            for (name, value) in document.cast_exact::<PyDict>()?.iter() {
                self.field_but_id(&name, &value)?;
            }
        } else {
            for item in document.call_method0("items")?.try_iter()? {
                let (name, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item?.extract()?;
                self.field_but_id(&name, &value)?;
            }
        }
        self.end(start)?;
        Ok(id)
    }

    fn field_but_id(&mut self, name: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let is_id = name.cast::<PyString>().is_ok_and(|name| name == ID);
        if is_id { Ok(()) } else { self.field(name, value) }
    }

    /// The document's `_id`, which it has afterwards.
    fn id_of(&self, document: &Bound<'py, PyAny>, ids: &IdGenerator) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(dict) = document.cast::<PyDict>() {
            if let Some(id) = dict.get_item(ID)? {
                return Ok(id);
            }
        } else if document.contains(ID)? {
            return document.get_item(ID);
        }
        let id = self.read(ids.next().as_value())?;
        document.set_item(ID, &id)?;
        Ok(id)
    }

    fn insert_raw(&mut self, bytes: &[u8], ids: &IdGenerator) -> PyResult<Bound<'py, PyAny>> {
        let doc = RawDoc::new(bytes);
        if let Some(id) = doc.get(ID) {
            self.out.extend_from_slice(bytes);
            return self.read(id);
        }
        let id = ids.next();
        let mut writer = DocWriter::new(self.out);
        writer.append(ID, id.as_value());
        writer.extend(doc);
        writer.finish();
        self.read(id.as_value())
    }

    fn read(&self, value: RawValue<'_>) -> PyResult<Bound<'py, PyAny>> {
        decode::value(self.py, &Codec::plain(), value)
    }
}
