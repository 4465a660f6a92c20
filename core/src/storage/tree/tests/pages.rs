//! A file of pages in memory: hands out the lowest free page, verifies what it reads, and remembers what was
//! freed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use super::super::{Findings, Reached, Tree};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::{ExtentPtr, PageKind, PagePtr, PageReader, PageWriter};
use crate::storage::{Buffer, Held, Slice};

#[derive(Debug)]
pub(super) struct MemoryFile {
    page_size: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    pages: BTreeMap<u64, (PagePtr, PageKind, Arc<Buffer>)>,
    extents: BTreeMap<u64, (ExtentPtr, Slice)>,
    used: BTreeSet<u64>,
    reads: u64,
}

impl MemoryFile {
    pub(super) fn new(page_size: usize) -> Arc<Self> {
        Arc::new(Self { page_size, state: Mutex::default() })
    }

    pub(super) fn writer(self: &Arc<Self>, version: u64) -> MemoryWriter {
        MemoryWriter { file: Arc::clone(self), version, written: 0, freed: Vec::new() }
    }

    /// How many pages were read so far.
    pub(super) fn reads(&self) -> u64 {
        self.state.lock().reads
    }

    pub(super) fn used(&self) -> BTreeSet<u64> {
        self.state.lock().used.clone()
    }

    /// One past the last page in use.
    pub(super) fn end(&self) -> u64 {
        self.state.lock().used.last().map_or(0, |last| last + 1)
    }

    /// Lets go of what a version freed, once no older one is read any more.
    pub(super) fn reclaim(&self, freed: &[Reached]) {
        let mut state = self.state.lock();
        for reached in freed {
            match reached {
                Reached::Page(ptr, _) => {
                    let (seen, ..) = state.pages.remove(&ptr.page).expect("a freed page exists");
                    assert_eq!(seen, *ptr, "a page is freed by the pointer it was written with");
                    state.used.remove(&ptr.page);
                }
                Reached::Extent(ptr) => {
                    let (seen, _) = state.extents.remove(&ptr.page).expect("a freed extent exists");
                    assert_eq!(seen, *ptr, "an extent is freed by the pointer it was written with");
                    (ptr.page..ptr.page + u64::from(ptr.pages)).for_each(|page| {
                        state.used.remove(&page);
                    });
                }
            }
        }
    }

    /// Changes a page behind the back of its hash, which is made to match: as only a bug could.
    pub(super) fn forge(&self, ptr: &PagePtr, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state.lock();
        let (_, _, page) = state.pages.get_mut(&ptr.page).expect("the page exists");
        let mut forged = page.to_vec();
        change(&mut forged);
        *page = Arc::new(forged.into());
    }

    /// Lets go of the pages as a cache does, and has them again as a file does.
    pub(super) fn drop_pages_from_memory(&self) {
        let mut state = self.state.lock();
        state.pages.values_mut().for_each(|(_, _, page)| *page = Arc::new(page.to_vec().into()));
    }

    pub(super) fn page(&self, ptr: &PagePtr) -> Vec<u8> {
        self.state.lock().pages[&ptr.page].2.to_vec()
    }

    fn find(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        let mut state = self.state.lock();
        state.reads += 1;
        match state.pages.get(&ptr.page) {
            Some((seen, seen_kind, page)) if seen == ptr && *seen_kind == kind => Ok(Arc::clone(page)),
            seen => Err(Error::new(
                ErrorKind::Corrupt,
                format!("page {} is {:?}, not {kind:?}", ptr.page, seen.map(|seen| seen.1)),
            )),
        }
    }

    fn take_place(&self, pages: u64) -> u64 {
        let mut state = self.state.lock();
        let mut place = 0;
        while let Some(used) = state.used.range(place..place + pages).next_back() {
            place = used + 1;
        }
        state.used.extend(place..place + pages);
        place
    }
}

impl PageReader for MemoryFile {
    fn page_size(&self) -> usize {
        self.page_size
    }

    fn read_cached(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        self.find(ptr, kind)
    }

