use std::collections::BTreeSet;

use super::super::{CrashStyle, Fill, Order, SimulatedDisk, Tear};
use super::{create, disk_with, one, open, outcomes, outcomes_of_all_styles, sectors};

#[test]
fn an_unsynced_write_is_lost_or_survives() {
    let (disk, file) = disk_with(b"old");
    file.write_all_at(b"new", 0).unwrap();
    assert_eq!(outcomes(&disk, CrashStyle::SUBSET), BTreeSet::from([b"old".to_vec(), b"new".to_vec()]));
    assert_eq!(outcomes(&disk, CrashStyle::KEEP_ALL), one(b"new".to_vec()));
    assert_eq!(outcomes(&disk, CrashStyle::DROP_ALL), one(b"old".to_vec()));
}

#[test]
fn a_synced_write_is_in_every_image() {
    let (disk, file) = disk_with(&sectors("ooo"));
    file.write_all_at(&sectors("nnn"), 0).unwrap();
    file.sync_data().unwrap();
    assert_eq!(outcomes_of_all_styles(&disk), one(sectors("nnn")));
}

#[test]
fn a_sync_covers_no_other_file() {
    let (disk, file) = disk_with(b"old");
    disk.write_file("b", b"old");
    file.write_all_at(b"new", 0).unwrap();
    let other = open(&disk, "b");
    other.write_all_at(b"new", 0).unwrap();
    other.sync_all().unwrap();
    assert_eq!(outcomes(&disk, CrashStyle::SUBSET).len(), 2);
    assert_eq!(disk.crash_image(0, CrashStyle::DROP_ALL).read_file("b").unwrap(), b"new");
}

#[test]
fn files_survive_apart_from_each_other() {
    let (disk, file) = disk_with(b"old");
    disk.write_file("b", b"old");
    file.write_all_at(b"new", 0).unwrap();
    open(&disk, "b").write_all_at(b"new", 0).unwrap();
    for style in [CrashStyle::SUBSET, CrashStyle::ANY] {
        let seen: BTreeSet<_> = super::SEEDS
            .map(|seed| disk.crash_image(seed, style))
            .map(|image| (image.read_file("a").unwrap() == b"new", image.read_file("b").unwrap() == b"new"))
            .collect();
        assert_eq!(seen.len(), 4, "{style:?}");
    }
}

#[test]
fn sync_data_keeps_the_bytes_but_not_a_new_length() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.write_all_at(&sectors("nnn"), 512).unwrap();
    file.sync_data().unwrap();
    let seen = outcomes_of_all_styles(&disk);
    assert_eq!(seen, BTreeSet::from([sectors("on"), sectors("onnn")]));
}

#[test]
fn sync_all_keeps_the_length_too() {
    for synced_before in [false, true] {
        let (disk, file) = disk_with(&sectors("oo"));
        file.write_all_at(&sectors("nnn"), 512).unwrap();
        if synced_before {
            file.sync_data().unwrap();
        }
        file.sync_all().unwrap();
        assert_eq!(outcomes_of_all_styles(&disk), one(sectors("onnn")));
    }
}

#[test]
fn a_length_survives_without_its_bytes_and_bytes_without_their_length() {
    let (disk, file) = disk_with(&sectors("o"));
    file.write_all_at(&sectors("nn"), 0).unwrap();
    let seen = outcomes(&disk, CrashStyle::SUBSET);
    let zeros = [sectors("o"), vec![0; 512]].concat();
    assert_eq!(seen, BTreeSet::from([sectors("o"), sectors("n"), sectors("nn"), zeros]));
}

#[test]
fn a_write_is_torn_at_sectors_in_any_pattern() {
    let (disk, file) = disk_with(&sectors("oooo"));
    file.write_all_at(&sectors("nnnn"), 0).unwrap();
    let seen = outcomes(&disk, CrashStyle::SECTORS);
    assert!(seen.iter().all(|image| image.chunks(512).all(|s| s == [b'o'; 512] || s == [b'n'; 512])));
    assert_eq!(seen.len(), 16, "every subset of four sectors is found");
}

