//! Where documents were last found by their `_id`: a guess that saves the walk through the tree of `_id`s.
//!
//! A guess is never believed: whoever takes one reads the record in its own snapshot and compares the `_id`. As no two
//! records of a snapshot have the same `_id`, a record that passes is the one; a wrong guess costs the reading.
//! So nothing here follows what commits do, and nothing has to be taken back.
//!
//! A table of buckets as large as a cache line, each with eight guesses: 16 bits of the key's hash, and the record's id.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::record_ids::RecordId;

const GUESSES: usize = 8;
/// The bits of a guess that are the record's id; the rest is the hash's.
const ID_BITS: u32 = 48;
/// Buckets of each size that the table can have: 32 KiB, 256 KiB, 2 MiB, 16 MiB.
const SIZES: [usize; 4] = [1 << 9, 1 << 12, 1 << 15, 1 << 18];
/// Which share of the cache the table may take, as a divisor.
const SHARE: usize = 16;

#[derive(Debug, Default)]
#[repr(align(64))]
struct Bucket([AtomicU64; GUESSES]);

/// The guesses of all collections of a database.
#[derive(Debug)]
pub(super) struct IdHints {
    /// One table for each size, made when the one before is full.
    tables: [OnceLock<Box<[Bucket]>>; SIZES.len()],
    /// Which table counts, and how many of its places were taken.
    size: AtomicUsize,
    taken: AtomicUsize,
    /// The largest that the table may become; none when not even the smallest fits.
    size_max: Option<usize>,
}

/// The bytes of a cache of `cache_bytes` that guesses may come to take, those of the tables they grew out of included.
pub(crate) fn hints_room(cache_bytes: usize) -> usize {
    let tables = SIZES.iter().map(|buckets| buckets * size_of::<Bucket>());
    tables.take_while(|bytes| *bytes <= cache_bytes / SHARE).sum()
}

/// A key's place in the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot(u64);

impl IdHints {
    /// No guesses yet, beside a cache of `cache_bytes`.
    pub(super) fn new(cache_bytes: usize) -> Self {
        let fits = |buckets: &usize| buckets * size_of::<Bucket>() <= cache_bytes / SHARE;
        Self {
            tables: Default::default(),
            size: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            size_max: SIZES.iter().rposition(fits),
        }
    }

    /// Where the guess for an encoded `_id` of a collection stands.
    #[inline]
    pub(super) fn spot(collection: u32, id_key: &[u8]) -> Spot {
        Spot(xxh3_64_with_seed(id_key, collection.into()))
    }

    /// The record in which the document may be.
    #[inline]
    pub(super) fn look(&self, spot: Spot) -> Option<RecordId> {
        let table = self.tables[self.size.load(Ordering::Acquire)].get()?;
        let guesses = &table[spot.bucket(table.len())].0;
        let guesses = guesses.iter().map(|guess| guess.load(Ordering::Relaxed));
        let found = guesses.filter(|guess| guess >> ID_BITS == spot.tag() && *guess != 0).last()?;
        Some(RecordId(found & ((1 << ID_BITS) - 1)))
    }

    /// Keeps where a document was found.
    pub(super) fn learn(&self, spot: Spot, record: RecordId) {
        let Some(size_max) = self.size_max else { return };
        if record.0 >> ID_BITS != 0 {
            return;
        }
        let size = self.size.load(Ordering::Acquire);
        let table = self.tables[size].get_or_init(|| (0..SIZES[size]).map(|_| Bucket::default()).collect());
        let guesses = &table[spot.bucket(table.len())].0;
        let place = spot.place(guesses);
        if guesses[place].swap(spot.tag() << ID_BITS | record.0, Ordering::Relaxed) == 0 {
            let taken = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
            if taken > SIZES[size] * GUESSES * 3 / 4 && size < size_max {
                self.enlarge(size);
            }
        }
    }

    /// Begins the next table, which learns anew: what the smaller one knew is little beside it.
    #[cold]
    fn enlarge(&self, size: usize) {
        if self.size.compare_exchange(size, size + 1, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            self.taken.store(0, Ordering::Relaxed);
        }
    }
}

impl Spot {
    #[inline]
    fn bucket(self, buckets: usize) -> usize {
        self.0 as usize & (buckets - 1)
    }

    #[inline]
    fn tag(self) -> u64 {
        self.0 >> ID_BITS
    }

    /// In a bucket: where the same key's guess stands, else where none does, else any.
    fn place(self, guesses: &[AtomicU64; GUESSES]) -> usize {
        let guesses = guesses.each_ref().map(|guess| guess.load(Ordering::Relaxed));
        let same = guesses.iter().position(|guess| guess >> ID_BITS == self.tag() && *guess != 0);
        let free = || guesses.iter().position(|guess| *guess == 0);
        same.or_else(free).unwrap_or(self.0 as usize >> 32 & (GUESSES - 1))
    }
}
