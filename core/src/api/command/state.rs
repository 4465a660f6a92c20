//! `ping`, `hello`, `buildInfo`, `collStats`, `dbStats`, `validate`.

use bson::{Bson, DateTime, Document, doc};

use crate::collection::{Handle, check_one, missing};
use crate::document::raw::{DOCUMENT_BYTES_MAX, RawDoc};
use crate::error::{Error, Result, code};

use super::super::collection::Collection;
use super::number;
use super::request::Request;

/// How many writes one command may have.
const WRITES_MAX: i32 = 100_000;

pub(super) fn ping(request: &Request<'_>) -> Result<Document> {
    request.no_fields()?;
    request.session.shared()?;
    Ok(Document::new())
}

pub(super) fn hello(request: &Request<'_>) -> Result<Document> {
    request.no_fields()?;
    let options = &request.session.shared()?.options;
    Ok(doc! {
        "isWritablePrimary": !options.read_only,
        "maxBsonObjectSize": DOCUMENT_BYTES_MAX as i32,
        "maxWriteBatchSize": WRITES_MAX,
        "localTime": DateTime::from_millis(options.clock.now_ms()),
        "readOnly": options.read_only,
    })
}

pub(super) fn build_info(request: &Request<'_>) -> Result<Document> {
    request.no_fields()?;
    let version = env!("CARGO_PKG_VERSION");
    let parts = version.split(['.', '-']).map_while(|part| part.parse().ok());
    Ok(doc! {
        "version": version,
        "versionArray": parts.chain([0; 4]).take(4).collect::<Vec<i32>>(),
        "modules": Vec::<Bson>::new(),
        "storageEngines": ["wasp", "log", "memory"],
        "bits": usize::BITS as i32,
        "debug": cfg!(debug_assertions),
        "maxBsonObjectSize": DOCUMENT_BYTES_MAX as i32,
    })
}

/// How many bytes a unit has, as a command asks for it.
fn scale(request: &Request<'_>) -> Result<i64> {
    let mut scale = 1;
    for field in request.fields()? {
        match field.name() {
            "scale" => {
                scale = field.number()?;
                if scale < 1 {
                    return Err(field.below(1, scale));
                }
            }
            _ => return Err(request.refused(&field)),
        }
    }
    Ok(scale)
}

/// The documents of a collection and their bytes. All of them are looked at.
fn measure(collection: &Collection) -> Result<(u64, u64)> {
    let mut found = collection.find(RawDoc::empty()).raw()?;
    let (mut count, mut bytes) = (0, 0);
    while let Some(doc) = found.next_bytes()? {
        count += 1;
        bytes += doc.len() as u64;
    }
    Ok((count, bytes))
}

fn average(bytes: u64, count: u64) -> Bson {
    if count == 0 { Bson::Int32(0) } else { Bson::Double(bytes as f64 / count as f64) }
}

pub(super) fn coll_stats(request: &Request<'_>) -> Result<Document> {
    let scale = scale(request)?;
    let collection = request.collection()?;
    collection.refuse_view()?;
    let listed = request.session.list_collections(doc! { "name": collection.name() })?;
    let (count, bytes) = measure(&collection)?;
    let scaled = |bytes: u64| number(bytes / scale.unsigned_abs());
    let mut answer = doc! { "ns": request.namespace()?, "size": scaled(bytes), "count": number(count) };
    if let Some(mean) = bytes.checked_div(count) {
        answer.insert("avgObjSize", number(mean));
    }
    let indexes = if listed.is_empty() { Vec::new() } else { collection.index_stats()? };
    let bytes_of = |index: &Document| index.get_i64("bytes").unwrap_or_default().unsigned_abs();
    answer.insert("nindexes", number(indexes.len() as u64));
    answer.insert("totalIndexSize", scaled(indexes.iter().map(bytes_of).sum()));
    let sizes = indexes.iter().map(|index| {
        let name = index.get_str("name").unwrap_or_default().to_owned();
        (name, scaled(bytes_of(index)))
    });
    answer.insert("indexSizes", sizes.collect::<Document>());
    let options = listed.first().and_then(|one| one.get_document("options").ok());
    answer.insert("capped", options.is_some_and(|options| options.contains_key("capped")));
    if let Some((size, max)) = options.and_then(|options| Some((options.get("size")?, options.get("max")))) {
        answer.insert("maxSize", size.clone());
        if let Some(max) = max {
            answer.insert("max", max.clone());
        }
    }
    answer.insert("scaleFactor", number(scale.unsigned_abs()));
    Ok(answer)
}

pub(super) fn db_stats(request: &Request<'_>) -> Result<Document> {
    let scale = scale(request)?.unsigned_abs();
    let (mut collections, mut views, mut indexes, mut objects, mut bytes) = (0, 0, 0, 0, 0);
    for one in request.session.list_collections(RawDoc::empty())? {
        if one.get_str("type").is_ok_and(|kind| kind == "view") {
            views += 1;
            continue;
        }
        let collection = Collection::new(request.session.clone(), one.get_str("name").unwrap_or_default());
        let (count, held) = measure(&collection)?;
        collections += 1;
        objects += count;
        bytes += held;
        indexes += collection.list_indexes()?.len() as u64;
    }
    let stats = request.session.shared()?.engine.stats();
    Ok(doc! {
        "db": request.session.database_name()?,
        "collections": number(collections),
        "views": number(views),
        "objects": number(objects),
        "avgObjSize": average(bytes, objects),
        "dataSize": number(bytes / scale),
        "storageSize": number(stats.file_bytes / scale),
        "indexes": number(indexes),
        "scaleFactor": number(scale),
    })
}

pub(super) fn validate(request: &Request<'_>) -> Result<Document> {
    for field in request.fields()? {
        match field.name() {
            // Everything is looked at in any case.
            "full" => drop(field.flag()?),
            "repair" | "metadata" | "background" | "checkBSONConformance" if !field.flag()? => {}
            "repair" | "metadata" | "background" | "checkBSONConformance" => {
                return Err(request.lacking(&field));
            }
            _ => return Err(request.refused(&field)),
        }
    }
    let (name, namespace) = (request.collection_name()?, request.namespace()?);
    request.session.read(|shared, txn| {
        let Some(opened) = shared.catalog.look(txn, &Handle::new(name))? else { return Err(missing(name)) };
        if opened.entry.is_view() {
            return Err(Error::invalid(code::COMMAND_NOT_SUPPORTED_ON_VIEW, "Cannot validate a view"));
        }
        let (records, faults) = check_one(txn, &opened)?;
        Ok(doc! {
            "ns": namespace,
            "nrecords": number(records),
            "nIndexes": number(1 + opened.ready_indexes().count() as u64),
            "valid": faults.is_empty(),
            "warnings": Vec::<Bson>::new(),
            "errors": faults,
        })
    })
}
