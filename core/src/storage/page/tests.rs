use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::recording::{Asked, RecordingFile};
use super::seeded::with_seeds;
use super::*;
use crate::error::ErrorKind;
use crate::storage::space::{FIRST_PAGE, PageRun, ReuseRule, Space};

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

    fn begin(&self, version: u64) -> VersionWriter {
        self.begin_pinned(version, vec![])
    }

    fn begin_pinned(&self, version: u64, pinned: Vec<u64>) -> VersionWriter {
        VersionWriter::begin(self.file.clone(), self.space.clone(), &ReuseRule::new(version, pinned)).unwrap()
    }

    /// The same file, opened anew, as a page file of `db`.
    fn reopened(&self, db: [u8; 16]) -> PageFile {
        PageFile::new(self.disk.clone(), Path::new("shop.db"), PAGE, db, CacheLimit::Bytes(1 << 20)).unwrap()
    }
}

/// A page with `byte` all over its body.
fn page(byte: u8) -> Vec<u8> {
    vec![byte; PAGE]
}

fn body(bytes: &[u8]) -> &[u8] {
    &bytes[HEAD_LEN..PAGE - TRAILER_LEN]
}

fn is_all(bytes: &[u8], byte: u8) -> bool {
    body(bytes).iter().all(|b| *b == byte)
}

#[test]
fn pages_are_read_back_before_and_after_they_reach_the_file() {
    let world = World::new();
    let mut writer = world.begin(2);
    let kinds = [PageKind::RecordLeaf, PageKind::IndexLeaf, PageKind::Inner];
    let written: Vec<(PageKind, u8, PagePtr)> = (0..200)
        .map(|n: u8| {
            let kind = kinds[usize::from(n) % 3];
            (kind, n, writer.write_page(kind, page(n)).unwrap())
        })
        .collect();
    let check = |reader: &PageFile| {
        for (kind, byte, ptr) in &written {
            assert!(is_all(&reader.read(ptr, *kind).unwrap(), *byte));
            assert!(is_all(&reader.read_cached(ptr, *kind).unwrap(), *byte));
        }
    };
    check(&world.file);
    writer.finish(None, Tail::Keep).unwrap().commit();
    check(&world.file);
    check(&world.reopened(DB));
}

#[test]
fn neighbouring_pages_are_written_together() {
    let world = World::new();
    let mut writer = world.begin(2);
    writer.reserve(210).unwrap();
    world.disk.forget();
    for n in 0..200 {
        writer.write_page(PageKind::Inner, page(n)).unwrap();
    }
    let _written = writer.finish(None, Tail::Keep).unwrap();
    let writes = world.disk.asked().iter().filter(|asked| matches!(asked, Asked::Write { .. })).count();
    assert_eq!(writes, 2 + 3, "two runs of pages, and the free map in three parts");
}

