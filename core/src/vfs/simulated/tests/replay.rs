use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::super::dice::Dice;
use super::super::{CrashStyle, Fault, FaultPlan, Fill, OperationKind, SimulatedDisk};
use super::{create, disk_with, open, sectors};
use crate::vfs::{LockMode, OpenMode, Vfs};

/// Random work on a few names in two folders, the same for the same seed, until a call fails for good.
fn work(disk: &SimulatedDisk, seed: u64, steps: usize) -> io::Result<()> {
    const NAMES: [&str; 4] = ["/a", "/b", "/d/a", "/d/b"];
    let mut dice = Dice::new(seed);
    for _ in 0..steps {
        let [name, other] = [dice.below(4), dice.below(4)].map(|n| Path::new(NAMES[n as usize]));
        let (kind, offset, len) = (dice.below(16), dice.below(6000), dice.below(3000) as usize);
        if !disk.exists(name)? {
            drop(disk.open(name, OpenMode::CreateNew)?);
        }
        let file = disk.open(name, OpenMode::ReadWrite)?;
        let done = match kind {
            0 | 1 => file.set_len(offset),
            2 | 3 => file.sync_data(),
            4 | 5 => file.sync_all(),
            6 => disk.sync_dir(name.parent().unwrap()),
            7 => disk.rename(name, other),
            8 => disk.remove(name),
            9 => file.read_at(&mut vec![0; len], offset).map(drop),
            10 => file.try_lock(LockMode::Exclusive).map(drop),
            _ => file.write_all_at(&vec![dice.next() as u8; len], offset),
        };
        match done {
            Err(e) if e.to_string().contains("simulated") => {}
            done => done?,
        }
    }
    Ok(())
}

fn disk_for_work() -> SimulatedDisk {
    let disk = SimulatedDisk::new();
    disk.write_file("/a", &sectors("abc"));
    disk.write_file("/d/b", &sectors("de"));
    disk.inject(FaultPlan::new(2, Fault::Io).on(&[OperationKind::SyncData, OperationKind::SyncDir]));
    disk
}

#[test]
fn replay_to_a_call_is_the_same_as_running_with_the_power_cut_at_it() {
    for seed in 0..20 {
        let whole = disk_for_work();
        work(&whole, seed, 40).unwrap();
        let mut replay = whole.replay();
        assert_eq!(replay.last(), whole.operations());
        for cut in replay.first()..replay.last() {
            let stopped = disk_for_work();
            stopped.cut_at(cut);
            assert!(work(&stopped, seed, 40).is_err());
            replay.seek(cut);
            for image in 0..4 {
                let hash = |disk: SimulatedDisk| disk.durable_hash();
                let style = super::STYLES[(image as usize + 3) % 6];
                assert_eq!(
                    hash(replay.image(image, style)),
                    hash(stopped.crash_image(image, style)),
                    "work {seed}, cut at {cut}, image {image}"
                );
            }
        }
        replay.seek(replay.last());
        let (now, live) = (replay.image(7, CrashStyle::ANY), whole.crash_image(7, CrashStyle::ANY));
        assert_eq!(now.durable_hash(), live.durable_hash(), "work {seed}, at the end");
    }
}

#[test]
fn all_kept_is_what_readers_see_and_all_synced_leaves_one_image() {
    for seed in 0..100 {
        let disk = disk_for_work();
        disk.clear_faults();
        work(&disk, seed, 60).unwrap();
        let kept = disk.copy();
        assert_eq!(kept.files(), disk.files(), "work {seed}");
        for name in disk.files() {
            assert_eq!(kept.read_file(&name).unwrap(), disk.read_file(&name).unwrap(), "work {seed}");
            disk.open(&name, OpenMode::ReadWrite).unwrap().sync_all().unwrap();
        }
        disk.sync_dir(Path::new("/")).unwrap();
        disk.sync_dir(Path::new("/d")).unwrap();
        for style in super::STYLES {
            let hashes = (0..5).map(|image| disk.crash_image(image, style).durable_hash());
            assert!(hashes.into_iter().all(|hash| hash == kept.durable_hash()), "work {seed}, {style:?}");
        }
    }
}

#[test]
fn the_cursor_goes_back_as_well_as_forward() {
    let disk = disk_for_work();
    work(&disk, 1, 40).unwrap();
    let mut replay = disk.replay();
    let mut hash_at = |cut| replay.seek(cut).image(3, CrashStyle::SECTORS).durable_hash();
    let forward: Vec<u64> = (0..60).map(&mut hash_at).collect();
    let backward: Vec<u64> = (0..60).rev().map(&mut hash_at).collect();
    assert!(forward.iter().eq(backward.iter().rev()));
    assert!(replay.cut_points().len() < (replay.last() + 1) as usize, "reads and opens are no cuts");
}

