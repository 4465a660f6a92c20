//! The library itself: which one it is, and what it holds for its caller.

use std::ffi::{CStr, c_char};

use crate::fault::Fault;
use crate::guard;
use crate::process::Process;
use crate::status::{NX_ABI, NX_OK};
use crate::take::take;
use crate::types::{nx_call, nx_error, nx_status};

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");

/// The library's version, `1.2.3`. For ever.
#[unsafe(no_mangle)]
pub extern "C" fn nx_version() -> *const c_char {
    CStr::from_bytes_with_nul(VERSION.as_bytes()).unwrap_or(c"").as_ptr()
}

/// An error unless the program was built with a header that fits this library.
///
/// `nx_check_abi(NX_ABI, sizeof(nx_call), &error)`: bindings that are not compiled with the header call it first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_check_abi(abi: u32, call_size: usize, err: *mut *mut nx_error) -> nx_status {
    take!(=> err);
    guard::enter(&mut err, |_| {
        let own = (NX_ABI, size_of::<nx_call>());
        if (abi, call_size) == own {
            return Ok(NX_OK);
        }
        Err(Fault::unsupported(format!(
            "the program was built for the interface {abi} with an nx_call of {call_size} bytes, but version {} of the \
             library has the interface {} with {} bytes: build it with the header that came with the library",
            env!("CARGO_PKG_VERSION"),
            own.0,
            own.1
        )))
    })
}

/// How many handles, errors and buffers were given out and not freed: 0 at the end of a program that frees them all.
#[unsafe(no_mangle)]
pub extern "C" fn nx_live_handles() -> usize {
    guard::look(0, || Some(Process::current().table.len()))
}