#[test]
fn the_file_is_grown_and_synced_before_a_new_page_is_written() {
    let world = World::new();
    let mut writer = world.begin(2);
    for n in 0..100 {
        writer.write_page(PageKind::RecordLeaf, page(n)).unwrap();
    }
    writer.write_extent(&vec![1; 700_000]).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    let mut durable_end = FIRST_PAGE * PAGE as u64;
    let mut end = durable_end;
    for asked in world.disk.asked() {
        match asked {
            Asked::Write { offset, len } if offset >= durable_end => {
                assert_eq!(offset, end, "the file grows without a hole");
                end = offset + len as u64;
            }
            Asked::Write { offset, len } => assert!(offset + len as u64 <= durable_end, "{offset} {len}"),
            Asked::SyncAll => durable_end = end,
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(durable_end, end);
    assert_eq!(end, world.space.lock().file_pages() * PAGE as u64);
}

#[test]
fn a_tiny_database_stays_tiny() {
    let world = World::new();
    let mut writer = world.begin(2);
    writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    let written = writer.finish(None, Tail::Cut).unwrap();
    assert_eq!(written.file_pages, FIRST_PAGE + 2, "the leaf and the free map");
    assert_eq!(world.file.pages(), FIRST_PAGE + 16, "cut only when the manifest is durable");
    written.commit();
    assert!(cut_tail(&world.file, &world.space).unwrap());
    assert!(!cut_tail(&world.file, &world.space).unwrap());
    assert_eq!(world.disk.bytes().len() as u64, (FIRST_PAGE + 2) * PAGE as u64);
}

#[test]
fn a_page_that_is_not_the_one_meant_is_found_out() {
    let world = World::new();
    let mut writer = world.begin(2);
    let leaf = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    let other = writer.write_page(PageKind::RecordLeaf, page(2)).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    let reader = world.reopened(DB);
    let at = |ptr: &PagePtr| ptr.page as usize * PAGE;
    let check = |reader: &PageFile, ptr: &PagePtr, kind, want: &[&str]| {
        for error in [reader.read(ptr, kind).unwrap_err(), reader.read_cached(ptr, kind).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Corrupt);
            want.iter().for_each(|want| assert!(error.message().contains(want), "{error}: not {want}"));
            assert!(error.message().starts_with("shop.db, offset "), "{error}");
        }
    };
    let kind = PageKind::RecordLeaf;
    check(&reader, &leaf, PageKind::Inner, &["page is a record leaf, not an inner page"]);
    check(&reader, &leaf, PageKind::IndexLeaf, &["page is a record leaf, not an index leaf"]);
    check(&reader, &PagePtr { birth: 3, ..leaf }, kind, &["version 2 wrote it, not 3"]);
    check(&reader, &PagePtr { page: other.page, ..leaf }, kind, &["checksum differs"]);
    check(&reader, &PagePtr { page: 1000, ..leaf }, kind, &["page 1000", "beyond the end of the file"]);
    check(&reader, &PagePtr { page: u64::MAX, ..leaf }, kind, &["beyond the end of the file"]);
    check(&reader, &PagePtr { page: u64::MAX / PAGE as u64, ..leaf }, kind, &["beyond the end of the file"]);
    check(&reader, &PagePtr { hash: 1, ..leaf }, kind, &["checksum differs"]);
    check(&world.reopened([9; 16]), &leaf, kind, &["of another database"]);

    world.disk.copy_within(at(&other), at(&leaf), PAGE);
    let misplaced = format!("page says it is number {}, not {}", other.page, leaf.page);
    check(&reader, &leaf, kind, &["checksum differs", &misplaced]);
    world.disk.flip(at(&leaf), 0xF0);
    check(&reader, &leaf, kind, &["checksum differs", "unknown kind 241"]);
}

#[test]
fn every_byte_of_a_page_is_vouched_for() {
    let world = World::new();
    let mut writer = world.begin(2);
    let leaf = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    let start = leaf.page as usize * PAGE;
    let sample =
        (0..HEAD_LEN).chain((HEAD_LEN..PAGE - TRAILER_LEN).step_by(61)).chain(PAGE - TRAILER_LEN..PAGE);
    for at in sample {
        world.disk.flip(start + at, 1 << (at % 8));
        assert_eq!(
            world.file.read(&leaf, PageKind::RecordLeaf).unwrap_err().kind(),
            ErrorKind::Corrupt,
            "{at}"
        );
        world.disk.flip(start + at, 1 << (at % 8));
    }
    assert!(world.file.read(&leaf, PageKind::RecordLeaf).is_ok());
}

#[test]
fn a_file_that_was_cut_behind_our_back_is_corrupt_not_a_failure_of_the_system() {
    let world = World::new();
    let mut writer = world.begin(2);
    let leaf = writer.write_page(PageKind::Inner, page(1)).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    crate::vfs::VfsFile::set_len(&*world.disk, leaf.page * PAGE as u64 + 10).unwrap();
    let error = world.file.read(&leaf, PageKind::Inner).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("beyond the end of the file"), "{error}");
}

