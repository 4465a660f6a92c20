use super::*;

/// A chunk with room for crafted flushes.
const ROOMY: u32 = 64 * 1024;

/// A log of these sizes, one flush for each, everything before it called durable in each.
fn log_of(sizes: &[usize]) -> (Arc<Disk>, Records) {
    log_in(SMALL, sizes)
}

fn log_in(chunk_bytes: u32, sizes: &[usize]) -> (Arc<Disk>, Records) {
    let disk = Disk::empty();
    let wal = create(&disk, chunk_bytes);
    let records: Records = sizes.iter().zip(1..).map(|(size, seq)| record(seq, *size)).collect();
    records.iter().for_each(|record| commit(&wal, std::slice::from_ref(record)).unwrap());
    (disk, records)
}

/// The same, never synced: nothing is called durable.
fn unsynced_log_of(sizes: &[usize]) -> (Arc<Disk>, Records) {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    let records: Records = sizes.iter().zip(1..).map(|(size, seq)| record(seq, *size)).collect();
    for record in &records {
        wal.reserve(record.len()).unwrap();
        wal.append(std::slice::from_ref(record), 0, 0).unwrap();
    }
    (disk, records)
}

/// Puts a block-aligned flush in place, with a right checksum.
fn put_flush(bytes: &mut [u8], at: usize, head: &FlushHead, payload: &[u8]) {
    bytes[at + FLUSH_HEAD..at + FLUSH_HEAD + payload.len()].copy_from_slice(payload);
    FlushHead { payload_len: payload.len() as u32, ..*head }.write(&mut bytes[at..]);
}

/// Bytes of a chunk's header that count.
const CHUNK_HEAD_LEN: usize = 136;

/// The same log with one more flush behind the last, as `change` wants it, holding `payload`.
fn with_one_more(disk: &Disk, payload: &[u8], change: impl FnOnce(&mut FlushHead)) -> Arc<Disk> {
    let mut bytes = disk.bytes();
    let last = flushes(&bytes).pop().unwrap();
    let at = last.at + last.head.stride() as usize;
    let mut head = FlushHead { lsn: last.head.lsn + 1, chain: last.head.checksum, ..last.head };
    change(&mut head);
    put_flush(&mut bytes, at, &head, payload);
    Disk::holding(bytes)
}

#[test]
fn a_log_cut_between_chunks_is_a_prefix_and_inside_one_is_damage() {
    let (disk, records) = log_of(&[10, 5000, 1, 20_000, 700, 4000]);
    let bytes = disk.bytes();
    assert!(bytes.len() >= 3 * CHUNK_LEN, "the large record must span chunks");
    let mut most = 0;
    for cut in 0..=bytes.len() {
        let disk = Disk::holding(bytes[..cut].to_vec());
        let has_lost_its_end = cut % CHUNK_LEN >= CHUNK_HEAD_LEN;
        let (found, replayed) = match read(&disk, SMALL) {
            Ok(read) => read,
            Err(error) => {
                assert!(has_lost_its_end && error.kind() == ErrorKind::Corrupt, "cut at {cut}: {error}");
                continue;
            }
        };
        assert!(!has_lost_its_end, "cut at {cut}: a chunk without its end was read");
        assert!(found == records[..found.len()], "cut at {cut}");
        assert!(found.len() >= most, "cut at {cut}: {} after {most}", found.len());
        most = found.len();
        if cut % 211 == 0 {
            goes_on(&disk, &replayed, &found, cut);
        }
    }
    assert_eq!(most, records.len());
}

/// After recovery the log holds what was found, and what is appended then.
fn goes_on(disk: &Arc<Disk>, replayed: &Replayed, found: &Records, situation: usize) {
    let wal = resume(disk, SMALL, replayed).unwrap();
    let next = record(found.len() as u64 + 1, 3000);
    commit(&wal, std::slice::from_ref(&next)).unwrap();
    let (again, _) = read(disk, SMALL).unwrap_or_else(|e| panic!("situation {situation}: {e}"));
    assert!(again.len() == found.len() + 1, "situation {situation}: {} of {}", again.len(), found.len() + 1);
    assert!(again[..found.len()] == found[..] && again[found.len()..] == [next], "situation {situation}");
}

