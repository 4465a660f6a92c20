//! `create`, `drop`, `collMod`, `renameCollection`, `listCollections`, `dropDatabase`.

use bson::{Bson, Document, doc};

use crate::document::builder::RawDocBuf;
use crate::error::{Error, Result, code};
use crate::expression::argument::Argument;

use super::super::collection_options::CollectionOptions;
use super::request::Request;
use super::{cursor, number};

pub(super) fn create(request: &Request<'_>) -> Result<Document> {
    let options = CollectionOptions::from_document(request.rest()?);
    request.session.create_collection(request.collection_name()?, options)?;
    Ok(Document::new())
}

pub(super) fn drop_collection(request: &Request<'_>) -> Result<Document> {
    request.no_fields()?;
    let (collection, namespace) = (request.collection()?, request.namespace()?);
    let listed = request.session.list_collections(doc! { "name": collection.name() })?;
    let Some(there) = listed.first() else {
        request.session.drop_collection(collection.name())?;
        return Ok(Document::new());
    };
    let indexes = match there.get_str("type") {
        Ok("view") => None,
        _ => Some(collection.list_indexes()?.len()),
    };
    request.session.drop_collection(collection.name())?;
    let mut answer = Document::new();
    if let Some(indexes) = indexes {
        answer.insert("nIndexesWas", number(indexes as u64));
    }
    answer.insert("ns", namespace);
    Ok(answer)
}

pub(super) fn coll_mod(request: &Request<'_>) -> Result<Document> {
    request.session.alter(request.collection_name()?, request.rest()?)
}

pub(super) fn rename(request: &Request<'_>) -> Result<Document> {
    let (mut to, mut drop_target) = (None, false);
    for field in request.fields()? {
        match field.name() {
            "to" => to = Some(inside(request, field)?),
            "dropTarget" => drop_target = field.flag()?,
            _ => return Err(request.refused(&field)),
        }
    }
    let to = to.ok_or_else(|| request.missing("to"))?;
    request.session.rename_collection(inside(request, request.of())?, to, drop_target)?;
    Ok(Document::new())
}

/// The collection of a namespace, which must be this database's.
fn inside<'a>(request: &Request<'_>, field: Argument<'a>) -> Result<&'a str> {
    let (namespace, here) = (field.text()?, request.session.database_name()?);
    namespace.strip_prefix(&*here).and_then(|rest| rest.strip_prefix('.')).ok_or_else(|| {
        let what = format!(
            "the namespace {namespace:?} in the field {:?} must begin with this database's name, {here:?}, and a dot",
            field.name()
        );
        Error::invalid(code::INVALID_NAMESPACE, what)
    })
}

pub(super) fn list(request: &Request<'_>) -> Result<Document> {
    let (mut filter, mut names) = (RawDocBuf::new(), false);
    for field in request.fields()? {
        match field.name() {
            "filter" => filter = field.document()?.into(),
            "nameOnly" => names = field.flag()?,
            "cursor" => check_cursor(&field)?,
            "authorizedCollections" => drop(field.flag()?),
            _ => return Err(request.refused(&field)),
        }
    }
    let mut listed = request.session.list_collections(filter)?;
    if names {
        let named = |one: Document| {
            one.into_iter().filter(|(name, _)| matches!(&**name, "name" | "type")).collect::<Document>()
        };
        listed = listed.into_iter().map(named).collect();
    }
    let namespace = format!("{}.$cmd.listCollections", request.session.database_name()?);
    Ok(cursor(namespace, listed))
}

/// A cursor's options: how many documents come at a time says nothing where all come at once.
pub(super) fn check_cursor(field: &Argument<'_>) -> Result<()> {
    for (name, value) in field.document()?.iter() {
        let inner = Argument::new("cursor", name, value);
        match name {
            "batchSize" => drop(inner.count()?),
            _ => return Err(inner.unknown()),
        }
    }
    Ok(())
}

pub(super) fn drop_database(request: &Request<'_>) -> Result<Document> {
    request.no_fields()?;
    let name = request.session.database_name()?;
    request.session.write(|shared, scope| {
        for name in shared.catalog.names(scope.txn)? {
            scope.drop_collection(&name)?;
        }
        Ok(())
    })?;
    Ok(doc! { "dropped": Bson::String(name) })
}
