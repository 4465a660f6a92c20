//! Long readers, and the space that they and nobody else may cost.

use std::collections::BTreeSet;
use std::sync::Arc;

use nexuslite::Durability;
use nexuslite::simulation::{Change, EngineKind, Setup, Store, Tree};
use nexuslite::vfs::MemoryFs;

use crate::dice::Dice;
use crate::images::expect_sound;
use crate::oracle::{look, look_at};
use crate::report::say;

const TREE: Tree = Tree::Index(1);

fn setup(files: &MemoryFs, kind: EngineKind) -> Setup {
    Setup {
        kind,
        wal_chunk_bytes: 64 << 10,
        wal_bytes: 1 << 20,
        memtable_bytes: 256 << 10,
        ..Setup::small(Arc::new(files.clone()))
    }
}

fn put(dice: &mut Dice, keys: u64, len: usize) -> Change {
    Change::Put(TREE, dice.below(keys).to_be_bytes().to_vec(), dice.bytes(len))
}

#[test]
fn readers_see_one_state_while_ten_thousand_commits_pass() {
    for kind in [EngineKind::Wasp, EngineKind::Log] {
        let files = MemoryFs::new();
        let store = Store::open(&setup(&files, kind)).expect("a new store");
        let (mut dice, trees) = (Dice::new(1), BTreeSet::from([TREE]));
        let all = |dice: &mut Dice| {
            (0..500_u64)
                .map(|n| Change::Put(TREE, n.to_be_bytes().to_vec(), dice.bytes(300)))
                .collect::<Vec<_>>()
        };
        store.commit(&all(&mut dice), Durability::Full).expect("a commit");
        store.checkpoint().expect("a checkpoint");
        store.commit(&[put(&mut dice, 500, 300)], Durability::Full).expect("a commit");
        let view = store.view().expect("a view");
        let before = look_at(&view, &trees).expect("a state");
        let (mut wal_most, mut file_most) = (0, 0);
        for number in 0..10_000 {
            store.commit(&[put(&mut dice, 500, 300)], Durability::Full).expect("a commit");
            if number % 250 == 0 {
                assert_eq!(
                    look_at(&view, &trees).expect("an old state"),
                    before,
                    "{kind:?}, commit {number}"
                );
                wal_most = wal_most.max(store.stats().wal_bytes);
                file_most = file_most.max(store.stats().file_bytes);
            }
        }
        assert_eq!(look_at(&view, &trees).expect("an old state"), before, "{kind:?}");
        assert!(look(&store, &trees).expect("a state").seq == before.seq + 10_000);
        let (live, stats) = (500 * 308, store.stats());
        say(&format!("readers: {kind:?}: log {wal_most} at most, file {file_most}, live {live}"));
        assert!(wal_most <= 2 << 20, "{kind:?}: an old view holds up the log: {wal_most} bytes");
        if kind == EngineKind::Wasp {
            assert!(stats.checkpoints > 10, "only {} checkpoints", stats.checkpoints);
            assert!(file_most <= 4 * live + (1 << 20), "an old view holds up the pages: {file_most} bytes");
        }
        expect_sound(&store).expect("a sound store");
    }
}

/// Bytes that a file may have beside what it holds: header, manifests, and a step of growth.
const SLACK: u64 = 512 << 10;

struct Churn {
    store: Store,
    files: MemoryFs,
    dice: Dice,
    keys: u64,
    len: usize,
}

impl Churn {
    fn new(keys: u64) -> Self {
        let files = MemoryFs::new();
        let store = Store::open(&setup(&files, EngineKind::Wasp)).expect("a new store");
        let mut churn = Self { store, files, dice: Dice::new(3), keys, len: 500 };
        for first in (0..churn.keys).step_by(100) {
            let keys = first..first + 100;
            let changes: Vec<Change> = keys
                .map(|n| Change::Put(TREE, n.to_be_bytes().to_vec(), churn.dice.bytes(churn.len)))
                .collect();
            churn.store.commit(&changes, Durability::Full).expect("a commit");
        }
        churn.store.checkpoint().expect("a checkpoint");
        churn
    }