#[test]
fn a_flipped_byte_is_damage_or_the_end_or_nothing() {
    let (disk, records) = log_of(&[10, 5000, 1, 13_000, 700, 4000]);
    let bytes = disk.bytes();
    let all = flushes(&bytes);
    let last = all.last().unwrap();
    let heads = (0..bytes.len()).step_by(CHUNK_LEN).filter(|at| ChunkHead::decode(&bytes[*at..]).is_some());
    let heads: Vec<usize> = heads.collect();
    let is_used = |at: usize| {
        let in_flush = all.iter().any(|flush| (flush.at..flush.end()).contains(&at));
        in_flush || heads.iter().any(|head| (*head..head + 136).contains(&at))
    };
    let (mut damage, mut ends, mut nothing) = (0, 0, 0);
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        match read(&Disk::holding(flipped), SMALL) {
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Corrupt, "byte {at}: {error}");
                damage += 1;
            }
            Ok((found, _)) if found == records => {
                assert!(!is_used(at), "byte {at} is used, but nothing was noticed");
                nothing += 1;
            }
            Ok((found, _)) => {
                assert!(found == records[..records.len() - 1], "byte {at}");
                assert!((last.at..last.end()).contains(&at), "byte {at} is not in the last flush");
                ends += 1;
            }
        }
    }
    let used = (0..bytes.len()).filter(|at| is_used(*at)).count();
    assert_eq!((ends, damage + ends, nothing), (last.end() - last.at, used, bytes.len() - used));
    assert!(damage > 5000 + 13_000);
}

#[test]
fn a_lost_block_is_damage_or_the_end_or_nothing() {
    let (disk, records) = log_of(&[10, 5000, 1, 30_000, 700, 4000]);
    let bytes = disk.bytes();
    let last = flushes(&bytes).pop().unwrap();
    for (at, fill) in (0..bytes.len()).step_by(BLOCK_LEN).flat_map(|at| [(at, 0), (at, 0xA5)]) {
        let mut lost = bytes.clone();
        lost[at..at + BLOCK_LEN].fill(fill);
        match read(&Disk::holding(lost), SMALL) {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "block at {at}: {error}"),
            Ok((found, _)) if found == records => {}
            Ok((found, _)) => {
                assert!(found == records[..records.len() - 1], "block at {at}");
                assert!((last.at..last.end()).contains(&at), "block at {at} is not in the last flush");
            }
        }
    }
}

#[test]
fn rot_below_what_was_called_durable_is_damage_unless_nobody_looks() {
    let (disk, records) = log_of(&[100, 100, 100]);
    let at = flushes(&disk.bytes())[1].at + FLUSH_HEAD + 50;
    disk.change(|bytes| bytes[at] ^= 1);
    let error = read(&disk, SMALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("flush 2 is damaged or missing"), "{error}");
    let blind = WalSwitches { skip_durable_lsn_check: true, ..NO_SWITCH };
    let (found, _) = read_from(&disk, SMALL, FRESH, blind).unwrap();
    assert!(found == records[..1]);
}

#[test]
fn what_was_never_called_durable_may_be_missing() {
    let (disk, records) = unsynced_log_of(&[100, 100, 100]);
    let at = flushes(&disk.bytes())[1].at + 8;
    disk.change(|bytes| bytes[at] ^= 1);
    let (found, replayed) = read(&disk, SMALL).unwrap();
    assert!(found == records[..1]);
    assert_eq!(replayed.attested, (0, 0));
    assert!(replayed.tail == records[..1]);
    goes_on(&disk, &replayed, &found, 0);
}

#[test]
fn a_flush_in_a_later_chunk_calls_every_chunk_before_it_durable() {
    let (disk, _) = unsynced_log_of(&[11_900, 11_900]);
    let first = flushes(&disk.bytes()).remove(0);
    disk.change(|bytes| bytes[first.at] ^= 1);
    assert_eq!(kind(read(&disk, SMALL)), Some(ErrorKind::Corrupt));
}

#[test]
fn a_header_without_flushes_says_nothing_about_the_chunk_before() {
    let (disk, records) = unsynced_log_of(&[100, 11_900, 100]);
    let all = flushes(&disk.bytes());
    assert_eq!(all[2].head.chunk_seq, 2, "the second record goes on in the next chunk");
    disk.change(|bytes| {
        bytes[all[1].at] ^= 1;
        bytes[all[2].at..].fill(0);
    });
    let (found, replayed) = read(&disk, SMALL).unwrap();
    assert!(found == records[..1]);
    assert_eq!(replayed.end.chunk_seq, 3);
    goes_on(&disk, &replayed, &found, 0);
}

