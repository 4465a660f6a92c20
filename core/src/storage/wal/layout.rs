//! The bytes of the write-ahead file. All numbers are little-endian.
//!
//! The file is a row of chunks. A chunk begins with its header, in a block of 4096 bytes of its own, the rest
//! of which is zeros:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 8 | `NXLWCHNK` |
//! | 8 | 4 | format, 0 |
//! | 12 | 4 | length of a chunk |
//! | 16 | 16 | database |
//! | 32 | 8 | chunk number: 1, 2, 3 … |
//! | 40 | 8 | number of the first flush in it |
//! | 48 | 16 | salt, random |
//! | 64 | 8 | checksum of the flush before the first one |
//! | 72 | 8 | the chunk follows any flush from this number on: those between it and the first one are repeated |
//! | 80 | 8 | checksum of the flush of that number |
//! | 88 | 40 | zeros, kept for an authentication tag and a nonce |
//! | 128 | 8 | XXH3-64 of the bytes before |
//!
//! Flushes follow, each beginning at a block:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 8 | `NXLWFLSH` |
//! | 8 | 16 | database |
//! | 24 | 8 | chunk number |
//! | 32 | 16 | salt of the chunk |
//! | 48 | 8 | number of the flush: 1, 2, 3 …, never reset |
//! | 56 | 8 | checksum of the flush before |
//! | 64 | 4 | length of the payload |
//! | 68 | 4 | part, from 1 |
//! | 72 | 4 | parts of the group |
//! | 76 | 4 | zeros |
//! | 80 | 8 | every flush up to this number was on the device when this one was written |
//! | 88 | 8 | this manifest version was on the device when this one was written |
//! | 96 | 40 | zeros, kept for an authentication tag and a nonce |
//! | 136 | 8 | checksum: XXH3-64 of the payload, seeded by the XXH3-64 of the bytes before, seeded by the salt |
//! | 144 | | payload, then zeros to the end of the block |
//!
//! The payloads of all parts, joined, are whole commit records.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Everything begins at a multiple of this, so that no acknowledged byte shares a block with a later write.
pub(crate) const BLOCK: u64 = 4096;
/// The smallest chunk: its header and a little.
pub(crate) const CHUNK_BYTES_MIN: u32 = 16 << 10;
/// No chunk and no flush has a number as high as this, however long a database lives.
pub(super) const NUMBER_END: u64 = 1 << 62;
pub(super) const FLUSH_HEAD: usize = 144;
const CHUNK_HEAD: usize = 136;
const CHUNK_MAGIC: &[u8; 8] = b"NXLWCHNK";
const FLUSH_MAGIC: &[u8; 8] = b"NXLWFLSH";
const FORMAT: u32 = 0;

/// What stands at the start of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkHead {
    pub(super) chunk_bytes: u32,
    pub(super) db: [u8; 16],
    pub(super) chunk_seq: u64,
    pub(super) first_lsn: u64,
    pub(super) salt: [u8; 16],
    pub(super) chain: u64,
    pub(super) covers_lsn: u64,
    pub(super) covers_chain: u64,
}

/// What stands before a flush's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FlushHead {
    pub(super) db: [u8; 16],
    pub(super) chunk_seq: u64,
    pub(super) salt: [u8; 16],
    pub(super) lsn: u64,
    pub(super) chain: u64,
    pub(super) payload_len: u32,
    pub(super) part: u32,
    pub(super) parts: u32,
    pub(super) durable_lsn: u64,
    pub(super) manifest_version: u64,
    pub(super) checksum: u64,
}

impl ChunkHead {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut block = vec![0; BLOCK as usize];
        put(&mut block, 0, CHUNK_MAGIC);
        put(&mut block, 8, &FORMAT.to_le_bytes());
        put(&mut block, 12, &self.chunk_bytes.to_le_bytes());
        put(&mut block, 16, &self.db);
        put(&mut block, 32, &self.chunk_seq.to_le_bytes());
        put(&mut block, 40, &self.first_lsn.to_le_bytes());
        put(&mut block, 48, &self.salt);
        put(&mut block, 64, &self.chain.to_le_bytes());
        put(&mut block, 72, &self.covers_lsn.to_le_bytes());
        put(&mut block, 80, &self.covers_chain.to_le_bytes());
        let checksum = xxh3_64(&block[..CHUNK_HEAD - 8]);
        put(&mut block, CHUNK_HEAD - 8, &checksum.to_le_bytes());
        block
    }

    /// The header at the start of `block`, when it is whole.
    pub(super) fn decode(block: &[u8]) -> Option<Self> {
        let bytes = block.get(..CHUNK_HEAD)?;
        let whole = bytes.starts_with(CHUNK_MAGIC)
            && long(bytes, CHUNK_HEAD - 8) == xxh3_64(&bytes[..CHUNK_HEAD - 8])
            && word(bytes, 8) == FORMAT;
        let head = whole.then(|| Self {
            chunk_bytes: word(bytes, 12),
            db: sixteen(bytes, 16),
            chunk_seq: long(bytes, 32),
            first_lsn: long(bytes, 40),
            salt: sixteen(bytes, 48),
            chain: long(bytes, 64),
            covers_lsn: long(bytes, 72),
            covers_chain: long(bytes, 80),
        });
        head.filter(|head| is_number(head.chunk_seq) && is_number(head.first_lsn))
    }
}

