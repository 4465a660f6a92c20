use std::io::ErrorKind;

use super::super::ranges::RangeSet;
use super::super::{CrashStyle, SimulatedDisk};
use super::{disk_with, one, outcomes_of_all_styles};

#[test]
fn an_edit_is_seen_and_durable_at_once() {
    let (disk, _file) = disk_with(&[0; 10]);
    disk.flip("a", 3, 7).unwrap();
    disk.overwrite("a", 8, b"xy").unwrap();
    let bytes = [0, 0, 0, 128, 0, 0, 0, 0, b'x', b'y'];
    assert_eq!(outcomes_of_all_styles(&disk), one(bytes.to_vec()));
    assert_eq!(disk.read_file("a").unwrap(), bytes);
    disk.truncate("a", 4).unwrap();
    assert_eq!(outcomes_of_all_styles(&disk), one(bytes[..4].to_vec()));
    disk.flip("a", 3, 7).unwrap();
    assert_eq!(disk.read_file("a").unwrap(), [0; 4]);
}

#[test]
fn an_edit_of_what_is_not_there_is_refused() {
    let (disk, _file) = disk_with(&[0; 10]);
    assert_eq!(disk.flip("a", 10, 0).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(disk.flip("a", 0, 8).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(disk.overwrite("a", 9, b"xy").unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(disk.flip("b", 0, 0).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(disk.read_file("b").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(disk.truncate("b", 0).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_copy_is_edited_on_its_own() {
    let (disk, file) = disk_with(&[0; 10_000]);
    file.write_all_at(&[1; 100], 5000).unwrap();
    let copy = disk.copy();
    copy.flip("a", 5000, 0).unwrap();
    assert_eq!(disk.read_file("a").unwrap()[5000], 1);
    assert_eq!(copy.read_file("a").unwrap()[5000..5002], [0, 1]);
    assert_eq!(copy.crash_image(0, CrashStyle::DROP_ALL).read_file("a").unwrap()[5001], 1);
}

#[test]
fn the_hash_tells_names_lengths_and_bytes_apart() {
    let hash_of = |files: &[(&str, &[u8])]| {
        let disk = SimulatedDisk::new();
        files.iter().for_each(|(name, bytes)| disk.write_file(name, bytes));
        disk.durable_hash()
    };
    let base = hash_of(&[("a", b"12"), ("b", b"3")]);
    assert_eq!(base, hash_of(&[("b", b"3"), ("a", b"12")]));
    for other in [
        hash_of(&[("a", b"1"), ("b", b"23")]),
        hash_of(&[("a", b"12"), ("c", b"3")]),
        hash_of(&[("a", b"12")]),
        hash_of(&[("a", b"12"), ("b", b"3\0")]),
        hash_of(&[("a", b"12"), ("b", b"4")]),
    ] {
        assert_ne!(base, other);
    }
    assert_eq!(hash_of(&[("a", &[0; 5000])]), {
        let disk = SimulatedDisk::new();
        disk.write_file("a", b"");
        disk.truncate("a", 5000).unwrap();
        disk.durable_hash()
    });
}

#[test]
fn range_sets_agree_with_a_set_of_numbers() {
    let mut dice = super::super::dice::Dice::new(5);
    for _ in 0..500 {
        let (mut ranges, mut plain) = (RangeSet::default(), [false; 40]);
        for _ in 0..12 {
            let start = dice.below(40);
            let range = start..start + dice.below(41 - start);
            let inserts = dice.chance(9);
            if inserts {
                ranges.insert(range.clone());
            } else {
                ranges.remove(&range);
            }
            plain[range.start as usize..range.end as usize].fill(inserts);
        }
        let listed: Vec<u64> = ranges.iter().flatten().collect();
        let expected: Vec<u64> = (0..40).filter(|at| plain[*at as usize]).collect();
        assert_eq!(listed, expected);
        let clipped: Vec<u64> = ranges.within(7..23).flatten().collect();
        assert_eq!(clipped, expected.into_iter().filter(|at| (7..23).contains(at)).collect::<Vec<_>>());
        let mut gaps = ranges.iter().zip(ranges.iter().skip(1));
        assert!(gaps.all(|(a, b)| a.end < b.start), "ranges that touch are one: {ranges:?}");
    }
}
