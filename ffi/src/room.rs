//! Memory of the caller's for an answer, so that it need neither be allocated nor freed.

use std::ptr;

use crate::fault::{Fault, Result};

/// So many bytes that can be written to; none for NULL.
#[derive(Debug)]
pub(crate) struct Room {
    place: *mut u8,
    len: usize,
}

impl Room {
    /// Memory of the caller's.
    ///
    /// # Safety
    /// `place` is NULL, or `len` bytes can be written to it as long as this lives, and nobody else looks at them.
    pub(crate) unsafe fn new(place: *mut u8, len: usize) -> Result<Self> {
        if place.is_null() && len != 0 {
            return Err(Fault::argument(format!("the room is NULL, but its length is said to be {len}")));
        }
        Ok(Self { place, len })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first byte.
    pub(crate) fn start(&self) -> *mut u8 {
        self.place
    }

    /// Puts bytes `at` bytes behind the first; false, and nothing is put, where they do not fit.
    #[inline]
    pub(crate) fn put(&self, at: usize, bytes: &[u8]) -> bool {
        if self.len.checked_sub(at).is_none_or(|left| bytes.len() > left) {
            return false;
        }
        // SAFETY: whoever called `new` promised that `len` bytes can be written to, of which these, by the line above,
        // are some, and that nobody else looks at them: so `bytes` does not overlap them.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.place.add(at), bytes.len()) };
        true
    }
}
