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
use crate::room::Room;
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
        out.reserve_exact(self.batch_bytes + self.batch_bytes / 8);
        let gathered = self.take_while(documents_max, |document| {
            let goes_on = out.len() < bytes_max;
            if goes_on {
                format.write_next(document, out);
            }
            goes_on
        });
        self.batch_bytes = out.len();
        gathered
    }

    /// Fills the room with whole documents; says how many, and how many bytes they take: or, where not even the first
    /// fits, how many it takes.
    fn read(&mut self, format: Format, documents_max: u32, room: &Room) -> Result<(u32, usize)> {
        let (mut len, mut refused, mut text) = (0, 0, Vec::new());
        let count = self.take_while(documents_max, |document| {
            let bytes = if format == Format::Bson {
                document.as_bytes()
            } else {
                text.clear();
                format.write_next(document, &mut text);
                &text
            };
            let fits = room.put(len, bytes);
            *(if fits { &mut len } else { &mut refused }) += bytes.len();
            fits
        })?;
        Ok((count, if count == 0 { refused } else { len }))
    }

    /// Hands documents to `take`, as long as it takes them; says how many it took.
    fn take_while(&mut self, documents_max: u32, mut take: impl FnMut(RawDoc<'_>) -> bool) -> Result<u32> {
        if let Some(fault) = self.failure.take() {
            return Err(fault);
        }
        let Some(cursor) = &mut self.documents else { return Ok(0) };
        let mut documents = 0;
        while documents < documents_max {
            match cursor.next_bytes_if(|bytes| take(RawDoc::new(bytes))) {
                Ok(Some(true)) => documents += 1,
                Ok(Some(false)) => break,
                ended => {
                    // What was gathered is handed out before the error is told.
                    self.failure = ended.err().map(Fault::from);
                    self.documents = None;
                    break;
                }
            }
        }
        match self.failure.take_if(|_| documents == 0) {
            Some(fault) => Err(fault),
            None => Ok(documents),
        }
    }
}

fn find(scene: &Scene, cursor: *mut nx_cursor) -> Result<Arc<Cursor>> {
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

/// Fills memory of the caller's with the next documents, as nx_cursor_next_batch() lays them; `NX_DONE` when there are
/// none.
///
/// `len` is how many bytes were filled, `count` how many documents they are: at most `documents_max`, where that is not
/// 0, and as many as fit. When not even one fits, `count` is 0 and `len` how many bytes it takes: ask again with as many.
/// An error loses no document: those before it are handed out first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_cursor_read(
    cursor: *mut nx_cursor,
    documents_max: u32,
    room: *mut c_void,
    room_len: usize,
    len: *mut usize,
    count: *mut u32,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: so many bytes can be written to until the call returns.
    let room = unsafe { Room::new(room.cast(), room_len) };
    take!(=> len, count, err);
    guard::enter(&mut err, |scene| {
        let cursor = find(scene, cursor)?;
        let room = room?;
        crate::wanted(&len)?;
        crate::wanted(&count)?;
        let documents_max = if documents_max == 0 { u32::MAX } else { documents_max };
        let mut walk = cursor.walk.lock();
        let (read, bytes) = walk.read(cursor.format, documents_max, &room)?;
        if bytes == 0 {
            return Ok(NX_DONE);
        }
        len.set(bytes);
        count.set(read);
        Ok(NX_OK)
    })
}

/// Frees the cursor, and with it the document that it lent. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_cursor_free(cursor: *mut nx_cursor) {
    guard::free::<Cursor>(cursor.addr());
}
