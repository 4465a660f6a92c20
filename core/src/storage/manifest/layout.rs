//! The bytes of header and manifest. All numbers are little-endian.
//!
//! Page 0 is the header, twice: at its start and in its middle. Each copy, 256 bytes:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 8 | `NXL`, CR, LF, 0x1A, LF, 0: an old trick that shows whether a transfer took it for text |
//! | 8 | 4 | format version; 0 = unstable |
//! | 12 | 4 | page size |
//! | 16 | 4 | bytes of a chunk of the write-ahead file |
//! | 20 | 1 | engine: 1 = wasp, 2 = log |
//! | 21 | 3 | reserved, 0 |
//! | 24 | 16 | database |
//! | 40 | 8 | time of creation, milliseconds since 1970, signed |
//! | 48 | 8 | incompatible features: who does not know one must not open the file |
//! | 56 | 8 | read-only compatible features: who does not know one must not write the file |
//! | 64 | 8 | compatible features: who does not know one may ignore it |
//! | 72 | 168 | reserved for encryption, 0 |
//! | 240 | 16 | XXH3-128 of the bytes before |
//!
//! Magic, format version and the place of the checksum are the same in every format.
//!
//! The pages 1 to 4 begin with the manifest blocks A0, A1, B0, B1: slot A holds the even versions, slot B the
//! odd ones, each in two equal copies. Each block, 4096 bytes:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 8 | `NXLMANIF` |
//! | 8 | 4 | format version, as in the header |
//! | 12 | 4 | flags: bit 0 = clean, the write-ahead file holds nothing beyond this version |
//! | 16 | 16 | database |
//! | 32 | 8 | version |
//! | 40 | 8 | seq of the last commit contained |
//! | 48 | 8 | pages of the file |
//! | 56 | 8 | log position: chunk |
//! | 64 | 8 | log position: flush |
//! | 72 | 8 | log position: chain |
//! | 80 | 8 | number of trees |
//! | 88 | 8 | time of writing, milliseconds since 1970, signed |
//! | 96 | 44 | extent of the free map: page, pages (4 bytes), birth, length, hash (16 bytes); all 0 = none |
//! | 140 | 44 | extent of the list of segments, the same; always 0 in this format |
//! | 184 | 4 | length of the root of the tree directory |
//! | 188 | 4 | reserved, 0 |
//! | 192 | 64 | root of the tree directory, then zeros |
//! | 256 | 3824 | reserved, 0 |
//! | 4080 | 16 | XXH3-128 of the bytes before |
//!
//! A copy is valid iff magic, checksum, database and format are right and it lies in its version's slot.

/// The format that is written here, and the only one that is read.
pub(crate) const FORMAT: u32 = 0;
/// Pages that the header and the manifest blocks take.
pub(crate) const RESERVED_PAGES: u64 = 5;
/// The newest version in a database just created.
pub(crate) const FIRST_VERSION: u64 = 1;

pub(super) const HEADER_MAGIC: [u8; 8] = *b"NXL\r\n\x1A\n\0";
pub(super) const HEADER_LEN: usize = 256;
pub(super) const AT_FORMAT: usize = 8;
pub(super) const AT_PAGE_SIZE: usize = 12;
pub(super) const AT_WAL_CHUNK: usize = 16;
pub(super) const AT_ENGINE: usize = 20;
pub(super) const AT_HEADER_DB: usize = 24;
pub(super) const AT_CREATED: usize = 40;
pub(super) const AT_INCOMPATIBLE: usize = 48;
pub(super) const AT_READ_ONLY_COMPATIBLE: usize = 56;
pub(super) const AT_COMPATIBLE: usize = 64;
pub(super) const AT_HEADER_HASH: usize = HEADER_LEN - HASH_LEN;

pub(super) const BLOCK_MAGIC: [u8; 8] = *b"NXLMANIF";
pub(super) const BLOCK_LEN: usize = 4096;
pub(super) const AT_FLAGS: usize = 12;
pub(super) const AT_BLOCK_DB: usize = 16;
pub(super) const AT_VERSION: usize = 32;
pub(super) const AT_SEQ: usize = 40;
pub(super) const AT_FILE_PAGES: usize = 48;
pub(super) const AT_LOG_CHUNK: usize = 56;
pub(super) const AT_LOG_LSN: usize = 64;
pub(super) const AT_LOG_CHAIN: usize = 72;
pub(super) const AT_TREES: usize = 80;
pub(super) const AT_WRITTEN: usize = 88;
pub(super) const AT_FREE_MAP: usize = 96;
pub(super) const AT_SEGMENTS: usize = AT_FREE_MAP + EXTENT_LEN;
pub(super) const AT_DIRECTORY_LEN: usize = AT_SEGMENTS + EXTENT_LEN;
pub(super) const AT_DIRECTORY: usize = AT_DIRECTORY_LEN + 8;
pub(super) const AT_BLOCK_HASH: usize = BLOCK_LEN - HASH_LEN;

/// Length of a pointer to an extent.
pub(super) const EXTENT_LEN: usize = 8 + 4 + 8 + 8 + HASH_LEN;
pub(super) const HASH_LEN: usize = 16;
/// The longest that the root of the tree directory can be.
pub(crate) const DIRECTORY_LEN_MAX: usize = 64;

/// The flag of a version beyond which the write-ahead file holds nothing.
pub(super) const FLAG_CLEAN: u32 = 1;

/// The slots, and the copies in each.
pub(super) const SLOTS: u64 = 2;
pub(super) const COPIES: u64 = 2;
const _: () = assert!(RESERVED_PAGES == 1 + SLOTS * COPIES);

/// The page that begins with copy `copy` of slot `slot`.
pub(super) const fn block_page(slot: u64, copy: u64) -> u64 {
    1 + slot * COPIES + copy
}

/// The slot of `version`.
pub(super) const fn slot_of(version: u64) -> u64 {
    version % SLOTS
}
