//! Pages of a tree, handed out without their checksums being looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::take;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::{ExtentPtr, PageKind, PagePtr, PageReader, PageWriter};
use crate::storage::tree::{Findings, ROOT_REFERENCE_LEN, Reached, Tree};
use crate::storage::{Batch, Buffer, Direction, Held, KeyRange, Slice};

/// So many pages are read of one input: forged pages may refer to each other in circles.
const READS_MAX: u32 = 300;
/// So many entries of one tree are looked at.
const ENTRIES_MAX: usize = 4096;

/// A byte that says how large a page is, the reference to a tree, and the pages it may refer to.
///
/// Values of that tree that look like such references are walked too: the directory of a database is such a tree.
pub fn page(mut data: &[u8]) {
    let [size] = take(&mut data);
    let root: [u8; ROOT_REFERENCE_LEN] = take(&mut data);
    let page_size = if size & 1 == 0 { 8192 } else { 1024 };
    let pages = Arc::new(Pages::new(data, page_size));
    let Ok(tree) = Tree::decode(&root) else { return };
    for (_, value) in walk(&tree, &pages).into_iter().take(64) {
        if let Ok(tree) = Tree::decode(&value) {
            walk(&tree, &pages);
        }
    }
}

fn walk(tree: &Tree, pages: &Arc<Pages>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut seen = Vec::new();
    for direction in [Direction::Backward, Direction::Forward] {
        pages.rewind();
        seen = scan(tree, pages, KeyRange::all(), direction);
    }
    pages.rewind();
    for (key, _) in seen.iter().step_by(7).take(32) {
        let _ = tree.get(&**pages, key);
    }
    for key in [&[][..], &[0; 8], &[0xFF; 8], b"collection", &[7; 3000]] {
        let _ = tree.get(&**pages, key);
        let _ = tree.get_many(&**pages, &[key, b"a", b"b"]);
    }
    pages.rewind();
    tree.check(&**pages, &mut Ignored);
    pages.rewind();
    let _ = tree.reach(&**pages, &mut |_| {});
    pages.rewind();
    let changes = seen.iter().enumerate().step_by(3).take(64);
    let changes = changes.map(|(at, (key, value))| (key.clone(), (at % 2 == 0).then(|| value.clone())));
    let mut changes: Vec<_> = changes.collect();
    changes.sort();
    changes.dedup_by(|a, b| a.0 == b.0);
    let _ = tree.apply(
        &**pages,
        &mut Nowhere { page_size: pages.page_size, written: 0 },
        changes.into_iter().map(Ok),
    );
    seen
}

fn scan(tree: &Tree, pages: &Arc<Pages>, range: KeyRange, direction: Direction) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut seen = Vec::new();
    let Ok(mut scan) = tree.scan(Arc::clone(pages) as Arc<dyn PageReader>, range, direction) else {
        return seen;
    };
    let mut batch = Batch::new();
    while seen.len() < ENTRIES_MAX && scan.next_batch(&mut batch, 512).is_ok() && !batch.is_empty() {
        seen.extend(batch.iter().map(|(key, value)| (key.to_vec(), value.to_vec())));
    }
    seen
}

#[derive(Debug)]
struct Pages {
    page_size: usize,
    pages: Vec<Arc<Buffer>>,
    reads: AtomicU32,
}

impl Pages {
    fn new(data: &[u8], page_size: usize) -> Self {
        let whole = |chunk: &[u8]| {
            let mut page = chunk.to_vec();
            page.resize(page_size, 0);
            Arc::new(Buffer::from(page))
        };
        let mut pages: Vec<_> = data.chunks(page_size).map(whole).collect();
        if pages.is_empty() {
            pages.push(whole(&[]));
        }
        Self { page_size, pages, reads: AtomicU32::new(0) }
    }

    fn rewind(&self) {
        self.reads.store(0, Ordering::Relaxed);
    }

    fn find(&self, page: u64) -> Result<Arc<Buffer>> {
        if self.reads.fetch_add(1, Ordering::Relaxed) >= READS_MAX {
            return Err(Error::new(ErrorKind::Corrupt, "too many pages"));
        }
        Ok(Arc::clone(&self.pages[(page % self.pages.len() as u64) as usize]))
    }
}

impl PageReader for Pages {
    fn page_size(&self) -> usize {
        self.page_size
    }

    fn read_cached(&self, ptr: &PagePtr, _: PageKind) -> Result<Arc<Buffer>> {
        self.find(ptr.page)
    }

    fn read_held(&self, ptr: &PagePtr, _: PageKind, _: &Held<Buffer>) -> Result<Arc<Buffer>> {
        self.find(ptr.page)
    }

    fn read(&self, ptr: &PagePtr, _: PageKind) -> Result<Arc<Buffer>> {
        self.find(ptr.page)
    }

    fn read_extent(&self, ptr: &ExtentPtr) -> Result<Slice> {
        let page = self.find(ptr.page)?;
        let len = usize::try_from(ptr.len).map_or(self.page_size, |len| len.min(self.page_size));
        Ok(Slice::new(page, 0..len))
    }
}

/// Takes pages and forgets them.
struct Nowhere {
    page_size: usize,
    written: u64,
}

impl PageWriter for Nowhere {
    fn blank_page(&self) -> Buffer {
        vec![0; self.page_size].into()
    }

    fn write_page(&mut self, _: PageKind, _: Buffer) -> Result<PagePtr> {
        self.written += 1;
        Ok(PagePtr { page: self.written, birth: 1, hash: 0 })
    }

    fn write_extent(&mut self, value: &[u8]) -> Result<ExtentPtr> {
        self.written += 1;
        Ok(ExtentPtr { page: self.written, pages: 1, birth: 1, len: value.len() as u64, hash: 0 })
    }

    fn free_page(&mut self, _: &PagePtr) {}

    fn free_extent(&mut self, _: &ExtentPtr) {}
}

struct Ignored;

impl Findings for Ignored {
    fn fault(&mut self, _: String) {}

    fn reached(&mut self, _: Reached) {}
}
