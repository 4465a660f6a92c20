//! A small reader of the main file and its log, independent of the database's own.

use std::fs;
use std::path::{Path, PathBuf};

use nexuslite::bson::doc;
use nexuslite::{Database, EngineKind, Options};
use tempfile::TempDir;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap())
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

pub(crate) fn u128_at(bytes: &[u8], at: usize) -> u128 {
    u128::from_le_bytes(bytes[at..at + 16].try_into().unwrap())
}

/// What stands in the header, found in both places.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    pub(crate) format: u32,
    pub(crate) page_size: usize,
    pub(crate) chunk_bytes: usize,
    pub(crate) engine: u8,
    pub(crate) db: [u8; 16],
    pub(crate) created_ms: i64,
}

pub(crate) fn header(file: &[u8]) -> Header {
    let read = |at: usize| {
        let copy = &file[at..at + 256];
        assert_eq!(&copy[..8], b"NXL\r\n\x1A\n\0", "magic of the copy at {at}");
        assert_eq!(u128_at(copy, 240), xxh3_128(&copy[..240]), "checksum of the copy at {at}");
        assert!(copy[21..24].iter().chain(&copy[48..240]).all(|byte| *byte == 0), "what is kept is zero");
        Header {
            format: u32_at(copy, 8),
            page_size: u32_at(copy, 12) as usize,
            chunk_bytes: u32_at(copy, 16) as usize,
            engine: copy[20],
            db: copy[24..40].try_into().unwrap(),
            created_ms: u64_at(copy, 40) as i64,
        }
    };
    let first = read(0);
    assert_eq!(read(first.page_size / 2), first, "the copy in the middle of the page");
    first
}

/// The parts of a manifest that the tests ask for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Manifest {
    pub(crate) clean: bool,
    pub(crate) version: u64,
    pub(crate) seq: u64,
    pub(crate) pages: u64,
    pub(crate) log_chunk: u64,
    pub(crate) log_flush: u64,
    pub(crate) log_chain: u64,
    pub(crate) trees: u64,
    pub(crate) directory: Vec<u8>,
}

/// The manifests of slot A and slot B, each found twice.
pub(crate) fn manifests(file: &[u8]) -> [Manifest; 2] {
    let header = header(file);
    let read = |page: usize| {
        let block = &file[page * header.page_size..][..4096];
        assert_eq!(&block[..8], b"NXLMANIF", "magic of the block on page {page}");
        assert_eq!(u128_at(block, 4080), xxh3_128(&block[..4080]), "checksum of the block on page {page}");
        assert_eq!(u32_at(block, 8), header.format);
        assert_eq!(block[16..32], header.db);
        assert!(block[256..4080].iter().all(|byte| *byte == 0), "what is kept is zero");
        let directory = u32_at(block, 184) as usize;
        Manifest {
            clean: u32_at(block, 12) == 1,
            version: u64_at(block, 32),
            seq: u64_at(block, 40),
            pages: u64_at(block, 48),
            log_chunk: u64_at(block, 56),
            log_flush: u64_at(block, 64),
            log_chain: u64_at(block, 72),
            trees: u64_at(block, 80),
            directory: block[192..192 + directory].to_vec(),
        }
    };
    let [a, b] = [1, 3].map(|page| {
        assert_eq!(read(page), read(page + 1), "the two copies of a slot");
        read(page)
    });
    assert_eq!((a.version % 2, b.version % 2), (0, 1), "even versions in slot A, odd ones in slot B");
    [a, b]
}

/// The newest manifest.
pub(crate) fn newest(file: &[u8]) -> Manifest {
    manifests(file).into_iter().max_by_key(|manifest| manifest.version).unwrap()
}

/// A commit record: seq and operations, each a kind, a tree, a key and a value.
pub(crate) type Record = (u64, Vec<(u8, u32, Vec<u8>, Vec<u8>)>);

