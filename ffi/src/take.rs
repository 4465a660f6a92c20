//! What a function of the header is given, taken for what it is.

/// Takes each argument for what it is, under its own name: before the arrow what is given (the call, and pointers with
/// their lengths), behind it the places for answers, which are emptied.
///
/// Only for functions of the header, whose callers keep its rules for pointers.
macro_rules! take {
    (=> $($out:ident),+) => {
        $(
            // SAFETY: the caller keeps the header's rules: each place is NULL, or can be written to until the call
            // returns.
            #[allow(unused_mut, reason = "some places are handed on")]
            let mut $out = unsafe { $crate::out::Out::new($out, $crate::out::Nothing::NOTHING) };
        )+
    };
    ($($given:tt),+ => $($out:ident),+) => {
        $($crate::take::take!(@ $given);)+
        $crate::take::take!(=> $($out),+);
    };
    (@ ($data:ident, $len:ident)) => {
        // SAFETY: the caller keeps the header's rules: the pointer is NULL, or good for so many bytes until the call
        // returns.
        let $data = unsafe { $crate::given::Given::new($data.cast(), $len) };
    };
    (@ $call:ident) => {
        // SAFETY: the caller keeps the header's rules: the pointer is NULL, or good for a whole nx_call until the call
        // returns.
        let $call = unsafe { $crate::call::Given::new($call) };
    };
}

pub(crate) use take;
