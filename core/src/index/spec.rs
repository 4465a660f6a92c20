//! What an index is: its name, the fields of its key, and which documents it holds.
//!
//! Written as MongoDB lists it: `{v: 2, key: {age: -1}, name: "age_-1", unique: true}`.

use std::ops::Bound;

use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::id::ID;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};
use crate::expression::filter::Filter;
use crate::expression::sort::{Direction, SortField};
use crate::storage::KeyRange;

use super::key::{encode_value, invert, prefix_end, type_classes};
use super::key_fields::{HASHED, fields, generated_name, written};
use super::option::{cannot_create, document, flag, option_error, seconds, text, unsupported};
use super::wildcard::{PATH_FIELD, Wildcard};

/// How many bytes a name has at most.
const NAME_BYTES_MAX: usize = 127;
/// The name of the index that every collection has.
pub(crate) const ID_INDEX: &str = "_id_";
/// The version that MongoDB writes beside an index's key.
const VERSION: i32 = 2;

/// Reads a filter; it is handed in, since how a filter is written is known above.
pub(crate) type ParseFilter = fn(RawDoc<'_>, Option<&Collation>) -> Result<Filter>;

/// What an index is.
#[derive(Debug, Clone)]
pub(crate) struct IndexSpec {
    pub(crate) name: Box<str>,
    /// The fields of the key, the most important first; at least one.
    pub(crate) fields: Box<[SortField]>,
    /// The field that is held as the hash of its value, if one is; it counts as ascending.
    pub(crate) hashed: Option<usize>,
    /// Whether no two documents may have the same key.
    pub(crate) unique: bool,
    /// Whether documents that have none of the fields are left out.
    pub(crate) sparse: bool,
    /// Whether the planner leaves it alone.
    pub(crate) hidden: bool,
    /// After how many seconds past the date in its field a document is deleted.
    pub(crate) expire_after_seconds: Option<i64>,
    /// Only documents that satisfy this are held.
    pub(crate) partial: Option<Partial>,
    /// The order of texts, if it is another than that of their bytes.
    pub(crate) collation: Option<Collation>,
    /// Of a wildcard index, which paths it holds; its key is one field, whose path ends with `$**`.
    pub(crate) wildcard: Option<Wildcard>,
    /// Of a wildcard index at one path, what is held there; its key is the path and what stands there.
    pub(crate) leaf: Option<Leaf>,
}

/// What a wildcard index holds at one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Whether it also holds everything beneath.
    pub(crate) is_whole: bool,
}

/// A filter, with the document it was read from.
#[derive(Debug, Clone)]
pub(crate) struct Partial {
    pub(crate) source: RawDocBuf,
    pub(crate) filter: Filter,
}

impl IndexSpec {
    /// Reads a specification; its name is made from its key when it has none.
    ///
    /// # Errors
    /// `Invalid`: an option that is none, a key or a name that cannot be; `CannotCreateIndex` (67),
    /// `InvalidIndexSpecificationOption` (197), `TypeMismatch` (14). `Unsupported`: kinds of index that this version
    /// lacks.
    pub(crate) fn parse(doc: RawDoc<'_>, parse_filter: ParseFilter) -> Result<Self> {
        let collation = doc.get("collation").map(|value| document("collation", value)).transpose()?;
        let collation = collation.map(Collation::parse).transpose()?.flatten();
        Self::parse_under(doc, parse_filter, collation)
    }

    /// Reads a specification that was written into a file once. One whose collation this build cannot work with is
    /// kept as it is, and says so when it is to hold something; see [`entries`](Self::entries).
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub(crate) fn stored(doc: RawDoc<'_>, parse_filter: ParseFilter) -> Result<Self> {
        let collation = doc.get("collation").map(|value| document("collation", value)).transpose()?;
        Self::parse_under(doc, parse_filter, collation.and_then(Collation::stored))
    }

    fn parse_under(doc: RawDoc<'_>, parse_filter: ParseFilter, collation: Option<Collation>) -> Result<Self> {
        let Some(key) = doc.get("key") else {
            return Err(cannot_create("an index specification needs the field \"key\""));
        };
        let (fields, hashed) = fields(document("key", key)?)?;
        let mut spec = Self {
            name: generated_name(&fields, hashed).into(),
            fields: fields.into(),
            hashed,
            unique: false,
            sparse: false,
            hidden: false,
            expire_after_seconds: None,
            partial: None,
            collation,
            wildcard: None,
            leaf: None,
        };
        spec.wildcard = spec.fields.iter().find_map(|field| Wildcard::of_key(&field.path)).transpose()?;
        for (name, value) in doc.iter() {
            spec.set(name, value, parse_filter)?;
        }
        spec.check()?;
        if spec.is_id_index() {
            spec.name = ID_INDEX.into();
        }
        Ok(spec)
    }

