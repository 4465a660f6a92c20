//! A folder of databases.

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::Arc;

use nexuslite::bson::doc;
use nexuslite::document::id::IdKind;

use crate::buffer;
use crate::call;
use crate::database::{self, Database};
use crate::given::Given;
use crate::guard;
use crate::handle::{Kind, Object};
use crate::out::Out;
use crate::status::{NX_NONE, NX_OK};
use crate::types::{nx_buf, nx_call, nx_client, nx_db, nx_error, nx_status};

/// What stands behind an `nx_client`.
#[derive(Debug)]
struct Client {
    inner: nexuslite::Client,
    id_kind: IdKind,
}

impl Object for Client {
    const KIND: Kind = Kind::Client;
}

/// Opens a folder of databases, which is created when there is none: each is the file `name.db` in it. `":memory:"` is a
/// client of databases in memory.
///
/// The options are those of nx_db_open(), for every database of the folder.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_client_open(
    call: *const nx_call,
    folder: *const c_char,
    folder_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut *mut nx_client,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (call, folder, options, mut out, mut err) = unsafe {
        (
            call::Given::new(call),
            Given::new(folder.cast(), folder_len),
            Given::new(options, options_len),
            Out::new(out, ptr::null_mut()),
            Out::new(err, ptr::null_mut()),
        )
    };
    guard::enter(&mut err, |scene| {
        let call = call.look_up(scene)?;
        call.refuse_transaction("to open a folder")?;
        let folder = folder.text("folder")?;
        let (options, id_kind) = database::read(options.document(call.format, "options")?.as_ref())?;
        crate::wanted(&out)?;
        let inner = nexuslite::Client::open_with(folder, options)?;
        crate::give_handle(&mut out, Arc::new(Client { inner, id_kind }))?;
        Ok(NX_OK)
    })
}

/// Opens the database of this name, and creates it when there is none. Free it with nx_db_free(); the client holds the
/// database open until it is freed itself, or the database dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_client_database(
    client: *mut nx_client,
    name: *const c_char,
    name_len: usize,
    out: *mut *mut nx_db,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (name, mut out, mut err) = unsafe {
        (Given::new(name.cast(), name_len), Out::new(out, ptr::null_mut()), Out::new(err, ptr::null_mut()))
    };
    guard::enter(&mut err, |scene| {
        let client: Arc<Client> = scene.find(client)?;
        let name = name.text("name")?;
        crate::wanted(&out)?;
        // A handle of its own, because the caller frees each and closes it thereby.
        let inner = client.inner.database(name)?.open_again()?;
        Database::over(inner, client.id_kind).hand_out(&mut out)?;
        Ok(NX_OK)
    })
}

/// The names of the folder's databases, in byte order: `{"databases": ["shop"]}`. Of the files that end in `.db` those count that
/// begin as a database does; in memory, the databases with a collection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_client_database_names(
    client: *mut nx_client,
    call: *const nx_call,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (call, mut out, mut err) =
        unsafe { (call::Given::new(call), Out::new(out, buffer::EMPTY), Out::new(err, ptr::null_mut())) };
    guard::enter(&mut err, |scene| {
        let client: Arc<Client> = scene.find(client)?;
        let call = call.look_up(scene)?;
        out.answer_made(&call, &doc! { "databases": client.inner.list_database_names()? })?;
        Ok(NX_OK)
    })
}

/// Removes a database with everything in it; `NX_NONE` when there is none.
///
/// `NX_ERR_BUSY` when a handle on it is still there in this process, `NX_ERR_LOCKED` when another process has it open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_client_drop_database(
    client: *mut nx_client,
    name: *const c_char,
    name_len: usize,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (name, mut err) = unsafe { (Given::new(name.cast(), name_len), Out::new(err, ptr::null_mut())) };
    guard::enter(&mut err, |scene| {
        let client: Arc<Client> = scene.find(client)?;
        let there_was = client.inner.drop_database(name.text("name")?)?;
        Ok(if there_was { NX_OK } else { NX_NONE })
    })
}

/// Frees the handle; databases that were opened with it stay open. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_client_free(client: *mut nx_client) {
    guard::free::<Client>(client.addr());
}
