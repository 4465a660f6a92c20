//! What a collection was created with, as MongoDB writes it: `{validator: {…}, capped: true, size: 4096}`.
//!
//! Three options are NexusLite's own: `metadata`, `primaryKey` and `softDelete`.

use std::sync::Arc;

use crate::document::builder::{DocWriter, RawDocBuf};
use crate::document::collation::Collation;
use crate::document::id::ID;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, Result, code};
use crate::expression::argument::{Argument, missing_field};
use crate::expression::integer;
use crate::expression::show::shown;
use crate::expression::validator::Validator;

use crate::index::spec::ID_INDEX;

/// Reads a validator; it is handed in, since how a filter is written is known above.
pub(crate) type ParseValidator = fn(RawDoc<'_>, Option<&Collation>) -> Result<Validator>;

/// The largest `size` of a capped collection, in bytes.
const CAPPED_BYTES_MAX: i64 = 1 << 50;
/// A capped collection's `max` that means that documents are not counted.
const CAPPED_DOCUMENTS_ANY: i64 = i32::MAX as i64;
/// The longest time to live, in seconds.
const EXPIRE_SECONDS_MAX: i64 = i32::MAX as i64;

/// Options that MongoDB has and this version has not.
const UNSUPPORTED: &[&str] = &[
    "autoIndexId",
    "changeStreamPreAndPostImages",
    "encryptedFields",
    "idIndex",
    "indexOptionDefaults",
    "recordPreImages",
    "storageEngine",
    "timeseries",
];

/// The options of a collection, or of a view.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// Whether times and version are kept for every document.
    pub(crate) metadata: bool,
    /// Whether a document that is deleted can be restored.
    pub(crate) soft_delete: bool,
    /// Where every document must hold a value of its own.
    pub(crate) primary_key: Option<Path>,
    pub(crate) capped: Option<Capped>,
    /// The name of the index that the documents are clustered by, which is that on `_id`.
    pub(crate) clustered: Option<Box<str>>,
    /// How long a document lives whose `_id` is a date.
    pub(crate) expire_after_seconds: Option<i64>,
    pub(crate) validator: Option<Arc<Validator>>,
    /// As it was said; strict when it was not.
    pub(crate) level: Option<Level>,
    /// As it was said; an error when it was not.
    pub(crate) action: Option<Action>,
    /// The order of texts where a verb says nothing of it, if it is another than that of their bytes.
    pub(crate) collation: Option<Collation>,
    pub(crate) view: Option<Arc<View>>,
}

/// How much a collection may hold before its oldest documents go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capped {
    pub(crate) bytes: u64,
    pub(crate) documents: Option<u64>,
}

/// Which writes a validator is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Off,
    Strict,
    /// All but changes of a document that did not satisfy it before.
    Moderate,
}

/// What becomes of a write that a validator refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Error,
    Warn,
}

/// A collection that is a question to another one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    pub(crate) on: Box<str>,
    /// The bytes of the array of stages.
    pub(crate) pipeline: RawDocBuf,
}

impl Level {
    pub(crate) const WORDS: &[&'static str] = &["off", "strict", "moderate"];

    pub(crate) fn of(word: &str) -> Self {
        match word {
            "off" => Self::Off,
            "moderate" => Self::Moderate,
            _ => Self::Strict,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Strict => "strict",
            Self::Moderate => "moderate",
        }
    }
}

impl Action {
    pub(crate) const WORDS: &[&'static str] = &["error", "warn"];

    pub(crate) fn of(word: &str) -> Self {
        if word == "warn" { Self::Warn } else { Self::Error }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
        }
    }
}

/// Two lists of options are equal when they are listed alike.
impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        self.to_doc() == other.to_doc()
    }
}

impl Settings {
    /// Reads options.
    ///
    /// # Errors
    /// `Invalid` with MongoDB's number: what is of the wrong type (14), unknown (40415), or makes no sense beside the
    /// others (72); the validator's own. `Unsupported`: options that this version lacks.
    pub(crate) fn parse(doc: RawDoc<'_>, parse_validator: ParseValidator) -> Result<Self> {
        let collation = collation(doc)?.map(Collation::parse).transpose()?.flatten();
        Self::parse_under(doc, parse_validator, collation)
    }