    fn read_held(&self, ptr: &PagePtr, kind: PageKind, held: &Held<Buffer>) -> Result<Arc<Buffer>> {
        if let Some(page) = held.get() {
            return Ok(page);
        }
        let page = self.find(ptr, kind)?;
        held.set(&page);
        Ok(page)
    }

    fn read(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        self.find(ptr, kind)
    }

    fn read_extent(&self, ptr: &ExtentPtr) -> Result<Slice> {
        match self.state.lock().extents.get(&ptr.page) {
            Some((seen, value)) if seen == ptr => Ok(value.clone()),
            _ => Err(Error::new(ErrorKind::Corrupt, format!("there is no extent at page {}", ptr.page))),
        }
    }
}

#[derive(Debug)]
pub(super) struct MemoryWriter {
    file: Arc<MemoryFile>,
    version: u64,
    pub(super) written: u64,
    pub(super) freed: Vec<Reached>,
}

impl PageWriter for MemoryWriter {
    fn blank_page(&self) -> Buffer {
        vec![0; self.file.page_size].into()
    }

    fn write_page(&mut self, kind: PageKind, page: Buffer) -> Result<PagePtr> {
        assert_eq!(page.len(), self.file.page_size);
        let place = self.file.take_place(1);
        self.written += 1;
        let ptr = PagePtr { page: place, birth: self.version, hash: xxh3_128(&page) };
        self.file.state.lock().pages.insert(place, (ptr, kind, Arc::new(page)));
        Ok(ptr)
    }

    fn write_extent(&mut self, value: &[u8]) -> Result<ExtentPtr> {
        let pages = value.len().div_ceil(self.file.page_size).max(1);
        let place = self.file.take_place(pages as u64);
        let ptr = ExtentPtr {
            page: place,
            pages: pages as u32,
            birth: self.version,
            len: value.len() as u64,
            hash: xxh3_128(value),
        };
        self.file.state.lock().extents.insert(place, (ptr, Slice::from(value.to_vec())));
        Ok(ptr)
    }

    fn free_page(&mut self, ptr: &PagePtr) {
        // A damaged tree frees what never was; a whole one is found out when its pages are reclaimed.
        let kind = self.file.state.lock().pages.get(&ptr.page).map_or(PageKind::Inner, |page| page.1);
        self.freed.push(Reached::Page(*ptr, kind));
    }

    fn free_extent(&mut self, ptr: &ExtentPtr) {
        self.freed.push(Reached::Extent(*ptr));
    }
}

/// What a check came upon.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) faults: Vec<String>,
    pub(super) reached: Vec<Reached>,
}

impl Findings for Found {
    fn fault(&mut self, sentence: String) {
        self.faults.push(sentence);
    }

    fn reached(&mut self, what: Reached) {
        self.reached.push(what);
    }
}

impl Found {
    /// The page numbers reached, each of which must come once.
    pub(super) fn places(&self) -> BTreeSet<u64> {
        places(&self.reached)
    }
}

/// The page numbers of `reached`, each of which must come once.
pub(super) fn places(reached: &[Reached]) -> BTreeSet<u64> {
    let mut places = BTreeSet::new();
    for reached in reached {
        let run = match reached {
            Reached::Page(ptr, _) => ptr.page..ptr.page + 1,
            Reached::Extent(ptr) => ptr.page..ptr.page + u64::from(ptr.pages),
        };
        run.for_each(|page| assert!(places.insert(page), "page {page} comes twice"));
    }
    places
}

/// Checks a tree that must be whole.
pub(super) fn whole(tree: &Tree, file: &MemoryFile) -> Found {
    let mut found = Found::default();
    let entries = tree.check(file, &mut found);
    assert!(found.faults.is_empty(), "{:#?}", found.faults);
    assert_eq!(entries, tree.len());
    let mut reached = Vec::new();
    tree.reach(file, &mut |what| reached.push(what)).expect("the tree can be walked");
    assert_eq!(places(&reached), found.places(), "check and reach see the same");
    found
}

/// A repeatable stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }
}