    /// A unique index over one field, ascending.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), for a path that no index can have.
    pub(crate) fn unique(
        path: &str,
        collation: Option<Collation>,
        parse_filter: ParseFilter,
    ) -> Result<Self> {
        let doc = RawDocBuf::build(|out| {
            out.document("key").put(path, Value::Int32(1));
            out.put("unique", Value::Boolean(true));
        });
        Self::parse_under(doc.as_doc(), parse_filter, collation)
    }

    /// Whether this is the unique index over the one field at `path`.
    pub(crate) fn is_unique_on(&self, path: &Path) -> bool {
        self.unique && self.partial.is_none() && matches!(&*self.fields, [only] if only.path == *path)
    }

    /// Whether this is the index that every collection has.
    pub(crate) fn is_id_index(&self) -> bool {
        self.hashed.is_none() && matches!(&*self.fields, [only] if only.path.as_str() == ID)
    }

    /// The specification as MongoDB lists it.
    pub(crate) fn to_doc(&self) -> RawDocBuf {
        RawDocBuf::build(|out| {
            out.put("v", Value::Int32(VERSION));
            out.put("key", Value::Document(self.key_doc().as_doc()));
            out.put("name", Value::String(&self.name));
            let flags = [("unique", self.unique), ("sparse", self.sparse), ("hidden", self.hidden)];
            for (name, _) in flags.into_iter().filter(|(_, on)| *on) {
                out.put(name, Value::Boolean(true));
            }
            if let Some(seconds) = self.expire_after_seconds {
                out.put("expireAfterSeconds", Value::Int64(seconds));
            }
            if let Some(partial) = &self.partial {
                out.put("partialFilterExpression", Value::Document(partial.source.as_doc()));
            }
            if let Some(projection) = self.wildcard.as_ref().and_then(|wildcard| wildcard.projection.as_ref())
            {
                out.put("wildcardProjection", Value::Document(projection.as_doc()));
            }
            if let Some(collation) = &self.collation {
                out.put("collation", Value::Document(collation.to_doc()));
            }
        })
    }

    /// A wildcard index as it is at one path: a sparse index over the path, each of whose keys begins with it. Nothing
    /// when values there are not held.
    pub(crate) fn at_path(&self, path: &Path) -> Option<Self> {
        let is_whole = self.wildcard.as_ref()?.holds(path)?;
        let at = SortField { path: Path::parse(PATH_FIELD).ok()?, direction: Direction::Ascending };
        let value = SortField { path: path.clone(), direction: self.fields[0].direction };
        Some(Self {
            fields: [at, value].into(),
            sparse: true,
            wildcard: None,
            leaf: Some(Leaf { is_whole }),
            ..self.clone()
        })
    }

    /// Whether the other one has the same key and holds the same documents, whatever its name.
    pub(crate) fn same_key(&self, other: &Self) -> bool {
        self.fields == other.fields
            && self.hashed == other.hashed
            && self.wildcard == other.wildcard
            && self.collation == other.collation
            && self.partial.as_ref().map(source) == other.partial.as_ref().map(source)
    }

    /// Whether this build can make its keys.
    pub(crate) fn is_usable(&self) -> bool {
        self.collation.as_ref().is_none_or(|collation| collation.check().is_ok())
    }

    /// The entries of dates up to `last_ms`, in an index over one field.
    pub(crate) fn dates_up_to(&self, last_ms: i64) -> KeyRange {
        if self.fields[0].direction == Direction::Ascending {
            return dates_up_to(last_ms);
        }
        let (mut first, mut last) = date_bounds(last_ms);
        invert(&mut first);
        invert(&mut last);
        KeyRange { start: Bound::Included(last), end: after(&first) }
    }

    /// Whether this is its key, as a caller writes it.
    pub(crate) fn has_key(&self, key: RawDoc<'_>) -> bool {
        fields(key).is_ok_and(|(fields, hashed)| *fields == *self.fields && hashed == self.hashed)
    }

    /// The key as a document, for messages and listings.
    pub(crate) fn key_doc(&self) -> RawDocBuf {
        written(&self.fields, self.hashed)
    }

