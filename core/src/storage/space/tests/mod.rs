mod model;

use std::collections::BTreeSet;

use super::*;
use crate::error::ErrorKind;
use crate::storage::page::seeded::{Dice, with_seeds};

fn run(first: u64, pages: u64) -> PageRun {
    PageRun::new(first, pages)
}

/// A file of `pages` pages, all but the reserved ones ready.
fn empty_file(pages: u64) -> Space {
    let mut space = Space::new(FIRST_PAGE);
    space.grow_to(pages);
    space
}

fn ready(space: &Space) -> BTreeSet<u64> {
    space.ready.iter().flat_map(|run| run.first..run.end()).collect()
}

#[test]
fn a_freed_page_waits_for_both_slots_and_for_whoever_can_see_it() {
    let check = |version, pinned: &[u64], birth, death, want| {
        let rule = ReuseRule::new(version, pinned.to_vec());
        assert_eq!(
            rule.admits(birth, death),
            want,
            "version {version}, pinned {pinned:?}, [{birth}, {death})"
        );
    };
    check(9, &[], 3, 7, true);
    check(8, &[], 3, 7, false);
    check(7, &[], 3, 7, false);
    check(9, &[2], 3, 7, true);
    check(9, &[3], 3, 7, false);
    check(9, &[6], 3, 7, false);
    check(9, &[7], 3, 7, true);
    check(9, &[8, 2, 7], 3, 7, true);
    check(9, &[8, 2, 5, 7], 3, 7, false);
    check(9, &[7, 6], 7, 7, true);
    check(8, &[], 7, 7, false);
    check(9, &[], 3, u64::MAX, false);
}

#[test]
fn the_rule_that_is_too_early_differs_by_exactly_one_version() {
    let check = |version, pinned: &[u64], want| {
        let rule = ReuseRule::new(version, pinned.to_vec()).too_early();
        assert_eq!(rule.admits(3, 7), want, "version {version}, pinned {pinned:?}");
    };
    check(8, &[], true);
    check(7, &[], false);
    check(8, &[5], false);
}

#[test]
fn room_is_found_at_the_lowest_address_that_has_it() {
    // Ready: 5, 7-8, 10-12, 20-27, 30-45.
    let space = || {
        let mut space = Space::new(50);
        for (first, pages) in [(5, 1), (7, 2), (10, 3), (20, 8), (30, 16)] {
            space.give_back(run(first, pages)).unwrap();
        }
        space
    };
    let check = |pages, want| assert_eq!(space().allocate(pages), want, "{pages} pages");
    check(1, Some(5));
    check(2, Some(7));
    check(3, Some(10));
    check(4, Some(20));
    check(8, Some(20));
    check(9, Some(30));
    check(16, Some(30));
    check(17, None);
    check(0, None);
    check(u64::MAX, None);
}

#[test]
fn neighbours_merge_whatever_the_order_they_come_back_in() {
    let check = |order: [u64; 4]| {
        let mut space = Space::new(FIRST_PAGE + 4);
        order.into_iter().for_each(|page| space.give_back(run(FIRST_PAGE + page, 1)).unwrap());
        assert_eq!(space.ready.iter().collect::<Vec<_>>(), [run(FIRST_PAGE, 4)], "{order:?}");
    };
    check([0, 1, 2, 3]);
    check([3, 2, 1, 0]);
    check([0, 2, 1, 3]);
    check([1, 3, 0, 2]);
}

#[test]
fn giving_back_what_is_not_in_use_is_noticed() {
    let mut space = empty_file(20);
    let first = space.allocate(8).unwrap();
    space.free(run(first, 2), 1, 2).unwrap();
    space.claim(run(first + 6, 2)).unwrap();
    let check = |result: crate::Result<()>, want: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal, "{error}");
        assert!(error.message().contains(want), "{error}");
    };
    check(space.free(run(first + 1, 1), 1, 2), "waiting to be free");
    check(space.free(run(first + 1, 2), 1, 2), "waiting to be free");
    check(space.give_back(run(first + 8, 1)), "already free");
    check(space.free(run(first + 5, 2), 1, 2), "already claimed");
    check(space.settle(run(first + 3, 1)), "not claimed");
    check(space.unclaim(run(first + 6, 1)), "not claimed");
    check(space.give_back(run(0, 1)), "cannot be freed");
    check(space.give_back(run(19, 2)), "cannot be freed");
    check(space.give_back(run(first + 3, 0)), "cannot be freed");
    check(space.free(run(first + 3, 1), 3, 2), "version 2 frees page");
}

