//! What a recovery saw, and what becomes of it when the next one sees less.

use super::*;

/// A log whose last commits were seen by recovery, though the device refused to make them durable.
fn seen_but_not_durable() -> (Arc<Disk>, Records) {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    let records: Records = (1..=3).map(|seq| record(seq, 200)).collect();
    commit(&wal, &records[..1]).unwrap();
    for record in &records[1..] {
        wal.reserve(record.len()).unwrap();
        wal.append(std::slice::from_ref(record), 1, 0).unwrap();
    }
    disk.fail_next_sync();
    assert_eq!(kind(wal.sync()), Some(ErrorKind::Io));
    assert_eq!(kind(wal.sync()), Some(ErrorKind::Poisoned), "a sync that failed is not tried again");
    assert_eq!(kind(wal.reserve(10)), Some(ErrorKind::Poisoned));
    (disk, records)
}

#[test]
fn what_recovery_saw_stays_even_if_it_was_only_in_a_cache() {
    let (disk, records) = seen_but_not_durable();
    let (found, replayed) = read(&disk, SMALL).unwrap();
    assert!(found == records);
    assert_eq!(replayed.attested.0, 1);
    assert!(replayed.tail == records[1..]);
    let wal = resume(&disk, SMALL, &replayed).unwrap();
    commit(&wal, &[record(4, 100)]).unwrap();
    let cut = disk.after_worst_power_cut();
    let lost = |disk: &Disk| disk.bytes()[2 * BLOCK_LEN..4 * BLOCK_LEN].iter().all(|byte| *byte == 0);
    assert!(!lost(&disk) && lost(&cut), "the flushes that only the cache had are gone");
    let (found, _) = read(&cut, SMALL).unwrap();
    assert!(found[..3] == records[..] && found[3..] == [record(4, 100)]);
    let (found, _) = read(&disk, SMALL).unwrap();
    assert_eq!(found.len(), 4, "while they are there, each commit is still handed out once");
}

#[test]
fn what_has_to_be_repeated_does_not_double_when_repeating_fails() {
    let (disk, records) = seen_but_not_durable();
    for round in 0..20 {
        let replayed = read(&disk, SMALL).unwrap().1;
        assert!(replayed.tail == records[1..], "round {round}: {} records", replayed.tail.len());
        let probe = Disk::holding(disk.bytes());
        resume(&probe, SMALL, &replayed).unwrap();
        disk.fail_sync_after(probe.counts().syncs - 1);
        assert_eq!(kind(resume(&disk, SMALL, &replayed)), Some(ErrorKind::Io), "its last sync fails");
    }
}

#[test]
fn half_a_commit_that_recovery_saw_may_go_later() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    let start = behind(switch(&wal), 1);
    wal.reserve(HEAD_LEN + 2 * CHUNK_LEN).unwrap();
    disk.set_fuse(Some(3));
    assert_eq!(kind(wal.append(&[record(2, 2 * CHUNK_LEN)], 1, 0)), Some(ErrorKind::Io));
    disk.set_fuse(None);
    let (found, replayed) = read_from(&disk, SMALL, start, NO_SWITCH).unwrap();
    assert_eq!((found.len(), replayed.end.lsn), (0, 3), "one part is there");
    let part = flushes(&disk.bytes()).pop().unwrap();
    assert_eq!((part.head.lsn, part.head.part), (2, 1));
    let wal = resume(&disk, SMALL, &replayed).unwrap();
    commit(&wal, &[record(2, 10)]).unwrap();
    commit(&wal, &[record(3, 10)]).unwrap();
    assert_eq!(read_from(&disk, SMALL, start, NO_SWITCH).unwrap().0.len(), 2);
    disk.change(|bytes| bytes[part.at..part.at.next_multiple_of(CHUNK_LEN)].fill(0));
    assert_eq!(read_from(&disk, SMALL, start, NO_SWITCH).unwrap().0.len(), 2, "the part is gone");
}

