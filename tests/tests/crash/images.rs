//! Crash images: what a power cut at any call of a workload may leave, opened and looked at.
//!
//! An image is named by a chain: a call and a seed, and for a power cut while that image is being recovered
//! another call and seed, and so on. Style and bytes follow from the seeds, so a chain can be gone again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use nexuslite::Durability;
use nexuslite::simulation::{Change, Store, Switches, Tree};
use nexuslite::vfs::simulated::{CrashStyle, Operation, OperationKind, Replay, SimulatedDisk};

use crate::dice::{Dice, mix};
use crate::model::Model;
use crate::oracle::{Seen, difference, look};
use crate::phases::{Phase, phases};
use crate::plan::Plan;
use crate::report::say;
use crate::workload::{Run, run};

/// Power cuts within power cuts.
const DEPTH_MAX: usize = 3;

/// One power cut: at which call, and how it fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    call: u64,
    seed: u64,
}

/// A failure with all that is needed to see it again.
#[derive(Debug)]
pub(crate) struct Violation {
    seed: String,
    chain: Vec<Cut>,
    what: String,
    /// The test that can go the chain again.
    test: &'static str,
}

/// The images seen so far, by all threads.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    seen: Mutex<HashSet<u64>>,
    counts: Mutex<BTreeMap<Phase, u64>>,
    looked_at: AtomicU64,
}

impl Tally {
    fn count(&self, hash: u64, phase: Phase) {
        self.looked_at.fetch_add(1, Ordering::Relaxed);
        let is_new = self.seen.lock().is_ok_and(|mut seen| seen.insert(hash));
        if let (true, Ok(mut counts)) = (is_new, self.counts.lock()) {
            *counts.entry(phase).or_default() += 1;
        }
    }

    /// How many distinct images there were.
    pub(crate) fn distinct(&self) -> u64 {
        self.counts.lock().map_or(0, |counts| counts.values().sum())
    }

    pub(crate) fn of(&self, phase: Phase) -> u64 {
        self.counts.lock().map_or(0, |counts| counts.get(&phase).copied().unwrap_or(0))
    }
}

/// How the power cut of this seed falls: mostly anyhow, sometimes with everything or nothing kept.
fn style(seed: u64) -> CrashStyle {
    match seed % 16 {
        0 => CrashStyle::DROP_ALL,
        1 => CrashStyle::KEEP_ALL,
        2 | 3 => CrashStyle::SUBSET,
        4 => CrashStyle::BYTES,
        5 | 6 => CrashStyle::SECTORS,
        7 => CrashStyle::ANY.dropping_doubtful(),
        _ => CrashStyle::ANY,
    }
}

/// How many images are taken at each cut.
fn share(phase: Phase) -> u64 {
    match phase {
        Phase::Creation | Phase::Checkpoint | Phase::Growth | Phase::Recycling | Phase::Recovery => 1,
        Phase::Commit => 3,
        Phase::LargeValue => 2,
        Phase::Shrink => 2,
    }
}

/// What may be found on an image.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// The call of the workload at which the power went.
    call: u64,
    /// At least this commit.
    floor: u64,
    /// At most this commit.
    ceiling: u64,
}

