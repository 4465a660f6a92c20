use super::*;
use crate::error::ErrorKind;
use crate::storage::page::recording::Asked;
use crate::storage::page::seeded::{Dice, with_seeds};
use crate::storage::space::{Owned, PageRun};

#[test]
fn neighbouring_pages_are_written_together() {
    let world = World::new();
    let mut writer = world.begin(2);
    for n in 0..200 {
        writer.write_page(PageKind::Inner, page(n)).unwrap();
    }
    let _written = writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap();
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
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
    cut_tail(&world.file, &world.space).unwrap();
    let mut durable_end = FIRST_PAGE * PAGE as u64;
    let mut end = durable_end;
    for asked in world.disk.asked() {
        match asked {
            Asked::SetLen(len) => end = len,
            Asked::SyncAll => durable_end = end,
            Asked::Write { offset, len } => assert!(offset + len as u64 <= durable_end, "{offset} {len}"),
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
    let written = writer.finish(None, Tail::Cut { spare: 0 }).unwrap();
    assert_eq!(written.file_pages, FIRST_PAGE + 2, "the leaf and the free map");
    assert_eq!(world.file.pages(), FIRST_PAGE + 16, "cut only when the manifest is durable");
    written.commit();
    assert!(cut_tail(&world.file, &world.space).unwrap());
    assert!(!cut_tail(&world.file, &world.space).unwrap());
    assert_eq!(world.disk.bytes().len() as u64, (FIRST_PAGE + 2) * PAGE as u64);
}

#[test]
fn a_version_given_up_returns_what_it_took_and_keeps_what_it_freed() {
    let world = World::new();
    let mut writer = world.begin(2);
    let old = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
    let old_value = writer.write_extent(&[2; 50_000]).unwrap();
    let written = writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap();
    let free_map = written.free_map;
    written.commit();
    let before = world.space.lock().clone();
    let is_as_before = || {
        let after = world.space.lock();
        let reachable =
            after.used_pages() == before.used_pages() && after.file_pages() >= before.file_pages();
        assert!(reachable, "{before:?}\n{after:?}");
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
        if finishes {
            drop(writer.finish(Some(&free_map), Tail::Cut { spare: 0 }).unwrap());
        } else {
            drop(writer);
        }
        is_as_before();
    }
    assert!(is_all(&world.file.read(&old, PageKind::RecordLeaf).unwrap(), 1));
    assert_eq!(*world.file.read_extent(&old_value).unwrap(), [2; 50_000]);
}

#[test]
fn a_failing_disk_at_any_call_leaves_the_space_as_it_was() {
    for fails_in in 0.. {
        let world = World::new();
        let mut writer = world.begin(2);
        let old = writer.write_page(PageKind::RecordLeaf, page(1)).unwrap();
        let written = writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap();
        let free_map = written.free_map;
        written.commit();
        let used = world.space.lock().used_pages();

        world.disk.fail_in(Some(fails_in));
        let attempt = || -> Result<Written> {
            let mut writer = world.begin(3);
            writer.free_page(&old);
            for n in 0..150 {
                writer.write_page(PageKind::RecordLeaf, page(n))?;
            }
            writer.write_extent(&vec![1; 300_000])?;
            writer.finish(Some(&free_map), Tail::CutExcess { spare_min: 0 })
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
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
        writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
        let mut writer = world.begin(3);
        writer.free_page(&old);
        writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
        let rule = ReuseRule::new(4, vec![]);
        let rule = if too_early { rule.too_early() } else { rule };
        let mut writer = VersionWriter::begin(world.file.clone(), world.space.clone(), &rule).unwrap();
        let new = writer.write_page(PageKind::RecordLeaf, page(2)).unwrap();
        let _written = writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap();
        assert_eq!(new.page == old.page, too_early);
        assert_eq!(world.file.read(&old, PageKind::RecordLeaf).is_err(), too_early);
    };
    check(false);
    check(true);
}

#[test]
fn freeing_twice_fails_the_version() {
    let (world, leaf) = World::with_leaf(1);
    let mut writer = world.begin(3);
    writer.free_page(&leaf);
    writer.free_page(&leaf);
    let error = writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap_err();
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
    let written = first.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap();
    let second = VersionWriter::begin(world.file.clone(), world.space.clone(), &rule);
    assert_eq!(second.unwrap_err().kind(), ErrorKind::Internal, "the first has no manifest yet");
    written.commit();
    drop(world.begin(3));
    drop(world.begin(3));
}

#[test]
fn only_whole_pages_of_a_tree_can_be_written() {
    let world = World::new();
    let mut writer = world.begin(2);
    for (kind, len) in
        [(PageKind::RecordLeaf, PAGE - 1), (PageKind::Inner, 2 * PAGE), (PageKind::Extent, PAGE)]
    {
        let error = writer.write_page(kind, vec![0; len].into()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal, "{kind} {len}");
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
                drop(writer.finish(free_map.as_ref(), Tail::Cut { spare: 0 }).unwrap());
            } else {
                let tail = [Tail::CutExcess { spare_min: 0 }, Tail::Cut { spare: 0 }][dice.below(2) as usize];
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

fn change(dice: &Dice, writer: &mut VersionWriter, live: &mut Vec<Live>) {
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
    let mut owned: Vec<Owned<'_>> =
        live.iter().map(|live| Owned { run: live.run(), owner: "the version" }).collect();
    owned.push(Owned { run: free_map, owner: "the free map" });
    assert_eq!(space.check(&owned), Vec::<String>::new());
}
