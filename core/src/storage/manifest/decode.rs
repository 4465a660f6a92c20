//! Reading the manifest slots, without trusting them.

use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::layout::*;
use super::{Header, Manifest, Slot, Slots};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::ExtentPtr;
use crate::storage::page::field::{get, get_u32, get_u64, get_u128};
use crate::storage::{COUNT_MAX, LogPosition};
use crate::vfs::VfsFile;

/// One copy, as it was found.
enum Copy {
    Valid(Box<Manifest>),
    /// Nothing was ever written here.
    Empty,
    Broken(String),
}

/// Reads all four blocks.
///
/// # Errors
/// `Unsupported` when a valid block was written by a newer version; `Io`. Damage is no error here: it is what
/// [`choose`](super::choose()) weighs.
pub(crate) fn read_manifests(file: &dyn VfsFile, path: &Path, header: &Header) -> Result<Slots> {
    let slot = |slot| -> Result<Slot> {
        let first = read_copy(file, path, header, slot, 0)?;
        let second = read_copy(file, path, header, slot, 1)?;
        Ok(weigh(first, second))
    };
    Ok(Slots { a: slot(0)?, b: slot(1)?, offset: block_page(0, 0) * header.page_size as u64 })
}

/// What two copies say together.
fn weigh(first: Copy, second: Copy) -> Slot {
    match (first, second) {
        (Copy::Valid(first), Copy::Valid(second)) if first == second => Slot::Whole(*first),
        (Copy::Valid(first), Copy::Valid(second)) if first.version == second.version => {
            Slot::Contradictory { version: first.version }
        }
        // One copy was written and the other was not any more; all that the newer one refers to was synced
        // before either (M1).
        (Copy::Valid(first), Copy::Valid(second)) => {
            let (newer, older) =
                if first.version > second.version { (first, second) } else { (second, first) };
            Slot::Half { manifest: *newer, other: format!("is still of version {}", older.version) }
        }
        (Copy::Valid(manifest), Copy::Empty) | (Copy::Empty, Copy::Valid(manifest)) => {
            Slot::Half { manifest: *manifest, other: "is empty".to_owned() }
        }
        (Copy::Valid(manifest), Copy::Broken(other)) | (Copy::Broken(other), Copy::Valid(manifest)) => {
            Slot::Half { manifest: *manifest, other }
        }
        (Copy::Empty, Copy::Empty) => Slot::Empty,
        (Copy::Broken(reason), _) | (_, Copy::Broken(reason)) => Slot::Broken { reason },
    }
}

fn read_copy(file: &dyn VfsFile, path: &Path, header: &Header, slot: u64, copy: u64) -> Result<Copy> {
    let offset = block_page(slot, copy) * header.page_size as u64;
    let mut block = [0; BLOCK_LEN];
    match file.read_exact_at(&mut block, offset) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Ok(Copy::Broken("lies beyond the end of the file".to_owned()));
        }
        Err(e) => return Err(Error::io("read", path, e)),
    }
    if block.iter().all(|byte| *byte == 0) {
        return Ok(Copy::Empty);
    }
    if let Some(reason) = fault(&block, header, slot) {
        return Ok(Copy::Broken(reason));
    }
    refuse_newer(&block, path, offset)?;
    Ok(match decode(&block) {
        Ok(manifest) => Copy::Valid(Box::new(manifest)),
        Err(reason) => Copy::Broken(reason),
    })
}

/// What is wrong with the block as a block.
fn fault(block: &[u8; BLOCK_LEN], header: &Header, slot: u64) -> Option<String> {
    let (said, found) = (get_u128(block, AT_BLOCK_HASH), xxh3_128(&block[..AT_BLOCK_HASH]));
    if said != found {
        return Some(format!("checksum differs: the block says {said:032x}, its bytes give {found:032x}"));
    }
    if !block.starts_with(&BLOCK_MAGIC) {
        return Some("is not a manifest".to_owned());
    }
    if get::<16>(block, AT_BLOCK_DB) != header.db {
        return Some("is of another database".to_owned());
    }
    let version = get_u64(block, AT_VERSION);
    (slot_of(version) != slot).then(|| format!("is of version {version}, which belongs into the other slot"))
}

fn refuse_newer(block: &[u8; BLOCK_LEN], path: &Path, offset: u64) -> Result<()> {
    let (format, flags) = (get_u32(block, AT_FORMAT), get_u32(block, AT_FLAGS));
    let unknown = if format != FORMAT {
        format!("format {format}; known here is format {FORMAT}")
    } else if flags & !FLAG_CLEAN != 0 {
        format!("unknown flags {flags:#x}")
    } else if block[AT_SEGMENTS..][..EXTENT_LEN].iter().any(|byte| *byte != 0) {
        "segments, which are not known here".to_owned()
    } else {
        return Ok(());
    };
    let message = format!("{}, offset {offset}: a manifest has {unknown}", path.display());
    Err(Error::new(ErrorKind::Unsupported, message))
}

fn decode(block: &[u8; BLOCK_LEN]) -> Result<Manifest, String> {
    let directory_len = get_u32(block, AT_DIRECTORY_LEN) as usize;
    if directory_len > DIRECTORY_LEN_MAX {
        return Err(format!("has a directory root of {directory_len} bytes"));
    }
    let file_pages = get_u64(block, AT_FILE_PAGES);
    if file_pages < RESERVED_PAGES {
        return Err(format!("says that the file has {file_pages} pages"));
    }
    let log = LogPosition {
        chunk_seq: get_u64(block, AT_LOG_CHUNK),
        lsn: get_u64(block, AT_LOG_LSN),
        chain: get_u64(block, AT_LOG_CHAIN),
    };
    if log.lsn == 0 || log.chunk_seq == 0 || log.lsn.max(log.chunk_seq) > COUNT_MAX {
        return Err(format!("says that the log goes on with flush {} in chunk {}", log.lsn, log.chunk_seq));
    }
    let (version, seq) = (get_u64(block, AT_VERSION), get_u64(block, AT_SEQ));
    if version.max(seq) > COUNT_MAX {
        return Err(format!("is of version {version} and holds commit {seq}: nobody counts so far"));
    }
    let free_map = get_extent(block, AT_FREE_MAP);
    let fits = |ptr: &ExtentPtr| {
        ptr.page >= RESERVED_PAGES
            && ptr.page.checked_add(u64::from(ptr.pages)).is_some_and(|end| end <= file_pages)
    };
    if let Some(outside) = free_map.filter(|ptr| !fits(ptr)) {
        return Err(format!("has its free map at page {}, outside the file", outside.page));
    }
    Ok(Manifest {
        version,
        seq,
        clean: get_u32(block, AT_FLAGS) & FLAG_CLEAN != 0,
        file_pages,
        directory: block[AT_DIRECTORY..][..directory_len].to_vec(),
        free_map,
        segments: None,
        log,
        trees: get_u64(block, AT_TREES),
        written_ms: get_u64(block, AT_WRITTEN) as i64,
    })
}

fn get_extent(block: &[u8; BLOCK_LEN], at: usize) -> Option<ExtentPtr> {
    let ptr = ExtentPtr {
        page: get_u64(block, at),
        pages: get_u32(block, at + 8),
        birth: get_u64(block, at + 12),
        len: get_u64(block, at + 20),
        hash: get_u128(block, at + 28),
    };
    (ptr.pages != 0).then_some(ptr)
}