/// The search over one run.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    run: &'a Run,
    tally: &'a Tally,
    /// What was found on images that are the same bit for bit.
    known: HashMap<u64, Seen>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(run: &'a Run, tally: &'a Tally) -> Self {
        Self { run, tally, known: HashMap::new() }
    }

    /// Looks at images of every cut.
    pub(crate) fn all(&mut self) -> Result<(), Violation> {
        self.all_from(0)
    }

    /// Looks at images of every cut from call `from` on.
    pub(crate) fn all_from(&mut self, from: u64) -> Result<(), Violation> {
        if let Some(what) = &self.run.fault {
            return Err(self.violation(Vec::new(), what.clone()));
        }
        let mut replay = self.run.disk.replay();
        let (phases, first) = (phases(self.run), replay.first());
        for call in replay.cut_points().into_iter().filter(|call| *call >= from) {
            let phase = phases.get((call - first) as usize).copied().unwrap_or(Phase::Commit);
            replay.seek(call);
            for n in 0..share(phase) {
                let seed = mix(mix(self.run.plan.seed, call), n) >> 40;
                let image = replay.image(seed, style(seed));
                self.judge(&image, &mut vec![Cut { call, seed }], phase)?;
            }
        }
        Ok(())
    }

    /// Looks at a few images: right after call `first` and at the end.
    pub(crate) fn some(&mut self, first: u64) -> Result<(), Violation> {
        if let Some(what) = &self.run.fault {
            return Err(self.violation(Vec::new(), what.clone()));
        }
        let mut replay = self.run.disk.replay();
        let last = replay.last();
        for call in [first + 1, last] {
            for seed in [16, 8 + 16 * call] {
                let image = replay.seek(call).image(seed, style(seed));
                self.judge(&image, &mut vec![Cut { call, seed }], Phase::Commit)?;
            }
        }
        Ok(())
    }

    /// Goes a chain again.
    pub(crate) fn again(&mut self, chain: &[Cut]) -> Result<(), Violation> {
        let [first, rest @ ..] = chain else { return self.all() };
        let mut disk = self.run.disk.replay().seek(first.call).image(first.seed, style(first.seed));
        let mut bounds = self.bounds(first.call);
        for (depth, cut) in rest.iter().enumerate() {
            let before = disk.copy();
            let found =
                self.open(&chain[..=depth], &before, 0).map(|store| look(&store, &self.run.history.trees));
            let replay = before.replay();
            bounds = match found {
                Ok(Ok(seen)) if cut.call >= replay.last() => {
                    Bounds { floor: seen.seq, ceiling: seen.seq, ..bounds }
                }
                _ => bounds,
            };
            disk = before.replay().seek(cut.call).image(cut.seed, style(cut.seed));
        }
        for name in disk.files() {
            let len = disk.read_file(&name).map_or(0, |bytes| bytes.len());
            say(&format!("on the image: {}, {len} bytes", name.display()));
        }
        let outcome = self.examine(&disk, &mut chain.to_vec(), bounds, Phase::Recovery);
        outcome.map(drop).map_err(|(chain, what)| self.violation(chain, what))
    }

    fn judge(&mut self, image: &SimulatedDisk, chain: &mut Vec<Cut>, phase: Phase) -> Result<(), Violation> {
        let bounds = self.bounds(chain[0].call);
        let before = chain.clone();
        match catch_unwind(AssertUnwindSafe(|| self.examine(image, chain, bounds, phase))) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err((chain, what))) => Err(self.violation(chain, what)),
            Err(_) => Err(self.violation(before, "PANIC".to_owned())),
        }
    }

    fn bounds(&self, call: u64) -> Bounds {
        Bounds { call, floor: self.run.history.floor(call), ceiling: u64::MAX }
    }

    fn violation(&self, chain: Vec<Cut>, what: String) -> Violation {
        let Plan { seed, kind, death, mishap, .. } = self.run.plan;
        match death {
            None if mishap.is_some() => Violation { seed: seed.to_string(), chain, what, test: "" },
            None => Violation { seed: seed.to_string(), chain, what, test: "images" },
            Some(death) => {
                Violation { seed: format!("{seed}:{kind:?}:{death}"), chain, what, test: "deaths" }
            }
        }
    }

    /// Opens, looks, checks, opens again, sometimes goes on writing, and sometimes cuts the power on the way.
    fn examine(
        &mut self,
        image: &SimulatedDisk,
        chain: &mut Vec<Cut>,
        bounds: Bounds,
        phase: Phase,
    ) -> Result<Seen, (Vec<Cut>, String)> {
        let hash = image.durable_hash();
        if let Some(seen) = self.known.get(&hash) {
            return self.accept(*seen, bounds).map_err(|what| (chain.clone(), what));
        }
        self.tally.count(hash, phase);
        let mut dice = Dice::new(mix(hash, 3));
        let (seen, opened) = self.first_look(image, chain, bounds).map_err(|what| (chain.clone(), what))?;
        self.known.insert(hash, seen);
        self.later_looks(image, chain, seen, &mut dice).map_err(|what| (chain.clone(), what))?;
        if chain.len() < DEPTH_MAX && dice.one_in(4) {
            self.cut_recovery(&opened, chain, Bounds { ..bounds }, seen, &mut dice)?;
        }
        Ok(seen)
    }

    fn accept(&self, seen: Seen, bounds: Bounds) -> Result<Seen, String> {
        if seen.seq < bounds.floor {
            return Err(format!("LOST: commit {} was promised, found is commit {}", bounds.floor, seen.seq));
        }
        if seen.seq > bounds.ceiling {
            let (found, most) = (seen.seq, bounds.ceiling);
            return Err(format!("PHANTOM: commit {found} is found, after an opening found only {most}"));
        }
        self.run.history.judge(bounds.call, seen).map(|()| seen)
    }

    fn open(&self, chain: &[Cut], image: &SimulatedDisk, times: u64) -> Result<Store, String> {
        let nonce = chain.iter().fold(times, |nonce, cut| mix(mix(nonce, cut.call), cut.seed));
        Store::open(&self.run.plan.setup(image.vfs(), nonce)).map_err(|e| format!("DOES NOT OPEN: {e}"))
    }

    /// What the first opening finds, and the disk's calls until it returned.
    fn first_look(
        &self,
        image: &SimulatedDisk,
        chain: &[Cut],
        bounds: Bounds,
    ) -> Result<(Seen, Replay), String> {
        let store = self.open(chain, image, 0)?;
        let opened = image.replay();
        let seen = look(&store, &self.run.history.trees)?;
        if let Err(what) = self.accept(seen, bounds) {
            let state = self.run.history.model(bounds.call, seen.seq).unwrap_or_default();
            return Err(format!("{what}; {}", difference(&store, &state, &self.run.history.trees)));
        }
        expect_sound(&store)?;
        Ok((seen, opened))
    }

    /// Later openings find the same, whether the process before was killed or closed the store.
    fn later_looks(
        &self,
        image: &SimulatedDisk,
        chain: &[Cut],
        seen: Seen,
        dice: &mut Dice,
    ) -> Result<(), String> {
        let store = self.open(chain, image, 1)?;
        let again = look(&store, &self.run.history.trees)?;
        if again != seen {
            return Err(format!("UNSTABLE: commit {} was found, then commit {}", seen.seq, again.seq));
        }
        if !dice.one_in(4) {
            return Ok(());
        }
        let expected = self.go_on(&store, seen, dice)?;
        if dice.one_in(2) {
            store.close().map_err(|e| format!("it does not close: {e}"))?;
        }
        drop(store);
        let store = self.open(chain, image, 2)?;
        let found = look(&store, &self.run.history.trees)?;
        if found != expected {
            return Err(format!("LOST: commit {} after the recovery, found is {}", expected.seq, found.seq));
        }
        expect_sound(&store)
    }

    /// A few commits more.
    fn go_on(&self, store: &Store, seen: Seen, dice: &mut Dice) -> Result<Seen, String> {
        let mut expected = seen;
        let Some(tree) = self.run.history.trees.iter().find(|tree| matches!(tree, Tree::Index(2_000_000)))
        else {
            return Ok(expected);
        };
        for _ in 0..dice.between(1, 3) {
            let mut added = Model::default();
            let change = [Change::Put(*tree, dice.bytes(20), dice.bytes(300))];
            added.apply(&change);
            expected.seq =
                store.commit(&change, Durability::Full).map_err(|e| format!("it does not go on: {e}"))?;
            expected.digest = expected.digest.wrapping_add(added.digest());
        }
        if dice.one_in(3) {
            store.checkpoint().map_err(|e| format!("it does not go on: {e}"))?;
        }
        Ok(expected)
    }

    /// The power goes again while the store is being recovered, or right after.
    fn cut_recovery(
        &mut self,
        opened: &Replay,
        chain: &mut Vec<Cut>,
        bounds: Bounds,
        seen: Seen,
        dice: &mut Dice,
    ) -> Result<(), (Vec<Cut>, String)> {
        let cuts = opened.cut_points();
        if cuts.len() < 2 {
            return Ok(());
        }
        let mut replay = opened.clone();
        for _ in 0..3 {
            let (call, seed) = (dice.pick(&cuts), dice.next() >> 40);
            let bounds = match call == opened.last() {
                true => Bounds { floor: seen.seq, ceiling: seen.seq, ..bounds },
                false => bounds,
            };
            let image = replay.seek(call).image(seed, style(seed));
            chain.push(Cut { call, seed });
            self.examine(&image, chain, bounds, Phase::Recovery)?;
            chain.pop();
        }
        Ok(())
    }
}

