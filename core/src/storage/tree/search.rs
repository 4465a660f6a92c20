//! Finding a place among ordered keys without a branch that could be guessed wrong.

use std::hint::select_unpredictable;

/// Where a key stands in a leaf, or would stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) slot: usize,
    pub(super) found: bool,
}

/// How many of `count` ordered things are `below` something: the first that is not, when all before it are.
#[inline]
pub(super) fn count_below(count: usize, below: impl Fn(usize) -> bool) -> usize {
    if count == 0 {
        return 0;
    }
    let (mut base, mut size) = (0, count);
    while size > 1 {
        let half = size / 2;
        base = select_unpredictable(below(base + half), base + half, base);
        size -= half;
    }
    base + usize::from(below(base))
}

/// The same for a question that can fail.
pub(super) fn try_count_below<E>(
    count: usize,
    mut below: impl FnMut(usize) -> Result<bool, E>,
) -> Result<usize, E> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if below(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