    fn set(&mut self, name: &str, value: RawValue<'_>, parse_filter: ParseFilter) -> Result<()> {
        match name {
            "key" | "ns" | "background" | "collation" => {}
            "v" => match value.read() {
                Value::Int32(VERSION) => {}
                _ => return Err(option_error(name, value, "2")),
            },
            "name" => self.name = text(name, value)?.into(),
            "unique" => self.unique = flag(name, value)?,
            "sparse" => self.sparse = flag(name, value)?,
            "hidden" => self.hidden = flag(name, value)?,
            "expireAfterSeconds" => self.expire_after_seconds = Some(seconds(name, value)?),
            "partialFilterExpression" => {
                let source = document(name, value)?;
                let filter = parse_filter(source, self.collation.as_ref())?;
                self.partial = Some(Partial { source: source.into(), filter });
            }
            "wildcardProjection" => self.project(name, value)?,
            "weights"
            | "default_language"
            | "language_override"
            | "textIndexVersion"
            | "2dsphereIndexVersion"
            | "bits"
            | "min"
            | "max"
            | "storageEngine" => {
                return Err(unsupported(&format!("the index option {name:?}")));
            }
            unknown => {
                let what = format!("the field {unknown:?} is not valid for an index specification");
                return Err(Error::invalid(code::INVALID_INDEX_SPECIFICATION_OPTION, what));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let refuse = |what: &str| Err(cannot_create(format!("the index {:?}: {what}", self.name)));
        if self.name.is_empty() || self.name.contains('\0') {
            return refuse("a name is not empty and holds no NUL");
        }
        if self.name.len() > NAME_BYTES_MAX {
            return refuse(&format!("its name has {} bytes, at most {NAME_BYTES_MAX} fit", self.name.len()));
        }
        if self.is_id_index() {
            return self.check_id_index();
        }
        if &*self.name == ID_INDEX {
            return refuse("the name _id_ belongs to the index that every collection has");
        }
        if self.sparse && self.partial.is_some() {
            return refuse("cannot mix \"partialFilterExpression\" and \"sparse\"");
        }
        if self.expire_after_seconds.is_some() && self.fields.len() > 1 {
            return refuse("expireAfterSeconds needs a key of one field");
        }
        if self.wildcard.is_some() {
            return self.check_wildcard();
        }
        if self.hashed.is_some() {
            return self.check_hashed();
        }
        Ok(())
    }

    fn check_wildcard(&self) -> Result<()> {
        if self.fields.len() > 1 {
            return Err(unsupported(&format!("the compound wildcard index {:?}", self.name)));
        }
        let options = [
            ("sparse", self.sparse),
            ("unique", self.unique),
            ("expireAfterSeconds", self.expire_after_seconds.is_some()),
            (HASHED, self.hashed.is_some()),
        ];
        match options.into_iter().find(|(_, on)| *on) {
            None => Ok(()),
            Some((option, _)) => Err(cannot_create(format!(
                "the index {:?}: Index type 'wildcard' does not support the {option} option",
                self.name
            ))),
        }
    }

    /// A `wildcardProjection`, which only an index of everything has.
    fn project(&mut self, name: &str, value: RawValue<'_>) -> Result<()> {
        if self.wildcard.is_none() {
            let what = "The field 'wildcardProjection' is only allowed in a wildcard index";
            return Err(Error::invalid(code::BAD_VALUE, what));
        }
        if !Wildcard::is_of_everything(&self.fields[0].path) {
            let what = "The field 'wildcardProjection' is only allowed when 'key' is {\"$**\": ±1}";
            return Err(Error::invalid(code::FAILED_TO_PARSE, what));
        }
        self.wildcard = Some(Wildcard::projected(document(name, value)?)?);
        Ok(())
    }

    fn check_hashed(&self) -> Result<()> {
        if self.unique {
            let what = "Currently hashed indexes cannot guarantee uniqueness. Use a regular index.";
            return Err(Error::invalid(
                code::UNIQUE_HASHED_INDEX,
                format!("the index {:?}: {what}", self.name),
            ));
        }
        if self.expire_after_seconds.is_some() {
            let what = "expireAfterSeconds needs a field that is in order, a hashed one is not";
            return Err(cannot_create(format!("the index {:?}: {what}", self.name)));
        }
        Ok(())
    }

    /// The index on `_id` is what it is: unique, of every document, seen by every query.
    fn check_id_index(&self) -> Result<()> {
        if self.hidden {
            return Err(Error::invalid(code::BAD_VALUE, "cannot hide the _id index"));
        }
        let options = [
            ("unique", self.unique),
            ("sparse", self.sparse),
            ("expireAfterSeconds", self.expire_after_seconds.is_some()),
            ("partialFilterExpression", self.partial.is_some()),
        ];
        match options.into_iter().find(|(_, on)| *on) {
            None => Ok(()),
            Some((option, _)) => {
                let what = format!("the option {option:?} is not valid for the index on _id");
                Err(Error::invalid(code::INVALID_INDEX_SPECIFICATION_OPTION, what))
            }
        }
    }
}

/// The keys of dates up to `last_ms`, in ascending order.
pub(crate) fn dates_up_to(last_ms: i64) -> KeyRange {
    let (first, last) = date_bounds(last_ms);
    KeyRange { start: Bound::Included(first), end: after(&last) }
}

fn date_bounds(last_ms: i64) -> (Vec<u8>, Vec<u8>) {
    let (first, mut last) = (vec![type_classes(tag::DATE_TIME).0], Vec::new());
    encode_value(Value::DateTime(last_ms), &mut last);
    (first, last)
}

/// Two specifications are equal when they are listed alike.
impl PartialEq for IndexSpec {
    fn eq(&self, other: &Self) -> bool {
        self.to_doc() == other.to_doc()
    }
}

/// The end of all keys that begin with `prefix`.
fn after(prefix: &[u8]) -> Bound<Vec<u8>> {
    prefix_end(prefix).map_or(Bound::Unbounded, Bound::Excluded)
}

fn source(partial: &Partial) -> &RawDocBuf {
    &partial.source
}