    fn live(&self) -> u64 {
        self.keys * (self.len as u64 + 8)
    }

    /// Writes `times` the data again, here and there; answers the most that the file came to.
    fn churn(&mut self, times: u64) -> u64 {
        let mut most = 0;
        for _ in 0..self.keys * times / 50 {
            let changes: Vec<Change> = (0..50).map(|_| put(&mut self.dice, self.keys, self.len)).collect();
            self.store.commit(&changes, Durability::None).expect("a commit");
            most = most.max(self.store.stats().file_bytes);
        }
        self.store.checkpoint().expect("a checkpoint");
        most.max(self.store.stats().file_bytes)
    }

    /// Nobody writes for half a minute, and the worker looks around every second.
    fn idle(&self) {
        for _ in 0..30 {
            while self.store.step().expect("a step") {}
            self.store.pass_ms(1000);
        }
    }

    fn expect_at_most(&self, bytes: u64, hundredths: u64, what: &str) {
        let (live, most) = (self.live(), self.live() * hundredths / 100 + SLACK);
        let (whole, hundredths) = (bytes / live, bytes * 100 / live % 100);
        say(&format!("space: {what}: {bytes} bytes, {whole}.{hundredths:02} times live"));
        assert!(bytes <= most, "{what}: {bytes} bytes for {live}, allowed are {most}");
    }
}

#[test]
fn readers_space_is_bounded_under_churn() {
    let mut churn = Churn::new(8_000);
    // Random writes reach most leaves between two checkpoints, so the two versions that the manifests hold and
    // the one being written hardly share a page.
    let most = churn.churn(20);
    churn.expect_at_most(most, 300, "without a reader, at most");
    churn.idle();
    churn.expect_at_most(churn.store.stats().file_bytes, 130, "without a reader, idle");
    let trees = BTreeSet::from([TREE]);
    let view = churn.store.view().expect("a view");
    let before = look_at(&view, &trees).expect("a state");
    let most = churn.churn(20);
    churn.expect_at_most(most, 400, "with an old reader, at most");
    churn.idle();
    churn.expect_at_most(churn.store.stats().file_bytes, 220, "with an old reader");
    assert_eq!(look_at(&view, &trees).expect("an old state"), before);
    drop(view);
    churn.idle();
    let one = put(&mut churn.dice, churn.keys, churn.len);
    churn.store.commit(&[one], Durability::Full).expect("a commit");
    churn.idle();
    churn.expect_at_most(churn.store.stats().file_bytes, 130, "after the reader and idle steps");
    expect_sound(&churn.store).expect("a sound store");
    churn.store.close().expect("a clean close");
    let closed = Store::open(&setup(&churn.files, EngineKind::Wasp)).expect("a store").stats().file_bytes;
    churn.expect_at_most(closed, 130, "after a clean close");
}

fn delete_most(keys: u64) {
    let mut churn = Churn::new(keys);
    for first in (0..keys).step_by(500) {
        let keys = (first..(first + 500).min(keys)).filter(|n| n % 10 != 0);
        let changes: Vec<Change> = keys.map(|n| Change::Delete(TREE, n.to_be_bytes().to_vec())).collect();
        churn.store.commit(&changes, Durability::Full).expect("a commit");
    }
    churn.keys /= 10;
    churn.store.checkpoint().expect("a checkpoint");
    churn.idle();
    let what = format!("{keys} keys, after deleting nine tenths and idle steps");
    churn.expect_at_most(churn.store.stats().file_bytes, 130, &what);
    expect_sound(&churn.store).expect("a sound store");
    churn.store.close().expect("a clean close");
    let closed = Store::open(&setup(&churn.files, EngineKind::Wasp)).expect("a store").stats().file_bytes;
    churn.expect_at_most(closed, 130, &format!("{keys} keys, after deleting and a clean close"));
}

#[test]
fn readers_space_comes_back_when_most_is_deleted() {
    [1_500, 2_000, 3_000, 5_000, 8_000].into_iter().for_each(delete_most);
}
