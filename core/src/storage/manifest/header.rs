//! The header: what never changes in the life of a database.

use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::layout::*;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::PAGE_SIZES;
use crate::storage::page::field::{get, get_u32, get_u64, get_u128, put};
use crate::vfs::VfsFile;

/// Features of these kinds that are known here: none so far.
const KNOWN_INCOMPATIBLE: u64 = 0;
const KNOWN_READ_ONLY_COMPATIBLE: u64 = 0;

/// Lengths that a chunk of the log may have: one is read into memory as a whole.
const WAL_CHUNKS: std::ops::RangeInclusive<u32> = 16 << 10..=1 << 30;

/// Which engine wrote the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum EngineKind {
    Wasp = 1,
    Log = 2,
}

/// What is fixed when a database is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) page_size: usize,
    pub(crate) wal_chunk_bytes: u32,
    pub(crate) engine: EngineKind,
    pub(crate) db: [u8; 16],
    pub(crate) created_ms: i64,
    pub(crate) incompatible: u64,
    pub(crate) read_only_compatible: u64,
    pub(crate) compatible: u64,
}

/// A header that was found valid and fit to be read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundHeader {
    pub(crate) header: Header,
    /// Whether both copies are whole; the engine may write the header again when they are not.
    pub(crate) is_whole: bool,
}

impl Header {
    /// A header without special features.
    pub(crate) fn new(
        engine: EngineKind,
        page_size: usize,
        wal_chunk_bytes: u32,
        db: [u8; 16],
        created_ms: i64,
    ) -> Self {
        Self {
            page_size,
            wal_chunk_bytes,
            engine,
            db,
            created_ms,
            incompatible: 0,
            read_only_compatible: 0,
            compatible: 0,
        }
    }

    /// Refuses to write a file that has features which only readers may ignore.
    pub(crate) fn expect_writable(&self, path: &Path) -> Result<()> {
        match self.read_only_compatible & !KNOWN_READ_ONLY_COMPATIBLE {
            0 => Ok(()),
            unknown => Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{} can only be opened for reading: it has features of a newer version, {}",
                    path.display(),
                    bits(unknown)
                ),
            )),
        }
    }

    /// Writes both copies, without a sync.
    pub(crate) fn write(&self, file: &dyn VfsFile, path: &Path) -> Result<()> {
        if !PAGE_SIZES.contains(&self.page_size) {
            let message = format!("page_size {} is none of {PAGE_SIZES:?}", self.page_size);
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let mut page = vec![0; self.page_size];
        let copy = self.encode();
        put(&mut page, 0, &copy);
        put(&mut page, self.page_size / 2, &copy);
        file.write_all_at(&page, 0).map_err(|e| Error::io("write", path, e))
    }

    fn encode(&self) -> [u8; HEADER_LEN] {
        let mut copy = [0; HEADER_LEN];
        put(&mut copy, 0, &HEADER_MAGIC);
        put(&mut copy, AT_FORMAT, &FORMAT.to_le_bytes());
        put(&mut copy, AT_PAGE_SIZE, &(self.page_size as u32).to_le_bytes());
        put(&mut copy, AT_WAL_CHUNK, &self.wal_chunk_bytes.to_le_bytes());
        copy[AT_ENGINE] = self.engine as u8;
        put(&mut copy, AT_HEADER_DB, &self.db);
        put(&mut copy, AT_CREATED, &self.created_ms.to_le_bytes());
        put(&mut copy, AT_INCOMPATIBLE, &self.incompatible.to_le_bytes());
        put(&mut copy, AT_READ_ONLY_COMPATIBLE, &self.read_only_compatible.to_le_bytes());
        put(&mut copy, AT_COMPATIBLE, &self.compatible.to_le_bytes());
        let hash = xxh3_128(&copy[..AT_HEADER_HASH]);
        put(&mut copy, AT_HEADER_HASH, &hash.to_le_bytes());
        copy
    }
}

