//! Numbers at fixed places of a block, little-endian.
//!
//! The places are constants of a layout, so they lie inside the block unless the layout itself is wrong.

pub(crate) fn get_u16(block: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(get(block, at))
}

pub(crate) fn get_u32(block: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(get(block, at))
}

pub(crate) fn get_u64(block: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(get(block, at))
}

pub(crate) fn get_u128(block: &[u8], at: usize) -> u128 {
    u128::from_le_bytes(get(block, at))
}

/// The `N` bytes at `at`.
pub(crate) fn get<const N: usize>(block: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[at..at + N]);
    bytes
}

/// Lays `bytes` down at `at`.
pub(crate) fn put(block: &mut [u8], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}