#[test]
fn the_tail_is_what_is_ready_at_the_end_and_nothing_else() {
    let mut space = empty_file(40);
    assert_eq!(space.tail_start(), FIRST_PAGE);
    let first = space.allocate(20).unwrap();
    assert_eq!(space.tail_start(), first + 20);
    space.free(run(first + 18, 2), 1, 4).unwrap();
    assert_eq!(space.tail_start(), first + 20, "dying pages cannot be cut");
    assert!(space.clone().truncate(first + 19).is_err());
    space.release(&ReuseRule::new(5, vec![]));
    assert_eq!(space.tail_start(), first + 20);
    space.release(&ReuseRule::new(6, vec![3]));
    assert_eq!(space.tail_start(), first + 20, "nor pinned ones");
    space.release(&ReuseRule::new(6, vec![4]));
    assert_eq!(space.tail_start(), first + 18);
    space.truncate(first + 18).unwrap();
    assert_eq!((space.file_pages(), space.ready.pages(), space.tail_start()), (first + 18, 0, first + 18));
}

#[test]
fn a_small_file_grows_little_and_a_large_one_by_a_part_of_itself() {
    let check = |file_pages, wanted, grown: u64| {
        assert_eq!(Space::new(file_pages).growth_for(wanted), file_pages + grown, "{file_pages}, {wanted}");
    };
    check(5, 1, 16);
    check(5, 16, 16);
    check(5, 17, 17);
    check(320, 1, 160);
    check(8_000, 1, 4000);
    check(10_000_000, 1, 4096);
    check(10_000_000, 5000, 5000);
    let mut space = empty_file(21);
    assert_eq!(space.growth_for(20), 21 + 16, "what is ready at the end counts");
    space.allocate(10).unwrap();
    assert_eq!(space.growth_for(40), 21 + 34);
}

#[test]
fn claimed_pages_are_persisted_as_free_and_claimed_again() {
    let mut space = empty_file(30);
    let extent = run(space.allocate(4).unwrap(), 4);
    space.claim(extent).unwrap();
    let mut reopened = Space::decode(&space.encode(7), 7, 30).unwrap();
    assert_eq!(reopened.ready.pages(), 25);
    assert_eq!(reopened.ready.iter().count(), 1, "merged with their neighbours");
    reopened.claim_at(extent, 30).unwrap();
    assert!(reopened.is_claimed(extent) && !reopened.is_claimed(run(extent.first, 3)));
    let mut refuse = |claim: PageRun, pages: u64| {
        assert_eq!(reopened.claim_at(claim, pages).unwrap_err().kind(), ErrorKind::Corrupt, "{claim}");
    };
    refuse(extent, 30);
    refuse(run(28, 4), 30);
    refuse(run(3, 4), 30);
    refuse(run(20, 0), 30);
    refuse(run(20, u64::MAX), 30);
    reopened.claim_at(run(28, 4), 40).unwrap();
    assert_eq!(reopened.file_pages(), 32, "the file had grown for it");
    reopened.settle(extent).unwrap();
    assert_eq!(reopened.tail_start(), 32, "what is claimed is not cut off");
    reopened.unclaim(run(28, 4)).unwrap();
    assert_eq!(reopened.tail_start(), extent.end());
}

