use super::*;

/// Appends records of these sizes, `batch` at a time, and reads them back.
fn check(chunk_bytes: u32, sizes: &[usize], batch: usize) {
    let disk = Disk::empty();
    let wal = create(&disk, chunk_bytes);
    let records: Records = sizes.iter().zip(1..).map(|(size, seq)| record(seq, *size)).collect();
    for group in records.chunks(batch) {
        commit(&wal, group).unwrap();
    }
    assert_eq!(reserved(&wal), 0, "chunk {chunk_bytes}, batch {batch}, sizes {sizes:?}");
    let (found, replayed) = read(&disk, chunk_bytes).unwrap();
    assert!(found == records, "chunk {chunk_bytes}, batch {batch}, sizes {sizes:?}");
    let next = wal.tail.lock().next;
    assert_eq!((replayed.end.lsn, replayed.end.chain), (next.lsn, next.chain));
}

#[test]
fn records_come_back_as_they_were() {
    check(SMALL, &[], 1);
    check(SMALL, &[0], 1);
    check(SMALL, &[1], 1);
    check(SMALL, &[1, 2, 3, 4, 5, 6, 7, 8, 9], 1);
    check(SMALL, &[1, 2, 3, 4, 5, 6, 7, 8, 9], 4);
    check(SMALL, &[100_000], 1);
    check(SMALL, &[1, 100_000, 1, 100_000, 1], 1);
    check(SMALL, &[1, 100_000, 1, 100_000, 1], 5);
    check(64 * 1024, &[1_000_000, 1, 65_536], 2);
    check(4 << 20, &[9_000_000, 1, 1], 3);
    check(20 * 1024, &[300; 500], 1);
    check(20 * 1024, &[300; 500], 37);
    check(64 * 1024, &[30_000; 20], 1);
    check(64 * 1024, &[30_000; 20], 3);
}

#[test]
fn records_around_the_size_of_a_block_and_a_chunk_come_back() {
    let heads = FLUSH_HEAD + HEAD_LEN;
    for edge in [BLOCK_LEN, 2 * BLOCK_LEN, 3 * BLOCK_LEN, 6 * BLOCK_LEN] {
        for off in -190_isize..=190 {
            let size = (edge - heads).saturating_add_signed(off);
            check(SMALL, &[size, 10, size], 1);
            check(SMALL, &[size, 10, size], 3);
        }
    }
}

#[test]
fn one_append_is_one_write_and_one_flush_within_a_chunk() {
    let disk = Disk::empty();
    let wal = create(&disk, 64 * 1024);
    commit(&wal, &[record(1, 10)]).unwrap();
    let (before, lsn) = (disk.counts(), wal.last_lsn());
    commit(&wal, &(2..10).map(|seq| record(seq, 100)).collect::<Records>()).unwrap();
    let after = disk.counts();
    assert_eq!((after.writes - before.writes, after.syncs - before.syncs), (1, 1));
    assert_eq!(wal.last_lsn(), lsn + 1);
}

#[test]
fn appending_nothing_writes_nothing() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    wal.append(&[], 0, 0).unwrap();
    assert_eq!((disk.counts().changes(), wal.last_lsn()), ((0, 0, 0), 0));
    commit(&wal, &[record(1, 3 * BLOCK_LEN - FLUSH_HEAD - HEAD_LEN)]).unwrap();
    wal.append(&[], 1, 0).unwrap();
    commit(&wal, &[record(2, 10)]).unwrap();
    assert_eq!(read(&disk, SMALL).unwrap().0.len(), 2);
}

#[test]
fn opening_an_empty_log_changes_nothing() {
    let disk = Disk::empty();
    drop(create(&disk, SMALL));
    let (records, replayed) = read(&disk, SMALL).unwrap();
    assert!(records.is_empty());
    assert_eq!(replayed.end, FRESH.from);
    let wal = resume(&disk, SMALL, &replayed).unwrap();
    assert_eq!((wal.last_lsn(), wal.file_bytes(), wal.live_bytes()), (0, 0, 0));
    assert_eq!(disk.counts().changes(), (0, 0, 0));
}

#[test]
fn reading_changes_nothing() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    (1..9).for_each(|seq| commit(&wal, &[record(seq, 5000)]).unwrap());
    let (before, bytes) = (disk.counts(), disk.bytes());
    let (_, first) = read(&disk, SMALL).unwrap();
    let (_, again) = read(&disk, SMALL).unwrap();
    assert_eq!((first.end, first.attested, &first.live), (again.end, again.attested, &again.live));
    assert!(disk.counts().changes() == before.changes() && disk.bytes() == bytes);
    disk.change(|bytes| bytes.truncate(2 * CHUNK_LEN + 5000));
    assert!(read(&disk, SMALL).is_err());
    assert!(disk.counts().changes() == before.changes(), "also when the end is gone");
}

#[test]
fn a_log_begins_where_the_checkpoint_left_off() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10), record(2, 10)]).unwrap();
    let from = switch(&wal);
    assert_eq!((from.chunk_seq, from.lsn), (2, 2));
    assert_eq!(switch(&wal), from, "nothing was written since");
    assert_eq!(reserved(&wal), 0);
    let (nothing, replayed) = read_from(&disk, SMALL, behind(from, 2), NO_SWITCH).unwrap();
    assert!(nothing.is_empty() && replayed.live.is_empty());
    assert_eq!(replayed.end, from);
    commit(&wal, &[record(3, 10)]).unwrap();
    let (records, replayed) = read_from(&disk, SMALL, behind(from, 2), NO_SWITCH).unwrap();
    assert!(records == [record(3, 10)]);
    assert_eq!(replayed.live.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2]);
    assert_eq!(read(&disk, SMALL).unwrap().0.len(), 3);
}

#[test]
fn a_switch_leaves_what_is_promised_where_it_can_be_kept() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    wal.reserve(HEAD_LEN + 10).unwrap();
    wal.reserve_switch().unwrap();
    disk.set_capacity(Some(disk.bytes().len() as u64));
    let from = wal.switch();
    assert_eq!((from.chunk_seq, from.lsn), (2, 2));
    wal.recycle(from);
    wal.append(&[record(2, 10)], 1, 0).unwrap();
    wal.sync().unwrap();
    let (records, replayed) = read_from(&disk, SMALL, behind(from, 1), NO_SWITCH).unwrap();
    assert!(records == [record(2, 10)]);
    disk.set_capacity(None);
    drop(resume(&disk, SMALL, &replayed).unwrap());
    assert!(read_from(&disk, SMALL, behind(from, 1), NO_SWITCH).unwrap().0 == [record(2, 10)]);
}

#[test]
fn a_chunk_of_an_impossible_size_is_refused_before_anything_is_read() {
    let check = |chunk_bytes: u32| {
        let disk = Disk::holding(vec![0; 50_000]);
        assert_eq!(kind(read(&disk, chunk_bytes)), Some(ErrorKind::Invalid), "{chunk_bytes}");
    };
    check(0);
    check(1);
    check(5000);
    check(12 * 1024);
    check(16 * 1024 + 512);
    check(u32::MAX);
}
