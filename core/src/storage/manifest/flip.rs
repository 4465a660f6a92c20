//! Writing a manifest: the moment a version comes about.

use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::layout::*;
use super::{Header, Manifest};
use crate::error::{Error, Result};
use crate::storage::page::ExtentPtr;
use crate::storage::page::field::put;
use crate::vfs::VfsFile;

/// Writes both copies of the manifest into its version's slot, never the one of the version before.
///
/// No sync is done here: what the manifest refers to must be synced before (M1), the manifest itself after.
/// When either fails the version must not be written again with another content (M3).
pub(crate) fn write_manifest(
    file: &dyn VfsFile,
    path: &Path,
    header: &Header,
    manifest: &Manifest,
) -> Result<()> {
    let block = encode(header, manifest)?;
    for copy in 0..COPIES {
        let offset = block_page(slot_of(manifest.version), copy) * header.page_size as u64;
        file.write_all_at(&block, offset).map_err(|e| Error::io("write the manifest of", path, e))?;
    }
    Ok(())
}

/// Lays down a new database in an empty file: the versions 0 and 1, without trees (M4).
///
/// The header comes last, after a sync, so a file that has one has manifests too. When this returns, everything
/// but the file's name is durable.
pub(crate) fn create(
    file: &dyn VfsFile,
    path: &Path,
    header: &Header,
    log: crate::storage::LogPosition,
) -> Result<Manifest> {
    let sync = || file.sync_all().map_err(|e| Error::io("sync", path, e));
    let zeros = vec![0; header.page_size];
    for page in 0..RESERVED_PAGES {
        let offset = page * header.page_size as u64;
        file.write_all_at(&zeros, offset).map_err(|e| Error::io("create", path, e))?;
    }
    let first = Manifest { log, ..Manifest::empty(FIRST_VERSION, header.created_ms) };
    write_manifest(file, path, header, &Manifest { version: FIRST_VERSION - 1, ..first.clone() })?;
    write_manifest(file, path, header, &first)?;
    sync()?;
    header.write(file, path)?;
    sync()?;
    Ok(first)
}

pub(super) fn encode(header: &Header, manifest: &Manifest) -> Result<[u8; BLOCK_LEN]> {
    let directory_len = manifest.directory.len();
    if directory_len > DIRECTORY_LEN_MAX {
        let message = format!("a tree directory's root of {directory_len} bytes is over {DIRECTORY_LEN_MAX}");
        return Err(Error::internal(message));
    }
    let mut block = [0; BLOCK_LEN];
    put(&mut block, 0, &BLOCK_MAGIC);
    put(&mut block, AT_FORMAT, &FORMAT.to_le_bytes());
    put(&mut block, AT_FLAGS, &(if manifest.clean { FLAG_CLEAN } else { 0 }).to_le_bytes());
    put(&mut block, AT_BLOCK_DB, &header.db);
    put(&mut block, AT_VERSION, &manifest.version.to_le_bytes());
    put(&mut block, AT_SEQ, &manifest.seq.to_le_bytes());
    put(&mut block, AT_FILE_PAGES, &manifest.file_pages.to_le_bytes());
    put(&mut block, AT_LOG_CHUNK, &manifest.log.chunk_seq.to_le_bytes());
    put(&mut block, AT_LOG_LSN, &manifest.log.lsn.to_le_bytes());
    put(&mut block, AT_LOG_CHAIN, &manifest.log.chain.to_le_bytes());
    put(&mut block, AT_TREES, &manifest.trees.to_le_bytes());
    put(&mut block, AT_WRITTEN, &manifest.written_ms.to_le_bytes());
    put_extent(&mut block, AT_FREE_MAP, manifest.free_map.as_ref());
    put_extent(&mut block, AT_SEGMENTS, manifest.segments.as_ref());
    put(&mut block, AT_DIRECTORY_LEN, &(directory_len as u32).to_le_bytes());
    put(&mut block, AT_DIRECTORY, &manifest.directory);
    let hash = xxh3_128(&block[..AT_BLOCK_HASH]);
    put(&mut block, AT_BLOCK_HASH, &hash.to_le_bytes());
    Ok(block)
}

fn put_extent(block: &mut [u8], at: usize, extent: Option<&ExtentPtr>) {
    if let Some(extent) = extent {
        put(block, at, &extent.page.to_le_bytes());
        put(block, at + 8, &extent.pages.to_le_bytes());
        put(block, at + 12, &extent.birth.to_le_bytes());
        put(block, at + 20, &extent.len.to_le_bytes());
        put(block, at + 28, &extent.hash.to_le_bytes());
    }
}
