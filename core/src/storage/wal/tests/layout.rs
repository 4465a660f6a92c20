use super::*;
use crate::storage::wal::layout::{payload_room, stride};

#[test]
fn a_chunk_header_is_what_it_was_and_notices_every_flipped_bit() {
    let head = ChunkHead {
        chunk_bytes: SMALL,
        db: DB,
        chunk_seq: 3,
        first_lsn: 40,
        salt: [7; 16],
        chain: 0xFEED,
        covers_lsn: 38,
        covers_chain: 0xBEEF,
    };
    let block = head.encode();
    assert_eq!(block.len(), BLOCK_LEN);
    assert_eq!(ChunkHead::decode(&block), Some(head));
    for bit in 0..136 * 8 {
        let mut flipped = block.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(ChunkHead::decode(&flipped), None, "bit {bit}");
    }
    for len in 0..136 {
        assert_eq!(ChunkHead::decode(&block[..len]), None, "cut at {len}");
    }
}

fn flush(payload: &[u8]) -> (FlushHead, Vec<u8>) {
    let head = FlushHead {
        db: DB,
        chunk_seq: 3,
        salt: [9; 16],
        lsn: 41,
        chain: 5,
        payload_len: payload.len() as u32,
        part: 1,
        parts: 1,
        durable_lsn: 40,
        manifest_version: 8,
        checksum: 0,
    };
    let mut flush = vec![0xEE; FLUSH_HEAD];
    flush.extend_from_slice(payload);
    let checksum = head.write(&mut flush);
    (FlushHead { checksum, ..head }, flush)
}

fn whole(bytes: &[u8]) -> Option<FlushHead> {
    FlushHead::decode(bytes).filter(|head| head.is_whole(bytes))
}

#[test]
fn a_flush_is_what_it_was_and_notices_every_flipped_bit() {
    for payload in [&b""[..], b"some commits"] {
        let (head, flush) = flush(payload);
        assert_eq!(whole(&flush), Some(head));
        for bit in 0..flush.len() * 8 {
            let mut flipped = flush.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(whole(&flipped), None, "bit {bit}");
        }
        for len in 0..flush.len() {
            assert_eq!(whole(&flush[..len]), None, "cut at {len}");
        }
    }
}

#[test]
fn a_claimed_length_that_nothing_holds_is_only_a_claim() {
    let (head, flush) = flush(b"some commits");
    for payload_len in [13, BLOCK as u32, u32::MAX / 2, u32::MAX - FLUSH_HEAD as u32, u32::MAX - 3, u32::MAX]
    {
        assert!(!FlushHead { payload_len, ..head }.is_whole(&flush), "{payload_len}");
    }
}

#[test]
fn a_flush_takes_whole_blocks() {
    let check = |payload, blocks: u64| assert_eq!(stride(payload), blocks * BLOCK, "{payload}");
    check(0, 1);
    check(BLOCK - FLUSH_HEAD as u64, 1);
    check(BLOCK - FLUSH_HEAD as u64 + 1, 2);
    check(u64::from(u32::MAX), (1 << 20) + 1);
    assert_eq!((payload_room(0), payload_room(BLOCK)), (0, BLOCK - FLUSH_HEAD as u64));
}
