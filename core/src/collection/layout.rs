//! The bytes of the catalog, the counters and a record's envelope. All numbers are little-endian unless said.
//!
//! Two trees have fixed numbers:
//!
//! | tree | holds | key | value |
//! |---|---|---|---|
//! | 1 | the catalog | collection name, UTF-8 | entry, below |
//! | 3 | the counters | one byte that says what is counted, then the collection's id, 4 bytes, big-endian | 8 bytes |
//!
//! What is counted:
//!
//! | byte | value | meaning |
//! |---|---|---|
//! | `t` | u64, only raised; no id follows | the first tree number that was never given |
//! | `n` | i64, only added to | records in the collection, expired ones included |
//! | `r` | u64, only raised | the first record id that was never given |
//! | `b` | u64, put | bytes of all documents of a capped collection, expired ones included |
//! | `a` | u64, only raised; the id is the index's tree number, and one byte follows, the field's place | 1 when a document with an array in that field of the key was ever indexed; of a wildcard index the field's place is 255 and the path of the array follows, as the index room writes it without the byte at its end, or there is the field's place 0 for all paths |
//!
//! A catalog entry, 26 bytes and a document:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 1 | entry version, 1 |
//! | 1 | 1 | flags: bit 0 = times and version are kept for every document, bit 1 = a document follows |
//! | 2 | 4 | the collection's id |
//! | 6 | 4 | tree of records: key = record id, 8 bytes, big-endian; value = envelope and document |
//! | 10 | 4 | tree of `_id`s: key = the `_id` as a key of the index room; value = record id, 8 bytes, big-endian |
//! | 14 | 4 | tree of expiries: key = time with its sign bit turned, 8 bytes, big-endian, then record id; no value |
//! | 18 | 8 | how often the entry was changed |
//! | 26 | | with bit 1: a BSON document, below |
//!
//! The document of an entry; each field may be missing:
//!
//! | field | type | meaning |
//! |---|---|---|
//! | `uuid` | binary, subtype 4 | the collection's own number, which it keeps under every name |
//! | `options` | document | what the collection was created with, as MongoDB lists it, `metadata` apart, which is bit 0 |
//! | `graves` | int64 | tree of deleted documents that can be restored: key and value as in the tree of records |
//! | `indexes` | array | `{tree: int64, ready: bool, format: int32, spec: {…}}` for each |
//!
//! The format of an index is 2. At 1 entries say nothing of the order of fields, and where it is missing, which is 0,
//! nothing but their keys: whoever opens the file for writing builds such an index again, in another tree.
//!
//! A view, whose options have `viewOn`, has no trees: its id and its tree numbers are 0.
//!
//! The tree of an index: key = the fields' values as keys of the index room, those of descending fields inverted, and
//! the record id, 8 bytes, big-endian; value = what the keys do not tell of the values, by the index room. In a unique
//! index the record id stands at the beginning of the value instead.
//!
//! An entry is valid iff its version is known, its length fits and it has no other flag and no other field.
//!
//! A record: one byte of flags, then each field whose flag is set, in this order, then the document's BSON:
//!
//! | flag | size | meaning |
//! |---|---|---|
//! | bit 0 | 8 | expires at, milliseconds since 1970, signed; always first |
//! | bit 1 | 8 | created at, likewise |
//! | bit 2 | 8 | updated at, likewise |
//! | bit 3 | 8 | version: 1 when inserted, one more with each change |
//! | bit 4 | | tags: a BSON array of strings |
//!
//! A set bit that is not in the table is `Unsupported`: a newer version wrote it.

use crate::storage::TreeId;

/// Name → entry.
pub(super) const CATALOG: TreeId = TreeId::index(0);
/// Counters and high-water marks.
pub(super) const COUNTERS: TreeId = TreeId::index(1);
/// The first tree number that collections may have.
pub(super) const TREE_NUMBER_FIRST: u32 = 2;

pub(super) const COUNT_TREES: &[u8] = b"t";
pub(super) const COUNT_RECORDS: u8 = b'n';
pub(super) const COUNT_RECORD_IDS: u8 = b'r';
pub(super) const COUNT_BYTES: u8 = b'b';
const COUNT_ARRAYS: u8 = b'a';

pub(super) const ENTRY_VERSION: u8 = 1;
pub(super) const ENTRY_LEN: usize = 26;
pub(super) const ENTRY_FLAG_METADATA: u8 = 1 << 0;
pub(super) const ENTRY_FLAG_DOCUMENT: u8 = 1 << 1;

pub(super) const FLAG_EXPIRES: u8 = 1 << 0;
pub(super) const FLAG_CREATED: u8 = 1 << 1;
pub(super) const FLAG_UPDATED: u8 = 1 << 2;
pub(super) const FLAG_VERSION: u8 = 1 << 3;
pub(super) const FLAG_TAGS: u8 = 1 << 4;
pub(super) const FLAGS_KNOWN: u8 = FLAG_EXPIRES | FLAG_CREATED | FLAG_UPDATED | FLAG_VERSION | FLAG_TAGS;
/// The flags of the fields that take eight bytes each.
pub(super) const FLAGS_FIXED: u8 = FLAG_EXPIRES | FLAG_CREATED | FLAG_UPDATED | FLAG_VERSION;

/// Length of a key in the tree of expiries.
pub(super) const EXPIRY_KEY_LEN: usize = 16;

/// The key of a collection's counter.
pub(super) fn counter_key(what: u8, collection: u32) -> [u8; 5] {
    let id = collection.to_be_bytes();
    [what, id[0], id[1], id[2], id[3]]
}

/// The key of the mark that says that a field of an index met an array.
pub(super) fn array_key(tree: TreeId, field: usize) -> [u8; 6] {
    let id = tree.0.to_be_bytes();
    [COUNT_ARRAYS, id[0], id[1], id[2], id[3], field as u8]
}

/// The key of the mark that says that a path of a wildcard index met an array.
pub(super) fn array_path_key(tree: TreeId, path: &[u8]) -> Vec<u8> {
    [&array_key(tree, usize::from(u8::MAX))[..], path].concat()
}

/// The key under which a record's expiry stands.
pub(super) fn expiry_key(expires_at_ms: i64, record: [u8; 8]) -> [u8; EXPIRY_KEY_LEN] {
    let mut key = [0; EXPIRY_KEY_LEN];
    key[..8].copy_from_slice(&sortable(expires_at_ms));
    key[8..].copy_from_slice(&record);
    key
}

/// Eight bytes that sort as the number does.
pub(super) fn sortable(number: i64) -> [u8; 8] {
    (number.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}
