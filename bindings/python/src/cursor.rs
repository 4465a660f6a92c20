//! Documents handed out in batches.

use nexuslite::document::raw::RawDoc;
use nexuslite::{RawCursor, Result};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::codec::Codec;
use crate::decode::{Decoder, Names};
use crate::engine::run;
use crate::process::Owned;

/// How many documents the first batch has, and any batch at most, where the caller has not said.
const BATCH_FIRST: usize = 128;
const BATCH_MAX: usize = 4096;
/// A batch ends after so many bytes.
const BATCH_BYTES: usize = 4 << 20;

/// A walk over documents.
#[pyclass(frozen, module = "nexuslite._nexuslite")]
pub(crate) struct Cursor {
    walk: Owned<Mutex<Walk>>,
    codec: Py<Codec>,
    names: Mutex<Names>,
}

struct Walk {
    /// Nothing when it is at its end, or was closed.
    cursor: Option<RawCursor>,
    batch: usize,
    grows: bool,
    /// Memory of the batch before, to be used again.
    spare: Batch,
}

/// Documents one after the other.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Cursor {
    pub(crate) fn new(cursor: RawCursor, codec: Py<Codec>, batch_size: Option<u32>) -> Self {
        let batch = batch_size.map_or(BATCH_FIRST, |size| size as usize);
        let walk = Walk { cursor: Some(cursor), batch, grows: batch_size.is_none(), spare: Batch::default() };
        Self { walk: Owned::new(Mutex::new(walk)), codec, names: Mutex::default() }
    }

    /// Appends the next documents to `list`, at most so many; says whether there may be more.
    fn append_to(&self, py: Python<'_>, list: &Bound<'_, PyList>, limit: usize) -> PyResult<bool> {
        let walk = self.walk.get(py)?;
        let batch = run(py, "find", || walk.lock().next(limit))?;
        // Decoding may run Python code, and with it other threads: whoever finds the names taken makes its own.
        let mut taken = self.names.try_lock();
        let mut own = Names::default();
        let names = taken.as_deref_mut().unwrap_or(&mut own);
        let mut decoder = Decoder::new(py, self.codec.get(), names)?;
        let mut start = 0;
        for end in &batch.ends {
            list.append(decoder.document(RawDoc::new(&batch.bytes[start..*end]))?)?;
            start = *end;
        }
        drop(taken);
        let more = !batch.ends.is_empty();
        py.detach(|| walk.lock().spare = batch);
        Ok(more)
    }
}

#[pymethods]
impl Cursor {
    /// The next documents; none when it is at its end.
    fn next_batch<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        self.append_to(py, &list, usize::MAX)?;
        Ok(list)
    }

    /// Appends up to `limit` documents to `list`, all without one.
    fn extend(&self, py: Python<'_>, list: &Bound<'_, PyList>, limit: Option<usize>) -> PyResult<()> {
        let enough = limit.map(|limit| list.len().saturating_add(limit));
        loop {
            let left = enough.map_or(usize::MAX, |enough| enough.saturating_sub(list.len()));
            if left == 0 || !self.append_to(py, list, left)? {
                return Ok(());
            }
        }
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let walk = self.walk.get(py)?;
        run(py, "close", || {
            drop(walk.lock().cursor.take());
            Ok(())
        })
    }
}

impl Walk {
    fn next(&mut self, limit: usize) -> Result<Batch> {
        let mut batch = std::mem::take(&mut self.spare);
        batch.bytes.clear();
        batch.ends.clear();
        let Some(cursor) = &mut self.cursor else { return Ok(batch) };
        let outcome = batch.fill(cursor, self.batch.min(limit));
        if self.grows {
            self.batch = (self.batch * 4).min(BATCH_MAX);
        }
        // An empty batch is the end, and so is an error.
        if batch.ends.is_empty() || outcome.is_err() {
            self.cursor = None;
        }
        outcome.map(|()| batch)
    }
}

impl Batch {
    fn fill(&mut self, cursor: &mut RawCursor, documents: usize) -> Result<()> {
        while self.ends.len() < documents && self.bytes.len() < BATCH_BYTES {
            let Some(bytes) = cursor.next_bytes()? else { break };
            self.bytes.extend_from_slice(bytes);
            self.ends.push(self.bytes.len());
        }
        Ok(())
    }
}
