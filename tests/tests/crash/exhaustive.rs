//! A small life in which nothing is left to chance: every call of it, every way a power cut can fall there.
//!
//! Where so many sectors are pending that not all subsets can be looked at, those are that are at most two
//! sectors away from all or from nothing, and some of the rest.

use std::collections::HashSet;

use nexuslite::simulation::{EngineKind, Setup, Store, Switches, Tree};
use nexuslite::vfs::simulated::{CrashImages, CrashStyle, Fill, Replay, SimulatedDisk};
use nexuslite::{Durability, simulation::Change};

use crate::dice::mix;
use crate::images::expect_sound;
use crate::model::Model;
use crate::oracle::{History, look};
use crate::plan::DB;
use crate::report::say;

const TREE: Tree = Tree::Index(1);
/// Sectors of which every subset is looked at.
const BITS: u32 = 10;
/// Sectors that a number of an image can stand for.
const BITS_MAX: u32 = 62;
const SAMPLES: u64 = 64;

fn setup(disk: &SimulatedDisk, kind: EngineKind, seed: u64) -> Setup {
    Setup {
        kind,
        seed,
        path: DB.into(),
        wal_bytes: 32 << 10,
        switches: Switches::default(),
        ..Setup::small(disk.vfs())
    }
}

struct Life {
    disk: SimulatedDisk,
    store: Store,
    model: Model,
    history: History,
}

impl Life {
    fn commit(&mut self, changes: &[Change]) {
        self.model.apply(changes);
        let seq =
            self.history.submit(self.disk.operations(), Durability::Full, changes.to_vec(), &self.model);
        assert_eq!(self.store.commit(changes, Durability::Full).expect("a commit"), seq);
        self.history.promise(self.disk.operations(), seq);
    }

    fn checkpoint(&self) {
        self.store.checkpoint().expect("a checkpoint");
    }
}

fn key(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

/// Three commits: one that lets both files grow, one behind a checkpoint, which uses the log's first chunk again,
/// and one that empties the store, so that the files shrink.
fn live(kind: EngineKind) -> (SimulatedDisk, History) {
    let disk = SimulatedDisk::new();
    let store = Store::open(&setup(&disk, kind, 1)).expect("a new store");
    let mut life = Life { disk, store, model: Model::default(), history: History::default() };
    life.commit(
        &(0..70).map(|number| Change::Put(TREE, key(number), vec![number as u8; 2000])).collect::<Vec<_>>(),
    );
    life.checkpoint();
    life.commit(&[Change::Put(TREE, key(0), vec![99; 60])]);
    life.checkpoint();
    life.commit(&(0..69).map(|number| Change::Delete(TREE, key(number))).collect::<Vec<_>>());
    life.checkpoint();
    while life.store.step().expect("a step") {}
    life.store.close().expect("a clean close");
    (life.disk, life.history)
}

/// Large values that the log only refers to: one that a checkpoint takes in, one that is replaced before that, one
/// for which the file grows and that recovery finds.
fn live_large() -> (SimulatedDisk, History) {
    let disk = SimulatedDisk::new();
    let setup = Setup { large_value_bytes: 5_000, ..setup(&disk, EngineKind::Wasp, 1) };
    let store = Store::open(&setup).expect("a new store");
    let mut life = Life { disk, store, model: Model::default(), history: History::default() };
    let put = |number: u64, len: usize| Change::Put(TREE, key(number), vec![number as u8 + len as u8; len]);
    life.commit(&[put(0, 5_000)]);
    life.commit(&[put(1, 6_000), put(2, 60)]);
    life.commit(&[put(1, 5_500)]);
    life.checkpoint();
    life.commit(&[put(0, 6_500), put(3, 5_100)]);
    life.checkpoint();
    life.commit(&[put(4, 120_000)]);
    life.commit(&[Change::Delete(TREE, key(3)), put(4, 5_200)]);
    life.checkpoint();
    life.checkpoint();
    life.commit(&[put(5, 5_300)]);
    life.store.close().expect("a clean close");
    (life.disk, life.history)
}

struct Search<'a> {
    kind: EngineKind,
    history: &'a History,
    seen: HashSet<(u64, u64)>,
    images: u64,
    whole: u64,
    cuts: u64,
}

impl Search<'_> {
    fn cut(&mut self, replay: &Replay) {
        let call = replay.position();
        self.cuts += 1;
        if let Some(images) = replay.images_exhaustive(BITS, Fill::Noise) {
            self.whole += 1;
            (0..images.total()).for_each(|number| self.look(call, &images, number));
            return;
        }
        if let Some(images) = replay.images_exhaustive(BITS_MAX, Fill::Zeros) {
            nearly_all_or_nothing(images.total()).for_each(|number| self.look(call, &images, number));
        }
        for n in 0..SAMPLES {
            let image = replay.image(mix(call, n), CrashStyle::SECTORS);
            self.judge(call, &format!("sample {n}"), &image);
        }
    }

    fn look(&mut self, call: u64, images: &CrashImages, number: u64) {
        if let Some(image) = images.image(number) {
            self.judge(call, &format!("image {number} of {}", images.total()), &image);
        }
    }

    fn judge(&mut self, call: u64, what: &str, image: &SimulatedDisk) {
        let floor = self.history.floor(call);
        if !self.seen.insert((image.durable_hash(), floor)) {
            return;
        }
        self.images += 1;
        if let Err(wrong) = self.examine(call, image) {
            panic!("{:?}, call {call}, {what}: {wrong}", self.kind);
        }
    }

    fn examine(&self, call: u64, image: &SimulatedDisk) -> Result<(), String> {
        let open = |nonce| {
            let store = Store::open(&setup(image, self.kind, mix(call, nonce)));
            store.map_err(|e| format!("it does not open: {e}"))
        };
        let store = open(1)?;
        let seen = look(&store, &self.history.trees)?;
        self.history.judge(call, seen)?;
        expect_sound(&store)?;
        drop(store);
        let again = look(&open(2)?, &self.history.trees)?;
        if again == seen { Ok(()) } else { Err(format!("then commit {} was found", again.seq)) }
    }
}

/// The numbers with at most two bits that differ from none, or from all.
fn nearly_all_or_nothing(total: u64) -> impl Iterator<Item = u64> {
    let bits = total.next_power_of_two().trailing_zeros();
    let all = total - 1;
    (0..bits)
        .flat_map(move |first| (first..bits).map(move |second| 1_u64 << first | 1 << second))
        .chain([0])
        .flat_map(move |few| [few, all & !few])
        .filter(move |number| *number < total)
}

/// Cuts the power at every call of a life; answers at how many cuts every subset was looked at.
fn search(what: &str, kind: EngineKind, (disk, history): &(SimulatedDisk, History)) -> u64 {
    let mut search = Search { kind, history, seen: HashSet::new(), images: 0, whole: 0, cuts: 0 };
    let mut replay = disk.replay();
    for call in replay.cut_points() {
        search.cut(replay.seek(call));
    }
    let Search { images, whole, cuts, .. } = search;
    say(&format!("exhaustive: {what}: {images} images, every subset at {whole} of {cuts} cuts"));
    whole
}

#[test]
fn exhaustive_power_cuts_of_a_small_life() {
    for kind in [EngineKind::Wasp, EngineKind::Log] {
        let whole = search(&format!("{kind:?}"), kind, &live(kind));
        assert!(whole > 20, "hardly any cut had few sectors pending");
    }
}

#[test]
fn exhaustive_power_cuts_of_a_life_with_large_values() {
    let whole = search("large values", EngineKind::Wasp, &live_large());
    assert!(whole > 20, "hardly any cut had few sectors pending");
}
