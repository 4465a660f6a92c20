use super::*;
use crate::error::ErrorKind;

#[test]
fn values_of_every_length_come_back() {
    let world = World::new();
    let lens = [0, 1, 7, 8000, PAGE - 112, PAGE - 111, 65_535, 65_536, 65_537, 300_000, 5_000_000, 16 << 20];
    let value = |len: usize| -> Vec<u8> { (0..len).map(|n| ((n * 31) >> 7) as u8).collect() };
    let mut writer = world.begin(2);
    let written: Vec<(usize, ExtentPtr)> =
        lens.iter().map(|len| (*len, writer.write_extent(&value(*len)).unwrap())).collect();
    let check = |reader: &PageFile| {
        for (len, ptr) in &written {
            assert!(*reader.read_extent(ptr).unwrap() == *value(*len), "{len} bytes");
            assert_eq!(u64::from(ptr.pages), extent::pages_for(*len as u64, PAGE));
        }
    };
    check(&world.file);
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
    writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
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
fn a_claimed_value_survives_until_a_version_adopts_it_and_dies_like_a_page() {
    let world = World::new();
    world.begin(2).finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
    let kept = write_claimed(&world.file, &world.space, 2, &[1; 100_000]).unwrap();
    let replaced = write_claimed(&world.file, &world.space, 2, &[2; 100_000]).unwrap();
    let mut writer = world.begin(3);
    writer.adopt_extent(&kept).unwrap();
    writer.adopt_extent(&replaced).unwrap();
    writer.free_extent(&replaced);
    let written = writer.finish(None, Tail::CutExcess { spare_min: 0 }).unwrap();
    let map = world.file.read_extent(&written.free_map).unwrap();
    let reopened = Space::decode(&map, 3, written.file_pages).unwrap();
    assert_eq!(reopened.free_pages(), world.space.lock().free_pages());
    written.commit();
    let free = |version, pinned| world.space.lock().reusable_pages(&ReuseRule::new(version, pinned));
    let ready = free(3, vec![]);
    assert_eq!(free(4, vec![]), ready, "version 2 and the log may still lead to it");
    assert_eq!(free(5, vec![2]), ready);
    assert_eq!(free(5, vec![3]), ready + u64::from(replaced.pages));
    assert_eq!(*world.file.read_extent(&kept).unwrap(), [1; 100_000]);
}

#[test]
fn a_failed_claim_leaves_nothing_behind() {
    let world = World::new();
    world.begin(2).finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
    for fails_in in 0..4 {
        let used = world.space.lock().used_pages();
        world.disk.fail_in(Some(fails_in));
        let claimed = write_claimed(&world.file, &world.space, 2, &vec![1; 200_000 << fails_in]);
        assert_eq!(claimed.unwrap_err().kind(), ErrorKind::DiskFull);
        assert_eq!(world.space.lock().used_pages(), used);
        world.disk.fail_in(None);
    }
}

#[test]
fn a_claim_never_shortens_the_file_that_a_version_in_the_making_will_cut() {
    let world = World::new();
    let mut writer = world.begin(2);
    let gone = writer.write_extent(&vec![1; 900_000]).unwrap();
    let stays = writer.write_extent(&[2; 10_000]).unwrap();
    writer.free_extent(&gone);
    let moved = writer.write_extent(&[2; 10_000]).unwrap();
    writer.free_extent(&stays);
    let before = world.file.pages();
    let written = writer.finish(None, Tail::Cut { spare: 0 }).unwrap();
    assert!(written.file_pages < before, "the version is shorter than the file");
    let claimed = write_claimed(&world.file, &world.space, 1, &[3; 30_000]).unwrap();
    assert_eq!(world.file.pages(), before, "the manifest before it still has the longer file");
    written.commit();
    cut_tail(&world.file, &world.space).unwrap();
    assert_eq!(*world.file.read_extent(&claimed).unwrap(), [3; 30_000]);
    assert_eq!(*world.file.read_extent(&moved).unwrap(), [2; 10_000]);
}

#[test]
fn a_version_given_up_claims_again_what_it_took_in() {
    let world = World::new();
    world.begin(2).finish(None, Tail::CutExcess { spare_min: 0 }).unwrap().commit();
    let kept = write_claimed(&world.file, &world.space, 2, &[1; 30_000]).unwrap();
    let replaced = write_claimed(&world.file, &world.space, 2, &[2; 30_000]).unwrap();
    let used = world.space.lock().used_pages();
    for finishes in [false, true] {
        let mut writer = world.begin(3);
        writer.adopt_extent(&kept).unwrap();
        writer.adopt_extent(&replaced).unwrap();
        writer.free_extent(&replaced);
        if finishes {
            drop(writer.finish(None, Tail::Cut { spare: 0 }).unwrap());
        } else {
            drop(writer);
        }
        let space = world.space.lock();
        assert!(space.is_claimed(kept.run()) && space.is_claimed(replaced.run()));
        assert_eq!(space.used_pages(), used);
    }
}

#[test]
fn a_reference_survives_and_keeps_its_length() {
    let ptr = ExtentPtr { page: 1 << 40, pages: 3, birth: 1 << 50, len: 1 << 33, hash: u128::MAX - 7 };
    let bytes = ptr.encode();
    assert_eq!((ExtentPtr::decode(&bytes), bytes.len()), (ptr, 44));
}
