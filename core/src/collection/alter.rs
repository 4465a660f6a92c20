//! Changing what a collection, an index or a view was created with: MongoDB's `collMod`.

use std::sync::Arc;

use crate::document::builder::RawDocBuf;
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::argument::Argument;
use crate::expression::validator::Validator;

use super::entry::{Entry, IndexEntry};
use super::layout::CATALOG;
use super::scope::{Scope, missing};
use super::settings::{
    Action, Capped, Level, ParseValidator, View, capped_bytes, capped_documents, expire_seconds, validator,
    view_on,
};
use super::views::{check_collation, check_view};
use crate::index::spec::ID_INDEX;

/// What is to be changed; what is not said stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alteration {
    /// A validator, or that there is none any more.
    validator: Option<Option<Arc<Validator>>>,
    level: Option<Level>,
    action: Option<Action>,
    index: Option<IndexAlteration>,
    view_on: Option<Box<str>>,
    pub(crate) pipeline: Option<RawDocBuf>,
    capped_bytes: Option<i64>,
    capped_documents: Option<i64>,
    /// A time to live, or that there is none any more.
    expire_after_seconds: Option<Option<i64>>,
    /// The fields that were given, in their order.
    given: Vec<Box<str>>,
}

#[derive(Debug, Clone, Default)]
struct IndexAlteration {
    name: Option<Box<str>>,
    key: Option<RawDocBuf>,
    expire_after_seconds: Option<i64>,
    hidden: Option<bool>,
}

/// What only a view has.
const OF_VIEWS: &[&str] = &["viewOn", "pipeline"];

impl Alteration {
    /// Reads what stands beside the name in a `collMod`.
    ///
    /// # Errors
    /// `Invalid` with MongoDB's number; `Unsupported` for what this version cannot change.
    pub(crate) fn parse(doc: RawDoc<'_>, parse_validator: ParseValidator) -> Result<Self> {
        let mut read = Self::default();
        for (name, value) in doc.iter() {
            let argument = Argument::new("collMod", name, value);
            if argument.is_absent() {
                continue;
            }
            match name {
                "validator" => read.validator = Some(validator(argument, parse_validator, None)?),
                "validationLevel" => read.level = Some(Level::of(argument.word(Level::WORDS)?)),
                "validationAction" => read.action = Some(Action::of(argument.word(Action::WORDS)?)),
                "index" => read.index = Some(IndexAlteration::parse(argument.document()?)?),
                "viewOn" => read.view_on = Some(view_on(argument)?),
                "pipeline" => read.pipeline = Some(argument.array()?.into()),
                "cappedSize" => read.capped_bytes = Some(capped_bytes(argument)?),
                "cappedMax" => read.capped_documents = Some(capped_documents(argument)?),
                "expireAfterSeconds" if value.as_str() == Some("off") => {
                    read.expire_after_seconds = Some(None);
                }
                "expireAfterSeconds" => read.expire_after_seconds = Some(Some(expire_seconds(argument)?)),
                "changeStreamPreAndPostImages" | "timeseries" | "recordPreImages" => {
                    let what = format!("the collection option {name:?} is not supported by this version");
                    return Err(Error::not_implemented(what));
                }
                _ => return Err(argument.unknown()),
            }
            read.given.push(name.into());
        }
        Ok(read)
    }
}

impl IndexAlteration {
    fn parse(doc: RawDoc<'_>) -> Result<Self> {
        let mut read = Self::default();
        for (name, value) in doc.iter() {
            let argument = Argument::new("collMod.index", name, value);
            match name {
                "name" => read.name = Some(argument.text()?.into()),
                "keyPattern" => read.key = Some(argument.document()?.into()),
                "expireAfterSeconds" => read.expire_after_seconds = Some(expire_seconds(argument)?),
                "hidden" => read.hidden = Some(argument.flag()?),
                "unique" | "prepareUnique" => {
                    let what = format!("changing {name:?} of an index is not supported by this version");
                    return Err(Error::not_implemented(what));
                }
                _ => return Err(argument.unknown()),
            }
        }
        match (&read.name, &read.key) {
            (Some(_), Some(_)) => return refuse("Cannot specify both key pattern and name."),
            (None, None) => return refuse("Must specify either index name or key pattern."),
            _ => {}
        }
        if read.expire_after_seconds.is_none() && read.hidden.is_none() {
            return refuse("no expireAfterSeconds, hidden, unique, or prepareUnique field");
        }
        Ok(read)
    }

    fn find<'e>(&self, entry: &'e mut Entry, collection: &str) -> Result<&'e mut Arc<IndexEntry>> {
        let by_id = |key: &RawDocBuf| key.as_doc().iter().map(|(name, _)| name).eq(["_id"]);
        if self.name.as_deref() == Some(ID_INDEX) || self.key.as_ref().is_some_and(by_id) {
            return Err(Error::invalid(code::BAD_VALUE, "can't hide _id index"));
        }
        let meant = |index: &Arc<IndexEntry>| match (&self.name, &self.key) {
            (Some(name), _) => index.spec.name == *name,
            (_, Some(key)) => index.spec.has_key(key.as_doc()),
            _ => false,
        };
        if let (Some(key), 2..) = (&self.key, entry.indexes.iter().filter(|index| meant(index)).count()) {
            let what = format!("index keyPattern {key:?} matches several indexes, must use index name");
            return Err(Error::invalid(code::AMBIGUOUS_INDEX_KEY_PATTERN, what));
        }
        entry.indexes.iter_mut().find(|index| meant(index)).ok_or_else(|| {
            let which = self.name.as_deref().map_or_else(|| format!("{:?}", self.key), str::to_owned);
            let what = format!("cannot find index {which} for ns {collection}");
            Error::new(ErrorKind::NotFound, what).with_code(code::INDEX_NOT_FOUND)
        })
    }
}

