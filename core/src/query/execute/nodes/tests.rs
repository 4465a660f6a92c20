use std::collections::BTreeSet;
use std::sync::Arc;

use super::record_set::{RECORD_BYTES, RecordSet};
use crate::base::{Budget, Claim};
use crate::collection::RecordId;
use crate::document::tests::random::Dice;

/// The ids that are in all of `walks`, taken stretch by stretch; how many stretches there were.
fn in_all(walks: &[Vec<u64>], bytes_max: usize) -> (Vec<u64>, usize) {
    let (mut found, mut stretches, mut from) = (Vec::new(), 0, Some(RecordId(0)));
    while let Some(begin) = from {
        let mut set = RecordSet::new(begin, bytes_max, Claim::on(&Arc::new(Budget::new(0))));
        let (first, others) = walks.split_first().unwrap();
        first.iter().for_each(|id| set.gather(RecordId(*id)));
        set.close();
        for other in others {
            other.iter().for_each(|id| set.meet(RecordId(*id)));
            set.keep_met();
        }
        assert!(set.bytes_held() <= bytes_max.max(2 * RECORD_BYTES), "{} bytes", set.bytes_held());
        from = set.end();
        assert!(from.is_none_or(|from| from > begin), "the next stretch begins behind this one");
        found.extend(set.into_records().into_iter().map(|record| record.0));
        stretches += 1;
    }
    (found, stretches)
}

#[test]
fn a_set_of_records_holds_what_all_walks_lead_to() {
    let check = |walks: &[&[u64]], expected: &[u64]| {
        let walks: Vec<Vec<u64>> = walks.iter().map(|walk| walk.to_vec()).collect();
        assert_eq!(in_all(&walks, 1 << 20), (expected.to_vec(), 1), "{walks:?}");
        assert_eq!(in_all(&walks, 0).0, expected, "{walks:?}");
    };
    check(&[&[], &[1, 2]], &[]);
    check(&[&[1, 2], &[]], &[]);
    check(&[&[5, 1, 5, 9], &[9, 9, 4, 1]], &[1, 9]);
    check(&[&[0, u64::MAX], &[u64::MAX, 0]], &[0, u64::MAX]);
    check(&[&[3, 2, 1], &[0, 1, 2, 3, 4], &[4, 3, 2]], &[2, 3]);
    check(&[&[7]], &[7]);
}

#[test]
fn a_set_of_records_is_right_in_any_order_and_any_memory() {
    let mut dice = Dice::new(7);
    let mut most = 0;
    for round in 0..400 {
        let (count, spread) = (dice.below(400), 1 + dice.below(1000));
        let ascends = dice.below(2) == 0;
        let walks: Vec<Vec<u64>> = (0..2 + dice.below(2))
            .map(|_| {
                let mut walk: Vec<u64> = (0..count).map(|_| dice.below(spread)).collect();
                if ascends {
                    walk.sort_unstable();
                }
                walk
            })
            .collect();
        let sets = walks.iter().map(|walk| walk.iter().copied().collect::<BTreeSet<u64>>());
        let wanted = sets.reduce(|all, other| all.intersection(&other).copied().collect()).unwrap();
        let (found, stretches) = in_all(&walks, dice.below(6000) as usize);
        assert!(found.iter().eq(&wanted), "round {round}: {walks:?} gave {found:?}");
        most = most.max(stretches);
    }
    assert!(most > 10, "no set was taken in more than {most} stretches");
}