#[test]
fn leaves_are_cached_and_inner_pages_are_not() {
    let world = World::new();
    let mut writer = world.begin(2);
    let leaf = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    let inner = writer.write_page(PageKind::Inner, page(2)).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    world.disk.forget();
    assert!(is_all(&world.file.read_cached(&leaf, PageKind::RecordLeaf).unwrap(), 1));
    assert_eq!(world.disk.reads(), 0, "a new leaf is in the cache at once");
    assert!(is_all(&world.file.read(&inner, PageKind::Inner).unwrap(), 2));
    assert_eq!(world.disk.reads(), 1);
    let stats = world.file.cache_stats();
    assert_eq!((stats.hits, stats.misses, stats.entries), (1, 0, 1));

    let reader = world.reopened(DB);
    (0..5).for_each(|_| drop(reader.read_cached(&leaf, PageKind::RecordLeaf).unwrap()));
    let stats = reader.cache_stats();
    assert_eq!((stats.hits, stats.misses, stats.entries), (4, 1, 1));
    assert!(stats.bytes >= PAGE as u64);
    assert_eq!(world.disk.reads(), 2);
}

#[test]
fn the_cache_keeps_to_its_limit() {
    let check = |limit, pages: u8, most_entries| {
        let world = World::with_cache(limit);
        let mut writer = world.begin(2);
        let leaves: Vec<PagePtr> =
            (0..pages).map(|n| writer.write_page(PageKind::RecordLeaf, page(n)).unwrap()).collect();
        writer.finish(None, Tail::Keep).unwrap().commit();
        leaves.iter().for_each(|leaf| drop(world.file.read_cached(leaf, PageKind::RecordLeaf).unwrap()));
        let stats = world.file.cache_stats();
        assert!(stats.entries <= most_entries, "{limit:?}: {stats:?}");
        assert!(stats.entries >= most_entries / 2, "{limit:?}: {stats:?}");
    };
    check(CacheLimit::Entries(40), 200, 40);
    check(CacheLimit::Bytes(50 * (PAGE as u64 + 128)), 200, 50);
    check(CacheLimit::Bytes(0), 50, 0);
    check(CacheLimit::Entries(0), 50, 0);
}

#[test]
fn a_version_written_again_is_not_answered_from_the_one_given_up() {
    let world = World::new();
    let mut writer = world.begin(2);
    let given_up = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    drop(writer);
    let mut writer = world.begin(2);
    let kept = writer.write_page(PageKind::RecordLeaf, page(2)).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    assert_eq!((given_up.page, given_up.birth), (kept.page, kept.birth));
    assert!(is_all(&world.file.read_cached(&kept, PageKind::RecordLeaf).unwrap(), 2));
    let error = world.file.read_cached(&given_up, PageKind::RecordLeaf).unwrap_err();
    assert!(error.message().contains("checksum differs"), "{error}");
}

#[test]
fn values_of_every_length_come_back() {
    let world = World::new();
    let lens = [0, 1, 7, 8000, PAGE - 112, PAGE - 111, 65_535, 65_536, 65_537, 300_000, 5_000_000, 16 << 20];
    let value = |len: usize| -> Vec<u8> { (0..len).map(|n| (n * 31 >> 7) as u8).collect() };
    let mut writer = world.begin(2);
    let written: Vec<(usize, ExtentPtr)> =
        lens.iter().map(|len| (*len, writer.write_extent(&value(*len)).unwrap())).collect();
    let check = |reader: &PageFile| {
        for (len, ptr) in &written {
            assert!(*reader.read_extent(ptr).unwrap() == *value(*len), "{len} bytes");
            assert_eq!(u64::from(ptr.pages), extent_pages(*len as u64, PAGE));
        }
    };
    check(&world.file);
    writer.finish(None, Tail::Keep).unwrap().commit();
    check(&world.file);
    check(&world.reopened(DB));
    let pages = |len: usize| written.iter().find(|(found, _)| *found == len).unwrap().1.pages;
    assert_eq!((pages(0), pages(PAGE - 112), pages(PAGE - 111)), (1, 1, 2));
}

