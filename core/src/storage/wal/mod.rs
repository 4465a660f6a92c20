//! The write-ahead log: the last word on what was committed since the manifest.
//!
//! The file is a row of chunks of one size, filled with zeros once and used in turn.
//! A *flush* is what one leader writes at once: the records of a group of commits. A group that does not fit into
//! what is left of a chunk goes on in the next one, as part i of n.
//!
//! Not here: when to sync and who waits for it (`engine::journal`), when the log may be let go of
//! (`engine::checkpoint`).
//!
//! Invariants
//!   W1  A flush is valid iff its checksum, seeded by the salt of its chunk, matches, it names this database, its
//!       chunk and its salt, its number is the next one, and it names the checksum of the flush before.
//!   W2  A chunk's header is on the device before a flush is written behind it. So is everything before the chunk.
//!   W3  Bytes that were acknowledged are never written over before a manifest made them superfluous.
//!   W4  Where the expected flush is missing the log ends, unless a later flush says that it was durable: then it
//!       is rot, and an error. What is valid behind the end was never acknowledged.
//!   W5  After recovery nothing is written behind a torn flush: the log goes on in a new chunk with a new salt.
//!       What may have been read from a cache the device never saw is written again there.
//!   W6  Space is reserved before a commit gets its number, so appending never runs out of it.
//!   W7  A log that holds another database's commits and no chunk of this one is refused, not taken for free space.
//!   W8  The first chunk's header is on the device before a manifest counts on the log: a log that begins with zeros
//!       beside such a manifest has lost its bytes, and is refused.
//!
//! Read next: `layout` (bytes), `ring` (which chunk is where), `room` (space), `writer`, `tail` (where it writes),
//! `reader`, `stop` (rot or end).

mod chunks;
mod layout;
mod reader;
mod ring;
mod room;
mod stop;
mod tail;
#[cfg(test)]
mod tests;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use reader::{Opening, Replayed, replay};
pub(crate) use stop::expect_written;
pub(crate) use writer::Wal;

use crate::error::{Error, Result, code};
use crate::vfs::VfsFile;
use layout::{BLOCK, CHUNK_BYTES_MIN};

/// Which file, and of which database.
#[derive(Debug, Clone)]
pub(crate) struct WalPlace {
    pub(crate) file: Arc<dyn VfsFile>,
    /// For messages.
    pub(crate) path: PathBuf,
    /// The main file it belongs to, for messages.
    pub(crate) db_path: PathBuf,
    pub(crate) db: [u8; 16],
    pub(crate) chunk_bytes: u32,
    pub(crate) switches: WalSwitches,
}

impl WalPlace {
    /// Where in the file the chunk in this slot begins.
    fn start_of(&self, slot: u64) -> u64 {
        slot * u64::from(self.chunk_bytes)
    }

    fn expect_usable_chunks(&self) -> Result<()> {
        if self.chunk_bytes >= CHUNK_BYTES_MIN && u64::from(self.chunk_bytes).is_multiple_of(BLOCK) {
            return Ok(());
        }
        let what = format!(
            "{}: the log's chunks are to have {} bytes: a multiple of {BLOCK}, {CHUNK_BYTES_MIN} at least",
            self.db_path.display(),
            self.chunk_bytes
        );
        Err(Error::invalid(code::INVALID_OPTIONS, what))
    }
}

/// Steps of the protocol that are left out, for the crash suite, which must notice.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct WalSwitches {
    pub(crate) skip_salt_check: bool,
    pub(crate) skip_chain_check: bool,
    pub(crate) skip_durable_lsn_check: bool,
    pub(crate) skip_growth_sync: bool,
}
