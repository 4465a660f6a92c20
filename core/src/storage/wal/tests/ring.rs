//! Chunks in use, free and promised.

use super::*;

#[test]
fn chunks_are_used_again_hundreds_of_times() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let disk = Disk::empty();
        let mut wal = create(&disk, SMALL);
        let mut opening = FRESH;
        let mut records = Records::new();
        let mut underway: Option<(LogPosition, u64)> = None;
        while wal.tail.lock().next.chunk_seq < 150 {
            let most = dice.one_of(&[20, 2000, 40_000]);
            let first = opening.seq + records.len() as u64 + 1;
            let sizes = (0..=dice.below(5)).map(|_| dice.below(most) as usize);
            let batch: Records = sizes.zip(first..).map(|(size, seq)| record(seq, size)).collect();
            batch.iter().for_each(|record| wal.reserve(record.len()).unwrap());
            wal.append(&batch, wal.last_lsn(), opening.manifest_version).unwrap();
            wal.sync().unwrap();
            records.extend(batch);
            if let Some((from, seq)) = underway.take_if(|_| dice.one_in(3)) {
                records.drain(..(seq - opening.seq) as usize);
                opening = Opening { from, seq, manifest_version: opening.manifest_version + 1 };
                wal.recycle(from);
            }
            if underway.is_none() && dice.one_in(2) {
                underway = Some((switch(&wal), opening.seq + records.len() as u64));
            }
            if dice.one_in(5) {
                wal.trim().unwrap();
            }
            if dice.one_in(5) {
                wal.prepare().unwrap();
            }
            if dice.one_in(4) {
                let (found, replayed) = read_from(&disk, SMALL, opening, NO_SWITCH).unwrap();
                assert!(found == records, "seed {seed}: {} found, {} expected", found.len(), records.len());
                wal = resume(&disk, SMALL, &replayed).unwrap();
            }
            assert_eq!(wal.file_bytes(), disk.bytes().len() as u64, "seed {seed}");
            assert_eq!(reserved(&wal), 0, "seed {seed}");
        }
        let bytes = disk.bytes().len() as u64;
        assert!(bytes < 120 * u64::from(SMALL), "seed {seed}: {bytes} bytes for a few live chunks");
    }
}

#[test]
fn a_stale_flush_of_a_chunk_used_again_is_not_read() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    (1..=3).for_each(|seq| commit(&wal, &[record(seq, 10)]).unwrap());
    let from = switch(&wal);
    wal.recycle(from);
    commit(&wal, &[record(4, 10)]).unwrap();
    let bytes = disk.bytes();
    assert_eq!(flushes(&bytes)[2].head.lsn, 4, "the first chunk was used again");
    let stale = FlushHead::decode(&bytes[2 * BLOCK_LEN..]).unwrap();
    assert_eq!((stale.chunk_seq, stale.lsn), (1, 2), "the second flush of before is still there");
    let (found, _) = read_from(&disk, SMALL, behind(from, 3), NO_SWITCH).unwrap();
    assert!(found == [record(4, 10)]);
    let blind = WalSwitches { skip_salt_check: true, skip_chain_check: true, ..NO_SWITCH };
    assert_eq!(read_from(&disk, SMALL, behind(from, 3), blind).unwrap().0.len(), 1);
}

#[test]
fn a_full_disk_refuses_the_reservation_and_nothing_else() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    for spare in [0, 1, 5000, u64::from(SMALL), u64::from(SMALL) * 2 + 77] {
        let len = disk.bytes().len() as u64;
        disk.set_capacity(Some(len + spare));
        assert_eq!(kind(wal.reserve(10 * CHUNK_LEN)), Some(ErrorKind::DiskFull), "{spare} to spare");
        assert_eq!(disk.bytes().len() as u64, len, "what was written in vain is cut off");
        assert_eq!((wal.file_bytes(), reserved(&wal)), (len, 0));
    }
    commit(&wal, &[record(2, 3000)]).unwrap();
    disk.set_capacity(Some(disk.bytes().len() as u64));
    assert_eq!(kind(wal.reserve_switch()), Some(ErrorKind::DiskFull));
    disk.set_capacity(None);
    commit(&wal, &[record(3, 10 * CHUNK_LEN)]).unwrap();
    let (found, _) = read(&disk, SMALL).unwrap();
    assert!(found == [record(1, 10), record(2, 3000), record(3, 10 * CHUNK_LEN)]);
}

