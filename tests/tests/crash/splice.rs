//! Logs written by hand, from the table at the head of the log's layout: for what a disk could only bring about by
//! an unlikely chance.

use xxhash_rust::xxh3::xxh3_64_with_seed;

const BLOCK: usize = 4096;
const FLUSH_HEAD: usize = 144;
const AT_SALT: usize = 32;
const AT_LSN: usize = 48;
const AT_CHAIN: usize = 56;
const AT_PAYLOAD_LEN: usize = 64;
const AT_CHECKSUM: usize = 136;

/// A whole flush, as it stands in the log.
#[derive(Debug, Clone)]
pub(crate) struct Flush {
    pub(crate) offset: usize,
    bytes: Vec<u8>,
}

/// The whole flushes of a log, in the order of their numbers.
pub(crate) fn flushes(log: &[u8]) -> Vec<Flush> {
    let mut found = Vec::new();
    for offset in (0..log.len()).step_by(BLOCK) {
        let rest = &log[offset..];
        if rest.starts_with(b"NXLWFLSH") && rest.len() >= FLUSH_HEAD {
            let len = FLUSH_HEAD + u32::from_le_bytes(array(rest, AT_PAYLOAD_LEN)) as usize;
            let flush = rest.get(..len).map(|bytes| Flush { offset, bytes: bytes.to_vec() });
            found.extend(flush.filter(|flush| flush.checksum() == flush.long(AT_CHECKSUM)));
        }
    }
    found.sort_by_key(Flush::lsn);
    found
}

impl Flush {
    pub(crate) fn lsn(&self) -> u64 {
        self.long(AT_LSN)
    }

    /// Where it ends in the log, without what fills the block.
    pub(crate) fn end(&self) -> usize {
        self.offset + self.bytes.len()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same flush with the salt of another use of the chunk, whole in itself.
    pub(crate) fn with_another_salt(mut self) -> Self {
        self.bytes[AT_SALT] ^= 0x5A;
        self.seal()
    }

    /// The same flush behind another one than it follows, whole in itself.
    pub(crate) fn with_another_predecessor(mut self) -> Self {
        self.bytes[AT_CHAIN] ^= 0x5A;
        self.seal()
    }

    fn seal(mut self) -> Self {
        let checksum = self.checksum();
        self.bytes[AT_CHECKSUM..FLUSH_HEAD].copy_from_slice(&checksum.to_le_bytes());
        self
    }

    /// XXH3-64 of the payload, seeded by that of the head, seeded by the salt.
    fn checksum(&self) -> u64 {
        let seed = self.long(AT_SALT) ^ self.long(AT_SALT + 8).rotate_left(32);
        let head = xxh3_64_with_seed(&self.bytes[..AT_CHECKSUM], seed);
        xxh3_64_with_seed(&self.bytes[FLUSH_HEAD..], head)
    }

    fn long(&self, at: usize) -> u64 {
        u64::from_le_bytes(array(&self.bytes, at))
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("so many bytes")
}