#[test]
fn every_byte_of_a_value_is_vouched_for() {
    let world = World::new();
    let mut writer = world.begin(2);
    let ptr = writer.write_extent(&vec![3; 200_000]).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    let start = ptr.page as usize * PAGE;
    let used = 104 + 8 * 4 + 200_000;
    for at in (0..200).chain((200..used).step_by(911)).chain([used - 1]) {
        world.disk.flip(start + at, 1 << (at % 8));
        let error = world.file.read_extent(&ptr).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{at}");
        world.disk.flip(start + at, 1 << (at % 8));
    }
    world.disk.flip(start + used, 1);
    assert!(world.file.read_extent(&ptr).is_ok(), "what lies behind the value is nothing");
    world.disk.flip(start + used, 1);
    world.disk.flip(start + 136 + 3 * 65_536 + 5, 1);
    let error = world.file.read_extent(&ptr).unwrap_err();
    assert!(error.message().contains("checksum differs in piece 3"), "{error}");
}

#[test]
fn a_pointer_that_lies_about_its_extent_reserves_no_memory_and_is_found_out() {
    let world = World::new();
    let mut writer = world.begin(2);
    let ptr = writer.write_extent(&[5; 20_000]).unwrap();
    let other = writer.write_extent(&[6; 20_000]).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    let check = |ptr: ExtentPtr, want: &str| {
        let error = world.reopened(DB).read_extent(&ptr).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.message().contains(want), "{error}");
    };
    check(ExtentPtr { len: u64::MAX, ..ptr }, "cannot hold");
    check(ExtentPtr { len: 25_000, ..ptr }, "cannot hold");
    check(ExtentPtr { len: 0, ..ptr }, "checksum differs");
    check(
        ExtentPtr { pages: u32::MAX, len: u64::from(u32::MAX) - (1 << 20), ..ptr },
        "beyond the end of the file",
    );
    check(ExtentPtr { pages: u32::MAX, ..ptr }, "beyond the end of the file");
    check(ExtentPtr { pages: 0, len: 0, ..ptr }, "cannot hold");
    check(ExtentPtr { pages: 4, ..ptr }, "in 3 pages, not 20000 in 4");
    check(ExtentPtr { page: u64::MAX, ..ptr }, "beyond the end of the file");
    check(ExtentPtr { page: other.page, ..ptr }, "checksum differs");
    check(ExtentPtr { birth: 9, ..ptr }, "version 2 wrote it, not 9");
    let error = world.reopened([1; 16]).read_extent(&ptr).unwrap_err();
    assert!(error.message().contains("another database"), "{error}");
}

#[test]
fn a_version_given_up_returns_what_it_took_and_keeps_what_it_freed() {
    let world = World::new();
    let mut writer = world.begin(2);
    let old = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    let old_value = writer.write_extent(&[2; 50_000]).unwrap();
    let written = writer.finish(None, Tail::Keep).unwrap();
    let free_map = written.free_map;
    written.commit();
    let claimed = write_claimed(&world.file, &world.space, 2, &[9; 30_000]).unwrap();
    let before = world.space.lock().clone();
    let is_as_before = || {
        let after = world.space.lock();
        let reachable =
            after.used_pages() == before.used_pages() && after.file_pages() >= before.file_pages();
        assert!(reachable, "{before:?}\n{after:?}");
        let claim = PageRun::new(claimed.page, u64::from(claimed.pages));
        assert!(after.is_claimed(claim));
    };
    for finishes in [false, true] {
        let mut writer = world.begin(3);
        for n in 0..60 {
            writer.write_page(PageKind::IndexLeaf, page(n)).unwrap();
        }
        writer.write_extent(&vec![4; 400_000]).unwrap();
        let gone = writer.write_page(PageKind::Inner, page(7)).unwrap();
        writer.free_page(&gone);
        writer.free_page(&old);
        writer.free_extent(&old_value);
        writer.adopt_extent(&claimed).unwrap();
        if finishes {
            drop(writer.finish(Some(&free_map), Tail::Cut).unwrap());
        } else {
            drop(writer);
        }
        is_as_before();
    }
    let mut writer = world.begin(3);
    writer.free_extent(&claimed);
    drop(writer);
    is_as_before();
    assert!(is_all(&world.file.read(&old, PageKind::RecordLeaf).unwrap(), 1));
    assert_eq!(*world.file.read_extent(&claimed).unwrap(), [9; 30_000]);
}