#[test]
fn a_replay_begins_where_the_journal_was_forgotten() {
    let (disk, file) = disk_with(b"0");
    file.write_all_at(b"1", 0).unwrap();
    disk.forget_journal();
    let from = disk.operations();
    file.write_all_at(b"2", 0).unwrap();
    file.sync_all().unwrap();
    let mut replay = disk.replay();
    assert_eq!((replay.first(), replay.last()), (from, from + 2));
    assert_eq!(replay.cut_points(), [from, from + 1, from + 2]);
    let lost = |replay: &super::super::Replay| replay.image(0, CrashStyle::DROP_ALL).read_file("a").unwrap();
    assert_eq!(lost(&replay), b"0", "what was pending then still is");
    assert_eq!(lost(replay.seek(from + 2)), b"2");
}

#[test]
fn an_exhaustive_search_finds_every_subset_of_sectors() {
    let (disk, file) = disk_with(&sectors("oooo"));
    file.write_all_at(&sectors("nn"), 0).unwrap();
    file.write_all_at(&sectors("m"), 1536).unwrap();
    let images = disk.crash_images_exhaustive(3, Fill::Zeros).unwrap();
    assert_eq!(images.total(), 8);
    let seen: BTreeSet<Vec<u8>> = images.map(|image| image.read_file("a").unwrap()).collect();
    let expected = ["oooo", "nooo", "onoo", "nnoo", "ooom", "noom", "onom", "nnom"];
    assert_eq!(seen, expected.iter().map(|letters| sectors(letters)).collect());
    assert!(disk.crash_images_exhaustive(2, Fill::Zeros).is_none());
    assert!(disk.crash_images_exhaustive(64, Fill::Zeros).is_none());
}

#[test]
fn an_exhaustive_search_covers_lengths_and_names() {
    let (disk, file) = disk_with(&sectors("o"));
    file.write_all_at(&sectors("n"), 512).unwrap();
    let images = disk.crash_images_exhaustive(10, Fill::Zeros).unwrap();
    assert_eq!(images.total(), 4, "the sector, and the length");
    let seen: BTreeSet<Vec<u8>> = images.map(|image| image.read_file("a").unwrap()).collect();
    assert_eq!(seen.len(), 3, "without the length the sector does not show");
    file.sync_all().unwrap();
    disk.rename(Path::new("a"), Path::new("b")).unwrap();
    drop(create(&disk, "c"));
    let names: BTreeSet<_> =
        disk.crash_images_exhaustive(10, Fill::Zeros).unwrap().map(|image| image.files()).collect();
    assert_eq!(names.len(), 4);
    disk.sync_dir(Path::new("/")).unwrap();
    assert_eq!(disk.crash_images_exhaustive(0, Fill::Zeros).unwrap().total(), 1, "nothing is pending");
}

#[test]
fn random_images_in_order_are_all_among_the_exhaustive_ones() {
    let mut compared = 0;
    for seed in 0..200 {
        let disk = disk_for_work();
        work(&disk, seed, 8).unwrap();
        let Some(images) = disk.crash_images_exhaustive(12, Fill::Zeros) else { continue };
        let all: BTreeSet<u64> = images.map(|image| image.durable_hash()).collect();
        let in_order =
            CrashStyle { order: super::super::Order::Made, fill: Fill::Zeros, ..CrashStyle::SECTORS };
        for image in 0..50 {
            let hash = disk.crash_image(image, in_order).durable_hash();
            assert!(all.contains(&hash), "work {seed}, image {image}");
        }
        compared += 1;
    }
    assert!(compared > 20, "{compared} disks were small enough");
}

#[test]
fn phases_and_the_log_tell_what_a_call_was() {
    let disk = SimulatedDisk::new();
    disk.mark("growth");
    let file = create(&disk, "x.db");
    file.set_len(8192).unwrap();
    disk.mark("commit");
    file.write_all_at(b"abc", 100).unwrap();
    disk.fail_call(0, Fault::NoSpace, false);
    file.write_at(b"d", 5).unwrap_err();
    file.sync_data().unwrap();
    let lines: Vec<String> = disk.log().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "0 Create /x.db",
            "1 SetLen /x.db to 8192",
            "2 Write /x.db at 100 for 3",
            "3 Write /x.db at 5 for 1: failed, no storage space",
            "4 SyncData /x.db",
        ]
    );
    assert_eq!(disk.phase_of(1).as_deref(), Some("growth"));
    assert_eq!(disk.phase_of(2).as_deref(), Some("commit"));
    assert_eq!(SimulatedDisk::new().phase_of(0), None);
    disk.cut_at(5);
    file.sync_all().unwrap_err();
    assert!(disk.log()[5].to_string().ends_with("power cut"));
}

#[test]
fn counts_tell_what_was_read_and_written() {
    let (disk, file) = disk_with(&[0; 100]);
    let mut buf = [0; 64];
    file.read_at(&mut buf, 0).unwrap();
    file.read_at(&mut buf, 80).unwrap();
    file.write_all_at(&[1; 30], 0).unwrap();
    file.sync_data().unwrap();
    let counts = disk.counts("a");
    assert_eq!((counts.reads, counts.read_bytes), (2, 84));
    assert_eq!((counts.writes, counts.written_bytes, counts.syncs), (1, 30, 1));
    drop(open(&disk, "a"));
    assert_eq!(disk.counts_of_all(), counts);
    disk.reset_counts();
    assert_eq!(disk.counts_of_all(), super::super::IoCounts::default());
}