#[test]
fn half_a_commit_is_not_durable_because_somebody_went_on_behind_it() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    wal.reserve(HEAD_LEN + 2 * CHUNK_LEN).unwrap();
    disk.set_fuse(Some(1));
    assert_eq!(kind(wal.append(&[record(2, 2 * CHUNK_LEN)], 1, 0)), Some(ErrorKind::Io));
    disk.set_fuse(None);
    let replayed = read(&disk, SMALL).unwrap().1;
    assert_eq!((replayed.end.lsn, replayed.tail.len(), replayed.attested.0), (3, 0, 1));
    for header_is_durable in [false, true] {
        let wal = resume(&disk, SMALL, &replayed).unwrap();
        wal.reserve(HEAD_LEN + 10).unwrap();
        disk.fail_sync_after(u64::from(header_is_durable));
        let appended = wal.append(&[record(2, 10)], wal.last_lsn(), 0);
        assert_eq!(appended.is_ok(), header_is_durable);
        let (found, replayed) = read(&disk, SMALL).unwrap();
        assert_eq!((found.len(), replayed.attested.0), (1 + usize::from(header_is_durable), 1));
        if header_is_durable {
            assert_eq!(kind(wal.sync()), Some(ErrorKind::Io));
            assert!(replayed.tail == [record(2, 10)], "the flush behind the half commit calls that durable");
            drop(resume(&disk, SMALL, &replayed).unwrap());
            let (found, _) = read(&disk.after_worst_power_cut(), SMALL).unwrap();
            assert!(found == [record(1, 10), record(2, 10)]);
        }
    }
}

#[test]
fn a_commit_is_repeated_until_it_was_repeated_whole() {
    let mut finished_at = None;
    for fuse in 0..40 {
        let disk = Disk::empty();
        let wal = create(&disk, SMALL);
        let records = [record(1, 10), record(2, 2 * CHUNK_LEN)];
        records.iter().for_each(|record| wal.reserve(record.len()).unwrap());
        wal.append(&records, 0, 0).unwrap();
        disk.fail_next_sync();
        assert!(wal.sync().is_err(), "the last part is in the cache only");

        let replayed = read(&disk, SMALL).unwrap().1;
        assert!(replayed.tail == records);
        disk.set_fuse(Some(fuse));
        let finished = resume(&disk, SMALL, &replayed).is_ok();
        finished_at = finished_at.or(finished.then_some(fuse));
        disk.set_fuse(None);
        let replayed = read(&disk, SMALL).unwrap().1;
        assert!(replayed.tail == records, "fuse {fuse}: only parts of it were repeated");
        drop(resume(&disk, SMALL, &replayed).unwrap());
        let (found, _) = read(&disk.after_worst_power_cut(), SMALL).unwrap();
        assert!(found == records, "fuse {fuse}");
    }
    assert!(finished_at.is_some_and(|fuse| fuse > 5), "the fuse outlasts the recovery: {finished_at:?}");
}

#[test]
fn recovery_can_be_interrupted_at_every_operation_and_begun_again() {
    for fuse in 0..14 {
        for seed in 0..60 {
            let (disk, records) = seen_but_not_durable();
            let replayed = read(&disk, SMALL).unwrap().1;
            disk.set_fuse(Some(fuse));
            let finished = resume(&disk, SMALL, &replayed).is_ok();
            disk.set_fuse(None);
            let disk = disk.after_power_cut(&mut Dice(seed));
            let (found, replayed) = read(&disk, SMALL).unwrap();
            assert!(found == records[..found.len()], "fuse {fuse}, seed {seed}");
            assert!(found.len() >= if finished { 3 } else { 1 }, "fuse {fuse}, seed {seed}");
            drop(resume(&disk, SMALL, &replayed).unwrap());
            let disk = disk.after_worst_power_cut();
            let again = read(&disk, SMALL).unwrap().0;
            assert!(again == found, "fuse {fuse}, seed {seed}: what recovery saw is gone");
        }
    }
}

#[test]
fn recovery_of_a_log_that_is_all_durable_repeats_nothing() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    commit(&wal, &[record(1, 10)]).unwrap();
    let (_, replayed) = read(&disk, SMALL).unwrap();
    assert_eq!(replayed.tail.len(), 1, "nothing says yet that the last flush is durable");
    let from = switch(&wal);
    let before = disk.counts();
    let (_, replayed) = read_from(&disk, SMALL, behind(from, 1), NO_SWITCH).unwrap();
    assert!(replayed.tail.is_empty());
    let resumed = resume(&disk, SMALL, &replayed).unwrap();
    assert_eq!(resumed.tail.lock().next, from);
    assert_eq!(disk.counts().writes, before.writes);
}