#[test]
fn a_failing_disk_at_any_call_leaves_the_space_as_it_was() {
    for fails_in in 0.. {
        let world = World::new();
        let mut writer = world.begin(2);
        let old = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
        let written = writer.finish(None, Tail::Keep).unwrap();
        let free_map = written.free_map;
        written.commit();
        let used = world.space.lock().used_pages();

        world.disk.fail_in(Some(fails_in));
        let attempt = || -> crate::Result<Written> {
            let mut writer = world.begin(3);
            writer.free_page(&old);
            for n in 0..150 {
                writer.write_page(PageKind::RecordLeaf, page(n))?;
            }
            writer.write_extent(&vec![1; 300_000])?;
            writer.finish(Some(&free_map), Tail::Keep)
        };
        let Err(error) = attempt() else {
            assert!(fails_in > 5, "the disk never failed");
            return;
        };
        assert_eq!(error.kind(), ErrorKind::DiskFull, "{error}");
        assert_eq!(world.space.lock().used_pages(), used, "call {fails_in}");
        world.disk.fail_in(None);
        attempt().unwrap().commit();
        assert!(is_all(&world.reopened(DB).read(&old, PageKind::RecordLeaf).unwrap(), 1));
    }
}

#[test]
fn a_page_freed_by_the_version_that_wrote_it_is_written_over_with_the_newer_content() {
    let world = World::new();
    let mut writer = world.begin(2);
    let extent = writer.write_extent(&[1; 20_000]).unwrap();
    writer.free_extent(&extent);
    let inside: Vec<PagePtr> =
        (0..3).map(|n| writer.write_page(PageKind::RecordLeaf, page(n)).unwrap()).collect();
    assert_eq!(inside[0].page, extent.page, "room is used again at once");
    writer.free_page(&inside[0]);
    writer.free_page(&inside[1]);
    let newer = writer.write_extent(&[2; 9_000]).unwrap();
    assert_eq!(newer.page, inside[0].page);
    writer.finish(None, Tail::Keep).unwrap().commit();
    let reader = world.reopened(DB);
    assert_eq!(*reader.read_extent(&newer).unwrap(), [2; 9_000]);
    assert!(is_all(&reader.read(&inside[2], PageKind::RecordLeaf).unwrap(), 2));
}

#[test]
fn pages_reused_one_version_too_early_were_still_needed_by_the_older_slot() {
    let check = |too_early: bool| {
        let world = World::new();
        let mut writer = world.begin(2);
        let old = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
        writer.finish(None, Tail::Keep).unwrap().commit();
        let mut writer = world.begin(3);
        writer.free_page(&old);
        writer.finish(None, Tail::Keep).unwrap().commit();
        let rule = ReuseRule::new(4, vec![]);
        let rule = if too_early { rule.too_early() } else { rule };
        let mut writer = VersionWriter::begin(world.file.clone(), world.space.clone(), &rule).unwrap();
        let new = writer.write_page(PageKind::RecordLeaf, page(2)).unwrap();
        let _written = writer.finish(None, Tail::Keep).unwrap();
        assert_eq!(new.page == old.page, too_early);
        assert_eq!(world.file.read(&old, PageKind::RecordLeaf).is_err(), too_early);
    };
    check(false);
    check(true);
}

