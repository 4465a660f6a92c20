//! New documents.

use std::ffi::c_void;
use std::time::Duration;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::id::{self, IdGenerator};
use nexuslite::document::raw::{RawDoc, Value};
use nexuslite::{DocumentBuilder, Error, InsertManyOptions, InsertOneOptions, error::code};

use crate::call::Raw;
use crate::fault::{Fault, Result};
use crate::guard;
use crate::options::{self, put};
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_error, nx_status};

/// Inserts a document: `{"insertedId": …}`; its `_id` is generated when it has none.
///
/// Options: `ttl_ms` (how long it lives), `tags` (a list of texts), `ephemeral` (keep it with those that do not stay);
/// `bypassDocumentValidation`, which cannot stand beside those.
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
    take!(call, (document, document_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let document = document.needed(call.format, "document")?;
        let asked = Beside::read(options.document(call.format, "options")?.as_ref())?;
        let inserted = asked.insert(&call.collection(coll)?, &document)?;
        out.answer_made(&call, &doc! { "insertedId": inserted })?;
        Ok(NX_OK)
    })
}

/// Inserts documents, in order: `{"insertedCount": 2, "insertedIds": [1, 2]}`.
///
/// `documents` is a JSON list, or documents one after the other, in JSON as in BSON.
/// Options: `ordered` (whether the first that cannot be inserted ends the call; true by default),
/// `bypassDocumentValidation`.
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
    take!(call, (documents, documents_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let asked = options.document(call.format, "options")?;
        let options =
            options::read("insert_many", asked.as_ref(), InsertManyOptions::new(), |options, option| {
                Ok(Some(match option.name {
                    "ordered" => put(options, option.flag()?, InsertManyOptions::ordered),
                    "bypassDocumentValidation" => {
                        put(options, option.flag()?, InsertManyOptions::bypass_document_validation)
                    }
                    _ => return Ok(None),
                }))
            })?;
        let mut documents = documents.documents(call.format, "documents")?;
        if out.is_wanted() {
            give_ids(&mut documents, &coll.database.ids);
        }
        let inserted =
            call.collection(coll)?.insert_many_raw(documents.iter().map(RawDocBuf::as_bytes), options)?;
        if out.is_wanted() {
            out.answer(&call, report(inserted, &documents).as_doc())?;
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

/// What is said of a document beside its fields.
#[derive(Default)]
struct Beside {
    ttl: Option<Duration>,
    tags: Vec<String>,
    ephemeral: bool,
    bypass_validation: bool,
}

impl Beside {
    fn read(asked: Option<&RawDocBuf>) -> Result<Self> {
        options::read("insert_one", asked, Self::default(), |beside, option| {
            Ok(Some(match option.name {
                "ttl_ms" => Self { ttl: option.milliseconds()?, ..beside },
                "tags" => {
                    let tags = option.texts()?.unwrap_or_default();
                    Self { tags: tags.into_iter().map(str::to_owned).collect(), ..beside }
                }
                "ephemeral" => Self { ephemeral: option.flag()?.unwrap_or_default(), ..beside },
                "bypassDocumentValidation" => {
                    Self { bypass_validation: option.flag()?.unwrap_or_default(), ..beside }
                }
                _ => return Ok(None),
            }))
        })
    }

    fn insert(self, collection: &Raw, document: &RawDocBuf) -> Result<Bson> {
        let has_metadata = self.ttl.is_some() || !self.tags.is_empty() || self.ephemeral;
        match (has_metadata, self.bypass_validation) {
            (true, false) => self.insert_with_metadata(collection, document),
            (false, bypass) => {
                let options = InsertOneOptions::new().bypass_document_validation(bypass);
                Ok(collection.insert_one_raw_with(document.as_bytes(), options)?)
            }
            (true, true) => Err(Fault::option(
                "the option bypassDocumentValidation of insert_one cannot stand beside ttl_ms, tags and ephemeral",
            )),
        }
    }

    fn insert_with_metadata(self, collection: &Raw, document: &RawDocBuf) -> Result<Bson> {
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
