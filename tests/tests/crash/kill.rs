//! Real files, real processes, `kill -9`: writers on several threads, killed at any moment, again and again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use nexuslite::simulation::{Change, EngineKind, Store, Tree};
use nexuslite::{Durability, ErrorKind};

use crate::child;
use crate::dice::{Dice, mix};
use crate::images::expect_sound;
use crate::model::{COUNTERS, count_key, mirror_key, read};
use crate::oracle::look;
use crate::report::say;

const ROUNDS: u64 = 100;
const WRITERS: u64 = 4;
/// Each writer keeps so many of its newest records.
const KEPT: u64 = 60;

fn records(writer: u64) -> u32 {
    writer as u32
}

/// The value of a writer's `n`-th record, from its name alone.
fn value(writer: u64, n: u64) -> Vec<u8> {
    let mut dice = Dice::new(mix(writer, n));
    let len = if dice.one_in(50) { dice.between(10_000, 90_000) } else { dice.between(1, 400) };
    dice.bytes(len as usize)
}

/// What a writer's `n`-th commit does: the newest record comes, the oldest goes, index and count follow.
fn changes(writer: u64, n: u64) -> Vec<Change> {
    let number = records(writer);
    let (trees, id) = ((Tree::Records(number), Tree::Index(number)), n.to_be_bytes().to_vec());
    let value_now = value(writer, n);
    let mut changes = vec![
        Change::Put(trees.1, mirror_key(&id, &value_now), Vec::new()),
        Change::Put(trees.0, id, value_now),
        Change::Add(COUNTERS, b"commits".to_vec(), 1),
    ];
    match n.checked_sub(KEPT) {
        None => changes.push(Change::Add(COUNTERS, count_key(number), 1)),
        Some(old) => {
            let id = old.to_be_bytes().to_vec();
            changes.push(Change::Delete(trees.1, mirror_key(&id, &value(writer, old))));
            changes.push(Change::Delete(trees.0, id));
        }
    }
    changes
}

/// How many commits of each writer the store holds; fails unless they are the first ones, each whole.
fn progress(store: &Store) -> Result<Vec<u64>, String> {
    let view = store.view().map_err(|e| e.to_string())?;
    let mut progress = Vec::new();
    for writer in 0..WRITERS {
        let held = view.entries(Tree::Records(records(writer))).map_err(|e| e.to_string())?;
        let number = |id: &[u8]| id.try_into().map_or(u64::MAX, u64::from_be_bytes);
        let next = held.last().map_or(0, |(id, _)| number(id) + 1);
        let expected = next.saturating_sub(KEPT)..next;
        let found: Vec<u64> = held.iter().map(|(id, _)| number(id)).collect();
        if !found.iter().copied().eq(expected.clone()) {
            return Err(format!("writer {writer} should have the records {expected:?}, has {found:?}"));
        }
        if let Some((id, _)) = held.iter().find(|(id, bytes)| *bytes != value(writer, number(id))) {
            return Err(format!("writer {writer}, record {}: another value", number(id)));
        }
        progress.push(next);
    }
    let counted = view.get(COUNTERS, b"commits").map_err(|e| e.to_string())?.map_or(0, |bytes| read(&bytes));
    let (sum, seq) = (progress.iter().sum::<u64>(), view.seq());
    if counted as u64 == sum && seq == sum {
        Ok(progress)
    } else {
        Err(format!("the writers have {sum} commits, {counted} were counted, {seq} numbered"))
    }
}

#[test]
fn kill_child() {
    let Some((store, _)) = child::task() else { return };
    let begun = progress(&store).expect("a state");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, begun) = (&store, &begun);
            scope.spawn(move || write(store, writer, begun[writer as usize]));
        }
    });
}

fn write(store: &Store, writer: u64, begun: u64) {
    for n in begun.. {
        let changes = changes(writer, n);
        loop {
            match store.commit(&changes, Durability::Full) {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => panic!("writer {writer}, commit {n}: {error}"),
            }
        }
        child::tell(&format!("{writer} {n}"));
    }
}

fn rounds(kind: EngineKind, rounds: u64, folder: &Path) {
    let path = folder.join(format!("{kind:?}.db"));
    let (mut dice, acknowledged) = (Dice::new(kind as u64), AtomicU64::new(0));
    let mut floor = vec![0; WRITERS as usize];
    for round in 0..rounds {
        let seed = mix(round, kind as u64);
        let most = dice.pick(&[3, 30, 150]);
        let lines = dice.between(1, most);
        for line in child::kill_after(child::start("kill::kill_child", &path, kind, seed), lines) {
            let mut numbers = line.split(' ').filter_map(|word| word.parse::<u64>().ok());
            let (Some(writer), Some(n)) = (numbers.next(), numbers.next()) else { panic!("{line} was said") };
            let acknowledged_to = &mut floor[writer as usize];
            *acknowledged_to = n + 1;
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        let store = Store::open(&child::setup(&path, kind, mix(seed, 1))).expect("it opens after the kill");
        let found = progress(&store).unwrap_or_else(|wrong| panic!("{kind:?}, round {round}: {wrong}"));
        let lost = found.iter().zip(&floor).any(|(found, floor)| found < floor);
        assert!(!lost, "{kind:?}, round {round}: LOST: {floor:?} were acknowledged, {found:?} are there");
        let trees: BTreeSet<Tree> = (0..WRITERS as u32)
            .flat_map(|number| [Tree::Records(number), Tree::Index(number)])
            .chain([COUNTERS])
            .collect();
        look(&store, &trees).unwrap_or_else(|wrong| panic!("{kind:?}, round {round}: {wrong}"));
        expect_sound(&store).unwrap_or_else(|wrong| panic!("{kind:?}, round {round}: {wrong}"));
        floor = found;
        if dice.one_in(8) {
            store.close().expect("a clean close");
        }
    }
    say(&format!("kill: {rounds} kills of {kind:?}, {} acknowledged commits", acknowledged.into_inner()));
}

#[test]
fn kill_any_time_and_every_acknowledged_commit_is_there() {
    let times = if std::env::var("NEXUSLITE_LONG").is_ok() { 10 } else { 1 };
    let folder = tempfile::tempdir().expect("a folder");
    rounds(EngineKind::Wasp, ROUNDS * times, folder.path());
    rounds(EngineKind::Log, ROUNDS * times / 4, folder.path());
}
