//! Each knob of a database, its default, and the reason for the default.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::base::{BUDGET_BYTES_MIN, Clock, Entropy, SystemClock, SystemEntropy, memory_bytes};
use crate::document::id::IdKind;
use crate::error::{Error, Result, code};
use crate::expression::bound::{FilterLimits, PATTERN_BYTES_CEILING};
use crate::vfs::Vfs;

pub use crate::storage::Durability;
pub use crate::storage::engine::EngineKind;
use crate::storage::engine::WAL_EXTENSION;

/// The ending of a database's name when it has none.
pub(super) const EXTENSION: &str = "db";
/// The largest page, and the default.
const PAGE_BYTES: u32 = 16 * 1024;
/// The other page size there is.
const PAGE_BYTES_SMALL: u32 = 8 * 1024;
/// The smallest write-ahead chunk: one commit of the largest document must find room in a few of them.
const WAL_CHUNK_BYTES_MIN: u32 = 64 * 1024;
const WAL_CHUNK_BYTES_MAX: u32 = 1 << 30;
/// The smallest transaction bound: one document of the largest size, and what a record needs around it.
const TRANSACTION_BYTES_MIN: usize = 64 * 1024;
const TRANSACTION_BYTES_CEILING: usize = 1 << 30;

/// However much memory there is, more has to be asked for.
const CACHE_BYTES_DEFAULT_MAX: usize = 1 << 30;
/// Where nobody tells how much memory there is: small beside any machine's.
const CACHE_BYTES_UNTOLD: u64 = 64 << 20;