#[test]
fn sectors_are_counted_from_the_start_of_the_file() {
    let (disk, file) = disk_with(&sectors("ooo"));
    file.write_all_at(&[b'n'; 600], 500).unwrap();
    let pieces: [(usize, usize); 3] = [(500, 512), (512, 1024), (1024, 1100)];
    let seen = outcomes(&disk, CrashStyle::SECTORS);
    assert_eq!(seen.len(), 8);
    for image in seen {
        assert!(pieces.iter().all(|&(from, to)| image[from..to].iter().all(|b| *b == image[from])));
    }
}

#[test]
fn a_write_is_torn_at_any_byte() {
    let (disk, file) = disk_with(&[b'o'; 1000]);
    file.write_all_at(&[b'n'; 1000], 0).unwrap();
    let seen = outcomes(&disk, CrashStyle::BYTES);
    let changes = |image: &[u8]| image.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(seen.iter().all(|image| changes(image) <= 1), "one cut a write");
    assert!(seen.len() > 100, "{} cuts", seen.len());
    assert!(seen.iter().any(|image| image.starts_with(b"n") && image.ends_with(b"o")));
    assert!(seen.iter().any(|image| image.starts_with(b"o") && image.ends_with(b"n")));
}

#[test]
fn a_later_write_survives_without_an_earlier_one() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.write_all_at(&sectors("1"), 0).unwrap();
    file.write_all_at(&sectors("2"), 512).unwrap();
    assert!(outcomes(&disk, CrashStyle::SUBSET).contains(&sectors("o2")));
}

#[test]
fn writes_to_one_place_lie_over_each_other_in_any_order() {
    let (disk, file) = disk_with(b"ooo");
    file.write_all_at(b"11", 0).unwrap();
    file.write_all_at(b"22", 1).unwrap();
    let whole = CrashStyle { writes: Tear::Whole, ..CrashStyle::SUBSET };
    assert_eq!(outcomes(&disk, whole), one(b"122".to_vec()));
    let shuffled = CrashStyle { order: Order::Shuffled, ..whole };
    assert_eq!(outcomes(&disk, shuffled), BTreeSet::from([b"122".to_vec(), b"112".to_vec()]));
}

#[test]
fn a_write_after_a_sync_never_loses_to_one_before_it() {
    let (disk, file) = disk_with(b"ooo");
    file.write_all_at(b"111", 0).unwrap();
    file.sync_data().unwrap();
    file.write_all_at(b"222", 0).unwrap();
    assert!(outcomes_of_all_styles(&disk).iter().all(|image| !image.contains(&b'o')));
}

#[test]
fn a_grown_region_holds_anything_until_its_length_is_synced() {
    let (disk, file) = disk_with(&sectors("oo"));
    disk.write_file("old", &sectors("s"));
    file.set_len(4096).unwrap();
    let tail = |fill: Fill| -> BTreeSet<u8> {
        let style = CrashStyle { fill, ..CrashStyle::KEEP_ALL };
        outcomes(&disk, style).iter().flat_map(|image| image[1024..].to_vec()).collect()
    };
    assert_eq!(tail(Fill::Zeros), one(0));
    assert_eq!(tail(Fill::Noise).len(), 256);
    assert_eq!(tail(Fill::Stale), BTreeSet::from([0, b'o', b's']));
    file.sync_data().unwrap();
    assert_eq!(tail(Fill::Noise).len(), 256, "sync_data does not settle it");
    file.sync_all().unwrap();
    assert_eq!(outcomes_of_all_styles(&disk), one([sectors("oo"), vec![0; 3072]].concat()));
}

#[test]
fn noise_lies_only_where_nothing_got_through() {
    let (disk, file) = disk_with(b"");
    file.write_all_at(&sectors("n"), 512).unwrap();
    let noisy = CrashStyle { fill: Fill::Noise, ..CrashStyle::KEEP_ALL };
    for image in outcomes(&disk, noisy) {
        assert_eq!(image[512..], sectors("n"));
    }
    let holes = CrashStyle { writes: Tear::Nothing, ..noisy };
    assert!(outcomes(&disk, holes).iter().any(|image| image[512..] != [0; 512]));
}

#[test]
fn noise_lies_where_a_file_was_cut_and_grew_again() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.set_len(512).unwrap();
    file.set_len(1024).unwrap();
    let noisy = CrashStyle { fill: Fill::Noise, ..CrashStyle::KEEP_ALL };
    let seen = outcomes(&disk, noisy);
    assert!(seen.iter().all(|image| image[..512] == sectors("o") && image[512..] != sectors("o")));
    assert!(seen.len() > 2);
}

