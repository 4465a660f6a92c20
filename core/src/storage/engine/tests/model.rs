//! Random commits against a plain map, through checkpoints, closes and kills.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{EngineConfig, EngineKind, LARGE_VALUE_MIN};
use super::{Bench, INDEX, KINDS, RECORDS, all, config};
use crate::storage::TreeId;
use crate::vfs::MemoryFs;

type Model = BTreeMap<(TreeId, Vec<u8>), Vec<u8>>;

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn key(tree: TreeId, dice: &mut Dice) -> Vec<u8> {
    let number = dice.below(400);
    match tree.is_record() {
        true => number.to_be_bytes().to_vec(),
        false => format!("{:0width$}", number, width = 1 + number as usize % 30).into_bytes(),
    }
}

fn value(dice: &mut Dice) -> Vec<u8> {
    let len = match dice.below(20) {
        0 => dice.below(60_000),
        _ => dice.below(400),
    };
    vec![dice.below(256) as u8; len as usize]
}

fn commit(bench: &Bench, model: &mut Model, dice: &mut Dice) {
    bench
        .write(|w| {
            for _ in 0..=dice.below(20) {
                let tree = if dice.below(2) == 0 { RECORDS } else { INDEX };
                let key = key(tree, dice);
                if dice.below(3) == 0 {
                    w.delete(tree, &key).unwrap();
                    model.remove(&(tree, key));
                } else {
                    let value = value(dice);
                    w.put(tree, &key, &[&value]).unwrap();
                    model.insert((tree, key), value);
                }
            }
        })
        .unwrap();
}

fn same(bench: &Bench, model: &Model, what: &str) {
    for tree in [RECORDS, INDEX] {
        let expected: super::Rows =
            model.iter().filter(|((t, _), _)| *t == tree).map(|((_, k), v)| (k.clone(), v.clone())).collect();
        assert!(all(&bench.now(), tree) == expected, "{what}, tree {tree:?}");
    }
}

fn run(seed: u64) {
    let usual = KINDS.map(|kind| (kind, LARGE_VALUE_MIN));
    for (kind, large_value_bytes) in usual.into_iter().chain([(EngineKind::Wasp, 300)]) {
        let config = EngineConfig { large_value_bytes, ..config(kind, Arc::new(MemoryFs::new())) };
        let (mut bench, mut model, mut dice) = (Bench::with(config), Model::new(), Dice(seed * 2 + 1));
        for round in 0..120 {
            commit(&bench, &mut model, &mut dice);
            bench = match dice.below(12) {
                0 => bench.reopen(),
                1 => bench.kill(),
                2 => {
                    bench.engine.checkpoint().unwrap();
                    bench
                }
                _ => bench,
            };
            if round % 10 == 0 {
                same(&bench, &model, &format!("seed {seed}, {kind:?}, round {round}"));
            }
        }
        let faults = bench.engine.check().unwrap().faults;
        assert!(faults.is_empty(), "seed {seed}, {kind:?}: {faults:?}");
    }
}

#[test]
fn random_commits_equal_a_plain_map_through_reopens() {
    match std::env::var("NEXUSLITE_SEED") {
        Ok(seed) => run(seed.parse().unwrap()),
        Err(_) => {
            for seed in 1..=12 {
                println!("replay: NEXUSLITE_SEED={seed} cargo test -p nexuslite engine::tests::model");
                run(seed);
            }
        }
    }
}
