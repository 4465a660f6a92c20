//! A disk in memory that loses power, fails, fills up and rots, on cue and reproducibly.
//!
//! It keeps two views of every file: what readers see, and what a power cut leaves. Between the two stand the
//! changes that no sync has covered, and a crash image is what the disk may look like when any part of them
//! got through. One run of a workload is enough: the journal of its calls rebuilds the disk at every cut.
//!
//! Not here: what a database must look like on such an image; whether a process that dies without the machine
//! keeps its files (it does: reopen on the same disk).
//!
//! Invariants
//!   S1  A byte that a successful sync of its file has covered, neither written nor cut away since, is the same
//!       in every image in which the file has its name and reaches so far.
//!   S2  Only `sync_all` settles a length. Until then the file may have any length it had since the last one.
//!   S3  Only `sync_dir` settles names, for its folder. A rename inside one folder is one change; between
//!       folders it is two, which may part.
//!   S4  What was unsynced when a sync failed stays in doubt for good: no later sync settles it. Readers see
//!       it all the same.
//!   S5  An image is a function of the disk's state, the style and the seed.
//!   S6  The state at a cut is the same whether the power was cut there or the journal was replayed to there.
//!
//! Limits: every folder exists, and a write that tears never harms the bytes around it.
//!
//! Read next: `disk` (what a test holds), `style` (what a crash may do), `inode` (what is pending), `image`.

mod choose;
mod counts;
mod device;
mod dice;
mod disk;
mod edit;
mod exhaustive;
mod fault;
mod handle;
mod image;
mod inode;
mod journal;
mod ranges;
mod replay;
mod state;
mod style;
#[cfg(test)]
mod tests;

pub use counts::IoCounts;
pub use disk::SimulatedDisk;
pub use exhaustive::CrashImages;
pub use fault::{Fault, FaultPlan};
pub use journal::{Operation, OperationKind, Outcome};
pub use replay::Replay;
pub use style::{CrashStyle, Fate, Fill, Order, Tear};

/// The smallest unit a disk writes whole.
pub const SECTOR: u64 = 512;
