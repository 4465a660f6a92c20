//! Eight threads move money between accounts, computed from what they read, and are killed while they do.
//!
//! The sum never changes: not for a reader beside them, not after any kill.

use std::sync::atomic::{AtomicBool, Ordering};

use nexuslite::simulation::{Change, EngineKind, Store, Tree, View};
use nexuslite::{Durability, Error, ErrorKind};

use crate::child;
use crate::dice::{Dice, mix};
use crate::images::expect_sound;
use crate::model::read;
use crate::report::say;

const ACCOUNTS: u64 = 40;
const EACH: i64 = 1000;
const TELLERS: u64 = 8;
const ROUNDS: u64 = 30;
const BANK: Tree = Tree::Records(1);
/// How many transfers each teller made.
const LEDGER: Tree = Tree::Index(2);

fn account(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

fn balance(view: &View, number: u64) -> Result<i64, Error> {
    Ok(view.get(BANK, &account(number))?.map_or(0, |bytes| read(&bytes)))
}

fn sum(view: &View) -> i64 {
    let accounts = view.entries(BANK).expect("the accounts");
    assert_eq!(accounts.len() as u64, ACCOUNTS, "accounts");
    accounts.iter().map(|(_, bytes)| read(bytes)).sum()
}

fn open_accounts(store: &Store) {
    let view = store.view().expect("a view");
    if view.entries(BANK).expect("the accounts").is_empty() {
        let credit = |number| Change::Put(BANK, account(number), EACH.to_le_bytes().to_vec());
        let all: Vec<Change> = (0..ACCOUNTS).map(credit).collect();
        store.commit(&all, Durability::Full).expect("a commit");
    }
}

/// One transfer, computed from a view that may be old by the time it is committed.
fn transfer(store: &Store, teller: u64, dice: &mut Dice) -> Result<u64, Error> {
    let view = store.view()?;
    let (from, to) = (dice.below(ACCOUNTS), dice.below(ACCOUNTS));
    let amount = dice.between(1, 50) as i64;
    let (rich, poor) = (balance(&view, from)?, balance(&view, to)?);
    let name = teller.to_be_bytes().to_vec();
    let made = view.get(LEDGER, &name)?.map_or(0, |bytes| read(&bytes)) + 1;
    let mut changes = vec![Change::Put(LEDGER, name, made.to_le_bytes().to_vec())];
    if from != to && rich >= amount {
        changes.push(Change::Put(BANK, account(from), (rich - amount).to_le_bytes().to_vec()));
        changes.push(Change::Put(BANK, account(to), (poor + amount).to_le_bytes().to_vec()));
    }
    store.commit_on(&view, &changes, Durability::Full)?;
    Ok(made as u64)
}

fn serve(store: &Store, teller: u64, seed: u64) {
    let mut dice = Dice::new(mix(seed, teller));
    loop {
        match transfer(store, teller, &mut dice) {
            Ok(made) => child::tell(&format!("{teller} {made}")),
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            Err(error) => panic!("teller {teller}: {error}"),
        }
    }
}

#[test]
fn bank_child() {
    let Some((store, seed)) = child::task() else { return };
    open_accounts(&store);
    let is_wrong = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for teller in 0..TELLERS {
            let store = &store;
            scope.spawn(move || serve(store, teller, seed));
        }
        while !is_wrong.load(Ordering::Relaxed) {
            let found = sum(&store.view().expect("a view"));
            if found != EACH * ACCOUNTS as i64 {
                child::tell(&format!("a reader found {found}"));
                is_wrong.store(true, Ordering::Relaxed);
            }
            std::thread::yield_now();
        }
    });
}

#[test]
fn bank_sum_is_constant_under_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in [EngineKind::Wasp, EngineKind::Log] {
        let path = folder.path().join(format!("bank {kind:?}.db"));
        let (mut dice, mut transfers) = (Dice::new(7), 0);
        let mut made = vec![0; TELLERS as usize];
        for round in 0..ROUNDS {
            let (seed, lines) = (mix(round, 5 + kind as u64), dice.between(1, 250));
            for line in child::kill_after(child::start("bank::bank_child", &path, kind, seed), lines) {
                let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
                let [teller, count] = numbers[..] else { panic!("{kind:?}, round {round}: {line}") };
                made[teller as usize] = made[teller as usize].max(count);
                transfers += 1;
            }
            let store =
                Store::open(&child::setup(&path, kind, mix(seed, 1))).expect("it opens after the kill");
            let view = store.view().expect("a view");
            assert_eq!(sum(&view), EACH * ACCOUNTS as i64, "{kind:?}, round {round}: TORN");
            for (teller, acknowledged) in made.iter().enumerate() {
                let name = (teller as u64).to_be_bytes();
                let found =
                    view.get(LEDGER, &name).expect("the ledger").map_or(0, |bytes| read(&bytes)) as u64;
                assert!(found >= *acknowledged, "{kind:?}, round {round}: LOST: {found} of {acknowledged}");
            }
            expect_sound(&store).unwrap_or_else(|wrong| panic!("{kind:?}, round {round}: {wrong}"));
        }
        say(&format!("bank: {ROUNDS} kills of {kind:?}, {transfers} acknowledged transfers"));
    }
}
