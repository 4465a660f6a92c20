use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Budget, Claim, memory_bytes};

const MIB: usize = 1 << 20;

#[test]
fn work_is_granted_half_and_leaves_changes_and_pages_their_part() {
    let budget = Arc::new(Budget::new(1024 * MIB));
    let (mut one, mut other) = (Claim::on(&budget), Claim::on(&budget));
    assert!(one.cover(1), "a little is had without asking");
    assert!(one.cover(511 * MIB));
    assert!(!other.cover(2 * MIB), "one claim has nearly all of it");
    assert_eq!(budget.changes_room() / MIB, 257, "changes have what work leaves of three quarters");
    one.release();
    assert!(other.cover(2 * MIB));
    assert_eq!(budget.changes_room(), 448 * MIB);
    budget.set_changes(512 * MIB);
    assert!(one.cover(253 * MIB) && !one.cover(255 * MIB), "changes have half: a quarter is left to work");
    drop(one);
    other.insist(600 * MIB);
    assert_eq!(budget.changes_room(), 256 * MIB, "changes have a quarter whatever is insisted on");
}

#[test]
fn pages_leave_what_others_have_at_once_and_get_it_back_late() {
    let budget = Arc::new(Budget::new(64 * MIB));
    let left = Arc::new(AtomicUsize::new(usize::MAX));
    let told = Arc::clone(&left);
    budget.lend(move |bytes| told.store(bytes / MIB, Ordering::Relaxed));
    let check = |changes: usize, expected: usize| {
        budget.set_changes(changes * MIB);
        assert_eq!(left.load(Ordering::Relaxed), expected, "with {changes} MiB of changes");
    };
    check(0, 0);
    check(1, 8);
    check(4, 8);
    check(5, 16);
    check(15, 32);
    check(10, 32);
    check(8, 24);
    check(0, 8);
    let mut claim = Claim::on(&budget);
    assert!(claim.cover(9 * MIB));
    assert_eq!(left.load(Ordering::Relaxed), 16);
}

#[test]
#[cfg(target_os = "linux")]
fn a_process_has_no_more_memory_than_its_machine() {
    let told = std::fs::read_to_string("/proc/meminfo").unwrap();
    let line = told.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap();
    let machine = line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10;
    let process = memory_bytes().expect("the system tells");
    assert!((1..=machine).contains(&process), "{process} of {machine} bytes");
}

#[test]
fn a_dropped_claim_gives_back_what_it_had() {
    let budget = Arc::new(Budget::new(0));
    for _ in 0..100 {
        let mut claim = Claim::on(&budget);
        assert!(claim.cover(MIB), "the least budget has room for a mebibyte");
        claim.insist(100 * MIB);
    }
    assert!(Claim::on(&budget).cover(8 * MIB));
}