/// How a database is opened.
///
/// ```
/// use nexuslite::{Durability, Options};
/// let options = Options::new().durability(Durability::Group).cache_bytes(256 << 20);
/// # let _ = options;
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) engine: EngineKind,
    pub(crate) create: bool,
    pub(crate) read_only: bool,
    pub(crate) durability: Durability,
    pub(crate) group_interval: Duration,
    pub(crate) cache_bytes: usize,
    pub(crate) cache_entries: Option<usize>,
    pub(crate) page_bytes: u32,
    pub(crate) wal_chunk_bytes: u32,
    pub(crate) wal_bytes: u64,
    pub(crate) memtable_bytes: usize,
    pub(crate) transaction_bytes_max: usize,
    pub(crate) transaction_attempts_max: u32,
    pub(crate) sort_bytes_max: usize,
    pub(crate) filter_limits: FilterLimits,
    pub(crate) background: bool,
    pub(crate) sweep_interval: Duration,
    pub(crate) automatic_indexes: usize,
    pub(crate) id_kind: IdKind,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) vfs: Option<Arc<dyn Vfs>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            engine: EngineKind::default(),
            create: true,
            read_only: false,
            durability: Durability::default(),
            group_interval: Duration::from_millis(10),
            cache_bytes: cache_bytes_of(memory_bytes()),
            cache_entries: None,
            page_bytes: PAGE_BYTES,
            wal_chunk_bytes: 4 << 20,
            wal_bytes: 256 << 20,
            memtable_bytes: 64 << 20,
            transaction_bytes_max: 64 << 20,
            transaction_attempts_max: 1000,
            sort_bytes_max: 100 << 20,
            filter_limits: FilterLimits::default(),
            background: true,
            sweep_interval: Duration::from_secs(60),
            automatic_indexes: 0,
            id_kind: IdKind::default(),
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(SystemEntropy),
            vfs: None,
        }
    }
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which engine keeps the data; `wasp` by default: it opens fast whatever the size, and its file shrinks.
    #[must_use]
    pub fn engine(mut self, engine: EngineKind) -> Self {
        self.engine = engine;
        self
    }

    /// Whether a missing file is created; on by default. What exists is never truncated.
    #[must_use]
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether every write is refused; off by default. A file opened so is never created.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// What must have happened before a write is acknowledged; `full` by default: the change is on the device.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How long a commit of durability `group` may wait for the device; 10 ms by default: what a power cut may
    /// take, and enough to share one sync among hundreds of commits.
    #[must_use]
    pub fn group_interval(mut self, interval: Duration) -> Self {
        self.group_interval = interval;
        self
    }

    /// How many bytes of memory everything together may take: a quarter of what the process may use by default, at least
    /// 16 MiB and at most 1 GiB. With a budget of 64 MiB the process takes at most
    /// 64 MiB beside it, and where several threads write whatever its allocator keeps for each of them.
    ///
    /// Changes that are not in the main file yet and what statements and transactions gather, sorts above all, have half
    /// of it each at most, and three quarters together; pages have the rest. A sixteenth is for values of fields that
    /// are scanned for without an index, and a fourteenth at most for guesses where documents are by their `_id`.
    /// What finds no room is written to a file, waits for a checkpoint, or is refused with `Limit`.
    /// Less than 16 MiB keeps fewer pages, and bounds the rest as 16 MiB would. The documents of a database in memory,
    /// and of the engine `log`, which keeps them there, are not counted.
    #[must_use]
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.cache_bytes = bytes;
        self
    }

    /// How many pages are kept in memory, where a count is easier to say than bytes; not set by default.
    /// The smaller of the two bounds holds. It never bounds how many documents there may be.
    #[must_use]
    pub fn cache_entries(mut self, entries: usize) -> Self {
        self.cache_entries = Some(entries);
        self
    }

    /// The bytes of pages that both bounds on the cache allow.
    pub(super) fn cache_room(&self) -> usize {
        let by_count = self.cache_entries.map(|entries| entries.saturating_mul(self.page_bytes as usize));
        by_count.map_or(self.cache_bytes, |bytes| bytes.min(self.cache_bytes))
    }

    /// The size of a page, for a file that is being created: 16 KiB, the default, or 8 KiB.
    #[must_use]
    pub fn page_bytes(mut self, bytes: u32) -> Self {
        self.page_bytes = bytes;
        self
    }

    /// The size of a chunk of the write-ahead file; 4 MiB by default: long runs between two allocations.
    #[must_use]
    pub fn wal_chunk_bytes(mut self, bytes: u32) -> Self {
        self.wal_chunk_bytes = bytes;
        self
    }

    /// How many bytes the write-ahead file may take before the main file is brought up to date; 256 MiB by
    /// default: reading it back is what opening after a crash costs.
    #[must_use]
    pub fn wal_bytes(mut self, bytes: u64) -> Self {
        self.wal_bytes = bytes;
        self
    }

    /// How many bytes of commits may gather in memory before the main file is brought up to date; 64 MiB by
    /// default: enough that neighbouring changes share a page. While the main file is smaller than that, as many as
    /// it holds, but 8 MiB at least.
    #[must_use]
    pub fn memtable_bytes(mut self, bytes: usize) -> Self {
        self.memtable_bytes = bytes;
        self
    }

    /// How many bytes of changes one transaction may hold in memory; 64 MiB by default.
    #[must_use]
    pub fn transaction_bytes_max(mut self, bytes: usize) -> Self {
        self.transaction_bytes_max = bytes;
        self
    }

    /// How often [`Database::transaction`](crate::Database::transaction) tries before it gives a conflict back;
    /// 1000 by default. Somebody wins each round, so a bound is met only by a transaction far longer than those
    /// it competes with.
    #[must_use]
    pub fn transaction_attempts_max(mut self, attempts: u32) -> Self {
        self.transaction_attempts_max = attempts;
        self
    }

    /// How many bytes a sort, the list of distinct values, or the records to which several indexes lead may hold in
    /// memory; 100 MiB by default, as MongoDB.
    ///
    /// Records of more that two indexes have in common are taken in stretches. A sort of more goes on in a file beside the database, where there is one to write to and
    /// [`Find::allow_disk_use`](crate::Find::allow_disk_use) does not say otherwise; a list of more is refused.
    #[must_use]
    pub fn sort_bytes_max(mut self, bytes: usize) -> Self {
        self.sort_bytes_max = bytes;
        self
    }

    /// How many values one `$in` or `$nin` may list; 100,000 by default: they are kept and sorted while it runs.
    #[must_use]
    pub fn in_values_max(mut self, values: usize) -> Self {
        self.filter_limits.in_values_max = values;
        self
    }

    /// How many bytes one regular expression may have; 512 by default, because a longer one is rarely meant and may
    /// take long to prepare; at most 32,764, as in MongoDB.
    #[must_use]
    pub fn pattern_bytes_max(mut self, bytes: usize) -> Self {
        self.filter_limits.pattern_bytes_max = bytes;
        self
    }

    /// How many array filters one update may have; 1,000 by default: each is asked about every element that it speaks of.
    #[must_use]
    pub fn array_filters_max(mut self, filters: usize) -> Self {
        self.filter_limits.array_filters_max = filters;
        self
    }

    /// Whether a thread does what nobody has to wait for; on by default. Without it whoever would wait for a
    /// piece of work does it, and [`Database::step`](crate::Database::step) does one when it is called.
    #[must_use]
    pub fn background(mut self, on: bool) -> Self {
        self.background = on;
        self
    }

    /// How often expired documents are removed; every minute by default. They are invisible at once: this only
    /// gives their space back.
    #[must_use]
    pub fn sweep_interval(mut self, interval: Duration) -> Self {
        self.sweep_interval = interval;
        self
    }

    /// How many indexes of each collection the database may create by itself, in the background; 0 by default, since
    /// each slows every write.
    ///
    /// One is created when ten finds or counts outside of transactions walked a thousand documents and more for a field
    /// without an index, and a tenth of them at most was wanted. Its name begins with `auto_`; it is listed, hidden and
    /// dropped as any other, and when it was dropped not created again before the database is reopened.
    #[must_use]
    pub fn automatic_indexes(mut self, most: usize) -> Self {
        self.automatic_indexes = most;
        self
    }

    /// What a generated `_id` is; a random UUID by default: nobody can guess the next one.
    #[must_use]
    pub fn id_kind(mut self, kind: IdKind) -> Self {
        self.id_kind = kind;
        self
    }

    /// Where the time comes from; the machine's clock by default. Tests of expiry put their own here.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where chance comes from; the operating system by default.
    #[must_use]
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// Which file system the files are in; the machine's by default. Files elsewhere are not shared between two
    /// openings in one process.
    #[must_use]
    pub fn vfs(mut self, vfs: Arc<dyn Vfs>) -> Self {
        self.vfs = Some(vfs);
        self
    }

    /// Refuses values that cannot be meant.
    pub(super) fn check(&self) -> Result<()> {
        let within = |name: &str, value: usize, from: usize, to: usize| {
            if (from..=to).contains(&value) {
                return Ok(());
            }
            Err(refused(format!("{name} is {value}, it must be from {from} to {to}")))
        };
        if self.page_bytes != PAGE_BYTES && self.page_bytes != PAGE_BYTES_SMALL {
            let asked = self.page_bytes;
            return Err(refused(format!(
                "page_bytes is {asked}, it must be {PAGE_BYTES_SMALL} or {PAGE_BYTES}"
            )));
        }
        if !self.wal_chunk_bytes.is_power_of_two() {
            return Err(refused(format!(
                "wal_chunk_bytes is {}, it must be a power of two",
                self.wal_chunk_bytes
            )));
        }
        let (chunk, from, to) = (self.wal_chunk_bytes, WAL_CHUNK_BYTES_MIN, WAL_CHUNK_BYTES_MAX);
        within("wal_chunk_bytes", chunk as usize, from as usize, to as usize)?;
        let ceiling = TRANSACTION_BYTES_CEILING;
        within("pattern_bytes_max", self.filter_limits.pattern_bytes_max, 1, PATTERN_BYTES_CEILING)?;
        within("transaction_bytes_max", self.transaction_bytes_max, TRANSACTION_BYTES_MIN, ceiling)?;
        if self.wal_bytes < 2 * u64::from(self.wal_chunk_bytes) {
            let what = format!("wal_bytes is {}, it must be at least two chunks", self.wal_bytes);
            return Err(refused(what));
        }
        if self.transaction_attempts_max == 0 {
            return Err(refused("transaction_attempts_max is 0, it must be at least 1".to_owned()));
        }
        if self.cache_entries == Some(0) {
            return Err(refused("cache_entries is 0, it must be at least 1".to_owned()));
        }
        if self.sweep_interval.is_zero() {
            return Err(refused("sweep_interval is 0: the sweep would never rest".to_owned()));
        }
        if self.group_interval.is_zero() {
            return Err(refused("group_interval is 0: durability full waits for no interval".to_owned()));
        }
        Ok(())
    }
}

