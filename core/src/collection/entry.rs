//! What the catalog says about one collection.

use std::sync::Arc;

use crate::document::builder::{ArrayWriter, RawDocBuf};
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::index::spec::ParseFilter;
use crate::index::{INDEX_FORMAT, IndexSpec};
use crate::storage::TreeId;

use super::layout::{ENTRY_FLAG_DOCUMENT, ENTRY_FLAG_METADATA, ENTRY_LEN, ENTRY_VERSION};
use super::record_ids::RecordId;
use super::settings::{ParseValidator, Settings};

/// BSON's subtype of a UUID.
const UUID_SUBTYPE: u8 = 4;

/// How what an entry holds is read; handed in, since that is known above.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parsers {
    /// Reads the filter of a partial index.
    pub(crate) partial: ParseFilter,
    pub(crate) validator: ParseValidator,
}

/// A collection: where its records are, and what is kept beside them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) records: TreeId,
    pub(crate) ids: TreeId,
    pub(crate) expiries: TreeId,
    pub(crate) settings: Settings,
    pub(crate) version: u64,
    /// The collection's own number, which it keeps under every name.
    pub(crate) uuid: Option<[u8; 16]>,
    /// Where deleted documents wait to be restored, when they do.
    pub(crate) graves: Option<TreeId>,
    /// In the order in which they were created.
    pub(crate) indexes: Vec<Arc<IndexEntry>>,
}

/// An index: what it is, and its tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IndexEntry {
    pub(crate) spec: IndexSpec,
    pub(crate) tree: TreeId,
    /// Whether it holds every document that it should.
    pub(crate) ready: bool,
    /// In which way its entries are written.
    pub(crate) format: i32,
}

impl IndexEntry {
    /// A new one.
    pub(super) fn new(spec: IndexSpec, tree: TreeId, ready: bool) -> Self {
        Self { spec, tree, ready, format: INDEX_FORMAT }
    }

    /// Whether what it holds may be believed.
    pub(crate) fn is_readable(&self) -> bool {
        self.ready && self.format == INDEX_FORMAT
    }

    /// Whether it is complete, in a way in which entries are no longer written, and can be built again.
    pub(super) fn is_outdated(&self) -> bool {
        self.ready && self.format < INDEX_FORMAT && self.spec.is_usable()
    }

    /// The record to which an entry of the index leads.
    pub(crate) fn record_of(&self, key: &[u8], value: &[u8]) -> Option<RecordId> {
        if self.spec.unique { RecordId::from_start(value) } else { RecordId::from_end(key) }
    }

    /// How many bytes stand behind the values in a key: those of the record's id, unless the index is unique.
    pub(super) fn bytes_behind(&self) -> usize {
        if self.spec.unique { 0 } else { size_of::<RecordId>() }
    }

    /// What an entry says beside its key.
    pub(crate) fn kinds_of<'v>(&self, value: &'v [u8]) -> &'v [u8] {
        let start = if self.spec.unique { size_of::<RecordId>() } else { 0 };
        value.get(start..).unwrap_or_default()
    }
}

impl Entry {
    /// Every tree of the collection; a view has none.
    pub(super) fn trees(&self) -> impl Iterator<Item = TreeId> {
        let own = [self.records, self.ids, self.expiries].into_iter().filter(|_| !self.is_view());
        own.chain(self.graves).chain(self.indexes.iter().map(|index| index.tree))
    }

    pub(crate) fn is_view(&self) -> bool {
        self.settings.view.is_some()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let metadata = if self.settings.metadata { ENTRY_FLAG_METADATA } else { 0 };
        let more = self.more();
        let document = if more.as_doc().is_empty() { 0 } else { ENTRY_FLAG_DOCUMENT };
        let mut bytes = vec![ENTRY_VERSION, metadata | document];
        for number in [self.id, self.records.0, self.ids.0, self.expiries.0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.version.to_le_bytes());
        if document != 0 {
            bytes.extend_from_slice(more.as_bytes());
        }
        bytes
    }

    /// What does not stand in the fixed part.
    fn more(&self) -> RawDocBuf {
        let options = Settings { metadata: false, ..self.settings.clone() }.to_doc();
        RawDocBuf::build(|out| {
            if let Some(uuid) = &self.uuid {
                out.put("uuid", Value::Binary { subtype: UUID_SUBTYPE, bytes: uuid });
            }
            if !options.as_doc().is_empty() {
                out.put("options", Value::Document(options.as_doc()));
            }
            if let Some(graves) = self.graves {
                out.put("graves", Value::Int64(graves.0.into()));
            }
            if !self.indexes.is_empty() {
                encode_indexes(&self.indexes, out.array("indexes"));
            }
        })
    }