#[test]
fn a_map_says_what_the_trees_contradict() {
    let mut space = empty_file(30);
    let used = run(space.allocate(10).unwrap(), 10);
    space.free(run(5, 2), 1, 2).unwrap();
    space.give_back(run(7, 1)).unwrap();
    let check = |reachable: &[(u64, u64, &'static str)], want: &[&str]| {
        let owned: Vec<Owned<'_>> =
            reachable.iter().map(|(first, pages, owner)| Owned { run: run(*first, *pages), owner }).collect();
        assert_eq!(space.check(&owned), want, "{reachable:?}");
    };
    assert_eq!(used, run(5, 10));
    check(&[(8, 7, "tree 1")], &[]);
    check(&[(12, 3, "tree 2"), (8, 4, "tree 1")], &[]);
    check(&[(8, 6, "tree 1")], &["page 14: belongs to nothing, and is not free"]);
    check(&[], &["pages 8 to 14: belongs to nothing, and is not free"]);
    check(&[(8, 5, "tree 1"), (12, 3, "tree 2")], &["page 12: belongs to tree 1, and belongs to tree 2"]);
    check(&[(8, 8, "tree 1")], &["page 15: belongs to tree 1, and is free"]);
    check(
        &[(6, 9, "tree 1")],
        &["page 6: is waiting to be free, and belongs to tree 1", "page 7: belongs to tree 1, and is free"],
    );
    check(
        &[(4, 1, "tree 1"), (8, 7, "tree 2")],
        &["page 4: belongs to the header and the manifests, and belongs to tree 1"],
    );
    check(
        &[(8, 7, "tree 1"), (40, 2, "tree 2")],
        &[
            "pages 30 to 39: belongs to nothing, and is not free",
            "pages 40 to 41: belongs to tree 2, but the file has only 30 pages",
        ],
    );
    space.claim(run(14, 1)).unwrap();
    let tree = |pages| [Owned { run: run(8, pages), owner: "tree 1" }];
    assert_eq!(space.check(&tree(6)), [""; 0]);
    let shared = "page 14: belongs to tree 1, and is claimed by a commit that only the log holds";
    assert_eq!(space.check(&tree(7)), [shared]);
}

#[test]
fn a_map_survives_its_encoding() {
    with_seeds("a_map_survives_its_encoding", 50, |dice| {
        let (space, version) = scattered(dice, 2000);
        let bytes = space.encode(version);
        let decoded = Space::decode(&bytes, version, space.file_pages()).unwrap();
        assert_eq!(ready(&decoded), ready(&space));
        assert_eq!(decoded.dying, space.dying);
        assert_eq!(decoded.encode(version), bytes);
        assert!(space.encoded_len_max(version) >= bytes.len() as u64);
    });
}

/// A map of some hundred runs, and a version after all of their deaths.
fn scattered(dice: &Dice, file_pages: u64) -> (Space, u64) {
    let mut space = Space::new(file_pages);
    let version = 100 + dice.below(1 << 40);
    let mut page = FIRST_PAGE;
    while page < file_pages - 10 {
        let pages = 1 + dice.below(9);
        match dice.below(4) {
            0 => space.give_back(run(page, pages)).unwrap(),
            1 => {
                let death = version - dice.below(3);
                space.free(run(page, pages), death - dice.below(90), death).unwrap();
            }
            _ => {}
        }
        page += pages;
    }
    (space, version)
}

#[test]
fn a_map_of_another_version_or_length_is_refused() {
    let space = empty_file(30);
    let bytes = space.encode(7);
    let check = |bytes: &[u8], version, pages, want: &str| {
        let error = Space::decode(bytes, version, pages).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.message().contains(want), "{error}");
    };
    check(&bytes, 8, 30, "of version 7, not 8");
    check(&bytes, 7, 31, "pages: 30, not 31");
    check(&bytes[..20], 7, 30, "shorter than its head");
    check(&bytes[..bytes.len() - 1], 7, 30, "ends inside a run");
    check(&[&bytes[..], &[0]].concat(), 7, 30, "goes on for 1 bytes");
    let with = |count: u8, runs: &[u8]| {
        let mut bytes = bytes[..24].to_vec();
        bytes[16] = count;
        bytes.extend_from_slice(runs);
        bytes
    };
    check(&with(1, &[4, 1, 0]), 7, 30, "run of 1 pages");
    check(&with(1, &[5, 0, 0]), 7, 30, "run of 0 pages");
    check(&with(1, &[5, 26, 0]), 7, 30, "run of 26 pages");
    check(&with(2, &[5, 1, 0, 0, 25, 0]), 7, 30, "run of 25 pages");
    check(&with(1, &[5, 1, 8, 1]), 7, 30, "version 8 freed page 5");
    check(&with(1, &[5, 1, 3, 4]), 7, 30, "version 3 freed page 5 at the age of 4");
    check(&with(1, &[0xFF; 11]), 7, 30, "number over 64 bits");
    check(&with(255, &[5, 1, 0]), 7, 30, "ends inside a run");
    assert!(Space::decode(&with(1, &[5, 25, 0]), 7, 30).is_ok());
}

#[test]
fn garbage_is_never_taken_for_a_map_that_lies_outside_the_file() {
    with_seeds("garbage_is_never_taken_for_a_map_that_lies_outside_the_file", 300, |dice| {
        let (space, version) = scattered(dice, 200);
        let mut bytes = space.encode(version);
        for _ in 0..1 + dice.below(4) {
            let at = dice.below(bytes.len() as u64) as usize;
            match dice.below(3) {
                0 => bytes[at] ^= 1 << dice.below(8),
                1 => bytes.truncate(at.max(1)),
                _ => bytes.splice(at..at, dice.bytes(5)).for_each(drop),
            }
        }
        if let Ok(decoded) = Space::decode(&bytes, version, 200) {
            assert!(ready(&decoded).into_iter().all(|page| (FIRST_PAGE..200).contains(&page)));
            assert!(decoded.free_pages() <= 200 - FIRST_PAGE);
        }
        let noise = dice.bytes(dice.below(300) as usize);
        let _ = Space::decode(&noise, dice.next(), dice.next());
    });
}

#[test]
fn tens_of_thousands_of_runs_are_no_burden() {
    let mut space = Space::new(200_000);
    (0..40_000).for_each(|n| space.free(run(FIRST_PAGE + 4 * n, 2), 1, 2).unwrap());
    space.release(&ReuseRule::new(4, vec![]));
    assert_eq!(space.ready.iter().count(), 40_000);
    assert_eq!(space.allocate(3), None);
    (0..40_000).for_each(|_| assert!(space.allocate(2).is_some()));
    assert_eq!(space.ready.pages(), 0);
}
