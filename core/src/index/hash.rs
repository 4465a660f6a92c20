//! A value's hash in the place of its key, in a field that is found by equality alone.
//!
//! Values that are equal have one key, and so one hash; different values may have one too, so whoever finds a document
//! by a hash asks it again.

use xxhash_rust::xxh3::xxh3_64;

use super::layout::class;

/// The hash of the value that has this key, written as a key.
pub(crate) fn hashed(key: &[u8]) -> Vec<u8> {
    let mut hash = vec![class::HASH];
    hash.extend_from_slice(&xxh3_64(key).to_be_bytes());
    hash
}