pub(crate) fn expect_sound(store: &Store) -> Result<(), String> {
    let report = store.check().map_err(|e| format!("CHECK fails: {e}"))?;
    match report.faults.first() {
        None => Ok(()),
        Some(fault) => Err(format!("CHECK reports: {fault}")),
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chain = String::new();
        let mut styles = Vec::new();
        for cut in &self.chain {
            let comma = if chain.is_empty() { "" } else { "," };
            write!(chain, "{comma}{}/{}", cut.call, cut.seed)?;
            styles.push(style(cut.seed));
        }
        writeln!(f, "seed {}, cut {chain}: {}", self.seed, self.what)?;
        write!(f, "style {styles:?}")?;
        if self.test.is_empty() {
            return Ok(());
        }
        writeln!(f)?;
        write!(
            f,
            "replay: NEXUSLITE_SEED={} NEXUSLITE_CUT={chain} cargo test -p nexuslite-tests --test crash {}",
            self.seed, self.test
        )
    }
}

fn parse_chain(text: &str) -> Option<Vec<Cut>> {
    let parse = |part: &str| {
        let (call, seed) = part.split_once('/')?;
        Some(Cut { call: call.parse().ok()?, seed: seed.parse().ok()? })
    };
    text.split(',').filter(|part| !part.is_empty()).map(parse).collect()
}

