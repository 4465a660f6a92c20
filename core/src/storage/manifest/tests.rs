use std::path::Path;

use super::header::FoundHeader;
use super::layout::{BLOCK_LEN, DIRECTORY_LEN_MAX, FIRST_VERSION, HEADER_LEN, block_page};
use super::*;
use crate::error::ErrorKind;
use crate::storage::LogPosition;
use crate::storage::page::ExtentPtr;
use crate::storage::page::recording::{Asked, RecordingFile};
use crate::storage::page::seeded::{Dice, with_seeds};
use crate::vfs::VfsFile;
use xxhash_rust::xxh3::xxh3_128;

const PAGE: usize = 8192;

fn path() -> &'static Path {
    Path::new("shop.db")
}

fn header() -> Header {
    Header::new(EngineKind::Wasp, PAGE, 4 << 20, [7; 16], 1_700_000_000_000)
}

fn manifest(version: u64) -> Manifest {
    Manifest {
        version,
        seq: version * 10,
        clean: version.is_multiple_of(3),
        file_pages: 100 + version,
        directory: vec![version as u8; 40],
        free_map: Some(ExtentPtr {
            page: 50,
            pages: 2,
            birth: version,
            len: 9000,
            hash: u128::from(version) << 70,
        }),
        segments: None,
        log: LogPosition { chunk_seq: 3, lsn: version, chain: !version },
        trees: 4,
        written_ms: -5,
    }
}

/// A database whose newest versions are `versions`, written in that order.
fn database(versions: &[u64]) -> RecordingFile {
    let file = RecordingFile::new();
    create(&file, path(), &header(), LogPosition::default()).unwrap();
    versions.iter().for_each(|version| write(&file, &manifest(*version)));
    file
}

fn write(file: &RecordingFile, manifest: &Manifest) {
    write_manifest(file, path(), &header(), manifest).unwrap();
}

fn chosen(file: &RecordingFile) -> crate::Result<Chosen> {
    choose(&read_manifests(file, path(), &header())?, path())
}

fn block(version: u64, copy: u64) -> usize {
    block_page(version % 2, copy) as usize * PAGE
}

/// Overwrites part of the file, and gives the block or header copy there a checksum that is right.
fn forge(file: &RecordingFile, start: usize, len: usize, at: usize, bytes: &[u8]) {
    let mut copy = file.bytes()[start..start + len].to_vec();
    copy[at..at + bytes.len()].copy_from_slice(bytes);
    let hash = xxh3_128(&copy[..len - 16]);
    copy[len - 16..].copy_from_slice(&hash.to_le_bytes());
    file.write_all_at(&copy, start as u64).unwrap();
}

#[test]
fn a_new_database_has_two_whole_versions() {
    let file = database(&[]);
    let found = chosen(&file).unwrap();
    assert_eq!(found.manifest, Manifest::empty(FIRST_VERSION, header().created_ms));
    assert!(found.is_whole && found.stands_without_log());
    assert_eq!(file.bytes().len() as u64, RESERVED_PAGES * PAGE as u64);
    assert_eq!(read_header(&file, path()).unwrap(), FoundHeader { header: header(), is_whole: true });
}

#[test]
fn a_file_with_a_header_has_manifests_because_the_header_comes_last() {
    let file = database(&[]);
    let asked = file.asked();
    let header_at = asked.iter().rposition(|asked| matches!(asked, Asked::Write { offset: 0, .. })).unwrap();
    let is_block = |asked: &Asked| matches!(asked, Asked::Write { len: BLOCK_LEN, .. });
    let last_block = asked.iter().rposition(is_block).unwrap();
    assert!(asked[last_block..header_at].contains(&Asked::SyncAll), "{asked:?}");
    assert_eq!(asked.last(), Some(&Asked::SyncAll));
}

#[test]
fn the_highest_version_counts_and_the_other_slot_is_not_touched() {
    let file = database(&[2, 3, 4]);
    let before = file.bytes();
    assert_eq!(chosen(&file).unwrap().manifest, manifest(4));
    write(&file, &manifest(5));
    let found = chosen(&file).unwrap();
    assert_eq!(found.manifest, manifest(5));
    assert!(found.is_whole && found.predecessor_is_whole);
    let slot_a = block(4, 0)..block(4, 1) + BLOCK_LEN;
    assert_eq!(file.bytes()[slot_a.clone()], before[slot_a]);
}

