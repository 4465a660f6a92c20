//! What a power cut did to the pending changes: decided here, carried out by `image`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::SECTOR;
use super::dice::Dice;
use super::inode::{Change, Inode, Pending};
use super::state::{FileIndex, Names, State, apply_names};
use super::style::{CrashStyle, Fate, Fill, Order, Tear};

/// One image, fully decided.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) names: Names,
    pub(super) files: BTreeMap<FileIndex, FileChoice>,
}

#[derive(Debug)]
pub(super) struct FileChoice {
    /// What got through, in the order it is applied.
    pub(super) pieces: Vec<Piece>,
    pub(super) len: u64,
    pub(super) fill: Fill,
    pub(super) fill_seed: u64,
}

/// Part of a pending change, by its place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) change: usize,
    pub(super) range: Range<u64>,
}

/// How likely things get through, in sixteenths: one throw per file finds the corners where all of one file
/// survives and nothing of another.
const LEANINGS: [u64; 6] = [0, 1, 4, 12, 15, 16];

pub(super) fn choose(state: &State, seed: u64, style: CrashStyle) -> Choice {
    let mut dice = Dice::new(seed);
    let names = choose_names(state, style, &mut dice);
    let mut files = BTreeMap::new();
    for &file in names.values() {
        let inode = &state.files[file];
        if !inode.is_settled() && !files.contains_key(&file) {
            files.insert(file, choose_file(inode, style, &mut dice));
        }
    }
    Choice { names, files }
}

fn choose_names(state: &State, style: CrashStyle, dice: &mut Dice) -> Names {
    let mut names = state.durable_names.clone();
    let leaning = dice.one_of(8, &LEANINGS);
    for change in &state.pending_names {
        if survives(style.names, style.doubtful, change.doubtful, leaning, dice) {
            apply_names(&mut names, &change.sets);
        }
    }
    names
}

fn choose_file(inode: &Inode, style: CrashStyle, dice: &mut Dice) -> FileChoice {
    let leaning = dice.one_of(8, &LEANINGS);
    let tear = match style.writes {
        Tear::Any => dice.one_of(Tear::Whole, &[Tear::Subset, Tear::Sectors, Tear::Sectors, Tear::Bytes]),
        tear => tear,
    };
    let mut pieces = Vec::new();
    for (index, change) in inode.pending.iter().enumerate() {
        let ranges = choose_ranges(change, tear, style.doubtful, leaning, dice);
        pieces.extend(ranges.into_iter().map(|range| Piece { change: index, range }));
    }
    let shuffled = match style.order {
        Order::Made => false,
        Order::Shuffled => true,
        Order::Any => dice.chance(8),
    };
    if shuffled {
        dice.shuffle(&mut pieces);
    }
    let fill = match style.fill {
        Fill::Any => dice.one_of(Fill::Zeros, &[Fill::Noise, Fill::Stale]),
        fill => fill,
    };
    FileChoice { pieces, len: choose_len(inode, style, dice), fill, fill_seed: dice.next() }
}

/// Where a pending change got through.
fn choose_ranges(
    change: &Pending,
    tear: Tear,
    doubtful: Fate,
    leaning: u64,
    dice: &mut Dice,
) -> Vec<Range<u64>> {
    let mut live: Vec<Range<u64>> = change.live.iter().collect();
    let tear = match (change.doubtful, doubtful, &change.change, tear) {
        (true, Fate::Keep, ..) => Tear::Whole,
        (true, Fate::Drop, ..) => Tear::Nothing,
        (true, Fate::Any, _, Tear::Whole | Tear::Nothing) => Tear::Subset,
        // A cut of the file is the file system's own step, not torn by sectors.
        (_, _, Change::Discard, Tear::Sectors | Tear::Bytes) => Tear::Subset,
        _ => tear,
    };
    let survived = match tear {
        Tear::Whole => true,
        Tear::Nothing => false,
        Tear::Subset | Tear::Any => dice.chance(leaning),
        Tear::Sectors => return live.into_iter().flat_map(|r| tear_at_sectors(&r, leaning, dice)).collect(),
        Tear::Bytes => {
            live.iter_mut().for_each(|range| tear_at_a_byte(range, leaning, dice));
            true
        }
    };
    if survived { live } else { Vec::new() }
}

fn tear_at_sectors(range: &Range<u64>, leaning: u64, dice: &mut Dice) -> Vec<Range<u64>> {
    let all: Vec<Range<u64>> = sectors(range).collect();
    let one = dice.below(all.len() as u64) as usize;
    let mut kept: Box<dyn FnMut(usize) -> bool + '_> = match dice.below(8) {
        0 => Box::new(|n| n < one),
        1 => Box::new(|n| n >= one),
        2 => Box::new(|n| n != one),
        3 => Box::new(|n| n == one),
        4 | 5 => {
            let survived = dice.chance(leaning);
            Box::new(move |_| survived)
        }
        6 => Box::new(|_| dice.chance(8)),
        _ => Box::new(|_| dice.chance(leaning)),
    };
    all.iter().enumerate().filter(|(n, _)| kept(*n)).map(|(_, sector)| sector.clone()).collect()
}

fn tear_at_a_byte(range: &mut Range<u64>, leaning: u64, dice: &mut Dice) {
    let at = range.start + dice.below(range.end - range.start + 1);
    match dice.below(4) {
        0 => range.start = at,
        1 if dice.chance(leaning) => {}
        _ => range.end = at,
    }
}

/// A range cut where sectors meet.
pub(super) fn sectors(range: &Range<u64>) -> impl Iterator<Item = Range<u64>> + use<> {
    let (mut at, end) = (range.start, range.end);
    std::iter::from_fn(move || {
        let start = at;
        at = ((start / SECTOR + 1) * SECTOR).min(end);
        (start < end).then_some(start..at)
    })
}

fn choose_len(inode: &Inode, style: CrashStyle, dice: &mut Dice) -> u64 {
    let mut lens = vec![inode.durable_len];
    let lost = |doubtful: bool| match style.doubtful {
        Fate::Drop => doubtful,
        Fate::Keep | Fate::Any => false,
    };
    lens.extend(inode.lengths.iter().filter(|length| !lost(length.doubtful)).map(|length| length.len));
    let newest = lens.len() - 1;
    let doubted = inode.lengths.last().is_some_and(|length| length.doubtful);
    let fate = match (doubted, style.doubtful) {
        (true, Fate::Any) => Fate::Any,
        (true, Fate::Keep) => Fate::Keep,
        _ => style.lengths,
    };
    let pick = match fate {
        Fate::Keep => newest,
        Fate::Drop => 0,
        Fate::Any => match dice.below(4) {
            0 => 0,
            1 => dice.below(lens.len() as u64) as usize,
            _ => newest,
        },
    };
    lens[pick]
}

fn survives(fate: Fate, doubtful_fate: Fate, doubtful: bool, leaning: u64, dice: &mut Dice) -> bool {
    match if doubtful { doubtful_fate } else { fate } {
        Fate::Keep => true,
        Fate::Drop => false,
        Fate::Any => dice.chance(leaning),
    }
}

/// The files that some choice of names can show.
pub(super) fn reachable(state: &State) -> Vec<FileIndex> {
    let pending = state.pending_names.iter().flat_map(|change| &change.sets);
    let mut files: Vec<FileIndex> = state.durable_names.values().copied().collect();
    files.extend(pending.filter_map(|(_, file): &(Arc<Path>, _)| *file));
    files.sort_unstable();
    files.dedup();
    files
}
