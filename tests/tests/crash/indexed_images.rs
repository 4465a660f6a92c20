//! The power goes while documents and their indexes change: whatever is left, they agree.
//!
//! The documents are those of a transaction that was acknowledged, or of one that was under way; an index whose
//! creation was acknowledged is there, complete, and one that was dropped or never finished is not.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use nexuslite::bson::{Document, doc};
use nexuslite::vfs::simulated::{CrashStyle, SimulatedDisk};
use nexuslite::{Collection, Database};

use crate::dice::{Dice, mix};
use crate::indexed::{Documents, Doing, INDEXES, Life, NAMES, UNIQUE, id, live, open};
use crate::report::say;

/// Of every life so many cuts are looked at, chosen among all.
const CUTS: usize = 160;

/// How many distinct images of each kind a run looks at, at least.
const WANTED: [(Doing, u64); 5] = [
    (Doing::Writing, 800),
    (Doing::Building, 1000),
    (Doing::WritingBesideBuilding, 400),
    (Doing::Cancelling, 100),
    (Doing::Dropping, 100),
];

/// Images that were looked at.
#[derive(Debug, Default)]
struct Tally(Mutex<(HashSet<u64>, BTreeMap<Doing, u64>)>);

impl Tally {
    /// Counts an image; says whether it is new.
    fn count(&self, hash: u64, doing: Doing) -> bool {
        let mut tally = self.0.lock().expect("a tally");
        let is_new = tally.0.insert(hash);
        if is_new {
            *tally.1.entry(doing).or_default() += 1;
        }
        is_new
    }

    fn of(&self, doing: Doing) -> u64 {
        self.0.lock().expect("a tally").1.get(&doing).copied().unwrap_or(0)
    }

    fn is_enough(&self, times: u64) -> bool {
        WANTED.iter().all(|(doing, wanted)| self.of(*doing) >= wanted * times)
    }
}

fn style(seed: u64) -> CrashStyle {
    match seed % 6 {
        0 => CrashStyle::DROP_ALL,
        1 => CrashStyle::KEEP_ALL,
        2 => CrashStyle::SUBSET,
        _ => CrashStyle::ANY,
    }
}

/// What was going on at a call of the disk.
fn doing_at(life: &Life, call: u64) -> Doing {
    let before = life.history.doings.iter().rev().find(|(begun, _)| *begun <= call);
    before.map_or(Doing::Other, |(_, doing)| *doing)
}

/// Looks at images of one life.
fn search(seed: u64, tally: &Tally) -> Result<(), String> {
    let life = live(seed);
    if let Some(fault) = life.history.faults.first() {
        return Err(format!("without a power cut: {fault}\n{}", replay_line(seed, 0, 0)));
    }
    let (mut replay, mut dice) = (life.disk.replay(), Dice::new(mix(seed, 12)));
    let mut cuts = replay.cut_points();
    while cuts.len() > CUTS {
        cuts.swap_remove(dice.below(cuts.len() as u64) as usize);
    }
    cuts.sort_unstable();
    for call in cuts {
        let doing = doing_at(&life, call);
        replay.seek(call);
        let images = if matches!(doing, Doing::Other | Doing::Writing) { 1 } else { 3 };
        for n in 0..images {
            let of = mix(mix(seed, call), n) >> 40;
            let image = replay.image(of, style(of));
            if tally.count(image.durable_hash(), doing) {
                judge(&life, &image, call, of)
                    .map_err(|what| format!("{what}, while {doing:?}\n{}", replay_line(seed, call, of)))?;
            }
        }
    }
    Ok(())
}

fn replay_line(seed: u64, call: u64, image: u64) -> String {
    format!(
        "replay: NEXUSLITE_SEED={seed} NEXUSLITE_CUT={call}/{image} cargo test -p nexuslite-tests --test crash indexed"
    )
}

fn judge(life: &Life, image: &SimulatedDisk, call: u64, seed: u64) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| examine(life, image, call, seed)));
    outcome.unwrap_or_else(|_| Err("PANIC".to_owned()))
}

