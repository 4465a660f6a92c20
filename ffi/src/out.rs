//! Places of the caller's, into which answers are written.

use std::marker::PhantomData;
use std::ptr::{self, NonNull};

/// What stands in a place while there is no answer.
pub(crate) trait Nothing {
    const NOTHING: Self;
}

impl<T> Nothing for *mut T {
    const NOTHING: Self = ptr::null_mut();
}

impl<T> Nothing for *const T {
    const NOTHING: Self = ptr::null();
}

impl Nothing for u32 {
    const NOTHING: Self = 0;
}

impl Nothing for u64 {
    const NOTHING: Self = 0;
}

impl Nothing for usize {
    const NOTHING: Self = 0;
}

/// A place for one answer; nothing where the caller wants none.
#[derive(Debug)]
pub(crate) struct Out<'call, T> {
    place: Option<NonNull<T>>,
    call: PhantomData<&'call mut T>,
}

impl<T> Out<'_, T> {
    /// A place that holds `nothing` until there is an answer.
    ///
    /// # Safety
    /// `place` is NULL, or a `T` can be written to it until the call returns.
    pub(crate) unsafe fn new(place: *mut T, nothing: T) -> Self {
        let mut out = Self { place: NonNull::new(place), call: PhantomData };
        out.set(nothing);
        out
    }

    /// Whether there is a place.
    pub(crate) fn is_wanted(&self) -> bool {
        self.place.is_some()
    }

    /// Writes the answer, where it is wanted.
    pub(crate) fn set(&mut self, answer: T) {
        if let Some(place) = self.place {
            // SAFETY: whoever called `new` promised that a `T` can be written here as long as this lives; that it is
            // aligned was not asked for.
            unsafe { place.write_unaligned(answer) }
        }
    }
}
