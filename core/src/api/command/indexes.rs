//! `createIndexes`, `dropIndexes`, `listIndexes`, and our own `indexStats`.

use bson::{Document, doc};

use crate::collection::ID_INDEX;
use crate::document::builder::RawDocBuf;
use crate::document::convert::read_document;
use crate::document::raw::Value;
use crate::error::{Error, ErrorKind, Result, code};

use super::super::collection::Collection;
use super::super::indexes::IndexOptions;
use super::collections::check_cursor;
use super::request::{Request, time_limit};
use super::{cursor, number};

pub(super) fn list(request: &Request<'_>) -> Result<Document> {
    for field in request.fields()? {
        match field.name() {
            "cursor" => check_cursor(&field)?,
            _ => return Err(request.refused(&field)),
        }
    }
    Ok(cursor(request.namespace()?, request.collection()?.list_indexes()?))
}

/// Our own: what [`Collection::index_stats`] tells.
pub(super) fn stats(request: &Request<'_>) -> Result<Document> {
    for field in request.fields()? {
        match field.name() {
            "cursor" => check_cursor(&field)?,
            _ => return Err(request.refused(&field)),
        }
    }
    Ok(cursor(request.namespace()?, request.collection()?.index_stats()?))
}

pub(super) fn create(request: &Request<'_>) -> Result<Document> {
    let mut specs: Option<Vec<RawDocBuf>> = None;
    let mut options = IndexOptions::new();
    for field in request.fields()? {
        match field.name() {
            "indexes" => specs = Some(field.documents()?.into_iter().map(RawDocBuf::from).collect()),
            "maxTimeMS" => {
                if let Some(limit) = time_limit(&field)? {
                    options = options.max_time(limit);
                }
            }
            "commitQuorum" | "ignoreUnknownIndexOptions" => return Err(request.lacking(&field)),
            _ => return Err(request.refused(&field)),
        }
    }
    let specs = specs.ok_or_else(|| request.missing("indexes"))?;
    if specs.is_empty() {
        return Err(Error::invalid(code::BAD_VALUE, "Must specify at least one index to create"));
    }
    specs.iter().try_for_each(check_required)?;
    let collection = request.collection()?;
    let before = count(&collection)?;
    collection.create_indexes_with(specs, &options)?;
    let after = count(&collection)?.unwrap_or(0);
    let mut answer = doc! {
        "numIndexesBefore": number(before.unwrap_or(1)),
        "numIndexesAfter": number(after),
    };
    match before {
        None => drop(answer.insert("createdCollectionAutomatically", true)),
        Some(before) if before == after => drop(answer.insert("note", "all indexes already exist")),
        Some(_) => drop(answer.insert("createdCollectionAutomatically", false)),
    }
    Ok(answer)
}

/// Checks that a specification has what a command must say of an index; elsewhere a name is made of the key.
fn check_required(spec: &RawDocBuf) -> Result<()> {
    match ["key", "name"].into_iter().find(|name| spec.as_doc().get(name).is_none()) {
        None => Ok(()),
        Some(name) => {
            let what = format!(
                "Error in specification {:?} :: caused by :: The '{name}' field is a required property of an index \
                 specification",
                spec.as_doc()
            );
            Err(Error::invalid(code::FAILED_TO_PARSE, what))
        }
    }
}

/// How many indexes there are; nothing when there is no collection.
fn count(collection: &Collection) -> Result<Option<u64>> {
    match collection.list_indexes() {
        Ok(listed) => Ok(Some(listed.len() as u64)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn drop_indexes(request: &Request<'_>) -> Result<Document> {
    let mut which = None;
    for field in request.fields()? {
        match field.name() {
            "index" => which = Some(field),
            _ => return Err(request.refused(&field)),
        }
    }
    let field = which.ok_or_else(|| request.missing("index"))?;
    let collection = request.collection()?;
    let listed = collection.list_indexes()?;
    let names = match field.value().read() {
        Value::String("*") => {
            collection.drop_indexes()?;
            return Ok(doc! {
                "nIndexesWas": number(listed.len() as u64),
                "msg": "non-_id indexes dropped for collection",
            });
        }
        Value::String(name) => vec![name.to_owned()],
        Value::Document(key) => vec![name_of(&listed, &read_document(key)?)?],
        Value::Array(names) => {
            let text = |value: crate::document::raw::RawValue<'_>| value.as_str().map(str::to_owned);
            let names: Option<Vec<String>> = names.iter().map(|(_, name)| text(name)).collect();
            names.ok_or_else(|| field.wrong("expected an array of strings"))?
        }
        _ => return Err(field.wrong("expected types '[string, object, array]'")),
    };
    // Nothing is dropped unless all can be.
    for name in &names {
        check(&listed, name)?;
    }
    for name in &names {
        collection.drop_index(name)?;
    }
    Ok(doc! { "nIndexesWas": number(listed.len() as u64) })
}

fn check(listed: &[Document], name: &str) -> Result<()> {
    if name == ID_INDEX {
        return Err(Error::invalid(code::INVALID_OPTIONS, "cannot drop _id index"));
    }
    if listed.iter().any(|index| index.get_str("name").is_ok_and(|known| known == name)) {
        return Ok(());
    }
    let what = format!("index not found with name [{name}]");
    Err(Error::new(ErrorKind::NotFound, what).with_code(code::INDEX_NOT_FOUND))
}

fn name_of(listed: &[Document], key: &Document) -> Result<String> {
    let same = |index: &&Document| index.get_document("key").is_ok_and(|known| same_key(known, key));
    let found = listed.iter().find(same).and_then(|index| index.get_str("name").ok());
    found.map(str::to_owned).ok_or_else(|| {
        let what = format!("can't find index with key: {key}");
        Error::new(ErrorKind::NotFound, what).with_code(code::INDEX_NOT_FOUND)
    })
}

/// Whether two keys name the same fields in the same directions, whatever the types of the numbers.
fn same_key(a: &Document, b: &Document) -> bool {
    let direction = |value: &bson::Bson| match value {
        bson::Bson::Int32(number) => Some(f64::from(*number)),
        bson::Bson::Int64(number) => Some(*number as f64),
        bson::Bson::Double(number) => Some(*number),
        _ => None,
    };
    a.len() == b.len()
        && a.iter().zip(b).all(|((a, up), (b, down))| a == b && direction(up) == direction(down))
}
