//! The log against a disk that loses power, lies, fails and fills up.

mod crash;
mod damage;
mod disk;
mod foreign;
mod layout;
mod lives;
mod ring;
mod round_trip;

use std::path::PathBuf;
use std::sync::Arc;

use self::disk::Disk;
use super::layout::{BLOCK, ChunkHead, FLUSH_HEAD, FlushHead};
use super::{Opening, Replayed, Wal, WalPlace, WalSwitches, expect_written, replay};
use crate::base::SeededEntropy;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::record::WriteSet;
use crate::storage::record::layout::HEAD_LEN;
use crate::storage::{Buffer, LogPosition};
use crate::vfs::VfsFile;

const DB: [u8; 16] = *b"sixteen bytes id";
const SMALL: u32 = 16 * 1024;
const BLOCK_LEN: usize = BLOCK as usize;
const CHUNK_LEN: usize = SMALL as usize;
const NO_SWITCH: WalSwitches = WalSwitches {
    skip_salt_check: false,
    skip_chain_check: false,
    skip_durable_lsn_check: false,
    skip_growth_sync: false,
};
/// What the manifest of a new database says.
const FRESH: Opening =
    Opening { from: LogPosition { chunk_seq: 1, lsn: 1, chain: 0 }, seq: 0, manifest_version: 0 };

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    fn one_in(&mut self, chance: u64) -> bool {
        self.below(chance) == 0
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

/// A commit record of `len` bytes behind its head, all of them determined by `seq`.
fn record(seq: u64, len: usize) -> Arc<Buffer> {
    let mut notes = vec![0; len];
    let mut dice = Dice(seq);
    for part in notes.chunks_mut(8) {
        part.copy_from_slice(&dice.roll().to_le_bytes()[..part.len()]);
    }
    WriteSet::new(usize::MAX).seal(&notes).stamp(seq, 0)
}

fn place(file: Arc<dyn VfsFile>, chunk_bytes: u32, switches: WalSwitches) -> WalPlace {
    let (path, db_path) = (PathBuf::from("test.wasp"), PathBuf::from("test.db"));
    WalPlace { file, path, db_path, db: DB, chunk_bytes, switches }
}

type Records = Vec<Arc<Buffer>>;

/// What the log holds behind `opening`.
fn read_place(place: &WalPlace, opening: &Opening) -> Result<(Records, Replayed)> {
    let mut records = Vec::new();
    let mut take = |record: &Arc<Buffer>| {
        records.push(Arc::clone(record));
        Ok(())
    };
    let replayed = replay(place, opening, &mut take)?;
    assert_eq!(replayed.commits as usize, records.len());
    Ok((records, replayed))
}

fn read_from(
    disk: &Arc<Disk>,
    chunk_bytes: u32,
    opening: Opening,
    switches: WalSwitches,
) -> Result<(Records, Replayed)> {
    read_place(&place(disk.file(), chunk_bytes, switches), &opening)
}

fn read(disk: &Arc<Disk>, chunk_bytes: u32) -> Result<(Records, Replayed)> {
    read_from(disk, chunk_bytes, FRESH, NO_SWITCH)
}

/// Where reading begins behind `seq` commits, when the log was left at `from`.
fn behind(from: LogPosition, seq: u64) -> Opening {
    Opening { from, seq, manifest_version: 0 }
}

/// Opens for writing as recovery does; `least` chunks stay.
fn resume_place(place: WalPlace, replayed: &Replayed, least: u64) -> Result<Wal> {
    let entropy = Arc::new(SeededEntropy::new(replayed.end.chunk_seq << 32 | replayed.end.lsn));
    let is_empty = place.file.is_empty().map_err(|e| Error::io("measure", &place.path, e))?;
    let wal = Wal::open(place, entropy, replayed)?;
    if !is_empty {
        wal.settle_len(least)?;
        wal.repeat(replayed)?;
    }
    Ok(wal)
}

fn resume(disk: &Arc<Disk>, chunk_bytes: u32, replayed: &Replayed) -> Result<Wal> {
    resume_place(place(disk.file(), chunk_bytes, NO_SWITCH), replayed, 1)
}

fn create(disk: &Arc<Disk>, chunk_bytes: u32) -> Wal {
    let replayed = read(disk, chunk_bytes).unwrap().1;
    resume(disk, chunk_bytes, &replayed).unwrap()
}

/// Reserves, appends and syncs; everything before is called durable.
fn commit(wal: &Wal, records: &[Arc<Buffer>]) -> Result<()> {
    for record in records {
        wal.reserve(record.len())?;
    }
    wal.append(records, wal.last_lsn(), 0)?;
    wal.sync()
}

/// Leaves the chunk that is being written.
fn switch(wal: &Wal) -> LogPosition {
    wal.reserve_switch().unwrap();
    wal.switch()
}

fn reserved(wal: &Wal) -> u64 {
    wal.ring.lock().reserved
}

fn kind<T>(outcome: Result<T>) -> Option<ErrorKind> {
    outcome.err().map(|error: Error| error.kind())
}

/// A whole flush of a file: where it is and what its head says.
struct Seen {
    at: usize,
    head: FlushHead,
}

impl Seen {
    fn end(&self) -> usize {
        self.at + FLUSH_HEAD + self.head.payload_len as usize
    }
}

/// Every whole flush of the file, by number.
fn flushes(bytes: &[u8]) -> Vec<Seen> {
    let whole = |at: usize| {
        let head = FlushHead::decode(&bytes[at..])?;
        head.is_whole(&bytes[at..]).then_some(Seen { at, head })
    };
    let mut all: Vec<Seen> = (0..bytes.len()).step_by(BLOCK_LEN).filter_map(whole).collect();
    all.sort_by_key(|flush| flush.head.lsn);
    all
}