/// Opens, compares, cuts the power on the way sometimes, goes on sometimes.
fn examine(life: &Life, image: &SimulatedDisk, call: u64, seed: u64) -> Result<(), String> {
    let mut dice = Dice::new(mix(seed, 13));
    let db = open(image, life.engine, seed).map_err(|error| format!("DOES NOT OPEN: {error}"))?;
    let opened = image.replay();
    let seen = Seen::look(&db)?;
    seen.is_allowed(life, call)?;
    seen.finds_the_same(&db)?;
    if dice.one_in(4) {
        let cuts = opened.cut_points();
        if let Some(cut) = cuts.get(dice.below(cuts.len() as u64) as usize) {
            let again = opened.clone().seek(*cut).image(seed, style(dice.next()));
            let db = open(&again, life.engine, seed + 1)
                .map_err(|error| format!("DOES NOT OPEN AGAIN: {error}"))?;
            Seen::look(&db)?.is_allowed(life, call)?;
        }
    }
    if dice.one_in(3) {
        go_on(&db, &seen, &mut dice)?;
    }
    Ok(())
}

/// What an opening finds.
#[derive(Debug, PartialEq)]
struct Seen {
    /// None when there is no collection.
    name: Option<&'static str>,
    documents: Documents,
    indexes: Vec<usize>,
}

impl Seen {
    fn look(db: &Database) -> Result<Self, String> {
        let wrong = |error: nexuslite::Error| error.to_string();
        if let Some(fault) = db.check().map_err(wrong)?.faults.first() {
            return Err(format!("CHECK reports: {fault}"));
        }
        let names = db.list_collection_names().map_err(wrong)?;
        let name = NAMES.into_iter().find(|name| names.iter().any(|there| there == name));
        let (mut documents, mut indexes) = (Documents::new(), Vec::new());
        if let Some(name) = name {
            let found = db.collection(name).find(doc! {}).run().map_err(wrong)?;
            for document in found {
                let document: Document = document.map_err(wrong)?;
                documents.insert(id(&document), Arc::new(document));
            }
            let listed = db.collection(name).list_indexes().map_err(wrong)?;
            indexes = listed.iter().filter_map(|index| index.get_str("name").ok()?.parse().ok()).collect();
            indexes.sort_unstable();
        }
        if names.len() > 1 {
            return Err(format!("TWO NAMES: {names:?}"));
        }
        Ok(Self { name, documents, indexes })
    }

    fn is_allowed(&self, life: &Life, call: u64) -> Result<(), String> {
        let moments = &life.history.moments;
        let floor =
            moments.iter().rposition(|moment| moment.acknowledged.is_some_and(|at| at <= call)).unwrap_or(0);
        let mut possible = moments[floor..].iter().filter(|moment| moment.begun <= call);
        let is_one = possible.any(|moment| {
            moment.documents == self.documents
                && self.name.map_or(moment.documents.is_empty(), |name| name == moment.name)
        });
        if !is_one {
            let (wanted, found) = (moments[floor].documents.len(), self.documents.len());
            return Err(format!(
                "LOST OR TORN: {wanted} documents were acknowledged, {found} are found, or others"
            ));
        }
        for index in 0..INDEXES.len() {
            let turns = || life.history.turns.iter().filter(|turn| turn.index == index);
            let last = turns().rfind(|turn| turn.acknowledged <= call);
            let is_turning = turns().any(|turn| turn.begun <= call && turn.acknowledged > call);
            let (was, is) = (last.is_some_and(|turn| turn.is_there), self.indexes.contains(&index));
            if was != is && !is_turning {
                return Err(format!("INDEX {index} is there: {is}, and was: {was}"));
            }
        }
        Ok(())
    }

    /// Every index leads to what a walk over all documents finds.
    fn finds_the_same(&self, db: &Database) -> Result<(), String> {
        let Some(name) = self.name else { return Ok(()) };
        let posts = db.collection(name);
        for index in &self.indexes {
            for filter in filters(*index) {
                let found = ids(&posts, &filter, Some(&index.to_string()))?;
                let wanted = ids(&posts, &filter, None)?;
                if found != wanted {
                    return Err(format!("INDEX {index} finds {found:?} for {filter}, a walk {wanted:?}"));
                }
            }
        }
        Ok(())
    }
}