#[test]
fn a_commit_of_which_one_part_is_there_is_not_there() {
    let (disk, records) = log_of(&[100, 100, 11_900]);
    let all = flushes(&disk.bytes());
    assert_eq!((all[2].head.parts, all[3].head.chunk_seq), (2, 2), "the third commit spans chunks");
    disk.change(|bytes| bytes[CHUNK_LEN + BLOCK_LEN..].fill(0));
    let (found, replayed) = read(&disk, SMALL).unwrap();
    assert!(found == records[..2]);
    assert_eq!((replayed.attested.0, replayed.tail.len()), (2, 0));
    goes_on(&disk, &replayed, &found, 0);
}

#[test]
fn a_flush_with_another_salt_is_not_believed() {
    let (disk, _) = log_of(&[100, 100]);
    let spliced = with_one_more(&disk, &record(3, 9), |head| head.salt[0] ^= 1);
    let read_with = |switches| read_from(&spliced, SMALL, FRESH, switches).map(|(records, _)| records.len());
    assert_eq!(read_with(NO_SWITCH).unwrap(), 2);
    assert_eq!(read_with(WalSwitches { skip_salt_check: true, ..NO_SWITCH }).unwrap(), 3);
    assert_eq!(read_with(WalSwitches { skip_chain_check: true, ..NO_SWITCH }).unwrap(), 2);
}

#[test]
fn a_flush_with_another_predecessor_is_not_believed() {
    let (disk, _) = log_of(&[100, 100]);
    let spliced = with_one_more(&disk, &record(3, 9), |head| head.chain ^= 1);
    let read_with = |switches| read_from(&spliced, SMALL, FRESH, switches).map(|(records, _)| records.len());
    assert_eq!(read_with(NO_SWITCH).unwrap(), 2);
    assert_eq!(read_with(WalSwitches { skip_salt_check: true, ..NO_SWITCH }).unwrap(), 2);
    assert_eq!(read_with(WalSwitches { skip_chain_check: true, ..NO_SWITCH }).unwrap(), 3);
}

#[test]
fn a_flush_must_be_of_this_database_this_chunk_and_this_place_in_the_order() {
    let (disk, _) = log_of(&[100, 100]);
    let check = |change: fn(&mut FlushHead), found| {
        let spliced = with_one_more(&disk, &record(3, 9), change);
        assert_eq!(read(&spliced, SMALL).map(|(records, _)| records.len()).ok(), found);
    };
    check(|_| {}, Some(3));
    check(|head| head.db[0] ^= 1, Some(2));
    check(|head| head.lsn += 1, Some(2));
    check(|head| head.lsn -= 1, Some(2));
    check(|head| head.chunk_seq -= 1, Some(2));
    check(|head| head.chunk_seq += 1, None);
    check(|head| head.durable_lsn = 2, Some(3));
    check(|head| (head.lsn, head.durable_lsn) = (4, 3), None);
    check(|head| head.manifest_version = 1, None);
}

