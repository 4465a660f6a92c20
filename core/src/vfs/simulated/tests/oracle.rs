//! Random work on one file, watched by a model that knows for every byte the values it may have.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::dice::Dice;
use super::super::{CrashStyle, Fault, FaultPlan, Fill, OperationKind, SimulatedDisk};
use super::{STYLES, disk_with};
use crate::vfs::VfsFile;

const SPAN: usize = 3000;

/// What a byte may be after a crash, said without knowing how images are built.
struct Oracle {
    seen: Vec<u8>,
    allowed: Vec<BTreeSet<u8>>,
    /// Whether the last thing done to the byte was a write that the next sync will cover.
    covered: Vec<bool>,
    lens: BTreeSet<u64>,
}

impl Oracle {
    fn new(bytes: &[u8]) -> Self {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        Self {
            seen: bytes.to_vec(),
            allowed: (0..SPAN).map(|at| BTreeSet::from([byte(at)])).collect(),
            covered: vec![true; SPAN],
            lens: BTreeSet::from([bytes.len() as u64]),
        }
    }

    fn write(&mut self, offset: usize, data: &[u8]) {
        let end = offset + data.len();
        if end > self.seen.len() {
            self.set_len(end);
        }
        self.seen[offset..end].copy_from_slice(data);
        for at in offset..end {
            self.allowed[at].insert(self.seen[at]);
            self.covered[at] = true;
        }
    }

    fn set_len(&mut self, len: usize) {
        for at in self.seen.len().min(len)..self.seen.len().max(len) {
            self.allowed[at].insert(0);
            self.covered[at] = false;
        }
        self.seen.resize(len, 0);
        self.lens.insert(len as u64);
    }

    fn sync(&mut self, length: bool) {
        for at in 0..self.seen.len() {
            if self.covered[at] {
                self.allowed[at] = BTreeSet::from([self.seen[at]]);
            }
        }
        if length {
            self.lens = BTreeSet::from([self.seen.len() as u64]);
        }
    }

    /// With the length settled, so are the zeros that came of it.
    fn settle_lengths(&mut self) {
        *self = Self::new(&self.seen);
    }

    fn doubt(&mut self) {
        for at in 0..SPAN {
            self.covered[at] = self.allowed[at].len() == 1;
        }
    }

    fn check(&self, image: &[u8]) -> Result<(), String> {
        if !self.lens.contains(&(image.len() as u64)) {
            return Err(format!("length {} is none of {:?}", image.len(), self.lens));
        }
        match (0..image.len()).find(|at| !self.allowed[*at].contains(&image[*at])) {
            Some(at) => Err(format!("byte {at} is {}, none of {:?}", image[at], self.allowed[at])),
            None => Ok(()),
        }
    }
}

struct Run {
    disk: SimulatedDisk,
    file: Arc<dyn VfsFile>,
    oracle: Oracle,
    dice: Dice,
}

impl Run {
    fn new(seed: u64) -> Self {
        let bytes = vec![1; 2000];
        let (disk, file) = disk_with(&bytes);
        Self { disk, file, oracle: Oracle::new(&bytes), dice: Dice::new(seed) }
    }

    fn write(&mut self, limit: usize) {
        let len = 1 + self.dice.below(800) as usize;
        let offset = self.dice.below((limit - len) as u64) as usize;
        let data = vec![self.dice.next() as u8; len];
        self.file.write_all_at(&data, offset as u64).unwrap();
        self.oracle.write(offset, &data);
    }

    fn check_images(&mut self, run: u64) {
        for style in STYLES {
            let style = CrashStyle { fill: Fill::Zeros, ..style };
            let seed = self.dice.next();
            let image = self.disk.crash_image(seed, style).read_file("a").unwrap();
            if let Err(what) = self.oracle.check(&image) {
                panic!("run {run}, image seed {seed}, {style:?}: {what}");
            }
        }
        let kept = self.disk.crash_image(0, CrashStyle::KEEP_ALL).read_file("a").unwrap();
        assert_eq!(kept, self.oracle.seen, "run {run}: all kept is what readers see");
        assert_eq!(self.disk.read_file("a").unwrap(), self.oracle.seen, "run {run}");
    }
}

#[test]
fn no_image_shows_a_byte_or_a_length_that_the_syncs_forbid() {
    for run in 0..300 {
        let mut work = Run::new(run);
        for _ in 0..20 {
            match work.dice.below(8) {
                0 => {
                    work.file.sync_data().unwrap();
                    work.oracle.sync(false);
                }
                1 => {
                    work.file.sync_all().unwrap();
                    work.oracle.settle_lengths();
                }
                2 => {
                    let len = work.dice.below(SPAN as u64);
                    work.file.set_len(len).unwrap();
                    work.oracle.set_len(len as usize);
                }
                _ => work.write(SPAN),
            }
            work.check_images(run);
        }
    }
}

#[test]
fn no_image_forgets_what_was_synced_after_a_failed_sync() {
    for run in 0..300 {
        let mut work = Run::new(run);
        for _ in 0..20 {
            match work.dice.below(8) {
                0 => {
                    work.disk.inject(FaultPlan::new(0, Fault::Io).on(&[OperationKind::SyncAll]));
                    assert!(work.file.sync_all().is_err());
                    work.oracle.doubt();
                }
                1 => {
                    work.file.sync_data().unwrap();
                    work.oracle.sync(false);
                }
                2 => {
                    work.disk.clear_faults();
                    work.file.sync_all().unwrap();
                    work.oracle.sync(true);
                }
                _ => work.write(2000),
            }
            work.check_images(run);
        }
    }
}

#[test]
fn every_value_a_byte_may_have_is_found_in_some_image() {
    let (disk, file) = disk_with(&[1; 600]);
    for (value, offset) in [(2u8, 0), (3, 100), (4, 50)] {
        file.write_all_at(&[value; 300], offset).unwrap();
    }
    let images = super::outcomes(&disk, CrashStyle::ANY);
    for (at, values) in [(0, "12"), (75, "124"), (150, "1234"), (320, "134"), (390, "13"), (500, "1")] {
        let found: BTreeSet<u8> = images.iter().map(|image| image[at]).collect();
        let expected: BTreeSet<u8> = values.bytes().map(|digit| digit - b'0').collect();
        assert_eq!(found, expected, "byte {at}");
    }
}