#[test]
fn freeing_twice_fails_the_version() {
    let world = World::new();
    let mut writer = world.begin(2);
    let leaf = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    writer.finish(None, Tail::Keep).unwrap().commit();
    let mut writer = world.begin(3);
    writer.free_page(&leaf);
    writer.free_page(&leaf);
    let error = writer.finish(None, Tail::Keep).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert!(error.message().contains("waiting to be free"), "{error}");
}

#[test]
fn two_versions_at_once_are_refused() {
    let world = World::new();
    let first = world.begin(2);
    let rule = ReuseRule::new(3, vec![]);
    let second = VersionWriter::begin(world.file.clone(), world.space.clone(), &rule);
    assert_eq!(second.unwrap_err().kind(), ErrorKind::Internal);
    drop(first);
    drop(world.begin(3));
}

#[test]
fn only_whole_pages_of_a_tree_can_be_written() {
    let world = World::new();
    let mut writer = world.begin(2);
    for (kind, len) in
        [(PageKind::RecordLeaf, PAGE - 1), (PageKind::Inner, 2 * PAGE), (PageKind::Extent, PAGE)]
    {
        let error = writer.write_page(kind, vec![0; len]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal, "{kind} {len}");
    }
}

#[test]
fn a_claimed_value_survives_until_a_version_adopts_it_and_dies_like_a_page() {
    let world = World::new();
    world.begin(2).finish(None, Tail::Keep).unwrap().commit();
    let kept = write_claimed(&world.file, &world.space, 2, &[1; 100_000]).unwrap();
    let replaced = write_claimed(&world.file, &world.space, 2, &[2; 100_000]).unwrap();
    let mut writer = world.begin(3);
    writer.adopt_extent(&kept).unwrap();
    writer.free_extent(&replaced);
    let written = writer.finish(None, Tail::Keep).unwrap();
    let map = world.file.read_extent(&written.free_map).unwrap();
    let reopened = Space::decode(&map, 3, written.file_pages).unwrap();
    assert_eq!(reopened.free_pages(), world.space.lock().free_pages());
    written.commit();
    let free = |version, pinned| world.space.lock().reusable_pages(&ReuseRule::new(version, pinned));
    let ready = world.space.lock().ready_pages();
    assert_eq!(free(4, vec![]), ready, "version 2 and the log may still lead to it");
    assert_eq!(free(5, vec![2]), ready);
    assert_eq!(free(5, vec![3]), ready + u64::from(replaced.pages));
    assert_eq!(*world.file.read_extent(&kept).unwrap(), [1; 100_000]);
}

#[test]
fn a_failed_claim_leaves_nothing_behind() {
    let world = World::new();
    world.begin(2).finish(None, Tail::Keep).unwrap().commit();
    for fails_in in 0..4 {
        let used = world.space.lock().used_pages();
        world.disk.fail_in(Some(fails_in));
        let claimed = write_claimed(&world.file, &world.space, 2, &vec![1; 200_000 << fails_in]);
        assert_eq!(claimed.unwrap_err().kind(), ErrorKind::DiskFull);
        assert_eq!(world.space.lock().used_pages(), used);
        world.disk.fail_in(None);
    }
}

/// A page or a value that the newest version refers to.
#[derive(Debug, Clone)]
enum Live {
    Page(PageKind, u8, PagePtr),
    Value(Vec<u8>, ExtentPtr),
}

impl Live {
    fn check(&self, reader: &PageFile) {
        match self {
            Self::Page(kind, byte, ptr) => {
                assert!(is_all(&reader.read(ptr, *kind).unwrap(), *byte));
                assert!(is_all(&reader.read_cached(ptr, *kind).unwrap(), *byte));
            }
            Self::Value(value, ptr) => assert_eq!(*reader.read_extent(ptr).unwrap(), **value),
        }
    }

