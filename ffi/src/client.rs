//! A folder of databases.

use std::ffi::{OsStr, c_char, c_void};
use std::fs;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::Arc;

use nexuslite::bson::doc;
use nexuslite::document::builder::RawDocBuf;
use nexuslite::{Error, ErrorKind, error::code};

use crate::buffer;
use crate::call;
use crate::database::Database;
use crate::fault::Result;
use crate::given::Given;
use crate::guard;
use crate::handle::{Kind, Object};
use crate::out::Out;
use crate::process::Process;
use crate::status::{NX_NONE, NX_OK};
use crate::types::{nx_buf, nx_call, nx_client, nx_db, nx_error, nx_status};

/// The ending of a database's file.
const ENDING: &str = "db";
/// The longest name of a database, and the characters that it may not have: MongoDB's.
const NAME_BYTES_MAX: usize = 63;
const REFUSED_IN_NAME: &str = " ./\\\"$*<>:|?\0";

/// What stands behind an `nx_client`.
#[derive(Debug)]
struct Client {
    folder: PathBuf,
    /// How its databases are opened.
    options: Option<RawDocBuf>,
}

impl Object for Client {
    const KIND: Kind = Kind::Client;
}

impl Client {
    fn file(&self, name: &str) -> Result<PathBuf> {
        let refused = |what: String| Err(Error::invalid(code::INVALID_NAMESPACE, what).into());
        if name.is_empty() {
            return refused("the name of a database is empty".to_owned());
        }
        if let Some(character) = name.chars().find(|character| REFUSED_IN_NAME.contains(*character)) {
            return refused(format!("the name {name:?} of a database has the character {character:?}"));
        }
        if name.len() > NAME_BYTES_MAX {
            let what = format!(
                "the name {name:?} of a database has {} bytes, it may have {NAME_BYTES_MAX}",
                name.len()
            );
            return refused(what);
        }
        Ok(self.folder.join(name).with_extension(ENDING))
    }

    /// The names of the files that end as databases do, in byte order.
    fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let entries = fs::read_dir(&self.folder).map_err(|error| unreadable(&self.folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&self.folder, error))?.path();
            let name = path.file_stem().and_then(OsStr::to_str);
            if let Some(name) =
                name.filter(|_| path.extension() == Some(OsStr::new(ENDING)) && path.is_file())
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

fn unreadable(folder: &Path, error: std::io::Error) -> Error {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => ErrorKind::NotFound,
        std::io::ErrorKind::PermissionDenied => ErrorKind::Denied,
        _ => ErrorKind::Io,
    };
    Error::new(kind, format!("the folder {}: {error}", folder.display())).with_source(error)
}

fn text_of(path: &Path) -> Result<&str> {
    let what = || Error::invalid(code::BAD_VALUE, format!("the path {} is not UTF-8", path.display()));
    Ok(path.to_str().ok_or_else(what)?)
}

/// Opens a folder of databases, which is created when there is none: each is the file `name.db` in it.
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
        let folder = PathBuf::from(folder.text("folder")?);
        let options = options.document(call.format, "options")?;
        Database::check_options(options.as_ref())?;
        crate::wanted(&out)?;
        fs::create_dir_all(&folder).map_err(|error| unreadable(&folder, error))?;
        crate::give_handle(&mut out, Arc::new(Client { folder, options }))?;
        Ok(NX_OK)
    })
}

/// Opens the database of this name, and creates it when there is none. Free it with nx_db_free().
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
        let file = client.file(name.text("name")?)?;
        crate::wanted(&out)?;
        Database::open(text_of(&file)?, client.options.as_ref())?.hand_out(&mut out)?;
        Ok(NX_OK)
    })
}

/// The names of the folder's databases, in byte order: `{"databases": ["shop"]}`. Each file that ends in `.db` counts.
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
        out.give_result(call.format, &doc! { "databases": client.names()? })?;
        Ok(NX_OK)
    })
}

/// Removes a database with everything in it; `NX_NONE` when there is none.
///
/// `NX_ERR_BUSY` when it is open in this process, `NX_ERR_LOCKED` when it is in another.
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
        let file = client.file(name.text("name")?)?;
        let there_was = nexuslite::Database::remove(file)?;
        Ok(if there_was { NX_OK } else { NX_NONE })
    })
}

/// Frees the handle; databases that were opened with it stay open. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_client_free(client: *mut nx_client) {
    guard::release(|| Process::current().table.remove::<Client>(client.addr()).map(|_| NX_OK));
}