#[test]
fn what_was_reserved_is_there_when_it_is_appended() {
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let disk = Disk::empty();
        let wal = create(&disk, SMALL);
        let mut seq = 0;
        for _ in 0..10 {
            let most = dice.one_of(&[20, 4000, 5000, 60_000]);
            let promised: Vec<usize> = (0..dice.below(12)).map(|_| dice.below(most) as usize).collect();
            promised.iter().for_each(|size| wal.reserve(HEAD_LEN + size).unwrap());
            let switches = dice.below(3);
            (0..switches).for_each(|_| wal.reserve_switch().unwrap());
            disk.set_capacity(Some(disk.bytes().len() as u64));
            let mut left = switches;
            let mut rest = &promised[..];
            while !rest.is_empty() || left > 0 {
                if left > 0 && (rest.is_empty() || dice.one_in(3)) {
                    wal.recycle(wal.switch());
                    left -= 1;
                    continue;
                }
                let (now, later) = rest.split_at(1 + dice.below(rest.len() as u64) as usize);
                let released = usize::from(dice.one_in(3));
                now[..released].iter().for_each(|size| wal.release(HEAD_LEN + size));
                let batch: Records =
                    now[released..].iter().zip(seq + 1..).map(|(n, s)| record(s, *n)).collect();
                seq += batch.len() as u64;
                wal.append(&batch, 0, 0).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
                rest = later;
            }
            disk.set_capacity(None);
            assert_eq!(reserved(&wal), 0, "seed {seed}");
        }
    }
}

#[test]
fn reserving_costs_nothing_while_there_is_room() {
    let disk = Disk::empty();
    let wal = create(&disk, 64 * 1024);
    wal.reserve(10).unwrap();
    let before = disk.counts();
    (0..14).for_each(|_| wal.reserve(10).unwrap());
    assert_eq!(disk.counts(), before);
    wal.reserve(3 * BLOCK_LEN).unwrap();
    assert_ne!(disk.counts(), before);
}

#[test]
fn chunks_are_made_ready_before_they_are_needed() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    assert!(!wal.is_short() && !wal.prepare().unwrap(), "a log that was never written stays empty");
    commit(&wal, &[record(1, 10)]).unwrap();
    assert!(wal.is_short());
    while wal.prepare().unwrap() {}
    assert_eq!(wal.file_bytes(), 3 * u64::from(SMALL));
    let before = disk.counts();
    wal.reserve(CHUNK_LEN).unwrap();
    assert_eq!(disk.counts(), before, "the room is there");
    assert!(wal.is_short());
}

#[test]
fn a_file_is_trimmed_to_what_is_used_and_a_few_spares() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 9 * CHUNK_LEN)]).unwrap();
    let large = wal.file_bytes();
    assert!(large > 9 * u64::from(SMALL));
    wal.trim().unwrap();
    assert_eq!(wal.file_bytes(), large, "all of it is live");
    assert!(wal.live_bytes() > 9 * u64::from(SMALL));
    let from = switch(&wal);
    wal.recycle(from);
    assert_eq!(wal.live_bytes(), 0);
    for _ in 0..2 {
        wal.trim().unwrap();
        assert_eq!(wal.file_bytes(), large, "so much was live lately, and may soon be again");
    }
    wal.reserve(4 * CHUNK_LEN).unwrap();
    wal.trim().unwrap();
    let promised = wal.file_bytes();
    assert!((5 * u64::from(SMALL)..large).contains(&promised), "{promised} bytes");
    wal.release(4 * CHUNK_LEN);
    wal.trim().unwrap();
    assert_eq!(wal.file_bytes(), 2 * u64::from(SMALL));
    assert_eq!(disk.bytes().len() as u64, wal.file_bytes());
    commit(&wal, &[record(2, 10)]).unwrap();
    wal.trim().unwrap();
    assert!(read_from(&disk, SMALL, behind(from, 1), NO_SWITCH).unwrap().0 == [record(2, 10)]);
}

#[test]
fn an_emptied_log_takes_no_more_and_a_new_one_goes_on_in_it() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    let from = switch(&wal);
    wal.truncate_all().unwrap();
    assert_eq!((wal.file_bytes(), wal.live_bytes(), disk.bytes().len()), (0, 0, 0));
    assert_eq!(kind(wal.reserve(10)), Some(ErrorKind::Poisoned));
    assert_eq!(kind(wal.append(&[record(2, 10)], 0, 0)), Some(ErrorKind::Poisoned));
    let (found, replayed) = read_from(&disk, SMALL, behind(from, 1), NO_SWITCH).unwrap();
    assert_eq!((found.len(), replayed.end), (0, from));
    let wal = resume(&disk, SMALL, &replayed).unwrap();
    commit(&wal, &[record(2, 10)]).unwrap();
    assert!(read_from(&disk, SMALL, behind(from, 1), NO_SWITCH).unwrap().0 == [record(2, 10)]);
}

#[test]
fn after_a_failed_write_nothing_is_written_any_more() {
    for fuse in 0..3 {
        let disk = Disk::empty();
        let wal = create(&disk, SMALL);
        wal.reserve(HEAD_LEN + 10).unwrap();
        wal.reserve(HEAD_LEN + 10).unwrap();
        disk.set_fuse(Some(fuse));
        assert_eq!(kind(wal.append(&[record(1, 10)], 0, 0)), Some(ErrorKind::Io), "fuse {fuse}");
        disk.set_fuse(None);
        let before = disk.counts();
        let check = |outcome: Result<()>| assert_eq!(kind(outcome), Some(ErrorKind::Poisoned), "fuse {fuse}");
        check(wal.append(&[record(1, 10)], 0, 0));
        check(wal.sync());
        check(wal.reserve(10 * CHUNK_LEN));
        check(wal.reserve_switch());
        check(wal.trim());
        check(wal.prepare().map(drop));
        assert_eq!(disk.counts(), before);
    }
}