#[test]
fn a_region_that_was_written_cut_away_and_grown_again_is_blank() {
    let (disk, file) = disk_with(b"");
    file.write_all_at(&sectors("abcd"), 0).unwrap();
    file.sync_data().unwrap();
    file.sync_all().unwrap();
    file.set_len(0).unwrap();
    file.sync_all().unwrap();
    file.set_len(2048).unwrap();
    let noisy = CrashStyle { fill: Fill::Noise, ..CrashStyle::KEEP_ALL };
    let seen = outcomes(&disk, noisy);
    for sector in 0..4 {
        let fillings: BTreeSet<&[u8]> = seen.iter().map(|image| &image[sector * 512..][..512]).collect();
        assert!(fillings.len() > 100, "{} fillings of sector {sector}", fillings.len());
    }
}

#[test]
fn bytes_synced_into_a_growing_file_are_never_noise() {
    let (disk, file) = disk_with(b"");
    file.set_len(4096).unwrap();
    file.write_all_at(&sectors("n"), 1024).unwrap();
    file.sync_data().unwrap();
    for image in outcomes_of_all_styles(&disk) {
        assert!(image.is_empty() || image[1024..1536] == sectors("n"));
    }
}

#[test]
fn a_cut_file_has_either_length_and_its_tail_old_bytes_or_blanks() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.set_len(512).unwrap();
    let blank = [sectors("o"), vec![0; 512]].concat();
    assert_eq!(
        outcomes(&disk, CrashStyle::SUBSET),
        BTreeSet::from([sectors("oo"), sectors("o"), blank.clone()])
    );
    file.sync_data().unwrap();
    assert_eq!(outcomes(&disk, CrashStyle::SUBSET).len(), 3, "sync_data does not settle the cut");
    file.set_len(1024).unwrap();
    file.sync_all().unwrap();
    assert_eq!(outcomes_of_all_styles(&disk), one(blank));
}

#[test]
fn a_synced_write_is_not_cut_away_by_an_earlier_cut_that_is_still_pending() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.set_len(0).unwrap();
    file.set_len(1024).unwrap();
    file.write_all_at(&sectors("n"), 512).unwrap();
    file.sync_data().unwrap();
    for image in outcomes_of_all_styles(&disk) {
        assert!(image.is_empty() || image[512..] == sectors("n"), "{} bytes", image.len());
    }
}

#[test]
fn a_cut_file_that_was_synced_never_shows_its_tail_again() {
    let (disk, file) = disk_with(&sectors("oo"));
    file.set_len(512).unwrap();
    file.sync_all().unwrap();
    file.set_len(1024).unwrap();
    let zeros = CrashStyle { fill: Fill::Zeros, ..CrashStyle::ANY };
    let blank = [sectors("o"), vec![0; 512]].concat();
    assert_eq!(outcomes(&disk, zeros), BTreeSet::from([sectors("o"), blank]));
}

#[test]
fn one_seed_gives_one_image_and_seeds_differ() {
    let disk = SimulatedDisk::new();
    for name in ["a", "b", "c"] {
        let file = create(&disk, name);
        file.write_all_at(&sectors("abcdefgh"), 300).unwrap();
        file.set_len(9000).unwrap();
    }
    let hashes = || super::SEEDS.map(|seed| disk.crash_image(seed, CrashStyle::ANY).durable_hash());
    assert!(hashes().eq(hashes()));
    let distinct: BTreeSet<u64> = hashes().collect();
    assert!(distinct.len() > 150, "{} of 300 images are distinct", distinct.len());
}

#[test]
fn an_image_shares_nothing_with_the_disk_it_came_from() {
    let (disk, file) = disk_with(b"old");
    let image = disk.crash_image(0, CrashStyle::KEEP_ALL);
    file.write_all_at(b"new", 0).unwrap();
    open(&image, "a").write_all_at(b"X", 1).unwrap();
    assert_eq!(disk.read_file("a").unwrap(), b"new");
    assert_eq!(image.read_file("a").unwrap(), b"oXd");
}