    fn run(&self) -> PageRun {
        match self {
            Self::Page(_, _, ptr) => PageRun::new(ptr.page, 1),
            Self::Value(_, ptr) => PageRun::new(ptr.page, u64::from(ptr.pages)),
        }
    }
}

#[test]
fn whatever_is_pinned_or_in_a_slot_stays_readable_through_any_history() {
    with_seeds("whatever_is_pinned_or_in_a_slot_stays_readable_through_any_history", 20, |dice| {
        let world = World::with_cache(CacheLimit::Entries(20));
        let mut versions: Vec<(u64, Vec<Live>)> = vec![(1, vec![])];
        let mut pinned: Vec<u64> = vec![];
        let mut free_map = None;
        for _ in 0..25 {
            let (newest, live) = versions.last().cloned().unwrap();
            let mut next = live;
            let mut writer = world.begin_pinned(newest + 1, pinned.clone());
            for _ in 0..dice.below(40) {
                change(dice, &mut writer, &mut next);
            }
            if dice.one_in(6) {
                drop(writer);
            } else if dice.one_in(6) {
                drop(writer.finish(free_map.as_ref(), Tail::Cut).unwrap());
            } else {
                let tail = [Tail::Keep, Tail::CutExcess, Tail::Cut][dice.below(3) as usize];
                let written = writer.finish(free_map.as_ref(), tail).unwrap();
                let map = world.reopened(DB).read_extent(&written.free_map).unwrap();
                let reopened = Space::decode(&map, newest + 1, written.file_pages).unwrap();
                let map_run = PageRun::new(written.free_map.page, u64::from(written.free_map.pages));
                check_reachable(&reopened, &next, map_run);
                free_map = Some(written.free_map);
                written.commit();
                cut_tail(&world.file, &world.space).unwrap();
                versions.push((newest + 1, next));
            }
            let (newest, _) = *versions.last().unwrap();
            if dice.one_in(3) {
                pinned.push(newest);
            } else if dice.one_in(3) {
                pinned.pop();
            }
            versions.retain(|(version, _)| version + 1 >= newest || pinned.contains(version));
            let reader = world.reopened(DB);
            versions.iter().flat_map(|(_, live)| live).for_each(|live| {
                live.check(&world.file);
                live.check(&reader);
            });
        }
    });
}

fn change(dice: &super::seeded::Dice, writer: &mut VersionWriter, live: &mut Vec<Live>) {
    let byte = dice.next() as u8;
    match dice.below(6) {
        0..=2 => {
            let kind = [PageKind::RecordLeaf, PageKind::IndexLeaf, PageKind::Inner][dice.below(3) as usize];
            live.push(Live::Page(kind, byte, writer.write_page(kind, page(byte)).unwrap()));
        }
        3 => {
            let most = if dice.one_in(8) { 400_000 } else { 40_000 };
            let value = dice.bytes(dice.below(most) as usize);
            let ptr = writer.write_extent(&value).unwrap();
            live.push(Live::Value(value, ptr));
        }
        _ if live.is_empty() => {}
        _ => match live.swap_remove(dice.below(live.len() as u64) as usize) {
            Live::Page(_, _, ptr) => writer.free_page(&ptr),
            Live::Value(_, ptr) => writer.free_extent(&ptr),
        },
    }
}

/// Every page is used by exactly one of the version's pages, or free.
fn check_reachable(space: &Space, live: &[Live], free_map: PageRun) {
    use crate::storage::space::Owned;
    let mut owned: Vec<Owned<'_>> =
        live.iter().map(|live| Owned { run: live.run(), owner: "the version" }).collect();
    owned.push(Owned { run: free_map, owner: "the free map" });
    assert_eq!(space.check(&owned), Vec::<String>::new());
}
