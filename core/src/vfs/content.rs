//! The bytes of a file that lives in memory: blocks of 4 KiB, shared between copies until one of them writes.
//!
//! A copy costs one reference count a block, which is what makes thousands of disk images a second possible.
//! A block nobody wrote takes no space.
//!
//! Invariant: bytes at and after the length are zeros, so growing never brings old bytes back.

use std::fmt;
use std::io;
use std::sync::Arc;

/// The unit of sharing and of allocation.
pub(crate) const BLOCK: usize = 4096;

/// No file in memory grows beyond this: a wild offset becomes an error, not an allocation.
const LEN_MAX: u64 = 64 << 30;

#[derive(Clone, Default)]
pub(crate) struct Content {
    blocks: Vec<Option<Arc<[u8; BLOCK]>>>,
    len: u64,
}

/// Where a change of `len` bytes at `offset` ends.
///
/// # Errors
/// `FileTooLarge` when a file in memory cannot reach so far.
pub(crate) fn end_within_limits(offset: u64, len: u64) -> io::Result<u64> {
    match offset.checked_add(len) {
        Some(end) if end <= LEN_MAX => Ok(end),
        _ => Err(io::ErrorKind::FileTooLarge.into()),
    }
}

impl Content {
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `buf` from `offset` as far as the content goes, and tells how far that was.
    pub(crate) fn read_at(&self, buf: &mut [u8], offset: u64) -> usize {
        let available = self.len.saturating_sub(offset).min(buf.len() as u64) as usize;
        let mut done = 0;
        while done < available {
            let (block, within) = locate(offset + done as u64);
            let take = (BLOCK - within).min(available - done);
            let out = &mut buf[done..done + take];
            match self.blocks.get(block).and_then(Option::as_ref) {
                Some(bytes) => out.copy_from_slice(&bytes[within..within + take]),
                None => out.fill(0),
            }
            done += take;
        }
        available
    }

    /// Writes all of `bytes` at `offset`, growing as needed. The end was checked by [`end_within_limits`].
    pub(crate) fn write_at(&mut self, bytes: &[u8], offset: u64) {
        let mut done = 0;
        while done < bytes.len() {
            let (block, within) = locate(offset + done as u64);
            let take = (BLOCK - within).min(bytes.len() - done);
            self.block_mut(block)[within..within + take].copy_from_slice(&bytes[done..done + take]);
            done += take;
        }
        if !bytes.is_empty() {
            self.len = self.len.max(offset + bytes.len() as u64);
        }
    }

    /// Cuts, or grows with zeros. The length was checked by [`end_within_limits`].
    pub(crate) fn set_len(&mut self, len: u64) {
        if len < self.len {
            let (block, within) = locate(len);
            self.blocks.truncate(block + usize::from(within > 0));
            if within > 0
                && let Some(Some(last)) = self.blocks.get_mut(block)
            {
                Arc::make_mut(last)[within..].fill(0);
            }
        }
        self.len = len;
    }

    fn block_mut(&mut self, block: usize) -> &mut [u8; BLOCK] {
        if block >= self.blocks.len() {
            self.blocks.resize(block + 1, None);
        }
        Arc::make_mut(self.blocks[block].get_or_insert_with(|| Arc::new([0; BLOCK])))
    }
}

/// What only the simulated disk asks.
#[cfg(any(test, feature = "simulation"))]
impl Content {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut content = Self::default();
        content.write_at(bytes, 0);
        content
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len as usize];
        self.read_at(&mut bytes, 0);
        bytes
    }

    /// Turns a range into zeros, as far as the content goes.
    pub(crate) fn erase(&mut self, from: u64, to: u64) {
        let to = to.min(self.len);
        let mut at = from;
        while at < to {
            let (block, within) = locate(at);
            let take = ((BLOCK - within) as u64).min(to - at);
            if let Some(Some(bytes)) = self.blocks.get_mut(block) {
                Arc::make_mut(bytes)[within..within + take as usize].fill(0);
            }
            at += take;
        }
    }

    /// The bytes of space taken, which holes do not.
    pub(crate) fn allocated_bytes(&self) -> u64 {
        self.blocks.iter().flatten().count() as u64 * BLOCK as u64
    }

    /// Whether writing at `offset` stays inside a block that is already there.
    pub(crate) fn is_allocated(&self, offset: u64) -> bool {
        self.blocks.get(locate(offset).0).is_some_and(Option::is_some)
    }

    /// Hands out the first `len` bytes block by block, zeros where nothing is.
    pub(crate) fn for_each_block(&self, len: u64, mut with: impl FnMut(&[u8])) {
        let mut at = 0;
        while at < len {
            let take = (BLOCK as u64).min(len - at) as usize;
            match self.blocks.get(locate(at).0).and_then(Option::as_ref) {
                Some(bytes) => with(&bytes[..take]),
                None => with(&[0; BLOCK][..take]),
            }
            at += take as u64;
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("len", &self.len).finish_non_exhaustive()
    }
}

fn locate(offset: u64) -> (usize, usize) {
    ((offset / BLOCK as u64) as usize, (offset % BLOCK as u64) as usize)
}
