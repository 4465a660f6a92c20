use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::super::{CrashStyle, Fault, FaultPlan, OperationKind, SimulatedDisk};
use super::{create, disk_with, one, open, outcomes, outcomes_of_all_styles, sectors};
use crate::vfs::{LockMode, OpenMode, Vfs};

#[test]
fn a_failed_sync_leaves_its_writes_in_doubt_after_a_later_successful_one() {
    for all in [false, true] {
        let (disk, file) = disk_with(b"old");
        let sync = || if all { file.sync_all() } else { file.sync_data() };
        file.write_all_at(b"new", 0).unwrap();
        disk.fail_call(0, Fault::Io, false);
        assert!(sync().is_err());
        sync().unwrap();
        assert_eq!(disk.read_file("a").unwrap(), b"new", "readers see it");
        let either = BTreeSet::from([b"old".to_vec(), b"new".to_vec()]);
        assert_eq!(outcomes(&disk, CrashStyle::SUBSET), either);
        assert_eq!(outcomes(&disk, CrashStyle::KEEP_ALL.dropping_doubtful()), one(b"old".to_vec()));
        file.write_all_at(b"NEW", 0).unwrap();
        sync().unwrap();
        assert_eq!(outcomes_of_all_styles(&disk), one(b"NEW".to_vec()), "written again, it is covered");
    }
}

#[test]
fn a_failed_sync_leaves_a_length_in_doubt() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.set_len(512).unwrap();
    file.write_all_at(&sectors("n"), 512).unwrap();
    disk.fail_call(0, Fault::Io, false);
    assert!(file.sync_all().is_err());
    file.sync_all().unwrap();
    let lost = CrashStyle::KEEP_ALL.dropping_doubtful();
    assert_eq!(outcomes(&disk, lost), one(sectors("oo")));
    assert_eq!(outcomes(&disk, CrashStyle::KEEP_ALL), one(sectors("on")));
    file.set_len(100).unwrap();
    file.sync_all().unwrap();
    assert_eq!(outcomes_of_all_styles(&disk), one(vec![b'o'; 100]), "a later length that was synced stands");
    file.set_len(1024).unwrap();
    file.sync_all().unwrap();
    let grown = [vec![b'o'; 100], vec![0; 924]].concat();
    assert_eq!(outcomes_of_all_styles(&disk), one(grown), "and no bytes in doubt come back behind it");
}

#[test]
fn growth_whose_sync_failed_stays_in_doubt() {
    let (disk, file) = disk_with(&sectors("o"));
    file.set_len(1024).unwrap();
    disk.fail_call(0, Fault::Io, false);
    assert!(file.sync_all().is_err());
    file.sync_all().unwrap();
    let grown = [sectors("o"), vec![0; 512]].concat();
    let either = BTreeSet::from([sectors("o"), grown.clone()]);
    assert_eq!(outcomes(&disk, CrashStyle::SUBSET), either);
    assert_eq!(outcomes(&disk, CrashStyle::KEEP_ALL.dropping_doubtful()), one(sectors("o")));
    file.set_len(1025).unwrap();
    file.set_len(1024).unwrap();
    file.sync_all().unwrap();
    assert_eq!(outcomes_of_all_styles(&disk), one(grown));
}

#[test]
fn nothing_in_doubt_reaches_beyond_a_length_that_was_synced_later() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.set_len(512).unwrap();
    disk.fail_call(0, Fault::Io, false);
    assert!(file.sync_all().is_err());
    file.write_all_at(&[b'n'; 100], 512).unwrap();
    file.sync_all().unwrap();
    file.set_len(1024).unwrap();
    file.sync_all().unwrap();
    let expected = [sectors("o"), vec![b'n'; 100], vec![0; 412]].concat();
    assert_eq!(outcomes_of_all_styles(&disk), one(expected));
}

#[test]
fn writes_after_a_failed_sync_are_not_in_doubt() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.write_all_at(&sectors("1"), 0).unwrap();
    disk.fail_call(0, Fault::Io, false);
    assert!(file.sync_data().is_err());
    file.write_all_at(&sectors("2"), 512).unwrap();
    file.sync_data().unwrap();
    assert_eq!(outcomes(&disk, CrashStyle::SUBSET), BTreeSet::from([sectors("o2"), sectors("12")]));
}

#[test]
fn the_kth_call_fails_once_or_from_then_on() {
    let failures = |persistent| -> Vec<bool> {
        let (disk, file) = disk_with(b"abc");
        disk.fail_call(2, Fault::Io, persistent);
        (0..5).map(|_| file.write_at(b"x", 0).is_err()).collect()
    };
    assert_eq!(failures(false), [false, false, true, false, false]);
    assert_eq!(failures(true), [false, false, true, true, true]);
}

#[test]
fn a_plan_counts_only_the_calls_it_is_for() {
    let disk = SimulatedDisk::new();
    let (db, log) = (create(&disk, "x.db"), create(&disk, "x.wasp"));
    let plan = FaultPlan::new(1, Fault::NoSpace).on(&[OperationKind::Write]).in_files(".wasp");
    disk.inject(plan.persistent());
    for _ in 0..3 {
        db.write_all_at(b"1", 0).unwrap();
    }
    log.sync_all().unwrap();
    log.write_all_at(b"1", 0).unwrap();
    assert_eq!(log.write_at(b"1", 0).unwrap_err().kind(), ErrorKind::StorageFull);
    log.sync_all().unwrap();
    db.write_all_at(b"1", 0).unwrap();
    assert_eq!(disk.faults_fired(), 1);
    disk.clear_faults();
    log.write_all_at(b"1", 0).unwrap();
}