#[test]
fn torn_manifest_slot_falls_back_to_the_other() {
    let check = |what: &str, damage: &dyn Fn(&RecordingFile), version, is_whole, predecessor| {
        let file = database(&[2, 3, 4, 5]);
        damage(&file);
        let found = chosen(&file).unwrap();
        let seen = (found.manifest, found.is_whole, found.predecessor_is_whole);
        assert_eq!(seen, (manifest(version), is_whole, predecessor), "{what}");
    };
    let hit = |version, copy| move |file: &RecordingFile| file.flip(block(version, copy) + 45, 1);
    check("nothing", &|_| {}, 5, true, true);
    check("first copy torn", &hit(5, 0), 5, false, true);
    check("second copy torn", &hit(5, 1), 5, false, true);
    let both = |version| move |file: &RecordingFile| (0..2).for_each(|copy| hit(version, copy)(file));
    check("both copies torn", &both(5), 4, true, false);
    check("one copy of the older torn", &hit(4, 1), 5, true, false);
    check("both copies of the older torn", &both(4), 5, true, false);
    let emptied = |file: &RecordingFile| {
        (0..2).for_each(|copy| file.write_all_at(&[0; BLOCK_LEN], block(4, copy) as u64).unwrap());
    };
    check("the older emptied", &emptied, 5, true, false);
}

#[test]
fn a_flip_that_reached_one_copy_only_counts_but_is_not_whole() {
    let file = database(&[2, 3]);
    let newer = database(&[4]).bytes();
    let start = block(4, 1);
    file.write_all_at(&newer[start..start + BLOCK_LEN], start as u64).unwrap();
    let found = chosen(&file).unwrap();
    assert_eq!((found.manifest, found.is_whole, found.predecessor_is_whole), (manifest(4), false, true));
}

#[test]
fn no_valid_manifest_is_corrupt_and_says_why() {
    let file = database(&[2, 3]);
    for (version, copy) in [(2, 0), (2, 1), (3, 0), (3, 1)] {
        file.flip(block(version, copy) + 200, 0x10);
    }
    let error = chosen(&file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("no manifest is valid: slot A checksum differs"), "{error}");
}

#[test]
fn two_contents_of_one_version_are_corrupt() {
    let file = database(&[2, 3]);
    forge(&file, block(3, 1), BLOCK_LEN, 40, &99u64.to_le_bytes());
    let error = chosen(&file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("two copies of manifest 3"), "{error}");
}

#[test]
fn a_log_is_missed_only_when_both_slots_say_that_it_may_be_missing() {
    let check = |newest: u64, damage: Option<(u64, u64)>, want| {
        let versions: Vec<u64> = (2..=newest).collect();
        let file = database(&versions);
        damage.into_iter().for_each(|(version, copy)| file.flip(block(version, copy) + 45, 1));
        assert_eq!(chosen(&file).unwrap().stands_without_log(), want, "{newest}, {damage:?}");
    };
    check(6, None, true);
    check(6, Some((5, 0)), false);
    check(6, Some((6, 0)), true);
    check(7, None, false);
    check(8, None, false);
}

#[test]
fn blocks_of_the_wrong_place_or_database_are_not_believed() {
    let check = |damage: &dyn Fn(&RecordingFile), want: &str| {
        let file = database(&[2, 3]);
        damage(&file);
        let slots = read_manifests(&file, path(), &header()).unwrap();
        assert!(slots.b.to_string().contains(want), "{}", slots.b);
        assert_eq!(choose(&slots, path()).unwrap().manifest, manifest(2));
    };
    let both = |deed: &dyn Fn(usize)| (0..2).for_each(|copy| deed(block(3, copy)));
    check(&|file| both(&|at| file.copy_within(block(2, 0), at, BLOCK_LEN)), "belongs into the other slot");
    check(&|file| both(&|at| forge(file, at, BLOCK_LEN, 16, &[8; 16])), "of another database");
    check(&|file| both(&|at| forge(file, at, BLOCK_LEN, 0, b"ELSE")), "is not a manifest");
    check(&|file| both(&|at| forge(file, at, BLOCK_LEN, 48, &4u64.to_le_bytes())), "the file has 4 pages");
    check(
        &|file| both(&|at| forge(file, at, BLOCK_LEN, 184, &65u32.to_le_bytes())),
        "directory root of 65 bytes",
    );
    check(&|file| both(&|at| forge(file, at, BLOCK_LEN, 96, &u64::MAX.to_le_bytes())), "outside the file");
    check(&|file| both(&|at| forge(file, at, BLOCK_LEN, 96, &102u64.to_le_bytes())), "outside the file");
}

#[test]
fn a_newer_manifest_is_unsupported_not_broken() {
    let check = |at, bytes: &[u8], want: &str| {
        let file = database(&[2, 3]);
        forge(&file, block(3, 0), BLOCK_LEN, at, bytes);
        let error = chosen(&file).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(want), "{error}");
    };
    check(8, &9u32.to_le_bytes(), "format 9; known here is format 0");
    check(12, &5u32.to_le_bytes(), "unknown flags 0x5");
    check(148, &1u32.to_le_bytes(), "segments");
}

