//! Documents handed out one by one, or many at a time.

use std::ffi::c_void;
use std::sync::Arc;

use nexuslite::RawCursor;
use nexuslite::document::raw::RawDoc;
use parking_lot::Mutex;

use crate::database::Database;
use crate::fault::{Fault, Result};
use crate::format::Format;
use crate::guard::{self, Scene};
use crate::handle::{Kind, Object};
use crate::status::{NX_DONE, NX_OK};
use crate::take::take;
use crate::types::{nx_buf, nx_cursor, nx_error, nx_status};

/// How many bytes and documents a batch has at most, where the caller does not say.
const BATCH_BYTES: usize = 4 << 20;
const BATCH_DOCUMENTS: u32 = 4096;

/// What stands behind an `nx_cursor`.
#[derive(Debug)]
pub(crate) struct Cursor {
    database: Arc<Database>,
    format: Format,
    walk: Mutex<Walk>,
}

#[derive(Debug)]
struct Walk {
    /// Nothing at the end, after an error, and once the handle was freed.
    documents: Option<RawCursor>,
    /// What ended the walk in the middle of a batch, to be told by the next call.
    failure: Option<Fault>,
    /// The document that is lent to the caller.
    lent: Vec<u8>,
    /// How many bytes the last batch took: the next one takes about as many.
    batch_bytes: usize,
}

impl Object for Cursor {
    const KIND: Kind = Kind::Cursor;
}

impl Cursor {
    pub(crate) fn new(database: &Arc<Database>, format: Format, documents: RawCursor) -> Self {
        let walk =
            Mutex::new(Walk { documents: Some(documents), failure: None, lent: Vec::new(), batch_bytes: 0 });
        Self { database: Arc::clone(database), format, walk }
    }
}

impl Walk {
    /// Hands the next document to `take`; says whether there was one.
    fn next(&mut self, take: impl FnOnce(RawDoc<'_>, &mut Vec<u8>)) -> Result<bool> {
        if let Some(fault) = self.failure.take() {
            return Err(fault);
        }
        let Some(documents) = &mut self.documents else { return Ok(false) };
        let outcome =
            documents.next_bytes().map(|next| next.map(|bytes| take(RawDoc::new(bytes), &mut self.lent)));
        if !matches!(outcome, Ok(Some(()))) {
            self.documents = None;
        }
        Ok(outcome?.is_some())
    }

    /// Gathers documents until one of the bounds is met; says how many.
    fn gather(
        &mut self,
        format: Format,
        documents_max: u32,
        bytes_max: usize,
        out: &mut Vec<u8>,
    ) -> Result<u32> {
        if let Some(fault) = self.failure.take() {
            return Err(fault);
        }
        let Some(cursor) = &mut self.documents else { return Ok(0) };
        out.reserve_exact(self.batch_bytes + self.batch_bytes / 8);
        let mut documents = 0;
        while documents < documents_max && out.len() < bytes_max {
            match cursor.next_bytes() {
                Ok(Some(bytes)) => {
                    format.write_next(RawDoc::new(bytes), out);
                    documents += 1;
                }
                ended => {
                    // What was gathered is handed out before the error is told.
                    self.failure = ended.err().map(Fault::from);
                    self.documents = None;
                    break;
                }
            }
        }
        self.batch_bytes = out.len();
        match self.failure.take_if(|_| documents == 0) {
            Some(fault) => Err(fault),
            None => Ok(documents),
        }
    }
}

fn find(scene: &mut Scene, cursor: *mut nx_cursor) -> Result<Arc<Cursor>> {
    let cursor: Arc<Cursor> = scene.find(cursor)?;
    scene.touch(&cursor.database);
    Ok(cursor)
}

/// The next document; `NX_DONE` when there is none. After an error there is none.
///
/// It is lent until the next call with this cursor: copy what is to be kept. JSON text ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_cursor_next(
    cursor: *mut nx_cursor,
    document: *mut *const c_void,
    document_len: *mut usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(=> document, document_len, err);
    guard::enter(&mut err, |scene| {
        let cursor = find(scene, cursor)?;
        crate::wanted(&document)?;
        let mut walk = cursor.walk.lock();
        let there_is = walk.next(|next, lent| {
            lent.clear();
            cursor.format.write(next, lent);
            lent.push(0);
        })?;
        if !there_is {
            return Ok(NX_DONE);
        }
        document.set(walk.lent.as_ptr().cast());
        document_len.set(walk.lent.len() - 1);
        Ok(NX_OK)
    })
}

/// The next documents, one after the other, in JSON one on each line; `NX_DONE` when there are none.
///
/// At most `documents_max`, and no more once there are `bytes_max` bytes; 0 leaves either to the library.
/// `count` is how many there are. An error loses no document: those before it are handed out first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_cursor_next_batch(
    cursor: *mut nx_cursor,
    documents_max: u32,
    bytes_max: usize,
    out: *mut nx_buf,
    count: *mut u32,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(=> out, count, err);
    guard::enter(&mut err, |scene| {
        let cursor = find(scene, cursor)?;
        crate::wanted(&out)?;
        let documents_max = if documents_max == 0 { BATCH_DOCUMENTS } else { documents_max };
        let bytes_max = if bytes_max == 0 { BATCH_BYTES } else { bytes_max };
        let mut bytes = Vec::new();
        let gathered = cursor.walk.lock().gather(cursor.format, documents_max, bytes_max, &mut bytes)?;
        if gathered == 0 {
            return Ok(NX_DONE);
        }
        out.give(bytes)?;
        count.set(gathered);
        Ok(NX_OK)
    })
}

/// Frees the cursor, and with it the document that it lent. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_cursor_free(cursor: *mut nx_cursor) {
    guard::free::<Cursor>(cursor.addr());
}
