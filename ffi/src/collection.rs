//! Collections: their handles, and the collections themselves created, listed, renamed and dropped.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use nexuslite::CollectionOptions;
use nexuslite::bson::doc;

use crate::call::Raw;
use crate::database::Database;
use crate::guard;
use crate::handle::{Kind, Object};
use crate::options;
use crate::status::{NX_NONE, NX_OK};
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_db, nx_error, nx_status};

/// What stands behind an `nx_coll`.
#[derive(Debug)]
pub(crate) struct Coll {
    pub(crate) database: Arc<Database>,
    pub(crate) raw: Raw,
}

impl Object for Coll {
    const KIND: Kind = Kind::Collection;
}

/// A handle on a collection, whether or not it exists: the first insert creates it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_collection(
    db: *mut nx_db,
    name: *const c_char,
    name_len: usize,
    out: *mut *mut nx_coll,
    err: *mut *mut nx_error,
) -> nx_status {
    take!((name, name_len) => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let raw = database.inner.collection_as(name.text("name")?);
        crate::wanted(&out)?;
        crate::give_handle(&mut out, Arc::new(Coll { database, raw }))?;
        Ok(NX_OK)
    })
}

/// Frees the handle; the collection stays. NULL is left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_coll_free(coll: *mut nx_coll) {
    guard::free::<Coll>(coll.addr());
}

/// Creates a collection; one that has equal options already is as good as new.
///
/// Options: those of MongoDB's command `create`, and `metadata`, `primaryKey` and `softDelete`; the guide to
/// collections tells of each.
/// `NX_ERR_EXISTS` when there is one with other options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_create_collection(
    db: *mut nx_db,
    call: *const nx_call,
    name: *const c_char,
    name_len: usize,
    options: *const c_void,
    options_len: usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (name, name_len), (options, options_len) => err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        let name = name.text("name")?;
        let asked = options.document(call.format, "options")?;
        let created = asked.map_or_else(CollectionOptions::new, CollectionOptions::from_document);
        call.run(
            &database,
            |db| db.create_collection_with(name, created.clone()).map(drop),
            |tx| tx.create_collection_with(name, created.clone()).map(drop),
        )?;
        Ok(NX_OK)
    })
}

/// Drops a collection with everything in it; `NX_NONE` when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_drop_collection(
    db: *mut nx_db,
    call: *const nx_call,
    name: *const c_char,
    name_len: usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (name, name_len) => err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        let name = name.text("name")?;
        let there_was = call.run(&database, |db| db.drop_collection(name), |tx| tx.drop_collection(name))?;
        Ok(if there_was { NX_OK } else { NX_NONE })
    })
}

/// Gives a collection another name.
///
/// Options: `dropTarget` (drop what has the new name; off by default).
/// `NX_ERR_NOT_FOUND` when there is no such collection, `NX_ERR_EXISTS` when the new name is taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_rename_collection(
    db: *mut nx_db,
    call: *const nx_call,
    from: *const c_char,
    from_len: usize,
    to: *const c_char,
    to_len: usize,
    options: *const c_void,
    options_len: usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (from, from_len), (to, to_len), (options, options_len) => err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        let (from, to) = (from.text("from")?, to.text("to")?);
        let asked = options.document(call.format, "options")?;
        let drop_target =
            options::read("rename_collection", asked.as_ref(), false, |drop_target, option| {
                Ok(match option.name {
                    "dropTarget" => Some(option.flag()?.unwrap_or(drop_target)),
                    _ => None,
                })
            })?;
        call.run(
            &database,
            |db| db.rename_collection(from, to, drop_target),
            |tx| tx.rename_collection(from, to, drop_target),
        )?;
        Ok(NX_OK)
    })
}

/// The names of all collections, in byte order: `{"collections": ["log", "orders"]}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_collection_names(
    db: *mut nx_db,
    call: *const nx_call,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        let names = call.run(
            &database,
            nexuslite::Database::list_collection_names,
            nexuslite::Transaction::list_collection_names,
        )?;
        out.answer_made(&call, &doc! { "collections": names })?;
        Ok(NX_OK)
    })
}