#[test]
fn a_growth_that_cannot_be_synced_closes_the_log() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    disk.fail_next_sync();
    assert_eq!(kind(wal.reserve(10)), Some(ErrorKind::Io));
    assert_eq!(kind(wal.reserve(10)), Some(ErrorKind::Poisoned));
}

#[test]
fn a_cut_that_cannot_be_synced_closes_the_log() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 9 * CHUNK_LEN)]).unwrap();
    wal.recycle(switch(&wal));
    disk.fail_next_sync();
    assert_eq!(kind(wal.trim()), Some(ErrorKind::Io));
    assert_eq!(kind(wal.reserve(10)), Some(ErrorKind::Poisoned));
}

#[test]
fn a_chunk_cut_short_is_damage() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    commit(&wal, &[record(2, 10)]).unwrap();
    let whole = disk.bytes();
    for len in [2 * BLOCK_LEN + 100, BLOCK_LEN + 100, CHUNK_LEN - 1] {
        let disk = Disk::holding(whole[..len].to_vec());
        assert_eq!(kind(read(&disk, SMALL)), Some(ErrorKind::Corrupt), "{len} bytes");
        assert_eq!(disk.bytes().len(), len, "and it stays as it was found");
    }
}

#[test]
fn a_log_that_is_counted_on_is_never_left_empty() {
    for len in [1, BLOCK_LEN, CHUNK_LEN - 1, CHUNK_LEN, 3 * CHUNK_LEN + 5] {
        let disk = Disk::holding(vec![0; len]);
        let (_, replayed) = read(&disk, SMALL).unwrap();
        let wal = resume(&disk, SMALL, &replayed).unwrap();
        assert_eq!((disk.bytes().len(), wal.file_bytes()), (CHUNK_LEN, u64::from(SMALL)), "{len} bytes");
        assert_eq!(disk.after_worst_power_cut().bytes().len(), CHUNK_LEN, "{len} bytes");
    }
}

#[test]
fn a_log_that_was_begun_is_told_from_one_that_lost_its_bytes() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    let expected = |disk: &Arc<Disk>| kind(expect_written(&place(disk.file(), SMALL, NO_SWITCH)));
    wal.reserve(1).unwrap();
    assert_eq!(expected(&disk), Some(ErrorKind::Corrupt), "zeros");
    wal.begin().unwrap();
    assert_eq!(expected(&disk.after_worst_power_cut()), None, "the header is on the device");
    let begun = disk.bytes();
    wal.begin().unwrap();
    assert_eq!(disk.bytes(), begun, "a chunk is begun once");
    wal.release(1);
    assert_eq!(reserved(&wal), 0);
    commit(&wal, &[record(1, 100)]).unwrap();
    assert_eq!(wal.file_bytes(), u64::from(SMALL), "the commit is in the chunk that was begun");
    assert_eq!(read(&disk, SMALL).unwrap().0.len(), 1);

    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    wal.reserve(1).unwrap();
    disk.fail_next_sync();
    assert_eq!(kind(wal.begin()), Some(ErrorKind::Io));
    assert_eq!(kind(wal.begin()), Some(ErrorKind::Poisoned), "nothing is written to it any more");
}

#[test]
fn many_reserve_while_one_appends() {
    const EACH: u64 = 200;
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    let queue = parking_lot::Mutex::new((0, Records::new()));
    let left = std::sync::atomic::AtomicU64::new(4);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (wal, queue, left) = (&wal, &queue, &left);
            scope.spawn(move || {
                let mut dice = Dice(thread);
                for _ in 0..EACH {
                    let size = dice.below(9000) as usize;
                    wal.reserve(HEAD_LEN + size).unwrap();
                    let mut queue = queue.lock();
                    queue.0 += 1;
                    let next = record(queue.0, size);
                    queue.1.push(next);
                }
                left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            });
        }
        loop {
            let done = left.load(std::sync::atomic::Ordering::SeqCst) == 0;
            let batch = std::mem::take(&mut queue.lock().1);
            wal.append(&batch, wal.last_lsn(), 0).unwrap();
            wal.sync().unwrap();
            if done && batch.is_empty() {
                break;
            }
            std::thread::yield_now();
        }
    });
    assert_eq!(reserved(&wal), 0);
    let (found, _) = read(&disk, SMALL).unwrap();
    assert_eq!(found.len() as u64, 4 * EACH);
    assert!(found.iter().zip(1..).all(|(found, seq)| *found == record(seq, found.len() - HEAD_LEN)));
}