/// A quarter of the memory that there is, within limits.
pub(super) fn cache_bytes_of(memory_bytes: Option<u64>) -> usize {
    let quarter = memory_bytes.map_or(CACHE_BYTES_UNTOLD, |bytes| bytes / 4);
    usize::try_from(quarter).unwrap_or(usize::MAX).clamp(BUDGET_BYTES_MIN, CACHE_BYTES_DEFAULT_MAX)
}

fn refused(message: String) -> Error {
    Error::invalid(code::INVALID_OPTIONS, message)
}

/// The file that `name` means: with `.db` added when it has no extension.
pub(super) fn file_of(name: &Path) -> Result<PathBuf> {
    let bytes = name.as_os_str().as_encoded_bytes();
    if bytes.is_empty() {
        return Err(Error::invalid(code::BAD_VALUE, "the name of a database is empty"));
    }
    if bytes.contains(&0) {
        return Err(Error::invalid(
            code::BAD_VALUE,
            format!("the name {name:?} of a database contains a NUL"),
        ));
    }
    let is_folder = bytes.last().is_some_and(|byte| std::path::is_separator(char::from(*byte)));
    if is_folder || name.file_name().is_none() {
        return Err(Error::invalid(code::BAD_VALUE, format!("{name:?} names a folder, not a database")));
    }
    if name.extension().is_some_and(|extension| extension == WAL_EXTENSION) {
        let what = format!("{name:?} names a write-ahead file, not a database");
        return Err(Error::invalid(code::BAD_VALUE, what));
    }
    Ok(if name.extension().is_none() { name.with_extension(EXTENSION) } else { name.to_owned() })
}
