//! Bytes that the caller is given to keep.

use std::ptr;

use nexuslite::bson;
use nexuslite::document::raw::RawDoc;
use nexuslite::error::code;
use nexuslite::{Error, bson::Document};

use crate::call::Call;
use crate::fault::Result;
use crate::format::Format;
use crate::guard;
use crate::handle::to_pointer;
use crate::out::{Nothing, Out};
use crate::process::Process;
use crate::room::Room;
use crate::status::NX_OK;
use crate::types::nx_buf;

/// A buffer of nothing.
pub(crate) const EMPTY: nx_buf = nx_buf { data: ptr::null_mut(), len: 0, owner: ptr::null_mut() };

impl Nothing for nx_buf {
    const NOTHING: Self = EMPTY;
}

impl Out<'_, nx_buf> {
    /// Hands out bytes, a zero behind them.
    pub(crate) fn give(&mut self, mut bytes: Vec<u8>) -> Result<()> {
        if !self.is_wanted() {
            return Ok(());
        }
        let len = bytes.len();
        bytes.push(0);
        // Whoever holds the list of bytes, they stay where they are.
        let data = bytes.as_ptr().cast_mut();
        let owner = to_pointer(Process::current().table.add_bytes(bytes)?);
        self.set(nx_buf { data, len, owner });
        Ok(())
    }

    /// Hands out a document.
    pub(crate) fn give_document(&mut self, format: Format, document: RawDoc<'_>) -> Result<()> {
        if !self.is_wanted() {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(format.size_of(document));
        format.write(document, &mut bytes);
        self.give(bytes)
    }

    /// Answers a document, in the call's room if it fits.
    pub(crate) fn answer(&mut self, call: &Call, document: RawDoc<'_>) -> Result<()> {
        let format = call.format;
        if call.room.is_empty() || !self.is_wanted() {
            return self.give_document(format, document);
        }
        if format == Format::Bson {
            if self.put(&call.room, document.as_bytes()) {
                return Ok(());
            }
            return self.give_document(format, document);
        }
        let mut text = Vec::with_capacity(format.size_of(document));
        format.write(document, &mut text);
        if self.put(&call.room, &text) { Ok(()) } else { self.give(text) }
    }

    /// Answers a document made here.
    pub(crate) fn answer_made(&mut self, call: &Call, document: &Document) -> Result<()> {
        if !self.is_wanted() {
            return Ok(());
        }
        let bytes = document.to_vec().map_err(|error| unwritable(&error))?;
        self.answer(call, RawDoc::new(&bytes))
    }

    /// Puts bytes into the room and tells of them; false where they do not fit with the zero behind them.
    fn put(&mut self, room: &Room, bytes: &[u8]) -> bool {
        let fits = room.put(bytes.len(), &[0]) && room.put(0, bytes);
        if fits {
            self.set(nx_buf { data: room.start(), len: bytes.len(), owner: ptr::null_mut() });
        }
        fits
    }
}

fn unwritable(error: &bson::error::Error) -> Error {
    Error::invalid(code::INVALID_BSON, format!("the answer cannot be written as a document: {error}"))
}

/// Frees the bytes and makes the buffer empty.
///
/// NULL, an empty buffer, one in the caller's room, and a copy of one that was freed are left alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_buf_free(buf: *mut nx_buf) {
    // SAFETY: the caller promises that `buf` is NULL or can be read and written, as the header says of pointers.
    let (given, mut place) = unsafe {
        let given = if buf.is_null() { EMPTY } else { buf.read_unaligned() };
        (given, Out::new(buf, EMPTY))
    };
    place.set(EMPTY);
    if !given.owner.is_null() {
        guard::release(|| {
            drop(Process::current().table.remove_bytes(given.owner.addr()));
            Ok(NX_OK)
        });
    }
}
