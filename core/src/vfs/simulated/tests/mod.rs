//! The model's own teeth.

mod bytes;
mod edits;
mod faults;
mod names;
mod oracle;
mod replay;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::{CrashStyle, SimulatedDisk};
use crate::vfs::{OpenMode, Vfs, VfsFile};

const STYLES: [CrashStyle; 6] = [
    CrashStyle::KEEP_ALL,
    CrashStyle::DROP_ALL,
    CrashStyle::SUBSET,
    CrashStyle::SECTORS,
    CrashStyle::BYTES,
    CrashStyle::ANY,
];

const SEEDS: std::ops::Range<u64> = 0..300;

/// A disk that durably holds the file `a`, and that file opened.
fn disk_with(bytes: &[u8]) -> (SimulatedDisk, Arc<dyn VfsFile>) {
    let disk = SimulatedDisk::new();
    disk.write_file("a", bytes);
    let file = open(&disk, "a");
    (disk, file)
}

fn open(disk: &SimulatedDisk, name: &str) -> Arc<dyn VfsFile> {
    disk.open(Path::new(name), OpenMode::ReadWrite).unwrap()
}

fn create(disk: &SimulatedDisk, name: &str) -> Arc<dyn VfsFile> {
    disk.open(Path::new(name), OpenMode::CreateNew).unwrap()
}

/// What `a` holds on the images of many seeds.
fn outcomes(disk: &SimulatedDisk, style: CrashStyle) -> BTreeSet<Vec<u8>> {
    SEEDS.map(|seed| disk.crash_image(seed, style).read_file("a").unwrap()).collect()
}

/// The same over every style.
fn outcomes_of_all_styles(disk: &SimulatedDisk) -> BTreeSet<Vec<u8>> {
    STYLES.iter().flat_map(|style| outcomes(disk, *style)).collect()
}

/// Every set of names that images show, over every style.
fn names(disk: &SimulatedDisk) -> BTreeSet<Vec<String>> {
    let listed = |image: SimulatedDisk| image.files().iter().map(|name| name.display().to_string()).collect();
    STYLES.iter().flat_map(|style| SEEDS.map(move |seed| listed(disk.crash_image(seed, *style)))).collect()
}

/// Sectors, one per letter, each filled with its letter.
fn sectors(letters: &str) -> Vec<u8> {
    letters.bytes().flat_map(|letter| [letter; 512]).collect()
}

fn one<T: Ord>(value: T) -> BTreeSet<T> {
    BTreeSet::from([value])
}