    pub(super) fn decode(bytes: &[u8], name: &str, parsers: Parsers) -> Result<Self> {
        if let Some(version) = bytes.first().filter(|version| **version != ENTRY_VERSION) {
            return Err(newer(name, &format!("version {version}")));
        }
        let Some((fixed, rest)) = bytes.split_first_chunk::<ENTRY_LEN>() else {
            return Err(corrupt(name, &format!("has {} bytes, fewer than {ENTRY_LEN}", bytes.len())));
        };
        if fixed[1] & !(ENTRY_FLAG_METADATA | ENTRY_FLAG_DOCUMENT) != 0 {
            return Err(newer(name, &format!("flags 0x{:02x}", fixed[1])));
        }
        let word = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let mut entry = Self {
            id: word(2),
            records: TreeId(word(6)),
            ids: TreeId(word(10)),
            expiries: TreeId(word(14)),
            settings: Settings::default(),
            version: u64::from(word(18)) | u64::from(word(22)) << 32,
            uuid: None,
            graves: None,
            indexes: Vec::new(),
        };
        match (fixed[1] & ENTRY_FLAG_DOCUMENT != 0, rest) {
            (false, []) => {}
            (false, _) => return Err(corrupt(name, &format!("has {} bytes too many", rest.len()))),
            (true, _) => entry.decode_more(rest, name, parsers)?,
        }
        entry.settings.metadata = fixed[1] & ENTRY_FLAG_METADATA != 0;
        Ok(entry)
    }

    fn decode_more(&mut self, bytes: &[u8], name: &str, parsers: Parsers) -> Result<()> {
        let doc = RawDoc::validate(bytes).map_err(|_| corrupt(name, "ends in bytes that are no document"))?;
        for (field, value) in doc.iter() {
            let wrong = || corrupt(name, &format!("has a field {field:?} that is not what it should be"));
            match (field, value.read()) {
                ("uuid", Value::Binary { bytes, .. }) => {
                    self.uuid = Some(bytes.try_into().map_err(|_| wrong())?);
                }
                ("options", Value::Document(options)) => {
                    let read = Settings::stored(options, parsers.validator);
                    self.settings = read.map_err(|error| match error.code() {
                        Some(number) if number == code::IDL_UNKNOWN_FIELD.0 => {
                            newer(name, &format!("options that are not known: {}", error.message()))
                        }
                        _ => error.context(format!("in the catalog entry of {name:?}")),
                    })?;
                }
                ("graves", Value::Int64(tree)) => self.graves = Some(tree_id(tree).ok_or_else(wrong)?),
                ("indexes", Value::Array(list)) => {
                    self.indexes = decode_indexes(list, name, parsers.partial)?;
                }
                ("uuid" | "options" | "graves" | "indexes", _) => return Err(wrong()),
                _ => return Err(newer(name, &format!("the field {field:?}"))),
            }
        }
        Ok(())
    }
}

fn encode_indexes(indexes: &[Arc<IndexEntry>], mut list: ArrayWriter<'_>) {
    for index in indexes {
        let mut entry = list.document();
        entry.put("tree", Value::Int64(index.tree.0.into()));
        entry.put("ready", Value::Boolean(index.ready));
        entry.put("format", Value::Int32(index.format));
        entry.put("spec", Value::Document(index.spec.to_doc().as_doc()));
    }
}

fn decode_indexes(list: RawDoc<'_>, name: &str, parse_filter: ParseFilter) -> Result<Vec<Arc<IndexEntry>>> {
    list.iter()
        .map(|(_, value)| {
            let (tree, ready, format, spec) = parts(value)
                .ok_or_else(|| corrupt(name, "has an index without tree, state or specification"))?;
            if format > INDEX_FORMAT {
                return Err(newer(name, &format!("an index of format {format}")));
            }
            Ok(Arc::new(IndexEntry { spec: IndexSpec::stored(spec, parse_filter)?, tree, ready, format }))
        })
        .collect()
}

fn tree_id(number: i64) -> Option<TreeId> {
    u32::try_from(number).ok().map(TreeId)
}

fn parts(value: RawValue<'_>) -> Option<(TreeId, bool, i32, RawDoc<'_>)> {
    let doc = value.as_document()?;
    let (Value::Int64(tree), Value::Boolean(ready)) = (doc.get("tree")?.read(), doc.get("ready")?.read())
    else {
        return None;
    };
    let format = match doc.get("format").map(|format| format.read()) {
        None => 0,
        Some(Value::Int32(format)) => format,
        Some(_) => return None,
    };
    Some((tree_id(tree)?, ready, format, doc.get("spec")?.as_document()?))
}

fn newer(name: &str, what: &str) -> Error {
    let what = format!("the catalog entry of {name:?} has {what}: a newer version wrote it");
    Error::new(ErrorKind::Unsupported, what)
}

fn corrupt(name: &str, what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the catalog entry of {name:?} {what}"))
}
