//! An open database.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use nexuslite::base::{SystemClock, SystemEntropy};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::id::{IdGenerator, IdKind};
use nexuslite::{Durability, EngineKind, Options};

use crate::fault::Result;
use crate::guard;
use crate::handle::{Kind, Object};
use crate::options::{self, put};
use crate::out::Out;
use crate::process::Process;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_call, nx_db, nx_error, nx_status};

/// What stands behind an `nx_db`.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) inner: nexuslite::Database,
    pub(crate) ids: IdGenerator,
}

impl Object for Database {
    const KIND: Kind = Kind::Database;
}

impl Database {
    /// Opens the file `path`, or a database in memory, as the options say.
    pub(crate) fn open(path: &str, asked: Option<&RawDocBuf>) -> Result<Self> {
        let (opening, id_kind) = read(asked)?;
        Ok(Self::over(nexuslite::Database::open_with(path, opening)?, id_kind))
    }

    /// What stands behind a handle on an open database.
    pub(crate) fn over(inner: nexuslite::Database, id_kind: IdKind) -> Self {
        let ids = IdGenerator::new(id_kind, Arc::new(SystemEntropy), Arc::new(SystemClock::new()));
        Self { inner, ids }
    }

    /// Gives the caller a handle on it.
    pub(crate) fn hand_out(self, out: &mut Out<'_, *mut nx_db>) -> Result<()> {
        crate::give_handle(out, Arc::new(self))
    }

    /// Lets nobody use it any more: a panic may have left it half changed.
    pub(crate) fn poison(&self, why: &str) {
        self.inner.poison(why);
    }
}

const ENGINES: &[(&str, EngineKind)] =
    &[("wasp", EngineKind::Wasp), ("log", EngineKind::Log), ("memory", EngineKind::Memory)];
const DURABILITIES: &[(&str, Durability)] =
    &[("full", Durability::Full), ("group", Durability::Group), ("none", Durability::None)];
const ID_KINDS: &[(&str, IdKind)] =
    &[("uuid4", IdKind::UuidV4), ("uuid7", IdKind::UuidV7), ("objectid", IdKind::ObjectId)];

/// The options, and the kind of `_id` that they ask for.
pub(crate) fn read(asked: Option<&RawDocBuf>) -> Result<(Options, IdKind)> {
    let mut id_kind = IdKind::default();
    let opening = options::read("open", asked, Options::new(), |opening, option| {
        if option.name == "id_kind" {
            id_kind = option.word(ID_KINDS)?.unwrap_or_default();
        }
        set(opening, option)
    })?;
    Ok((opening, id_kind))
}

/// Sets one option; nothing when there is none of this name.
fn set(opening: Options, option: options::Given<'_>) -> Result<Option<Options>> {
    Ok(Some(match option.name {
        "engine" => put(opening, option.word(ENGINES)?, Options::engine),
        "create" => put(opening, option.flag()?, Options::create),
        "read_only" => put(opening, option.flag()?, Options::read_only),
        "durability" => put(opening, option.word(DURABILITIES)?, Options::durability),
        "group_interval_ms" => put(opening, option.milliseconds()?, Options::group_interval),
        "cache_bytes" => put(opening, option.number()?, Options::cache_bytes),
        "cache_entries" => put(opening, option.number()?, Options::cache_entries),
        "page_bytes" => put(opening, option.number()?, Options::page_bytes),
        "wal_chunk_bytes" => put(opening, option.number()?, Options::wal_chunk_bytes),
        "wal_bytes" => put(opening, option.number()?, Options::wal_bytes),
        "memtable_bytes" => put(opening, option.number()?, Options::memtable_bytes),
        "transaction_bytes_max" => put(opening, option.number()?, Options::transaction_bytes_max),
        "sort_bytes_max" => put(opening, option.number()?, Options::sort_bytes_max),
        "in_values_max" => put(opening, option.number()?, Options::in_values_max),
        "pattern_bytes_max" => put(opening, option.number()?, Options::pattern_bytes_max),
        "array_filters_max" => put(opening, option.number()?, Options::array_filters_max),
        "automatic_indexes" => put(opening, option.number()?, Options::automatic_indexes),
        "background" => put(opening, option.flag()?, Options::background),
        "sweep_interval_ms" => put(opening, option.milliseconds()?, Options::sweep_interval),
        "id_kind" => put(opening, option.word(ID_KINDS)?, Options::id_kind),
        _ => return Ok(None),
    }))
}

/// Opens a database, and creates it when there is none.
///
/// `path` names the file, with `.db` added when it has no extension; `":memory:"` is a database without one.
/// The options are those of the library, by name: `{"read_only": true, "durability": "group"}`.
/// The same file can be opened several times in one process; each handle is closed on its own.
/// `NX_ERR_LOCKED` when another process has it open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_open(
    call: *const nx_call,
    path: *const c_char,
    path_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut *mut nx_db,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (path, path_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let call = call.look_up(scene)?;
        call.refuse_transaction("to open a database")?;
        let path = path.text("path")?;
        let options = options.document(call.format, "options")?;
        crate::wanted(&out)?;
        Database::open(path, options.as_ref())?.hand_out(&mut out)?;
        Ok(NX_OK)
    })
}

/// Closes the database: what was committed is brought into the file, and everything that came from the handle
/// answers `NX_ERR_CLOSED` from now on. Closing again changes nothing. The handle stays until nx_db_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_close(db: *mut nx_db, err: *mut *mut nx_error) -> nx_status {
    take!(=> err);
    guard::enter(&mut err, |scene| {
        scene.database(db)?.inner.close()?;
        Ok(NX_OK)
    })
}

/// Frees the handle, and closes the database if it is not closed; to hear of errors, close it before.
///
/// Collections, cursors and transactions that came from it can be freed before or after. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_db_free(db: *mut nx_db) {
    guard::release(|| {
        let database = Process::current().table.remove::<Database>(db.addr())?;
        database.inner.close()?;
        Ok(NX_OK)
    });
}