#[test]
fn every_kind_of_call_can_fail_and_then_changes_nothing() {
    use OperationKind::{
        Create, Lock, Open, Read, Remove, Rename, SetLen, SyncAll, SyncData, SyncDir, Write,
    };
    let all = [Create, Open, Read, Write, SetLen, SyncData, SyncAll, SyncDir, Rename, Remove, Lock];
    for kind in all {
        let (disk, file) = disk_with(b"abc");
        let call = |kind: OperationKind| -> io::Result<()> {
            match kind {
                Create => disk.open(Path::new("n"), OpenMode::CreateNew).map(drop),
                Open => disk.open(Path::new("a"), OpenMode::Read).map(drop),
                Read => file.read_at(&mut [0; 3], 0).map(drop),
                Write => file.write_at(b"xyz", 0).map(drop),
                SetLen => file.set_len(1),
                SyncData => file.sync_data(),
                SyncAll => file.sync_all(),
                SyncDir => disk.sync_dir(Path::new("/")),
                Rename => disk.rename(Path::new("a"), Path::new("b")),
                Remove => disk.remove(Path::new("a")),
                Lock => file.try_lock(LockMode::Shared).map(drop),
            }
        };
        disk.inject(FaultPlan::new(0, Fault::Io).on(&[kind]));
        assert!(call(kind).is_err(), "{kind:?}");
        assert_eq!(disk.faults_fired(), 1, "{kind:?}");
        assert_eq!(disk.files(), [Path::new("/a")], "{kind:?}");
        assert_eq!(disk.read_file("a").unwrap(), b"abc", "{kind:?}");
        call(kind).unwrap();
    }
}

#[test]
fn short_calls_move_part_of_the_bytes_and_loops_get_through() {
    let (disk, file) = disk_with(b"");
    disk.fail_call(0, Fault::Short, true);
    assert_eq!(file.write_at(b"12345678", 0).unwrap(), 4);
    assert_eq!(disk.read_file("a").unwrap(), b"1234");
    file.write_all_at(b"abcdefgh", 0).unwrap();
    let mut read = [0; 8];
    assert_eq!(file.read_at(&mut read, 0).unwrap(), 4);
    file.read_exact_at(&mut read, 0).unwrap();
    assert_eq!(&read, b"abcdefgh");
    file.sync_all().unwrap();
}

#[test]
fn interrupted_calls_succeed_when_they_are_made_again() {
    let (disk, file) = disk_with(b"");
    disk.fail_call(0, Fault::Interrupted, true);
    assert_eq!(file.write_at(b"1", 0).unwrap_err().kind(), ErrorKind::Interrupted);
    file.write_all_at(b"12", 0).unwrap();
    file.read_exact_at(&mut [0; 2], 0).unwrap();
    assert!(disk.faults_fired() > 1);
}

#[test]
fn a_full_disk_refuses_new_blocks_and_takes_old_ones() {
    let (disk, file) = disk_with(&[1; 4096]);
    disk.set_capacity_bytes(Some(12_288));
    assert_eq!(disk.used_bytes(), 4096);
    file.write_all_at(&[2; 4096], 0).unwrap();
    assert_eq!(file.write_at(&[3; 16_384], 4096).unwrap(), 8192, "what fits is written");
    assert_eq!(file.write_at(&[3; 1], 12_288).unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(file.len().unwrap(), 12_288);
    file.write_all_at(&[4; 12_288], 0).unwrap();
    file.sync_all().unwrap();
    disk.set_capacity_bytes(None);
    file.write_all_at(&[5; 1], 12_288).unwrap();
}

#[test]
fn a_length_takes_no_space_until_it_is_written_and_is_no_promise_of_it() {
    let (disk, file) = disk_with(b"");
    disk.set_capacity_bytes(Some(8192));
    assert_eq!(file.set_len(8193).unwrap_err().kind(), ErrorKind::StorageFull);
    file.set_len(8192).unwrap();
    assert_eq!(disk.used_bytes(), 0);
    create(&disk, "b").write_all_at(&[1; 8192], 0).unwrap();
    assert_eq!(file.write_at(&[1; 1], 0).unwrap_err().kind(), ErrorKind::StorageFull);
    disk.remove(Path::new("b")).unwrap();
    file.write_all_at(&[1; 1], 0).unwrap();
}

#[test]
fn after_the_cut_every_call_fails_and_the_write_at_it_is_pending() {
    let (disk, file) = disk_with(b"old");
    let next = disk.operations();
    disk.cut_at(next + 1);
    file.sync_data().unwrap();
    assert!(file.write_at(b"new", 0).is_err());
    assert!(disk.power_is_off());
    assert!(file.read_at(&mut [0], 0).is_err());
    assert!(file.len().is_err());
    assert!(file.sync_all().is_err());
    assert!(file.try_lock(LockMode::Shared).is_err());
    assert!(disk.exists(Path::new("a")).is_err());
    assert!(disk.identity(Path::new("a")).is_err());
    assert!(disk.open(Path::new("a"), OpenMode::Read).is_err());
    assert_eq!(disk.operations(), next + 2, "calls on a dead disk are no operations");
    assert_eq!(outcomes(&disk, CrashStyle::SUBSET).len(), 2);
    let image = disk.crash_image(1, CrashStyle::ANY);
    assert!(!image.power_is_off());
    open(&image, "a").sync_all().unwrap();
}

#[test]
fn a_sync_at_the_cut_settles_nothing() {
    let (disk, file) = disk_with(b"old");
    file.write_all_at(b"new", 0).unwrap();
    disk.cut_at(disk.operations());
    assert!(file.sync_data().is_err());
    assert_eq!(outcomes(&disk, CrashStyle::SUBSET).len(), 2);
}