impl FlushHead {
    /// Writes the head in front of the payload that already stands in `flush`, and answers its checksum.
    pub(super) fn write(&self, flush: &mut [u8]) -> u64 {
        put(flush, 0, FLUSH_MAGIC);
        put(flush, 8, &self.db);
        put(flush, 24, &self.chunk_seq.to_le_bytes());
        put(flush, 32, &self.salt);
        put(flush, 48, &self.lsn.to_le_bytes());
        put(flush, 56, &self.chain.to_le_bytes());
        put(flush, 64, &self.payload_len.to_le_bytes());
        put(flush, 68, &self.part.to_le_bytes());
        put(flush, 72, &self.parts.to_le_bytes());
        put(flush, 76, &[0; 4]);
        put(flush, 80, &self.durable_lsn.to_le_bytes());
        put(flush, 88, &self.manifest_version.to_le_bytes());
        put(flush, 96, &[0; 40]);
        let checksum = checksum(&flush[..FLUSH_HEAD + self.payload_len as usize], &self.salt);
        put(flush, FLUSH_HEAD - 8, &checksum.to_le_bytes());
        checksum
    }

    /// The head at the start of `bytes`, when there is one at all. Says nothing about the payload.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..FLUSH_HEAD)?;
        bytes.starts_with(FLUSH_MAGIC).then(|| Self {
            db: sixteen(bytes, 8),
            chunk_seq: long(bytes, 24),
            salt: sixteen(bytes, 32),
            lsn: long(bytes, 48),
            chain: long(bytes, 56),
            payload_len: word(bytes, 64),
            part: word(bytes, 68),
            parts: word(bytes, 72),
            durable_lsn: long(bytes, 80),
            manifest_version: long(bytes, 88),
            checksum: long(bytes, FLUSH_HEAD - 8),
        })
    }

    /// Whether head and payload at the start of `bytes` are what was written.
    pub(super) fn is_whole(&self, bytes: &[u8]) -> bool {
        let len = FLUSH_HEAD.checked_add(self.payload_len as usize);
        let flush = len.and_then(|len| bytes.get(..len));
        flush.is_some_and(|flush| checksum(flush, &self.salt) == self.checksum)
    }

    /// Bytes that the flush takes in the file.
    pub(super) fn stride(&self) -> u64 {
        stride(u64::from(self.payload_len))
    }
}

/// Whether a chunk or a flush can have this number.
pub(super) fn is_number(number: u64) -> bool {
    (1..NUMBER_END).contains(&number)
}

/// Bytes that a flush of so much payload takes in the file.
pub(super) fn stride(payload: u64) -> u64 {
    (payload + FLUSH_HEAD as u64).next_multiple_of(BLOCK)
}

/// The most payload that fits into `room` bytes of a chunk.
pub(super) fn payload_room(room: u64) -> u64 {
    room.saturating_sub(FLUSH_HEAD as u64)
}

fn checksum(flush: &[u8], salt: &[u8; 16]) -> u64 {
    let seed = long(salt, 0) ^ long(salt, 8).rotate_left(32);
    let head = xxh3_64_with_seed(&flush[..FLUSH_HEAD - 8], seed);
    xxh3_64_with_seed(&flush[FLUSH_HEAD..], head)
}

fn put(bytes: &mut [u8], at: usize, field: &[u8]) {
    bytes[at..at + field.len()].copy_from_slice(field);
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let mut field = [0; 4];
    field.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(field)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    let mut field = [0; 8];
    field.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(field)
}

fn sixteen(bytes: &[u8], at: usize) -> [u8; 16] {
    let mut field = [0; 16];
    field.copy_from_slice(&bytes[at..at + 16]);
    field
}