    /// Reads options that were written into a file once. A collation that this build cannot work with is kept as it is.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub(crate) fn stored(doc: RawDoc<'_>, parse_validator: ParseValidator) -> Result<Self> {
        let collation = collation(doc)?.and_then(Collation::stored);
        Self::parse_under(doc, parse_validator, collation)
    }

    fn parse_under(
        doc: RawDoc<'_>,
        parse_validator: ParseValidator,
        collation: Option<Collation>,
    ) -> Result<Self> {
        let settings = Self { collation, ..Self::default() };
        let mut read = Reading { settings, ..Reading::default() };
        for (name, value) in doc.iter() {
            let argument = Argument::new("create", name, value);
            if !argument.is_absent() {
                read.take(argument, parse_validator)?;
            }
        }
        read.finish()
    }

    /// The options as MongoDB lists them.
    pub(crate) fn to_doc(&self) -> RawDocBuf {
        RawDocBuf::build(|out| self.put(out))
    }

    fn put(&self, out: &mut DocWriter<'_>) {
        if let Some(capped) = self.capped {
            out.put("capped", Value::Boolean(true));
            out.put("size", number(capped.bytes.cast_signed()));
            if let Some(documents) = capped.documents {
                out.put("max", number(documents.cast_signed()));
            }
        }
        if let Some(validator) = &self.validator {
            out.put("validator", Value::Document(validator.source.as_doc()));
        }
        if let Some(level) = self.level {
            out.put("validationLevel", Value::String(level.word()));
        }
        if let Some(action) = self.action {
            out.put("validationAction", Value::String(action.word()));
        }
        if let Some(collation) = &self.collation {
            out.put("collation", Value::Document(collation.to_doc()));
        }
        if let Some(name) = &self.clustered {
            let mut index = out.document("clusteredIndex");
            index.put("v", Value::Int32(2));
            index.document("key").put(ID, Value::Int32(1));
            index.put("name", Value::String(name));
            index.put("unique", Value::Boolean(true));
        }
        if let Some(seconds) = self.expire_after_seconds {
            out.put("expireAfterSeconds", Value::Int64(seconds));
        }
        if let Some(view) = &self.view {
            out.put("viewOn", Value::String(&view.on));
            out.put("pipeline", Value::Array(view.pipeline.as_doc()));
        }
        if self.metadata {
            out.put("metadata", Value::Boolean(true));
        }
        if let Some(path) = &self.primary_key {
            out.put("primaryKey", Value::String(path.as_str()));
        }
        if self.soft_delete {
            out.put("softDelete", Value::Boolean(true));
        }
    }
}

/// Options that were read so far.
#[derive(Default)]
struct Reading {
    settings: Settings,
    capped: bool,
    bytes: Option<i64>,
    documents: Option<i64>,
    view_on: Option<Box<str>>,
    pipeline: Option<RawDocBuf>,
}