impl Scope<'_> {
    /// Changes a collection or a view; answers what was and what is, as far as MongoDB tells it.
    pub(crate) fn alter(&mut self, name: &str, alteration: &Alteration) -> Result<RawDocBuf> {
        let Some(mut entry) = self.catalog.entry_of(self.txn, name)? else { return Err(missing(name)) };
        self.txn.expect_unchanged(CATALOG, name.as_bytes());
        let before = entry.clone();
        let mut told = RawDocBuf::new();
        if entry.is_view() {
            self.alter_view(name, &mut entry, alteration)?;
        } else {
            if let Some(field) = alteration.given.iter().find(|field| OF_VIEWS.contains(&&***field)) {
                return refuse(&format!("option only supported on a view: {field}"));
            }
            alter_options(&mut entry, alteration, self.catalog.parsers.validator)?;
            if let Some(index) = &alteration.index {
                told = alter_index(&mut entry, name, index)?;
            }
        }
        if entry != before {
            self.put_changed(name, entry)?;
        }
        Ok(told)
    }

    fn alter_view(&mut self, name: &str, entry: &mut Entry, alteration: &Alteration) -> Result<()> {
        if let Some(field) = alteration.given.iter().find(|field| !OF_VIEWS.contains(&&***field)) {
            return refuse(&format!("option not supported on a view: {field}"));
        }
        let Some(view) = &entry.settings.view else { return Ok(()) };
        let changed = View {
            on: alteration.view_on.clone().unwrap_or_else(|| view.on.clone()),
            pipeline: alteration.pipeline.clone().unwrap_or_else(|| view.pipeline.clone()),
        };
        check_view(self.txn, self.catalog, name, &changed.on)?;
        check_collation(self.txn, self.catalog, name, &entry.settings, &changed.on)?;
        entry.settings.view = Some(Arc::new(changed));
        Ok(())
    }
}

fn alter_options(entry: &mut Entry, alteration: &Alteration, parse_validator: ParseValidator) -> Result<()> {
    let settings = &mut entry.settings;
    if let Some(validator) = &alteration.validator {
        // Whoever wrote it did not know the collection's collation.
        settings.validator = match (validator, settings.collation.as_ref()) {
            (Some(validator), collation @ Some(_)) => {
                Some(Arc::new(parse_validator(validator.source.as_doc(), collation)?))
            }
            (validator, _) => validator.clone(),
        };
    }
    if alteration.validator.is_some() || alteration.level.is_some() || alteration.action.is_some() {
        // Whoever changes one of the three is told of all from now on.
        settings.level = Some(alteration.level.or(settings.level).unwrap_or(Level::Strict));
        settings.action = Some(alteration.action.or(settings.action).unwrap_or(Action::Error));
    }
    if alteration.capped_bytes.is_some() || alteration.capped_documents.is_some() {
        let Some(capped) = settings.capped else { return refuse("Collection must be capped.") };
        let bytes = alteration.capped_bytes.map_or(capped.bytes, i64::cast_unsigned);
        let documents = alteration.capped_documents.map(i64::cast_unsigned).or(capped.documents);
        settings.capped = Some(Capped { bytes, documents });
    }
    if let Some(seconds) = alteration.expire_after_seconds {
        if settings.clustered.is_none() {
            return refuse("'expireAfterSeconds' is only supported on clustered collections");
        }
        settings.expire_after_seconds = seconds;
    }
    Ok(())
}

fn alter_index(entry: &mut Entry, collection: &str, alteration: &IndexAlteration) -> Result<RawDocBuf> {
    let index = alteration.find(entry, collection)?;
    let (old_seconds, old_hidden) = (index.spec.expire_after_seconds, index.spec.hidden);
    if alteration.expire_after_seconds.is_some() && index.spec.fields.len() > 1 {
        return refuse("TTL indexes are single-field indexes, compound indexes do not support TTL");
    }
    if alteration.expire_after_seconds.is_some() && index.spec.wildcard.is_some() {
        return refuse("TTL indexes need a field of their own, a wildcard index has none");
    }
    if alteration.expire_after_seconds.is_some() && index.spec.hashed.is_some() {
        return refuse("TTL indexes need a field that is in order, a hashed one is not");
    }
    let changed = &mut Arc::make_mut(index).spec;
    changed.expire_after_seconds = alteration.expire_after_seconds.or(old_seconds);
    changed.hidden = alteration.hidden.unwrap_or(old_hidden);
    let (hidden, seconds) = (changed.hidden, alteration.expire_after_seconds);
    Ok(RawDocBuf::build(|out| {
        if let Some(seconds) = seconds {
            if let Some(old) = old_seconds {
                out.put("expireAfterSeconds_old", Value::Int64(old));
            }
            out.put("expireAfterSeconds_new", Value::Int64(seconds));
        }
        if hidden != old_hidden {
            out.put("hidden_old", Value::Boolean(old_hidden));
            out.put("hidden_new", Value::Boolean(hidden));
        }
    }))
}

fn refuse<T>(what: &str) -> Result<T> {
    Err(Error::invalid(code::INVALID_OPTIONS, what))
}