/// Reads and judges the header.
///
/// # Errors
/// `Invalid` when this is no database of ours, `Unsupported` when a newer version wrote it, `Corrupt` when both
/// copies are damaged or contradict each other.
pub(crate) fn read_header(file: &dyn VfsFile, path: &Path) -> Result<FoundHeader> {
    let copies = read_copies(file, path)?;
    let whole: Vec<&[u8; HEADER_LEN]> = copies.iter().filter(|copy| is_whole(copy)).collect();
    let Some(first) = whole.first() else {
        return Err(no_header(&copies, file, path));
    };
    let format = get_u32(*first, AT_FORMAT);
    if format != FORMAT {
        let message = format!("{} is of format {format}; known here is format {FORMAT}", path.display());
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    if whole.iter().any(|copy| copy != first) {
        return Err(Error::corrupt(path, 0, "the two copies of the header contradict each other"));
    }
    Ok(FoundHeader { header: decode(first, path)?, is_whole: whole.len() == 2 })
}

/// Whether the file calls itself a database, whole or not.
pub(crate) fn begins_as_database(file: &dyn VfsFile, path: &Path) -> Result<bool> {
    Ok(read_copies(file, path)?.iter().any(|copy| copy.starts_with(&HEADER_MAGIC)))
}

/// What stands where a copy can be: at the start, and in the middle of page 0 for each page size.
fn read_copies(file: &dyn VfsFile, path: &Path) -> Result<Vec<[u8; HEADER_LEN]>> {
    let len = file.len().map_err(|e| Error::io("measure", path, e))?;
    let mut places = vec![0];
    places.extend(PAGE_SIZES.map(|size| size / 2));
    places.retain(|at| (at + HEADER_LEN) as u64 <= len);
    // All at once: from a device it takes no longer than one.
    let mut bytes = vec![0; places.iter().max().map_or(0, |last| last + HEADER_LEN)];
    file.read_exact_at(&mut bytes, 0).map_err(|e| Error::io("read", path, e))?;
    Ok(places.into_iter().filter_map(|at| bytes[at..].first_chunk().copied()).collect())
}

fn is_whole(copy: &[u8; HEADER_LEN]) -> bool {
    copy.starts_with(&HEADER_MAGIC) && get_u128(copy, AT_HEADER_HASH) == xxh3_128(&copy[..AT_HEADER_HASH])
}

fn no_header(copies: &[[u8; HEADER_LEN]], file: &dyn VfsFile, path: &Path) -> Error {
    if copies.iter().any(|copy| copy.starts_with(&HEADER_MAGIC)) {
        return Error::corrupt(path, 0, "checksum differs in both copies of the header");
    }
    let seen = match (copies.first(), file.len()) {
        (Some(copy), _) => format!("it begins with {:02x?}", get::<8>(copy, 0)),
        (None, Ok(len)) => format!("it is {len} bytes long"),
        (None, Err(_)) => "it is too short".to_owned(),
    };
    Error::new(ErrorKind::Invalid, format!("{} is not a NexusLite database: {seen}", path.display()))
}

fn decode(copy: &[u8; HEADER_LEN], path: &Path) -> Result<Header> {
    let unsupported = |what: String| Error::new(ErrorKind::Unsupported, format!("{} {what}", path.display()));
    let incompatible = get_u64(copy, AT_INCOMPATIBLE);
    let unknown = incompatible & !KNOWN_INCOMPATIBLE;
    if unknown != 0 {
        return Err(unsupported(format!("has features that are not known here, {}", bits(unknown))));
    }
    let engine = match copy[AT_ENGINE] {
        1 => EngineKind::Wasp,
        2 => EngineKind::Log,
        other => return Err(unsupported(format!("was written by the unknown engine {other}"))),
    };
    let page_size = get_u32(copy, AT_PAGE_SIZE) as usize;
    if !PAGE_SIZES.contains(&page_size) {
        return Err(unsupported(format!("has pages of {page_size} bytes; known here are {PAGE_SIZES:?}")));
    }
    let wal_chunk_bytes = get_u32(copy, AT_WAL_CHUNK);
    if !WAL_CHUNKS.contains(&wal_chunk_bytes) || !wal_chunk_bytes.is_multiple_of(BLOCK_LEN as u32) {
        let (least, most) = (WAL_CHUNKS.start(), WAL_CHUNKS.end());
        return Err(unsupported(format!(
            "has log chunks of {wal_chunk_bytes} bytes; known here are multiples of {BLOCK_LEN} from {least} to {most}"
        )));
    }
    Ok(Header {
        page_size,
        wal_chunk_bytes,
        engine,
        db: get(copy, AT_HEADER_DB),
        created_ms: get_u64(copy, AT_CREATED) as i64,
        incompatible,
        read_only_compatible: get_u64(copy, AT_READ_ONLY_COMPATIBLE),
        compatible: get_u64(copy, AT_COMPATIBLE),
    })
}

/// The names of the bits that are set: "bit 0, bit 5".
fn bits(set: u64) -> String {
    let names: Vec<String> =
        (0..u64::BITS).filter(|bit| set >> bit & 1 == 1).map(|bit| format!("bit {bit}")).collect();
    names.join(", ")
}