impl Reading {
    fn take(&mut self, argument: Argument<'_>, parse_validator: ParseValidator) -> Result<()> {
        let settings = &mut self.settings;
        match argument.name() {
            "capped" => self.capped = argument.flag()?,
            "size" => self.bytes = Some(capped_bytes(argument)?),
            "max" => self.documents = Some(capped_documents(argument)?),
            "validator" => {
                settings.validator = validator(argument, parse_validator, settings.collation.as_ref())?;
            }
            "validationLevel" => settings.level = Some(Level::of(argument.word(Level::WORDS)?)),
            "validationAction" => settings.action = Some(Action::of(argument.word(Action::WORDS)?)),
            "collation" => {}
            "clusteredIndex" => settings.clustered = Some(clustered(argument)?),
            "expireAfterSeconds" => settings.expire_after_seconds = Some(expire_seconds(argument)?),
            "viewOn" => self.view_on = Some(view_on(argument)?),
            "pipeline" => self.pipeline = Some(argument.array()?.into()),
            "metadata" => settings.metadata = argument.flag()?,
            "primaryKey" => settings.primary_key = Some(primary_key(argument)?),
            "softDelete" => settings.soft_delete = argument.flag()?,
            name if UNSUPPORTED.contains(&name) => {
                let what = format!("the collection option {name:?} is not supported by this version");
                return Err(Error::not_implemented(what));
            }
            _ => return Err(argument.unknown()),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Settings> {
        self.settings.capped = self.capped()?;
        let settings = &self.settings;
        if settings.expire_after_seconds.is_some() && settings.clustered.is_none() {
            return refuse(
                "'expireAfterSeconds' is only supported when the 'clusteredIndex' option is specified",
            );
        }
        if settings.capped.is_some() && settings.clustered.is_some() {
            return refuse("a clustered collection cannot be capped");
        }
        if settings.capped.is_some() && settings.soft_delete {
            return refuse("a capped collection cannot keep what is deleted: 'softDelete' makes no room");
        }
        let Some(on) = self.view_on else {
            if self.pipeline.is_some() {
                return refuse("'pipeline' requires 'viewOn' to also be specified");
            }
            return Ok(self.settings);
        };
        // An order of texts is all that a view has of its own.
        let own = Settings { collation: None, ..self.settings.clone() }.to_doc();
        if let Some((name, _)) = own.as_doc().iter().next() {
            return refuse(&format!("option not supported on a view: {name}"));
        }
        let pipeline = self.pipeline.unwrap_or_default();
        self.settings.view = Some(Arc::new(View { on, pipeline }));
        Ok(self.settings)
    }

    fn capped(&self) -> Result<Option<Capped>> {
        match (self.capped, self.bytes) {
            (true, Some(bytes)) => {
                let documents = self.documents.map(i64::cast_unsigned);
                Ok(Some(Capped { bytes: bytes.cast_unsigned(), documents }))
            }
            (true, None) => refuse("the 'size' field is required when 'capped' is true"),
            (false, None) if self.documents.is_none() => Ok(None),
            (false, _) => refuse(
                "the 'capped' field needs to be true when either the 'size' or 'max' fields are present",
            ),
        }
    }
}

/// A validator; an empty one is none.
pub(crate) fn validator(
    argument: Argument<'_>,
    parse_validator: ParseValidator,
    collation: Option<&Collation>,
) -> Result<Option<Arc<Validator>>> {
    let doc = argument.document()?;
    if doc.is_empty() {
        return Ok(None);
    }
    parse_validator(doc, collation)
        .map(Arc::new)
        .map(Some)
        .map_err(|error| error.context("in the collection's validator"))
}

pub(crate) fn view_on(argument: Argument<'_>) -> Result<Box<str>> {
    match argument.text()? {
        "" => Err(Error::invalid(code::BAD_VALUE, "'viewOn' cannot be empty")),
        on => Ok(on.into()),
    }
}

/// The bytes that a capped collection may hold.
pub(crate) fn capped_bytes(argument: Argument<'_>) -> Result<i64> {
    match argument.number()? {
        bytes if bytes < 1 => Err(argument.below(1, bytes)),
        bytes if bytes > CAPPED_BYTES_MAX => {
            let name = argument.name();
            let what =
                format!("BSON field '{name}' value must be <= {CAPPED_BYTES_MAX}, actual value '{bytes}'");
            Err(Error::invalid(code::BAD_VALUE, what))
        }
        bytes => Ok(bytes),
    }
}

/// How many documents a capped collection may hold; nothing below one is a bound.
pub(crate) fn capped_documents(argument: Argument<'_>) -> Result<i64> {
    match argument.number()? {
        documents if documents > CAPPED_DOCUMENTS_ANY => {
            let name = argument.name();
            let what = format!("BSON field '{name}' value must be < 2147483648, actual value '{documents}'");
            Err(Error::invalid(code::BAD_VALUE, what))
        }
        documents if documents <= 0 => Ok(CAPPED_DOCUMENTS_ANY),
        documents => Ok(documents),
    }
}

/// A time to live in seconds.
pub(crate) fn expire_seconds(argument: Argument<'_>) -> Result<i64> {
    match argument.number()? {
        seconds @ 0..=EXPIRE_SECONDS_MAX => Ok(seconds),
        seconds => {
            let what =
                format!("'expireAfterSeconds' is {seconds}, it must lie between 0 and {EXPIRE_SECONDS_MAX}");
            Err(Error::invalid(code::INVALID_OPTIONS, what))
        }
    }
}

/// The collation as it was written, where one was.
fn collation(options: RawDoc<'_>) -> Result<Option<RawDoc<'_>>> {
    let written = options.get("collation").map(|value| Argument::new("create", "collation", value));
    written.filter(|argument| !argument.is_absent()).map(|argument| argument.document()).transpose()
}

/// The name of the clustered index.
fn clustered(argument: Argument<'_>) -> Result<Box<str>> {
    let (mut key, mut unique, mut name) = (None, None, ID_INDEX);
    for (field, value) in argument.document()?.iter() {
        let inner = Argument::new("create.clusteredIndex", field, value);
        match field {
            "key" => key = Some(inner.document()?),
            "unique" => unique = Some(inner.flag()?),
            "name" => name = inner.text()?,
            "v" if inner.number()? == 2 => {}
            "v" => {
                let what = format!("the clustered index has the version {}, which must be 2", shown(value));
                return Err(Error::invalid(code::CANNOT_CREATE_INDEX, what));
            }
            _ => return Err(inner.unknown()),
        }
    }
    let Some(key) = key else {
        return Err(missing_field("create.clusteredIndex", "key"));
    };
    let Some(unique) = unique else {
        return Err(missing_field("create.clusteredIndex", "unique"));
    };
    let mut fields = key.iter();
    let on_id = fields.next().is_some_and(|(field, way)| field == ID && integer::exact(way) == Some(1));
    if !on_id || fields.next().is_some() {
        let what = "The clusteredIndex option is only supported for key: {_id: 1}";
        return Err(Error::invalid(code::INVALID_INDEX_SPECIFICATION_OPTION, what));
    }
    if !unique {
        let what = "The clusteredIndex option requires unique: true to be specified";
        return Err(Error::invalid(code::CLUSTERED_NOT_UNIQUE, what));
    }
    Ok(name.into())
}

fn primary_key(argument: Argument<'_>) -> Result<Path> {
    let path = Path::parse_storable(argument.text()?)?;
    if path.as_str() == ID {
        return refuse("'primaryKey' cannot be _id, which is unique in every collection");
    }
    Ok(path)
}

fn number(value: i64) -> Value<'static> {
    i32::try_from(value).map_or(Value::Int64(value), Value::Int32)
}

fn refuse<T>(what: &str) -> Result<T> {
    Err(Error::invalid(code::INVALID_OPTIONS, what))
}
