//! What the catalog says about one collection.

use std::sync::Arc;

use crate::document::builder::RawDocBuf;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::index::IndexSpec;
use crate::index::spec::ParseFilter;
use crate::storage::TreeId;

use super::catalog::CollectionOptions;
use super::layout::{ENTRY_FLAG_INDEXES, ENTRY_FLAG_METADATA, ENTRY_LEN, ENTRY_VERSION};
use super::record_ids::RecordId;

/// A collection: where its records are, and what is kept beside them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) records: TreeId,
    pub(crate) ids: TreeId,
    pub(crate) expiries: TreeId,
    pub(crate) options: CollectionOptions,
    pub(crate) version: u64,
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
}

impl IndexEntry {
    /// The record to which an entry of the index leads.
    pub(crate) fn record_of(&self, key: &[u8], value: &[u8]) -> Option<RecordId> {
        if self.spec.unique { RecordId::from_start(value) } else { RecordId::from_end(key) }
    }

    /// What an entry says beside its key.
    pub(crate) fn kinds_of<'v>(&self, value: &'v [u8]) -> &'v [u8] {
        let start = if self.spec.unique { size_of::<RecordId>() } else { 0 };
        value.get(start..).unwrap_or_default()
    }
}

impl Entry {
    /// Every tree of the collection.
    pub(super) fn trees(&self) -> impl Iterator<Item = TreeId> {
        let indexes = self.indexes.iter().map(|index| index.tree);
        [self.records, self.ids, self.expiries].into_iter().chain(indexes)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let metadata = if self.options.metadata { ENTRY_FLAG_METADATA } else { 0 };
        let indexes = if self.indexes.is_empty() { 0 } else { ENTRY_FLAG_INDEXES };
        let mut bytes = vec![ENTRY_VERSION, metadata | indexes];
        for number in [self.id, self.records.0, self.ids.0, self.expiries.0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.version.to_le_bytes());
        if !self.indexes.is_empty() {
            bytes.extend_from_slice(encode_indexes(&self.indexes).as_bytes());
        }
        bytes
    }

    pub(super) fn decode(bytes: &[u8], name: &str, parse_filter: ParseFilter) -> Result<Self> {
        if let Some(version) = bytes.first().filter(|version| **version != ENTRY_VERSION) {
            return Err(newer(name, &format!("version {version}")));
        }
        let Some((fixed, rest)) = bytes.split_first_chunk::<ENTRY_LEN>() else {
            return Err(corrupt(name, &format!("has {} bytes, fewer than {ENTRY_LEN}", bytes.len())));
        };
        if fixed[1] & !(ENTRY_FLAG_METADATA | ENTRY_FLAG_INDEXES) != 0 {
            return Err(newer(name, &format!("flags 0x{:02x}", fixed[1])));
        }
        let indexes = match (fixed[1] & ENTRY_FLAG_INDEXES != 0, rest) {
            (false, []) => Vec::new(),
            (false, _) => return Err(corrupt(name, &format!("has {} bytes too many", rest.len()))),
            (true, _) => decode_indexes(rest, name, parse_filter)?,
        };
        let word = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        Ok(Self {
            id: word(2),
            records: TreeId(word(6)),
            ids: TreeId(word(10)),
            expiries: TreeId(word(14)),
            options: CollectionOptions { metadata: fixed[1] & ENTRY_FLAG_METADATA != 0 },
            version: u64::from(word(18)) | u64::from(word(22)) << 32,
            indexes,
        })
    }
}

fn encode_indexes(indexes: &[Arc<IndexEntry>]) -> RawDocBuf {
    RawDocBuf::build(|out| {
        let mut list = out.array("indexes");
        for index in indexes {
            let mut entry = list.document();
            entry.put("tree", Value::Int64(index.tree.0.into()));
            entry.put("ready", Value::Boolean(index.ready));
            entry.put("spec", Value::Document(index.spec.to_doc().as_doc()));
        }
    })
}

fn decode_indexes(bytes: &[u8], name: &str, parse_filter: ParseFilter) -> Result<Vec<Arc<IndexEntry>>> {
    let list = RawDoc::validate(bytes).ok().and_then(|doc| doc.get("indexes")?.as_array());
    let list = list.ok_or_else(|| corrupt(name, "lists its indexes in bytes that are no such list"))?;
    list.iter()
        .map(|(_, value)| {
            let (tree, ready, spec) = parts(value)
                .ok_or_else(|| corrupt(name, "has an index without tree, state or specification"))?;
            Ok(Arc::new(IndexEntry { spec: IndexSpec::stored(spec, parse_filter)?, tree, ready }))
        })
        .collect()
}

fn parts(value: RawValue<'_>) -> Option<(TreeId, bool, RawDoc<'_>)> {
    let doc = value.as_document()?;
    let (Value::Int64(tree), Value::Boolean(ready)) = (doc.get("tree")?.read(), doc.get("ready")?.read())
    else {
        return None;
    };
    Some((TreeId(u32::try_from(tree).ok()?), ready, doc.get("spec")?.as_document()?))
}

fn newer(name: &str, what: &str) -> Error {
    let what = format!("the catalog entry of {name:?} has {what}: a newer version wrote it");
    Error::new(ErrorKind::Unsupported, what)
}

fn corrupt(name: &str, what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the catalog entry of {name:?} {what}"))
}
