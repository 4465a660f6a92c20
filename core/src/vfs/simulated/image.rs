//! A disk after a crash, built as it was decided.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::SECTOR;
use super::choose::{Choice, FileChoice, sectors};
use super::dice::Dice;
use super::inode::{Change, Inode, part_of};
use super::ranges::RangeSet;
use super::state::{FileIndex, State};
use super::style::Fill;
use crate::vfs::content::Content;

/// The disk that `choice` leaves of `state`, with everything on it durable.
pub(super) fn build(state: &State, choice: &Choice) -> State {
    let mut image = State::default();
    let mut moved: BTreeMap<FileIndex, FileIndex> = BTreeMap::new();
    for (name, file) in &choice.names {
        let place = *moved.entry(*file).or_insert_with(|| {
            image.files.push(build_file(state, &state.files[*file], choice.files.get(file)));
            image.files.len() - 1
        });
        image.names.insert(Arc::clone(name), place);
    }
    image.durable_names = image.names.clone();
    image
}

fn build_file(state: &State, inode: &Inode, choice: Option<&FileChoice>) -> Arc<Inode> {
    let mut content = inode.durable.clone();
    match choice {
        None => content.set_len(inode.durable_len),
        Some(choice) => {
            let mut blank = blanks(inode, choice);
            apply(inode, choice, &mut content, &mut blank);
            content.set_len(choice.len);
            fill(state, &mut content, &blank, choice);
        }
    }
    Arc::new(Inode::settled(content))
}

/// Where the chosen length reaches beyond everything that was ever settled.
fn blanks(inode: &Inode, choice: &FileChoice) -> RangeSet {
    let mut blank = RangeSet::of(inode.durable_len..choice.len.max(inode.durable_len));
    inode.written.iter().for_each(|range| blank.remove(&range));
    blank
}

fn apply(inode: &Inode, choice: &FileChoice, content: &mut Content, blank: &mut RangeSet) {
    for piece in &choice.pieces {
        let pending = &inode.pending[piece.change];
        for range in pending.live.within(piece.range.clone()) {
            match &pending.change {
                Change::Write { offset, data } => {
                    content.write_at(part_of(data, *offset, &range), range.start);
                    blank.remove(&range);
                }
                Change::Discard => {
                    content.erase(range.start, range.end);
                    blank.insert(range);
                }
            }
        }
    }
}

fn fill(state: &State, content: &mut Content, blank: &RangeSet, choice: &FileChoice) {
    if choice.fill == Fill::Zeros {
        return;
    }
    let mut dice = Dice::new(choice.fill_seed);
    let stale = if choice.fill == Fill::Stale { stale_sources(state) } else { Vec::new() };
    let mut bytes = [0; SECTOR as usize];
    for range in blank.within(0..choice.len) {
        for sector in sectors(&range).collect::<Vec<Range<u64>>>() {
            if dice.chance(4) {
                continue;
            }
            let old = &mut bytes[..(sector.end - sector.start) as usize];
            match dice.below(stale.len() as u64) as usize {
                pick if pick < stale.len() => read_some_sector(stale[pick], old, &mut dice),
                _ => dice.noise(old),
            }
            content.write_at(old, sector.start);
        }
    }
}

/// Every file that was ever on the disk and has bytes, named or not.
fn stale_sources(state: &State) -> Vec<&Content> {
    state.files.iter().map(|inode| &inode.visible).filter(|content| content.len() > 0).collect()
}

fn read_some_sector(source: &Content, bytes: &mut [u8], dice: &mut Dice) {
    let sector = dice.below(source.len().div_ceil(SECTOR));
    bytes.fill(0);
    source.read_at(bytes, sector * SECTOR);
}
