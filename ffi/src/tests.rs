//! What C programs cannot bring about: panics, a table that is full, another process's numbers.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::Arc;

use nexuslite::{Error, ErrorKind};
use parking_lot::Mutex;

use crate::cancel::Cancel;
use crate::database::Database;
use crate::error::{nx_error_free, nx_error_kind, nx_error_message};
use crate::guard;
use crate::handle::{Kind, Table};
use crate::log::nx_log_set;
use crate::out::Out;
use crate::process::Process;
use crate::status::{self, NX_ERR_FORKED, NX_ERR_HANDLE, NX_ERR_PANIC, NX_ERR_POISONED, NX_OK, STATUSES};
use crate::types::{nx_error, nx_status};

/// Runs a deed at the boundary; its status and its message.
fn entered(deed: impl FnOnce(&guard::Scene) -> crate::fault::Result<nx_status>) -> (nx_status, String) {
    let mut place: *mut nx_error = ptr::null_mut();
    // SAFETY: the variable outlives the call.
    let mut err = unsafe { Out::new(&raw mut place, ptr::null_mut()) };
    let status = guard::enter(&mut err, deed);
    if place.is_null() {
        return (status, String::new());
    }
    assert_eq!(nx_error_kind(place), status, "the error knows the status");
    // SAFETY: the library lends a text that ends with a zero until the error is freed.
    let message = unsafe { CStr::from_ptr(nx_error_message(place)) }.to_string_lossy().into_owned();
    nx_error_free(place);
    (status, message)
}

fn in_memory() -> (Arc<Database>, usize) {
    let database = Arc::new(Database::open(":memory:", None).unwrap());
    let handle = Process::current().table.add(Arc::clone(&database)).unwrap();
    (database, handle)
}

#[test]
fn a_panic_is_an_error_and_poisons_the_databases_it_had_touched() {
    let ((touched, handle), (other, _)) = (in_memory(), in_memory());
    let (status, message) = entered(|scene| {
        scene.database(ptr::without_provenance::<nx_error>(handle))?;
        panic!("half done");
    });
    assert_eq!(status, NX_ERR_PANIC);
    assert!(message.contains("half done"), "{message}");
    let (status, message) = entered(|_| Ok(touched.inner.list_collection_names().map(|_| NX_OK)?));
    assert_eq!(status, NX_ERR_POISONED);
    assert!(message.contains("half done"), "{message}");
    assert_eq!(other.inner.list_collection_names().unwrap(), Vec::<String>::new());
}

#[test]
fn what_is_panicked_with_does_not_panic_again() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("again");
        }
    }
    let (status, message) = entered(|_| std::panic::panic_any(Bomb));
    assert_eq!((status, message.contains("no message")), (NX_ERR_PANIC, true), "{message}");
    assert_eq!(guard::release(|| std::panic::panic_any(Bomb)), NX_ERR_PANIC);
    assert_eq!(guard::look(7, || std::panic::panic_any(Bomb)), 7);
}

#[test]
fn every_kind_of_error_has_its_status_and_name() {
    for kind in ErrorKind::ALL {
        let status = status::of_kind(*kind);
        assert_eq!(status::name(status).map(CStr::to_str), Some(Ok(kind.name())));
    }
    let (ours, theirs) = (STATUSES.len(), ErrorKind::ALL.len());
    assert_eq!(ours, theirs + 6, "what is C's alone: three that are no errors, and three that are");
    let (status, message) = entered(|_| Err(Error::new(ErrorKind::Busy, "nul \0 inside").into()));
    assert_eq!((status, message.as_str()), (-6, "nul \u{2400} inside"));
}

/// What the log told, as a caller's function keeps it.
static HEARD: Mutex<Vec<(i32, String)>> = Mutex::new(Vec::new());

unsafe extern "C" fn hear(_: *mut c_void, level: i32, target: *const c_char, message: *const c_char) {
    // SAFETY: the library hands over two texts that end with a zero.
    let (target, message) = unsafe { (CStr::from_ptr(target), CStr::from_ptr(message)) };
    if target == c"ffi test" {
        HEARD.lock().push((level, message.to_string_lossy().into_owned()));
        // What is said in here comes later, and to use the library in here is no knot.
        ::log::info!(target: "ffi test inner", "heard");
        assert_eq!(entered(|_| Ok(NX_OK)).0, NX_OK);
    }
}

