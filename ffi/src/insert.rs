//! New documents.

use std::ffi::c_void;
use std::ptr;
use std::time::Duration;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::id::{self, IdGenerator};
use nexuslite::document::raw::{RawDoc, Value};
use nexuslite::{DocumentBuilder, Error, InsertManyOptions, error::code};

use crate::buffer;
use crate::call::{self, Raw};
use crate::fault::Result;
use crate::given::Given;
use crate::guard;
use crate::options::{self, put};
use crate::out::Out;
use crate::status::NX_OK;
use crate::types::{nx_buf, nx_call, nx_coll, nx_error, nx_status};

/// Inserts a document: `{"insertedId": …}`; its `_id` is generated when it has none.
///
/// Options: `ttl_ms` (how long it lives), `tags` (a list of texts), `ephemeral` (keep it with those that do not stay).
/// `NX_ERR_DUPLICATE_KEY` when its `_id`, or another unique key, is taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_insert_one(
    coll: *mut nx_coll,
    call: *const nx_call,
    document: *const c_void,
    document_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (call, document, options, mut out, mut err) = unsafe {
        (
            call::Given::new(call),
            Given::new(document, document_len),
            Given::new(options, options_len),
            Out::new(out, buffer::EMPTY),
            Out::new(err, ptr::null_mut()),
        )
    };
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let document = document.needed(call.format, "document")?;
        let metadata = Metadata::read(options.document(call.format, "options")?.as_ref())?;
        let collection = call.collection(&coll)?;
        let inserted = match metadata {
            Some(metadata) => metadata.insert(&collection, &document)?,
            None => collection.insert_one_raw(document.as_bytes())?,
        };
        out.give_result(call.format, &doc! { "insertedId": inserted })?;
        Ok(NX_OK)
    })
}

/// Inserts documents, in order: `{"insertedCount": 2, "insertedIds": [1, 2]}`.
///
/// `documents` is a JSON list, or documents one after the other, in JSON as in BSON.
/// Options: `ordered` (whether the first that cannot be inserted ends the call; true by default).
/// When some cannot be inserted the error's details say which (`writeErrors`) and how many are in (`nInserted`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_insert_many(
    coll: *mut nx_coll,
    call: *const nx_call,
    documents: *const c_void,
    documents_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (call, documents, options, mut out, mut err) = unsafe {
        (
            call::Given::new(call),
            Given::new(documents, documents_len),
            Given::new(options, options_len),
            Out::new(out, buffer::EMPTY),
            Out::new(err, ptr::null_mut()),
        )
    };
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let asked = options.document(call.format, "options")?;
        let options =
            options::read("insert_many", asked.as_ref(), InsertManyOptions::new(), |options, option| {
                Ok(match option.name {
                    "ordered" => Some(put(options, option.flag()?, InsertManyOptions::ordered)),
                    _ => None,
                })
            })?;
        let mut documents = documents.documents(call.format, "documents")?;
        if out.is_wanted() {
            give_ids(&mut documents, &coll.database.ids);
        }
        let inserted =
            call.collection(&coll)?.insert_many_raw(documents.iter().map(RawDocBuf::as_bytes), options)?;
        if out.is_wanted() {
            out.give_document(call.format, report(inserted, &documents).as_doc())?;
        }
        Ok(NX_OK)
    })
}

/// Gives each document its `_id`, so that it is known afterwards. One that cannot have any is left as it is: the
/// insert tells what is wrong with it, and at which place.
fn give_ids(documents: &mut [RawDocBuf], ids: &IdGenerator) {
    for document in documents {
        let mut bytes = Vec::new();
        if id::ensure_id(document.as_doc(), ids, &mut bytes).is_ok()
            && let Ok(whole) = RawDocBuf::from_bytes(bytes)
        {
            *document = whole;
        }
    }
}

fn report(inserted: u64, documents: &[RawDocBuf]) -> RawDocBuf {
    RawDocBuf::build(|report| {
        report.put("insertedCount", Value::Int64(inserted.cast_signed()));
        let mut ids = report.array("insertedIds");
        documents.iter().filter_map(|document| id::id_of(document.as_doc())).for_each(|id| ids.append(id));
    })
}

/// What is kept beside a document's fields.
struct Metadata {
    ttl: Option<Duration>,
    tags: Vec<String>,
    ephemeral: bool,
}

impl Metadata {
    /// What the options say; nothing when they say nothing.
    fn read(asked: Option<&RawDocBuf>) -> Result<Option<Self>> {
        let nothing = Self { ttl: None, tags: Vec::new(), ephemeral: false };
        let metadata = options::read("insert_one", asked, nothing, |metadata, option| {
            Ok(Some(match option.name {
                "ttl_ms" => Self { ttl: option.milliseconds()?, ..metadata },
                "tags" => {
                    let tags = option.texts()?.unwrap_or_default();
                    Self { tags: tags.into_iter().map(str::to_owned).collect(), ..metadata }
                }
                "ephemeral" => Self { ephemeral: option.flag()?.unwrap_or_default(), ..metadata },
                _ => return Ok(None),
            }))
        })?;
        let says_nothing = metadata.ttl.is_none() && metadata.tags.is_empty() && !metadata.ephemeral;
        Ok((!says_nothing).then_some(metadata))
    }

    fn insert(self, collection: &Raw, document: &RawDocBuf) -> Result<Bson> {
        let mut builder = fields_of(document.as_doc())?
            .into_iter()
            .fold(nexuslite::Document::builder(), |builder, (name, value)| builder.field(name, value));
        if let Some(ttl) = self.ttl {
            builder = builder.ttl(ttl);
        }
        if self.ephemeral {
            builder = builder.ephemeral();
        }
        let whole = self.tags.into_iter().fold(builder, DocumentBuilder::tag).build();
        Ok(collection.insert_document(whole)?)
    }
}

fn fields_of(document: RawDoc<'_>) -> Result<Document> {
    let read = Document::from_reader(document.as_bytes());
    read.map_err(|error| Error::invalid(code::INVALID_BSON, format!("document: {error}")).into())
}
