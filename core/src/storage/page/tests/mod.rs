mod reading;
mod values;
mod versions;

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::recording::RecordingFile;
use super::*;
use crate::storage::space::{FIRST_PAGE, ReuseRule, Space};

const DB: [u8; 16] = [0xDB; 16];
const PAGE: usize = 8192;

struct World {
    disk: Arc<RecordingFile>,
    file: Arc<PageFile>,
    space: Arc<Mutex<Space>>,
}

impl World {
    fn new() -> Self {
        Self::with_cache(CacheLimit::Bytes(1 << 20))
    }

    fn with_cache(cache: CacheLimit) -> Self {
        let disk = Arc::new(RecordingFile::of(vec![0; FIRST_PAGE as usize * PAGE]));
        let file = PageFile::new(disk.clone(), Path::new("shop.db"), PAGE, DB, cache).unwrap();
        Self { disk, file: Arc::new(file), space: Arc::new(Mutex::new(Space::new(FIRST_PAGE))) }
    }

    /// One whose second version has a leaf, with `byte` all over it.
    fn with_leaf(byte: u8) -> (Self, PagePtr) {
        let world = Self::new();
        let mut writer = world.begin(2);
        let leaf = writer.write_page(PageKind::RecordLeaf, page(byte)).unwrap();
        writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
        (world, leaf)
    }

    fn begin(&self, version: u64) -> VersionWriter {
        self.begin_pinned(version, vec![])
    }

    fn begin_pinned(&self, version: u64, pinned: Vec<u64>) -> VersionWriter {
        VersionWriter::begin(self.file.clone(), self.space.clone(), &ReuseRule::new(version, pinned)).unwrap()
    }

    /// The same file, opened anew, as a page file of `db`.
    fn reopened(&self, db: [u8; 16]) -> PageFile {
        self.reopened_with(db, CacheLimit::Bytes(1 << 20))
    }

    fn reopened_with(&self, db: [u8; 16], cache: CacheLimit) -> PageFile {
        PageFile::new(self.disk.clone(), Path::new("shop.db"), PAGE, db, cache).unwrap()
    }
}

/// A page with `byte` all over its body.
fn page(byte: u8) -> Buffer {
    vec![byte; PAGE].into()
}

fn body(bytes: &[u8]) -> &[u8] {
    &bytes[HEAD_LEN..PAGE - TRAILER_LEN]
}

fn is_all(bytes: &[u8], byte: u8) -> bool {
    body(bytes).iter().all(|b| *b == byte)
}