/// The commit records of a log that was not cut short, in order.
pub(crate) fn records(log: &[u8], header: &Header, from: &Manifest) -> Vec<Record> {
    let mut chunks: Vec<&[u8]> =
        log.chunks(header.chunk_bytes).filter(|chunk| chunk.starts_with(b"NXLWCHNK")).collect();
    chunks.sort_by_key(|chunk| u64_at(chunk, 32));
    let (mut flush_number, mut chain) = (from.log_flush, from.log_chain);
    let mut payload = Vec::new();
    for chunk in chunks.into_iter().filter(|chunk| u64_at(chunk, 32) >= from.log_chunk) {
        assert_eq!(u64_at(chunk, 128), xxh3_64(&chunk[..128]), "checksum of a chunk's header");
        assert_eq!((u32_at(chunk, 8), u32_at(chunk, 12) as usize), (header.format, header.chunk_bytes));
        assert_eq!(chunk[16..32], header.db);
        let mut at = 4096;
        while at < chunk.len() && chunk[at..].starts_with(b"NXLWFLSH") {
            let flush = &chunk[at..];
            assert_eq!(
                (&flush[8..24], &flush[32..48]),
                (&chunk[16..32], &chunk[48..64]),
                "database and salt"
            );
            assert_eq!((u64_at(flush, 48), u64_at(flush, 56)), (flush_number, chain), "number and chain");
            let len = u32_at(flush, 64) as usize;
            let seed = u64_at(chunk, 48) ^ u64_at(chunk, 56).rotate_left(32);
            let head = xxhash_rust::xxh3::xxh3_64_with_seed(&flush[..136], seed);
            let sum = xxhash_rust::xxh3::xxh3_64_with_seed(&flush[144..144 + len], head);
            assert_eq!(u64_at(flush, 136), sum, "checksum of flush {flush_number}");
            payload.extend_from_slice(&flush[144..144 + len]);
            (flush_number, chain) = (flush_number + 1, sum);
            at += (144 + len).next_multiple_of(4096);
        }
    }
    parse_records(&payload)
}

fn parse_records(mut payload: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while !payload.is_empty() {
        let record = &payload[..u32_at(payload, 0) as usize];
        assert_eq!(u64_at(record, 32), xxh3_64(&record[40..]), "checksum of a record");
        let end = 40 + u32_at(record, 24) as usize;
        let (mut at, mut ops) = (40, Vec::new());
        while at < end {
            let (key_len, value_len) = (u32_at(record, at + 6) as usize, u32_at(record, at + 10) as usize);
            let (key, value) = record[at + 14..][..key_len + value_len].split_at(key_len);
            if record[at + 1] & 1 == 0 {
                ops.push((record[at], u32_at(record, at + 2), key.to_vec(), value.to_vec()));
            }
            at += 14 + key_len + value_len;
        }
        records.push((u64_at(record, 8), ops));
        payload = &payload[record.len()..];
    }
    records
}

/// A database of 300 documents, one of them large, on its way.
pub(crate) struct Made {
    pub(crate) folder: TempDir,
    pub(crate) db: Database,
}

impl Made {
    pub(crate) fn new(engine: EngineKind, page_bytes: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::new().engine(engine).page_bytes(page_bytes).wal_chunk_bytes(128 << 10);
        let db = Database::open_with(folder.path().join("made.db"), options).unwrap();
        let text = |id: i32| if id == 77 { "large ".repeat(30_000) } else { format!("text {id}") };
        db.collection("things").insert_many((0..300).map(|id| doc! { "_id": id, "t": text(id) })).unwrap();
        db.collection("things").delete_one(doc! { "_id": 5 }).unwrap();
        Self { folder, db }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("made.db")
    }

    pub(crate) fn main(&self) -> Vec<u8> {
        read(&self.path())
    }

    pub(crate) fn log(&self) -> Vec<u8> {
        read(&self.path().with_extension("wasp"))
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}
