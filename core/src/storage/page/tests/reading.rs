use super::*;
use crate::base::Budget;
use crate::error::ErrorKind;
use crate::storage::Held;

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
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
    check(&world.file);
    check(&world.reopened(DB));
}

#[test]
fn a_page_that_is_not_the_one_meant_is_found_out() {
    let world = World::new();
    let mut writer = world.begin(2);
    let leaf = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    let other = writer.write_page(PageKind::RecordLeaf, page(2)).unwrap();
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
    let (world, leaf) = World::with_leaf(1);
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
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
        writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
fn pages_never_have_all_of_the_memory_and_leave_what_others_need() {
    let (world, budget) = (World::with_cache(CacheLimit::Bytes(0)), Budget::new(16 << 20));
    let mut writer = world.begin(2);
    let leaves: Vec<PagePtr> =
        (0..200).map(|n| writer.write_page(PageKind::RecordLeaf, page(n)).unwrap()).collect();
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
    let room = 100 * (PAGE as u64 + 128);
    let reader = world.reopened_with(DB, CacheLimit::Bytes(room)).within(&budget, room);
    let check = |changes: usize, entries_max: u64| {
        budget.set_changes(changes);
        leaves.iter().for_each(|leaf| drop(reader.read_cached(leaf, PageKind::RecordLeaf).unwrap()));
        let entries = reader.cache_stats().entries;
        assert!((entries_max / 2..=entries_max).contains(&entries), "{changes}: {entries} of {entries_max}");
    };
    check(0, 75);
    check(8 << 20, 100 / 16);
}

#[test]
fn a_page_is_held_from_when_it_is_found_in_the_cache() {
    let (world, leaf) = World::with_leaf(1);
    let (reader, held) = (world.reopened(DB), Held::default());
    let read = || assert!(is_all(&reader.read_held(&leaf, PageKind::RecordLeaf, &held).unwrap(), 1));
    read();
    assert!(held.get().is_none(), "who reads once need not be remembered");
    read();
    assert!(held.get().is_some());
    read();
    let stats = reader.cache_stats();
    assert_eq!((stats.hits, stats.misses), (2, 1));
    assert!(reader.read_held(&leaf, PageKind::RecordLeaf, &Held::default()).is_ok());
}

#[test]
fn the_system_reads_ahead_once_many_pages_were_read() {
    let (world, leaf) = World::with_leaf(1);
    let reader = world.reopened(DB);
    let check = |reads: usize, told: Option<bool>| {
        (0..reads).for_each(|_| drop(reader.read(&leaf, PageKind::RecordLeaf).unwrap()));
        assert_eq!(world.disk.read_ahead(), told);
    };
    check(64, None);
    check(1, Some(true));
}

#[test]
fn a_version_written_again_is_not_answered_from_the_one_given_up() {
    let world = World::new();
    let mut writer = world.begin(2);
    let given_up = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    drop(writer);
    let mut writer = world.begin(2);
    let kept = writer.write_page(PageKind::RecordLeaf, page(2)).unwrap();
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
    assert_eq!((given_up.page, given_up.birth), (kept.page, kept.birth));
    assert!(is_all(&world.file.read_cached(&kept, PageKind::RecordLeaf).unwrap(), 2));
    let error = world.file.read_cached(&given_up, PageKind::RecordLeaf).unwrap_err();
    assert!(error.message().contains("checksum differs"), "{error}");
}
