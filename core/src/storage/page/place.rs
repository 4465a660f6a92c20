//! Finding room in the file, and making some.

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use super::layout::Identity;
use super::{ExtentPtr, PageFile, PageKind, PageReader, extent};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::space::{PageRun, Space};

/// The first of `pages` consecutive pages, used from now on; the file grows when it must.
///
/// The space stays locked while the file grows: whoever else needs room then would have to wait for the same.
pub(super) fn allocate(file: &PageFile, space: &mut Space, pages: u64) -> Result<u64> {
    if let Some(first) = space.allocate(pages) {
        return Ok(first);
    }
    grow(file, space, space.growth_for(pages))?;
    space.allocate(pages).ok_or_else(|| Error::internal(format!("no room for {pages} pages after growing")))
}

/// The new pages are on the device before the space hands out the first of them.
fn grow(file: &PageFile, space: &mut Space, to: u64) -> Result<()> {
    if to > space.file_pages() {
        file.grow(to)?;
        space.grow_to(to);
    }
    Ok(())
}

/// Writes `value` for a commit that only the log will refer to, into an extent that is claimed until a version
/// [adopts](super::VersionWriter::adopt_extent) it.
///
/// `birth` is the newest version that readers can have: whoever sees the commit pins that one or a later one.
/// The extent is durable after the next sync of the file, which must come before the record that names it.
pub(crate) fn write_claimed(
    file: &PageFile,
    space: &Mutex<Space>,
    birth: u64,
    value: &[u8],
) -> Result<ExtentPtr> {
    let pages = extent_pages(value.len(), file.page_size())?;
    let run = {
        let mut space = space.lock();
        let run = PageRun::new(allocate(file, &mut space, u64::from(pages))?, u64::from(pages));
        space.claim(run)?;
        run
    };
    let (ptr, head) = prepare_extent(file, run.first, pages, birth, value);
    match write_extent_through(file, &ptr, &head, value) {
        Ok(()) => Ok(ptr),
        Err(error) => {
            space.lock().unclaim(run)?;
            Err(error)
        }
    }
}

/// Cuts the file to what the space says it needs, once the manifest that says so is durable. Says whether there
/// was anything to cut.
pub(crate) fn cut_tail(file: &PageFile, space: &Mutex<Space>) -> Result<bool> {
    let locked = space.lock();
    let cuts = file.pages() > locked.file_pages();
    if cuts {
        file.cut(locked.file_pages())?;
    }
    Ok(cuts)
}

/// Pages for a value of `len` bytes, when it can be a value at all.
pub(super) fn extent_pages(len: usize, page_size: usize) -> Result<u32> {
    let len = len as u64;
    let bytes = extent::head_len(len) + len;
    match u32::try_from(bytes) {
        Ok(_) => Ok(extent::pages_for(len, page_size) as u32),
        Err(_) => Err(Error::new(ErrorKind::Limit, format!("a value of {len} bytes is over 4 GiB"))),
    }
}

/// The pointer to an extent of `value`, and what stands before the value.
pub(super) fn prepare_extent(
    file: &PageFile,
    first: u64,
    pages: u32,
    birth: u64,
    value: &[u8],
) -> (ExtentPtr, Vec<u8>) {
    let identity = Identity { kind: PageKind::Extent, number: first, birth, db: file.db() };
    let head = extent::head(value, pages, &identity);
    let ptr = ExtentPtr { page: first, pages, birth, len: value.len() as u64, hash: xxh3_128(&head) };
    (ptr, head)
}

/// Writes an extent without copying the value.
pub(super) fn write_extent_through(
    file: &PageFile,
    ptr: &ExtentPtr,
    head: &[u8],
    value: &[u8],
) -> Result<()> {
    let start = file.offset(ptr.page)?;
    let value_start = start + head.len() as u64;
    let value_end = value_start + value.len() as u64;
    let end = file.offset(ptr.page + u64::from(ptr.pages))?;
    file.write(head, start)?;
    file.write(value, value_start)?;
    file.write(&vec![0; (end - value_end) as usize], value_end)
}