#[test]
fn commits_that_do_not_fit_together_are_damage() {
    let (disk, _) = log_in(ROOMY, &[100, 100]);
    let check = |payload: &[u8], part, parts| {
        let spliced = with_one_more(&disk, payload, |head| (head.part, head.parts) = (part, parts));
        assert_eq!(kind(read(&spliced, ROOMY)), Some(ErrorKind::Corrupt), "part {part} of {parts}");
    };
    let huge = {
        let mut huge = record(3, 9).to_vec();
        huge[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        huge
    };
    check(&record(4, 9), 1, 1);
    check(&record(3, 9)[..45], 1, 1);
    check(&[3, 0, 0, 0], 1, 1);
    check(&[0; 3], 1, 1);
    check(&huge, 1, 1);
    check(&record(3, 9)[20..], 2, 2);
    check(&record(3, 9), 0, 0);
    check(&record(3, 9), 1, 0);
    check(&record(3, 9), 2, 1);
    check(&record(3, 9), u32::MAX, u32::MAX);
    let begun = with_one_more(&disk, &record(3, 9)[..20], |head| head.parts = 3);
    let (found, replayed) = read(&begun, ROOMY).unwrap();
    assert_eq!((found.len(), replayed.end.lsn), (2, 4), "a commit that never became whole");
    let endless = with_one_more(&disk, &record(3, 9), |head| head.parts = u32::MAX);
    assert_eq!(read(&endless, ROOMY).unwrap().0.len(), 2);
    let interrupted = with_one_more(&begun, &record(3, 9), |head| head.parts = 1);
    assert_eq!(kind(read(&interrupted, ROOMY)), Some(ErrorKind::Corrupt));
    let skipped = with_one_more(&begun, &record(3, 9)[20..], |head| head.part = 3);
    assert_eq!(kind(read(&skipped, ROOMY)), Some(ErrorKind::Corrupt));
    let short = with_one_more(&begun, &record(3, 9)[20..22], |head| head.part = 2);
    let short = with_one_more(&short, &record(3, 9)[22..30], |head| head.part = 3);
    assert_eq!(kind(read(&short, ROOMY)), Some(ErrorKind::Corrupt));
}

#[test]
fn a_log_that_knows_a_newer_manifest_is_refused() {
    let disk = Disk::empty();
    let wal = create(&disk, SMALL);
    wal.reserve(HEAD_LEN + 10).unwrap();
    wal.append(&[record(1, 10)], 0, 5).unwrap();
    let read_as =
        |manifest_version| read_from(&disk, SMALL, Opening { manifest_version, ..FRESH }, NO_SWITCH);
    assert_eq!(kind(read_as(4)), Some(ErrorKind::Corrupt));
    assert!(read_as(4).unwrap_err().message().contains("knows manifest 5"));
    assert!(read_as(5).is_ok() && read_as(6).is_ok());
}

#[test]
fn a_header_that_is_gone_is_damage_only_when_flushes_lie_behind_it() {
    let (disk, records) = log_of(&[11_900, 100]);
    let second = CHUNK_LEN;
    let whole = disk.bytes();
    disk.change(|bytes| bytes[second..second + BLOCK_LEN].fill(0));
    assert_eq!(kind(read(&disk, SMALL)), Some(ErrorKind::Corrupt));
    disk.change(|bytes| bytes[second..].fill(0));
    let (found, replayed) = read(&disk, SMALL).unwrap();
    assert!(found == records[..1]);
    goes_on(&disk, &replayed, &found, 0);
    let stray = Disk::holding([&whole[..], &whole[..BLOCK_LEN], &vec![0; CHUNK_LEN]].concat());
    assert!(read(&stray, SMALL).unwrap().0 == records, "the one that counts has flushes");
}

/// The same log with a second chunk of the first one's number behind it: `change` has it as a copy.
fn with_a_twin(disk: &Disk, change: impl FnOnce(&mut [u8])) -> Arc<Disk> {
    let mut bytes = disk.bytes();
    bytes.extend_from_within(..CHUNK_LEN);
    let twin = bytes.len() - CHUNK_LEN;
    change(&mut bytes[twin..]);
    Disk::holding(bytes)
}

#[test]
fn a_copy_of_a_chunk_is_read_once_and_never_in_the_place_of_what_it_lacks() {
    let (disk, records) = log_of(&[100, 200, 300]);
    let ends: Vec<usize> = flushes(&disk.bytes()).iter().map(|flush| flush.at).collect();
    for (what, from) in [("whole", CHUNK_LEN), ("without the last", ends[2]), ("one flush", ends[1])] {
        let twin = with_a_twin(&disk, |twin| twin[from..].fill(0));
        let swapped = Disk::holding(twin.bytes().rchunks(CHUNK_LEN).flatten().copied().collect());
        for disk in [twin, swapped] {
            let (found, replayed) = read(&disk, SMALL).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(found == records, "{what}");
            goes_on(&disk, &replayed, &found, from);
        }
    }
    let gap = with_a_twin(&disk, |twin| twin[ends[0]..ends[1]].fill(0));
    assert!(read(&gap, SMALL).unwrap().0 == records, "a copy with a gap");
    gap.change(|bytes| bytes[ends[1]] ^= 1);
    assert_eq!(
        kind(read(&gap, SMALL)),
        Some(ErrorKind::Corrupt),
        "what the copy says was durable is missing"
    );
}

#[test]
fn two_chunks_of_one_number_that_are_no_copies_are_refused() {
    let (disk, _) = log_of(&[100, 100]);
    let twin = with_a_twin(&disk, |twin| {
        let head = ChunkHead { salt: [7; 16], ..ChunkHead::decode(twin).unwrap() };
        twin[..BLOCK_LEN].copy_from_slice(&head.encode());
        let flush = FlushHead { salt: [7; 16], ..flushes(twin)[0].head };
        put_flush(twin, BLOCK_LEN, &flush, &[0; 8]);
    });
    assert_eq!(kind(read(&twin, SMALL)), Some(ErrorKind::Corrupt));
}

#[test]
fn a_chunk_that_is_there_twice_but_was_let_go_of_harms_nobody() {
    let (disk, records) = log_of(&[100, 100]);
    let wal = resume(&disk, SMALL, &read(&disk, SMALL).unwrap().1).unwrap();
    let from = switch(&wal);
    let seq = records.len() as u64;
    commit(&wal, &[record(seq + 1, 10)]).unwrap();
    disk.change(|bytes| {
        bytes.extend_from_within(..CHUNK_LEN);
        let twin = bytes.len() - CHUNK_LEN;
        let head = ChunkHead { salt: [7; 16], ..ChunkHead::decode(bytes).unwrap() };
        bytes[twin..twin + BLOCK_LEN].copy_from_slice(&head.encode());
        let flush = FlushHead { salt: [7; 16], ..flushes(&bytes[..CHUNK_LEN])[0].head };
        put_flush(bytes, twin + BLOCK_LEN, &flush, &[0; 8]);
    });
    assert_eq!(kind(read(&disk, SMALL)), Some(ErrorKind::Corrupt));
    let (found, _) = read_from(&disk, SMALL, behind(from, seq), NO_SWITCH).unwrap();
    assert!(found == [record(seq + 1, 10)]);
}

#[test]
fn a_chunk_of_another_size_is_refused() {
    let (disk, _) = log_of(&[100]);
    disk.change(|bytes| {
        let head = ChunkHead::decode(bytes).unwrap();
        let other = ChunkHead { chunk_bytes: 2 * SMALL, ..head };
        bytes[..BLOCK_LEN].copy_from_slice(&other.encode());
    });
    assert_eq!(kind(read(&disk, SMALL)), Some(ErrorKind::Corrupt));
}

#[test]
fn a_payload_that_looks_like_a_flush_is_a_payload() {
    let (disk, _) = log_in(ROOMY, &[10]);
    let known = flushes(&disk.bytes()).remove(0);
    let liar = FlushHead { lsn: 99, durable_lsn: 98, manifest_version: 9, chunk_seq: 50, ..known.head };
    let mut notes = vec![0; 2 * BLOCK_LEN];
    let inside = BLOCK_LEN - FLUSH_HEAD - HEAD_LEN;
    put_flush(&mut notes, inside, &liar, b"");
    let outer = WriteSet::new(usize::MAX).seal(&notes).stamp(2, 0);
    let spliced = with_one_more(&disk, &outer, |_| {});
    let (found, _) = read(&spliced, ROOMY).unwrap();
    assert!(found[1][..] == outer[..]);
    spliced.change(|bytes| bytes[known.at + BLOCK_LEN] ^= 1);
    assert_eq!(kind(read(&spliced, ROOMY)), Some(ErrorKind::Corrupt), "the liar stands where it can be seen");
}

#[test]
fn many_blocks_that_claim_to_be_long_flushes_are_read_once() {
    const CHUNK: u32 = 1 << 20;
    let (disk, _) = log_in(CHUNK, &[10]);
    let known = flushes(&disk.bytes()).remove(0).head;
    disk.change(|bytes| {
        for at in (3 * BLOCK_LEN..bytes.len()).step_by(BLOCK_LEN) {
            let payload_len = (bytes.len() - at - FLUSH_HEAD) as u32;
            let mut block = vec![0; BLOCK_LEN];
            FlushHead { payload_len: 0, lsn: 99, durable_lsn: 98, ..known }.write(&mut block);
            block[64..68].copy_from_slice(&payload_len.to_le_bytes());
            bytes[at..at + BLOCK_LEN].copy_from_slice(&block);
        }
    });
    let before = disk.counts().reads;
    assert_eq!(read(&disk, CHUNK).unwrap().0.len(), 1);
    let reads = disk.counts().reads - before;
    assert!(reads < 20, "{reads} reads for one chunk");
}

#[test]
fn what_has_to_be_kept_for_repeating_is_what_is_not_attested() {
    let (disk, records) = log_in(ROOMY, &[3000; 200]);
    let (_, replayed) = read(&disk, ROOMY).unwrap();
    assert!(replayed.tail == records[199..], "{} records", replayed.tail.len());
    let (disk, records) = unsynced_log_of(&[3000; 200]);
    let (_, replayed) = read(&disk, SMALL).unwrap();
    assert!(replayed.tail == records);
}

/// Measures; run with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn how_long_a_full_log_takes() {
    const CHUNK: u32 = 4 << 20;
    for size in [3000, 1 << 20] {
        let disk = Disk::empty();
        let wal = create(&disk, CHUNK);
        let mut seq = 0;
        while wal.live_bytes() < 64 << 20 {
            seq += 1;
            commit(&wal, &[record(seq, size)]).unwrap();
        }
        let start = std::time::Instant::now();
        assert_eq!(read(&disk, CHUNK).unwrap().0.len() as u64, seq);
        eprintln!("{seq} commits of {size} bytes in {:?}", start.elapsed());
    }
}
