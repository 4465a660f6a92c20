//! The care of a database: what it holds, whether it is sound, copies of it.

use std::ffi::c_char;

use nexuslite::bson::{Document, doc};
use nexuslite::{CheckReport, Info, Stats};

use crate::guard;
use crate::status::{NX_NONE, NX_OK};
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_db, nx_error, nx_status};

/// What the database holds: `{"path": "shop.db", "collections": [{"name": "orders", "count": 2}]}`; `path` is null in
/// memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_info(
    db: *mut nx_db,
    call: *const nx_call,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        call.refuse_transaction("info")?;
        out.answer_made(&call, &of_info(&database.inner.info()?))?;
        Ok(NX_OK)
    })
}

fn of_info(info: &Info) -> Document {
    let path = info.path.as_ref().map(|path| path.to_string_lossy().into_owned());
    let collections = info.collections.iter();
    let collections: Vec<Document> =
        collections.map(|(name, count)| doc! { "name": name, "count": count.cast_signed() }).collect();
    doc! { "path": path, "collections": collections }
}

/// Sizes and counts of the storage, in bytes where the name says so: `engine`, `page_bytes`, `file_bytes`,
/// `wal_bytes`, `memtable_bytes`, `cache_bytes`, `cache_hits`, `cache_misses`, `commits`, `wal_syncs`, `checkpoints`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_stats(
    db: *mut nx_db,
    call: *const nx_call,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        call.refuse_transaction("stats")?;
        out.answer_made(&call, &of_stats(&database.inner.stats()?))?;
        Ok(NX_OK)
    })
}

fn of_stats(stats: &Stats) -> Document {
    doc! {
        "engine": format!("{:?}", stats.engine).to_lowercase(),
        "page_bytes": i64::from(stats.page_bytes),
        "file_bytes": stats.file_bytes.cast_signed(),
        "wal_bytes": stats.wal_bytes.cast_signed(),
        "memtable_bytes": stats.memtable_bytes.cast_signed(),
        "cache_bytes": stats.cache_bytes.cast_signed(),
        "cache_hits": stats.cache_hits.cast_signed(),
        "cache_misses": stats.cache_misses.cast_signed(),
        "commits": stats.commits.cast_signed(),
        "wal_syncs": stats.wal_syncs.cast_signed(),
        "checkpoints": stats.checkpoints.cast_signed(),
    }
}

/// Walks everything and says what is wrong, changing nothing: `{"valid": true, "faults": [], …}` and how many `trees`,
/// `entries`, `pages`, `free_bytes` and `wal_commits` there are. A fault is no error of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_check(
    db: *mut nx_db,
    call: *const nx_call,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        call.refuse_transaction("check")?;
        out.answer_made(&call, &of_report(database.inner.check()?))?;
        Ok(NX_OK)
    })
}

fn of_report(report: CheckReport) -> Document {
    doc! {
        "valid": report.faults.is_empty(),
        "faults": report.faults,
        "trees": report.trees.cast_signed(),
        "entries": report.entries.cast_signed(),
        "pages": report.pages.cast_signed(),
        "free_bytes": report.free_bytes.cast_signed(),
        "wal_commits": report.wal_commits.cast_signed(),
    }
}

/// Brings everything committed so far into the main file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_checkpoint(db: *mut nx_db, err: *mut *mut nx_error) -> nx_status {
    take!(=> err);
    guard::enter(&mut err, |scene| {
        scene.database(db)?.inner.checkpoint()?;
        Ok(NX_OK)
    })
}

/// Copies the state of this moment into the new file `path`, which is there when this returns, whole and durable.
///
/// Others may write meanwhile. `NX_ERR_EXISTS` when there is a file of this name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_backup(
    db: *mut nx_db,
    path: *const c_char,
    path_len: usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!((path, path_len) => err);
    guard::enter(&mut err, |scene| {
        scene.database(db)?.inner.backup(path.text("path")?)?;
        Ok(NX_OK)
    })
}

/// Removes up to `limit` documents whose time has passed, which were invisible before; `count` is how many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_sweep(
    db: *mut nx_db,
    limit: usize,
    count: *mut usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(=> count, err);
    guard::enter(&mut err, |scene| {
        count.set(scene.database(db)?.inner.sweep(limit)?);
        Ok(NX_OK)
    })
}

/// Does one piece of background work; `NX_NONE` when none is due. Only needed where the option `background` is off.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_step(db: *mut nx_db, err: *mut *mut nx_error) -> nx_status {
    take!(=> err);
    guard::enter(&mut err, |scene| {
        let did = scene.database(db)?.inner.step()?;
        Ok(if did { NX_OK } else { NX_NONE })
    })
}