/// Filters that the index can answer.
fn filters(index: usize) -> Vec<Document> {
    match index {
        0 | 4 => vec![doc! { "n": { "$gte": 60 } }, doc! { "n": 77 }],
        1 => vec![doc! { "text": { "$gte": "b" } }],
        2 | 6 => vec![doc! { "tags": 3 }, doc! { "tags": null }, doc! { "tags": { "$gt": 6, "$lt": 3 } }],
        3 => vec![doc! { "u": { "$gt": "unique 2" } }, doc! { "u": "unique 7" }],
        _ => vec![doc! { "o.p": { "$gte": 2 } }],
    }
}

fn ids(posts: &Collection, filter: &Document, index: Option<&str>) -> Result<Vec<i32>, String> {
    let find = posts.find(filter.clone());
    let find = match index {
        Some(index) => find.hint(index),
        None => find.hint_key(doc! { "$natural": 1 }),
    };
    let found = find.run().map_err(|error| error.to_string())?;
    let mut ids: Vec<i32> = found
        .map(|document: nexuslite::Result<Document>| document.map(|document| id(&document)))
        .collect::<nexuslite::Result<_>>()
        .map_err(|error| error.to_string())?;
    ids.sort_unstable();
    Ok(ids)
}

/// After the recovery documents are written, and indexes created and dropped, as ever.
fn go_on(db: &Database, seen: &Seen, dice: &mut Dice) -> Result<(), String> {
    let wrong = |error: nexuslite::Error| format!("it does not go on: {error}");
    let posts = db.collection(seen.name.unwrap_or(NAMES[0]));
    let new = |n: i32| doc! { "_id": 1_000_000 + n, "n": n, "u": format!("new {n}"), "tags": [n, n + 1] };
    posts.insert_many((0..20).map(new)).map_err(wrong)?;
    for index in (0..INDEXES.len()).filter(|index| !seen.indexes.contains(index)) {
        let (key, options) = INDEXES[index]();
        posts.create_index_with(key, &options).map_err(wrong)?;
    }
    if dice.one_in(2) {
        db.checkpoint().map_err(wrong)?;
    }
    posts.update_many(doc! { "n": { "$lt": 10 } }, doc! { "$inc": { "n": 1 } }).map_err(wrong)?;
    if posts.insert_one(doc! { "u": "new 3" }).is_ok() {
        return Err(format!("the unique index {UNIQUE} lets a second one in"));
    }
    let after = Seen::look(db)?;
    if after.indexes.len() != INDEXES.len() || after.documents.len() != seen.documents.len() + 20 {
        return Err(format!("{} documents became {}", seen.documents.len(), after.documents.len()));
    }
    after.finds_the_same(db)?;
    posts.drop_indexes().map_err(wrong)?;
    Seen::look(db).map(drop)
}

/// Goes to the one image that the environment names.
fn again(seed: u64) -> Result<(), String> {
    let cut = std::env::var("NEXUSLITE_CUT").unwrap_or_default();
    let Some((call, image)) =
        cut.split_once('/').and_then(|(call, image)| Some((call.parse().ok()?, image.parse().ok()?)))
    else {
        return search(seed, &Tally::default());
    };
    let life = live(seed);
    say(&format!(
        "{:?}, {} calls, cut while {:?}",
        life.engine,
        life.disk.operations(),
        doing_at(&life, call)
    ));
    judge(&life, &life.disk.replay().seek(call).image(image, style(image)), call, image)
}

#[test]
fn indexed_documents_agree_with_their_indexes_after_every_power_cut() {
    if let Ok(seed) = std::env::var("NEXUSLITE_SEED") {
        let seed = seed.parse().expect("NEXUSLITE_SEED is a number");
        return again(seed).unwrap_or_else(|what| panic!("{what}"));
    }
    let times = if std::env::var("NEXUSLITE_LONG").is_ok() { 30 } else { 1 };
    let (tally, next, found) = (Tally::default(), AtomicU64::new(1), Mutex::new(None));
    let work = || {
        while !tally.is_enough(times) && found.lock().is_ok_and(|found| found.is_none()) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if let Err(what) = search(seed, &tally)
                && let Ok(mut found) = found.lock()
            {
                found.get_or_insert(what);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    for (doing, _) in WANTED {
        say(&format!("indexes: {:>6} images while {doing:?}", tally.of(doing)));
    }
    say(&format!("indexes: of {} lives", next.into_inner() - 1));
    if let Ok(Some(what)) = found.into_inner() {
        panic!("{what}");
    }
}
