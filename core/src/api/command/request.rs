//! A command being read.

use std::time::Duration;

use bson::Bson;

use crate::document::builder::RawDocBuf;
use crate::document::convert::read_document;
use crate::document::raw::{RawDoc, RawValue};
use crate::error::{Error, Result, code};
use crate::expression::argument::{Argument, missing_field};
use crate::expression::show::type_name;

use super::super::collection::Collection;
use super::super::session::Session;

/// The longest time that a command may be given, in milliseconds.
const TIME_LIMIT_MS_MAX: u64 = i32::MAX as u64;
/// Fields of many commands that MongoDB has and this version lacks.
const UNSUPPORTED: &[&str] = &[
    "$clusterTime",
    "$readPreference",
    "apiDeprecationErrors",
    "apiStrict",
    "apiVersion",
    "autocommit",
    "lsid",
    "maxTimeMS",
    "readConcern",
    "startTransaction",
    "txnNumber",
    "writeConcern",
];

/// A command: its name, what it is said of, and the fields behind.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) session: &'a Session,
    name: &'a str,
    of: RawValue<'a>,
    doc: RawDoc<'a>,
}

impl<'a> Request<'a> {
    pub(super) fn parse(session: &'a Session, doc: RawDoc<'a>) -> Result<Self> {
        let Some((name, of)) = doc.iter().next() else {
            return Err(Error::invalid(
                code::FAILED_TO_PARSE,
                "a command is a document that begins with its name",
            ));
        };
        Ok(Self { session, name, of, doc })
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// The name of the collection that the command is said of.
    pub(super) fn collection_name(&self) -> Result<&'a str> {
        self.of.as_str().ok_or_else(|| {
            let seen = type_name(self.of.tag());
            Error::invalid(code::INVALID_NAMESPACE, format!("collection name has invalid type {seen}"))
        })
    }

    /// What stands behind the command's name.
    pub(super) fn of(&self) -> Argument<'a> {
        Argument::new(self.name, self.name, self.of)
    }

    pub(super) fn collection(&self) -> Result<Collection> {
        Ok(Collection::new(self.session.clone(), self.collection_name()?))
    }

    /// The collection's name with the database's before it.
    pub(super) fn namespace(&self) -> Result<String> {
        Ok(format!("{}.{}", self.session.database_name()?, self.collection_name()?))
    }

    /// The fields behind the first that are given, in their order; what every command may say is read here.
    pub(super) fn fields(&self) -> Result<Vec<Argument<'a>>> {
        let mut fields = Vec::new();
        for (name, value) in self.doc.iter().skip(1) {
            let argument = Argument::new(self.name, name, value);
            match name {
                "comment" => {}
                "$db" => self.check_database(argument.text()?)?,
                _ if argument.is_absent() => {}
                _ => fields.push(argument),
            }
        }
        Ok(fields)
    }

    /// What the command is for, where it says so.
    pub(super) fn comment(&self) -> Result<Option<Bson>> {
        let Some(comment) = self.doc.iter().skip(1).find(|(name, _)| *name == "comment") else {
            return Ok(None);
        };
        let alone = RawDocBuf::build(|out| out.append(comment.0, comment.1));
        Ok(read_document(alone.as_doc())?.remove(comment.0))
    }

    /// The fields behind the first, as a document.
    pub(super) fn rest(&self) -> Result<RawDocBuf> {
        let fields = self.fields()?;
        if let Some(generic) = fields.iter().find(|field| field.name() == "writeConcern") {
            return Err(self.lacking(generic));
        }
        Ok(RawDocBuf::build(|out| fields.iter().for_each(|field| out.append(field.name(), field.value()))))
    }

    /// Refuses all fields.
    pub(super) fn no_fields(&self) -> Result<()> {
        self.fields()?.first().map_or(Ok(()), |field| Err(self.refused(field)))
    }

    /// The error for a field that is not among those of the command.
    pub(super) fn refused(&self, field: &Argument<'_>) -> Error {
        if UNSUPPORTED.contains(&field.name()) { self.lacking(field) } else { field.unknown() }
    }

    /// The error for a field that MongoDB has and this version lacks.
    pub(super) fn lacking(&self, field: &Argument<'_>) -> Error {
        let what = format!("the field '{}.{}' is not supported by this version", self.name, field.name());
        Error::not_implemented(what)
    }

    /// The error for a field that is not there.
    pub(super) fn missing(&self, name: &str) -> Error {
        missing_field(self.name, name)
    }

    fn check_database(&self, name: &str) -> Result<()> {
        let here = self.session.database_name()?;
        if name == here {
            return Ok(());
        }
        let what = format!("a command of the database {here:?} cannot be said of {name:?}");
        Err(Error::invalid(code::INVALID_NAMESPACE, what))
    }
}

/// A time limit; 0 is none.
pub(super) fn time_limit(argument: &Argument<'_>) -> Result<Option<Duration>> {
    let seen = argument.number()?;
    let Some(ms) = u64::try_from(seen).ok().filter(|ms| *ms <= TIME_LIMIT_MS_MAX) else {
        let what = format!("{seen} value for maxTimeMS is out of range [0, {TIME_LIMIT_MS_MAX}]");
        return Err(Error::invalid(code::BAD_VALUE, what));
    };
    Ok((ms > 0).then(|| Duration::from_millis(ms)))
}
