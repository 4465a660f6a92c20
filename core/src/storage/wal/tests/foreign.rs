//! A log that belongs to another database, or to none.

use super::*;

fn foreign_log(chunk_bytes: u32, commits: u64) -> Arc<Disk> {
    let disk = Disk::empty();
    let place = WalPlace { db: *b"another database", ..place(disk.file(), chunk_bytes, NO_SWITCH) };
    let replayed = read_place(&place, &FRESH).unwrap().1;
    let wal = resume_place(place, &replayed, 1).unwrap();
    wal.reserve(10).unwrap();
    wal.release(10);
    (1..=commits).for_each(|seq| commit(&wal, &[record(seq, 900)]).unwrap());
    disk
}

#[test]
fn a_log_of_another_database_is_refused_and_both_files_are_named() {
    let check = |chunk_bytes, opening| {
        let disk = foreign_log(chunk_bytes, 20);
        let before = disk.bytes();
        let error = read_from(&disk, SMALL, opening, NO_SWITCH).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        let message = error.to_string();
        assert!(message.contains("test.wasp") && message.contains("test.db"), "{message}");
        assert!(message.contains("another database"), "{message}");
        assert!(disk.bytes() == before);
    };
    let later = behind(LogPosition { chunk_seq: 9, lsn: 70, chain: 3 }, 60);
    check(SMALL, FRESH);
    check(SMALL, later);
    check(4 << 20, FRESH);
    check(64 * 1024, later);
}

#[test]
fn a_foreign_chunk_without_a_flush_or_beside_our_own_is_what_a_growing_file_brought_back() {
    let nothing = foreign_log(SMALL, 0);
    assert!(read(&nothing, SMALL).unwrap().0.is_empty());

    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    let foreign = foreign_log(SMALL, 2).bytes();
    disk.change(|bytes| bytes.extend_from_slice(&foreign[..CHUNK_LEN]));
    let (found, replayed) = read(&disk, SMALL).unwrap();
    assert!(found == [record(1, 10)]);
    let wal = resume(&disk, SMALL, &replayed).unwrap();
    commit(&wal, &[record(2, 10)]).unwrap();
    assert_eq!(read(&disk, SMALL).unwrap().0.len(), 2);
}

#[test]
fn noise_is_an_empty_log() {
    let mut dice = Dice(1);
    let bytes: Vec<u8> = (0..3 * CHUNK_LEN + 777).map(|_| dice.roll() as u8).collect();
    let disk = Disk::holding(bytes);
    let (found, replayed) = read(&disk, SMALL).unwrap();
    assert_eq!((found.len(), replayed.end), (0, FRESH.from));
    let wal = resume(&disk, SMALL, &replayed).unwrap();
    commit(&wal, &[record(1, 3000)]).unwrap();
    assert_eq!(read(&disk, SMALL).unwrap().0.len(), 1);
}

#[test]
fn a_database_that_begins_behind_the_chunks_it_finds_uses_them_again() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    (1..=3).for_each(|seq| commit(&wal, &[record(seq, 11_900)]).unwrap());
    let from = switch(&wal);
    let before = disk.bytes().len();
    let (_, replayed) = read_from(&disk, SMALL, behind(from, 3), NO_SWITCH).unwrap();
    assert!(replayed.live.is_empty());
    let wal = Wal::open(place(disk.file(), SMALL, NO_SWITCH), Arc::new(SeededEntropy::new(9)), &replayed);
    commit(&wal.unwrap(), &[record(4, 11_000)]).unwrap();
    assert_eq!(disk.bytes().len(), before, "the chunks of before are used again");
    assert!(read_from(&disk, SMALL, behind(from, 3), NO_SWITCH).unwrap().0 == [record(4, 11_000)]);
}

#[test]
fn numbers_that_nobody_can_have_reached_are_not_believed() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    let check = |change: fn(&mut ChunkHead), changes_flush: fn(&mut FlushHead)| {
        let mut bytes = disk.bytes();
        let mut head = ChunkHead::decode(&bytes).unwrap();
        change(&mut head);
        bytes[..BLOCK_LEN].copy_from_slice(&head.encode());
        let mut flush = FlushHead::decode(&bytes[BLOCK_LEN..]).unwrap();
        changes_flush(&mut flush);
        flush.write(&mut bytes[BLOCK_LEN..]);
        let disk = Disk::holding(bytes);
        assert_eq!(kind(read(&disk, SMALL)), Some(ErrorKind::Corrupt));
    };
    check(|head| head.chunk_seq = u64::MAX, |flush| flush.chunk_seq = u64::MAX);
    check(|head| (head.first_lsn, head.covers_lsn) = (u64::MAX, 0), |flush| flush.lsn = u64::MAX);
    check(|head| head.first_lsn = u64::MAX - 1, |flush| flush.lsn = u64::MAX - 1);
    check(|_| {}, |flush| flush.durable_lsn = u64::MAX);
}