#[test]
fn messages_of_the_log_come_when_the_call_is_over() {
    // SAFETY: no error is wanted, and the function lives as long as the program.
    assert_eq!(unsafe { nx_log_set(Some(hear), ptr::null_mut(), 3, ptr::null_mut()) }, NX_OK);
    let lock = Mutex::new(());
    let (status, _) = entered(|_| {
        let held = lock.lock();
        ::log::warn!(target: "ffi test", "nul \0 inside");
        ::log::debug!(target: "ffi test", "not asked for");
        assert_eq!(*HEARD.lock(), [], "nothing is told while a lock may be held");
        drop(held);
        Ok(NX_OK)
    });
    assert_eq!(status, NX_OK);
    assert_eq!(*HEARD.lock(), [(2, "nul \u{2400} inside".to_owned())]);
    // SAFETY: as above.
    assert_eq!(unsafe { nx_log_set(None, ptr::null_mut(), 0, ptr::null_mut()) }, NX_OK);
    let (_, _) = entered(|_| {
        ::log::error!(target: "ffi test", "nobody listens");
        Ok(NX_OK)
    });
    assert_eq!(HEARD.lock().len(), 1);
}

fn refusal(table: &Table, handle: usize) -> nx_status {
    table.get::<Cancel>(handle).map(drop).expect_err("no handle").status
}

#[test]
fn handles_are_never_given_twice() {
    let table = Table::default();
    let first = table.add(Arc::new(Cancel::default())).unwrap();
    assert!(table.get::<Cancel>(first).is_ok());
    assert_eq!(table.len(), 1);
    table.remove::<Cancel>(first).unwrap();
    assert_eq!(refusal(&table, first), NX_ERR_HANDLE);
    let second = table.add(Arc::new(Cancel::default())).unwrap();
    assert_ne!(first, second);
    assert_eq!(refusal(&table, first), NX_ERR_HANDLE);
    assert!(table.get::<Database>(second).is_err(), "it is of another kind");
    assert!(table.remove::<Database>(second).is_err());
    assert!(table.get::<Cancel>(second).is_ok(), "which left it where it was");
}

#[test]
fn no_aligned_address_is_a_handle() {
    let table = Table::default();
    for _ in 0..100 {
        let handle = table.add(Arc::new(Cancel::default())).unwrap();
        assert_eq!(handle % 16, Kind::Cancel as usize);
        assert!(handle > 4096, "the first page is where null pointers lead");
    }
}

#[test]
fn a_child_knows_its_parents_handles_as_foreign_and_never_gives_them_again() {
    let parent = Table::default();
    let theirs = parent.add(Arc::new(Cancel::default())).unwrap();
    let child = parent.of_child();
    assert_eq!(refusal(&child, theirs), NX_ERR_FORKED);
    let own = child.add(Arc::new(Cancel::default())).unwrap();
    assert_ne!(own, theirs);
    assert!(child.get::<Cancel>(own).is_ok());
    assert_eq!(refusal(&child, own + 16), NX_ERR_HANDLE);
    assert_eq!(refusal(&child.of_child(), theirs), NX_ERR_FORKED, "nor does the child's child");
    assert!(parent.get::<Cancel>(theirs).is_ok());
}

#[test]
fn a_mistake_with_a_handle_says_what_it_is() {
    let table = Table::default();
    let handle = table.add(Arc::new(Cancel::default())).unwrap();
    let message = |wrong: usize| table.get::<Database>(wrong).expect_err("no database").error.to_string();
    assert_eq!(message(0), "the database is NULL");
    assert!(message(handle).contains("is a cancel token"), "{}", message(handle));
    assert!(message(12345).contains("is no handle of a database"), "{}", message(12345));
    table.remove::<Cancel>(handle).unwrap();
    let message = table.get::<Cancel>(handle).expect_err("freed").error.to_string();
    assert!(message.contains("was freed"), "{message}");
}