#[test]
fn no_flip_of_a_bit_makes_another_manifest() {
    with_seeds("no_flip_of_a_bit_makes_another_manifest", 400, |dice| {
        let file = database(&[2, 3, 4, 5]);
        let flips = 1 + dice.below(6);
        (0..flips).for_each(|_| file.flip(random_metadata_byte(dice), 1 << dice.below(8)));
        match chosen(&file) {
            Ok(found) => assert!([manifest(4), manifest(5)].contains(&found.manifest), "{found:?}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}"),
        }
        match read_header(&file, path()) {
            Ok(found) => assert_eq!(found.header, header()),
            Err(error) => {
                assert!([ErrorKind::Corrupt, ErrorKind::Invalid].contains(&error.kind()), "{error}");
            }
        }
    });
}

/// A byte of a header copy or of a manifest block.
fn random_metadata_byte(dice: &Dice) -> usize {
    match dice.below(6) {
        0 => dice.below(HEADER_LEN as u64) as usize,
        1 => PAGE / 2 + dice.below(HEADER_LEN as u64) as usize,
        n => (n as usize - 1) * PAGE + dice.below(BLOCK_LEN as u64) as usize,
    }
}

#[test]
fn every_single_flip_of_a_header_copy_is_survived() {
    for page_size in crate::storage::page::PAGE_SIZES {
        let header = Header { page_size, compatible: 1 << 40, read_only_compatible: 0, ..header() };
        let file = RecordingFile::new();
        header.write(&file, path()).unwrap();
        for at in 0..HEADER_LEN {
            for start in [0, page_size / 2] {
                file.flip(start + at, 4);
                let found = read_header(&file, path()).unwrap();
                assert_eq!(
                    found,
                    FoundHeader { header: header.clone(), is_whole: false },
                    "byte {}",
                    start + at
                );
                file.flip(start + at, 4);
            }
        }
    }
}

#[test]
fn what_is_not_ours_or_too_new_is_refused_by_name() {
    let check = |what: &str, file: RecordingFile, kind, want: &str| {
        let error = read_header(&file, path()).unwrap_err();
        assert_eq!(error.kind(), kind, "{what}: {error}");
        assert!(error.message().contains(want), "{what}: {error}");
    };
    let forged = |at, bytes: &[u8]| {
        let file = database(&[]);
        [0, PAGE / 2].into_iter().for_each(|start| forge(&file, start, HEADER_LEN, at, bytes));
        file
    };
    check(
        "empty",
        RecordingFile::new(),
        ErrorKind::Invalid,
        "is not a NexusLite database: it is 0 bytes long",
    );
    let other = RecordingFile::of(b"SQLite format 3\0".repeat(1000));
    check("another's", other, ErrorKind::Invalid, "is not a NexusLite database: it begins with [53, 51");
    check(
        "newer",
        forged(8, &3u32.to_le_bytes()),
        ErrorKind::Unsupported,
        "format 3; known here is format 0",
    );
    check("feature", forged(48, &[0b101]), ErrorKind::Unsupported, "not known here, bit 0, bit 2");
    check("engine", forged(20, &[9]), ErrorKind::Unsupported, "unknown engine 9");
    check("page size", forged(12, &4096u32.to_le_bytes()), ErrorKind::Unsupported, "pages of 4096 bytes");
    let torn = database(&[]);
    [0, PAGE / 2].into_iter().for_each(|start| torn.flip(start + 100, 1));
    check("torn", torn, ErrorKind::Corrupt, "both copies of the header");
    let contradictory = database(&[]);
    forge(&contradictory, PAGE / 2, HEADER_LEN, 24, &[9; 16]);
    check("contradictory", contradictory, ErrorKind::Corrupt, "contradict each other");
}

#[test]
fn features_for_readers_only_forbid_writing() {
    let with = |read_only_compatible| Header { read_only_compatible, ..header() }.expect_writable(path());
    assert!(with(0).is_ok());
    let error = with(0b1000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("bit 3"), "{error}");
}

#[test]
fn a_directory_root_that_does_not_fit_is_our_mistake() {
    let file = database(&[]);
    let fits = Manifest { directory: vec![1; DIRECTORY_LEN_MAX], ..manifest(2) };
    write(&file, &fits);
    assert_eq!(chosen(&file).unwrap().manifest, fits);
    let too_long = Manifest { directory: vec![1; DIRECTORY_LEN_MAX + 1], ..manifest(3) };
    let error = write_manifest(&file, path(), &header(), &too_long).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
}

#[test]
fn a_file_cut_within_the_blocks_is_not_read_beyond_its_end() {
    let file = database(&[2, 3]);
    file.set_len(block(3, 0) as u64 + 100).unwrap();
    let slots = read_manifests(&file, path(), &header()).unwrap();
    assert!(slots.b.to_string().contains("beyond the end"), "{}", slots.b);
    assert_eq!(choose(&slots, path()).unwrap().manifest, manifest(2));
}