/// Searches the runs of these seeds until something is wrong.
pub(crate) fn search(
    seeds: impl Iterator<Item = u64>,
    switches: Switches,
    tally: &Tally,
) -> Option<Violation> {
    seeds.into_iter().find_map(|seed| {
        let run = run(&Plan::of(seed, switches));
        Search::new(&run, tally).all().err()
    })
}

fn is_enough(tally: &Tally, wanted: u64) -> bool {
    tally.distinct() >= wanted && Phase::COUNTED.iter().all(|phase| tally.of(*phase) >= 1000)
}

/// Lives the life of `plan` again and goes the chain that the environment names.
pub(crate) fn again(plan: &Plan) {
    let chain = std::env::var("NEXUSLITE_CUT").unwrap_or_default();
    let chain =
        parse_chain(&chain).unwrap_or_else(|| panic!("NEXUSLITE_CUT={chain} is no chain of call/seed"));
    let run = run(plan);
    say(&format!("{:?}, {} calls", run.plan, run.disk.operations()));
    if let Some(first) = chain.first() {
        let before = |o: &&Operation| o.index <= first.call && o.kind != OperationKind::Read;
        let log = run.disk.log();
        let shown: Vec<_> = log.iter().filter(before).collect();
        shown[shown.len().saturating_sub(80)..].iter().for_each(|operation| say(&operation.to_string()));
        say(&format!("promised is commit {}", run.history.floor(first.call)));
    }
    if let Err(violation) = Search::new(&run, &Tally::default()).again(&chain) {
        panic!("{violation}");
    }
}

#[test]
fn images_hold_every_acknowledged_commit_and_nothing_else() {
    if let Ok(seed) = std::env::var("NEXUSLITE_SEED") {
        let seed = seed.parse().expect("NEXUSLITE_SEED is a number");
        return again(&Plan::of(seed, Switches::default()));
    }
    let wanted = if std::env::var("NEXUSLITE_LONG").is_ok() { 1_000_000 } else { 24_000 };
    let (tally, next, found) = (Tally::default(), AtomicU64::new(1), Mutex::new(None));
    let work = || {
        while !is_enough(&tally, wanted) && found.lock().is_ok_and(|found| found.is_none()) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if let Some(violation) = search(std::iter::once(seed), Switches::default(), &tally)
                && let Ok(mut found) = found.lock()
            {
                found.get_or_insert(violation);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    for phase in Phase::ALL {
        say(&format!("images: {:>8} while in {phase:?}", tally.of(phase)));
    }
    say(&format!("images: {:>8} distinct, of {} workloads", tally.distinct(), next.into_inner() - 1));
    if let Ok(Some(violation)) = found.into_inner() {
        panic!("{violation}");
    }
}
