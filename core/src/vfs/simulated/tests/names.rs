use std::collections::BTreeSet;
use std::path::Path;

use super::super::{CrashStyle, Fault, FaultPlan, OperationKind, SimulatedDisk};
use super::{create, disk_with, names, one, outcomes_of_all_styles};
use crate::vfs::{LockMode, OpenMode, Vfs};

fn rename(disk: &SimulatedDisk, from: &str, to: &str) {
    disk.rename(Path::new(from), Path::new(to)).unwrap();
}

fn sync(disk: &SimulatedDisk, dir: &str) {
    disk.sync_dir(Path::new(dir)).unwrap();
}

fn sets(sets: &[&[&str]]) -> BTreeSet<Vec<String>> {
    sets.iter().map(|set| set.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn a_new_name_is_lost_without_a_sync_of_its_folder_even_if_the_file_was_synced() {
    let disk = SimulatedDisk::new();
    let file = create(&disk, "d/a");
    file.write_all_at(b"bytes", 0).unwrap();
    file.sync_all().unwrap();
    assert_eq!(names(&disk), sets(&[&[], &["/d/a"]]));
    sync(&disk, "/");
    assert_eq!(names(&disk).len(), 2, "another folder's sync does not help");
    sync(&disk, "/d");
    assert_eq!(names(&disk), sets(&[&["/d/a"]]));
}

#[test]
fn a_rename_in_one_folder_shows_one_name_or_the_other() {
    let (disk, _file) = disk_with(b"bytes");
    rename(&disk, "a", "b");
    assert_eq!(names(&disk), sets(&[&["/a"], &["/b"]]));
    sync(&disk, "/");
    assert_eq!(names(&disk), sets(&[&["/b"]]));
}

#[test]
fn a_lost_rename_leaves_the_file_it_replaced() {
    let (disk, _file) = disk_with(b"old");
    disk.write_file("new", b"new");
    rename(&disk, "new", "a");
    assert_eq!(outcomes_of_all_styles(&disk), BTreeSet::from([b"old".to_vec(), b"new".to_vec()]));
    sync(&disk, "/");
    assert_eq!(outcomes_of_all_styles(&disk), one(b"new".to_vec()));
}

#[test]
fn a_rename_between_folders_parts_until_both_are_synced() {
    let (disk, _file) = disk_with(b"bytes");
    rename(&disk, "a", "d/b");
    assert_eq!(names(&disk), sets(&[&[], &["/a"], &["/d/b"], &["/a", "/d/b"]]));
    sync(&disk, "/d");
    assert_eq!(names(&disk), sets(&[&["/d/b"], &["/a", "/d/b"]]));
    sync(&disk, "/");
    assert_eq!(names(&disk), sets(&[&["/d/b"]]));
}

#[test]
fn a_file_may_come_back_until_its_removal_is_synced() {
    let (disk, file) = disk_with(b"old");
    file.write_all_at(b"new", 0).unwrap();
    disk.remove(Path::new("a")).unwrap();
    file.sync_data().unwrap();
    assert_eq!(names(&disk), sets(&[&[], &["/a"]]));
    assert_eq!(disk.crash_image(0, CrashStyle::DROP_ALL).read_file("a").unwrap(), b"new");
    sync(&disk, "/");
    assert_eq!(names(&disk), sets(&[&[]]));
}

#[test]
fn a_rename_survives_the_loss_of_the_creation_before_it() {
    let disk = SimulatedDisk::new();
    drop(create(&disk, "a"));
    rename(&disk, "a", "b");
    assert_eq!(names(&disk), sets(&[&[], &["/a"], &["/b"]]));
}

#[test]
fn a_failed_sync_of_a_folder_leaves_its_names_in_doubt() {
    let disk = SimulatedDisk::new();
    drop(create(&disk, "a"));
    disk.inject(FaultPlan::new(0, Fault::Io).on(&[OperationKind::SyncDir]));
    assert!(disk.sync_dir(Path::new("/")).is_err());
    sync(&disk, "/");
    assert!(disk.exists(Path::new("a")).unwrap());
    assert_eq!(names(&disk), sets(&[&[], &["/a"]]));
    rename(&disk, "a", "b");
    sync(&disk, "/");
    assert_eq!(names(&disk), sets(&[&["/b"]]), "a later change that was synced stands over it");
}

#[test]
fn a_new_file_under_a_removed_name_is_another_file() {
    let (disk, _old) = disk_with(b"old");
    disk.remove(Path::new("a")).unwrap();
    let new = create(&disk, "a");
    new.write_all_at(b"new", 0).unwrap();
    new.sync_all().unwrap();
    let seen: BTreeSet<Option<Vec<u8>>> =
        super::SEEDS.map(|seed| disk.crash_image(seed, CrashStyle::SUBSET).read_file("a").ok()).collect();
    assert_eq!(seen, BTreeSet::from([None, Some(b"old".to_vec()), Some(b"new".to_vec())]));
}

#[test]
fn locks_vanish_with_the_power() {
    let (disk, file) = disk_with(b"");
    assert!(file.try_lock(LockMode::Exclusive).unwrap());
    let image = disk.crash_image(0, CrashStyle::KEEP_ALL);
    let again = image.open(Path::new("a"), OpenMode::ReadWrite).unwrap();
    assert!(again.try_lock(LockMode::Exclusive).unwrap());
}
