//! A life of a collection with indexes: written to while indexes are built, cancelled, dropped and renamed with it.
//!
//! One thread lives it, so it can be lived again: who writes while an index is built does so where the building
//! tells how far it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use nexuslite::base::{ManualClock, SeededEntropy};
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::vfs::simulated::SimulatedDisk;
use nexuslite::{CancelToken, Collection, Database, EngineKind, ErrorKind, IndexOptions, Options};

use crate::dice::{Dice, mix};

pub(crate) const STEPS: u64 = 36;
pub(crate) const NAMES: [&str; 2] = ["posts", "renamed"];
/// Documents of a larger life would only make it slower.
const DOCUMENTS_MAX: usize = 220;

/// The documents, by `_id`.
pub(crate) type Documents = BTreeMap<i32, Arc<Document>>;

/// What a power cut may leave, and between which calls of the disk it came to be.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) name: &'static str,
    pub(crate) documents: Documents,
    pub(crate) begun: u64,
    /// None when it was never acknowledged.
    pub(crate) acknowledged: Option<u64>,
}

/// An index that came or went.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) index: usize,
    pub(crate) is_there: bool,
    pub(crate) begun: u64,
    pub(crate) acknowledged: u64,
}

/// What was going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doing {
    /// Documents are written, and the entries of the indexes there are.
    Writing,
    /// An index is built, and nobody writes.
    Building,
    /// A document is written while an index is built.
    WritingBesideBuilding,
    /// An index is given up half built.
    Cancelling,
    Dropping,
    Renaming,
    /// A checkpoint, an opening, a close.
    Other,
}

/// All that is known of a life.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) moments: Vec<Moment>,
    pub(crate) turns: Vec<Turn>,
    /// The disk's next call when each thing began.
    pub(crate) doings: Vec<(u64, Doing)>,
    /// What went wrong without any power cut.
    pub(crate) faults: Vec<String>,
}

/// The indexes that come and go: what each is.
pub(crate) const INDEXES: [fn() -> (Document, IndexOptions); 7] = [
    || (doc! { "n": 1 }, IndexOptions::new().name("0")),
    || (doc! { "text": -1 }, IndexOptions::new().name("1")),
    || (doc! { "tags": 1 }, IndexOptions::new().name("2")),
    || (doc! { "u": 1 }, IndexOptions::new().name("3").unique(true)),
    || (doc! { "n": -1 }, IndexOptions::new().name("4").partial_filter(doc! { "n": { "$gte": 50 } })),
    || (doc! { "o.p": 1 }, IndexOptions::new().name("5").sparse(true)),
    || (doc! { "tags": -1, "n": 1 }, IndexOptions::new().name("6")),
];
/// The place of the unique one.
pub(crate) const UNIQUE: usize = 3;

#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) disk: SimulatedDisk,
    pub(crate) engine: EngineKind,
    pub(crate) history: History,
}

/// The part of a life that whoever writes beside a building shares with it.
#[derive(Debug)]
struct Notes {
    disk: SimulatedDisk,
    dice: Dice,
    history: History,
    next_id: i32,
}

struct Session {
    engine: EngineKind,
    seed: u64,
    openings: u64,
    notes: Arc<Mutex<Notes>>,
    db: Option<Database>,
    /// Which of `INDEXES` are there.
    there: [bool; INDEXES.len()],
}

/// Opens the database of a life on a disk. `nonce` is what is random about it.
pub(crate) fn open(disk: &SimulatedDisk, engine: EngineKind, nonce: u64) -> nexuslite::Result<Database> {
    let options = Options::new()
        .engine(engine)
        .background(false)
        .page_bytes(8192)
        .wal_chunk_bytes(64 << 10)
        .wal_bytes(192 << 10)
        .memtable_bytes(48 << 10)
        .transaction_bytes_max(64 << 10)
        .cache_entries(8)
        .clock(Arc::new(ManualClock::new(1_700_000_000_000)))
        .entropy(Arc::new(SeededEntropy::new(nonce)))
        .vfs(disk.vfs());
    Database::open_with("/life.db", options)
}

pub(crate) fn live(seed: u64) -> Life {
    let engine = if seed.is_multiple_of(4) { EngineKind::Log } else { EngineKind::Wasp };
    let first = Moment { name: NAMES[0], documents: Documents::new(), begun: 0, acknowledged: Some(0) };
    let history = History { moments: vec![first], turns: Vec::new(), doings: Vec::new(), faults: Vec::new() };
    let disk = SimulatedDisk::new();
    let notes = Notes { disk: disk.clone(), dice: Dice::new(mix(seed, 11)), history, next_id: 0 };
    let notes = Arc::new(Mutex::new(notes));
    let there = [false; INDEXES.len()];
    let mut session = Session { engine, seed, openings: 0, notes: Arc::clone(&notes), db: None, there };
    session.open();
    for _ in 0..STEPS {
        session.step();
    }
    session.close();
    drop(session);
    let notes = Arc::into_inner(notes).expect("nobody builds any more").into_inner().expect("notes");
    Life { disk, engine, history: notes.history }
}

impl Session {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().expect("notes")
    }

    fn open(&mut self) {
        self.openings += 1;
        let nonce = mix(self.seed, self.openings);
        let disk = self.notes().note(Doing::Other);
        self.db = Some(open(&disk, self.engine, nonce).expect("the database opens"));
    }

    fn close(&mut self) {
        self.notes().note(Doing::Other);
        let db = self.db.take().expect("an open database");
        self.notes().expect_sound(&db);
        db.close().expect("a clean close");
    }

    fn db(&self) -> &Database {
        self.db.as_ref().expect("an open database")
    }

    fn collection(&self) -> Collection {
        self.db().collection(self.notes().last().name)
    }

    fn step(&mut self) {
        let roll = self.notes().dice.below(22);
        match roll {
            0..=8 => self.notes().write(&self.db().clone(), Doing::Writing),
            9..=14 => self.create(),
            15..=16 => self.drop_one(),
            17 => self.rename(),
            18 => {
                self.notes().note(Doing::Other);
                self.db().checkpoint().expect("a checkpoint");
            }
            19 => {
                self.notes().note(Doing::Other);
                while self.db().step().expect("a step") {}
            }
            _ => {
                self.close();
                self.open();
            }
        }
    }

    /// Builds an index, sometimes with a writer beside it, and sometimes not to its end.
    fn create(&mut self) {
        let missing: Vec<usize> = (0..INDEXES.len()).filter(|at| !self.there[*at]).collect();
        if missing.is_empty() {
            return self.drop_one();
        }
        let (index, has_writer, ends_after) = {
            let dice = &mut self.notes().dice;
            (dice.pick(&missing), dice.one_in(2), if dice.one_in(4) { Some(dice.below(3)) } else { None })
        };
        let (key, options) = INDEXES[index]();
        let (token, notes, db) = (CancelToken::new(), Arc::clone(&self.notes), self.db().clone());
        let (stop, calls) = (token.clone(), Mutex::new(0));
        let doing = if ends_after.is_some() { Doing::Cancelling } else { Doing::Building };
        let options = options.cancel_with(token).on_progress(move |_, _| {
            let mut calls = calls.lock().expect("a count");
            if ends_after == Some(*calls) {
                stop.cancel();
            }
            *calls += 1;
            if has_writer {
                let mut notes = notes.lock().expect("notes");
                notes.write(&db, Doing::WritingBesideBuilding);
                notes.note(doing);
            }
        });
        let begun = self.notes().note(doing).operations();
        match self.collection().create_index_with(key, &options) {
            Ok(_) => {
                self.there[index] = true;
                self.notes().turn(index, true, begun);
            }
            Err(error) if error.kind() == ErrorKind::Cancelled && ends_after.is_some() => {}
            Err(error) => self.notes().history.faults.push(format!("index {index}: {error}")),
        }
    }

    fn drop_one(&mut self) {
        let present: Vec<usize> = (0..INDEXES.len()).filter(|at| self.there[*at]).collect();
        if present.is_empty() {
            return;
        }
        let index = self.notes().dice.pick(&present);
        let begun = self.notes().note(Doing::Dropping).operations();
        self.collection().drop_index(&index.to_string()).expect("an index to drop");
        self.there[index] = false;
        self.notes().turn(index, false, begun);
    }

    fn rename(&mut self) {
        let last = self.notes().last().clone();
        if !self.db().list_collection_names().expect("names").contains(&last.name.to_owned()) {
            return;
        }
        let name = if last.name == NAMES[0] { NAMES[1] } else { NAMES[0] };
        self.notes().begin(Moment { name, ..last.clone() }, Doing::Renaming);
        self.db().rename_collection(last.name, name, false).expect("a free name");
        self.notes().acknowledge();
    }
}

impl Notes {
    fn note(&mut self, doing: Doing) -> SimulatedDisk {
        self.history.doings.push((self.disk.operations(), doing));
        self.disk.clone()
    }

    fn last(&self) -> &Moment {
        self.history.moments.last().expect("a first moment")
    }

    fn begin(&mut self, moment: Moment, doing: Doing) {
        let begun = self.note(doing).operations();
        self.history.moments.push(Moment { begun, acknowledged: None, ..moment });
    }

    fn acknowledge(&mut self) {
        let now = self.disk.operations();
        self.history.moments.last_mut().expect("a moment that began").acknowledged = Some(now);
    }

    fn turn(&mut self, index: usize, is_there: bool, begun: u64) {
        let acknowledged = self.disk.operations();
        self.history.turns.push(Turn { index, is_there, begun, acknowledged });
    }

    fn expect_sound(&mut self, db: &Database) {
        self.history.faults.extend(db.check().expect("a check").faults);
    }

    /// One transaction of a few inserts, updates or deletes.
    fn write(&mut self, db: &Database, doing: Doing) {
        let before = self.last().clone();
        let mut after = before.documents.clone();
        let roll = if after.len() > DOCUMENTS_MAX { 9 } else { self.dice.below(10) };
        let low = self.dice.below(90) as i32;
        let hit = doc! { "n": { "$gte": low, "$lt": low + 12 } };
        let is_hit = |document: &Document| (low..low + 12).contains(&document.get_i32("n").unwrap_or(-1));
        match roll {
            0..=5 => {
                let new: Vec<Document> = (0..self.dice.between(1, 30)).map(|_| self.document()).collect();
                after.extend(new.iter().map(|new| (id(new), Arc::new(new.clone()))));
                self.begin(Moment { documents: after, ..before.clone() }, doing);
                db.transaction(|tx| tx.collection(before.name).insert_many(new.clone()).map(drop))
            }
            6..=8 => {
                let (text, tags) = (self.text(), self.tags());
                for document in after.values_mut().filter(|document| is_hit(document)) {
                    let document = Arc::make_mut(document);
                    let n = document.get_i32("n").unwrap_or(0) + 1;
                    document.extend(doc! { "n": n, "text": &text, "tags": tags.clone() });
                }
                self.begin(Moment { documents: after, ..before.clone() }, doing);
                let change = doc! { "$inc": { "n": 1 }, "$set": { "text": text, "tags": tags } };
                db.transaction(|tx| tx.collection(before.name).update_many(hit.clone(), &change).map(drop))
            }
            _ => {
                after.retain(|_, document| !is_hit(document));
                self.begin(Moment { documents: after, ..before.clone() }, doing);
                db.transaction(|tx| tx.collection(before.name).delete_many(hit.clone()).map(drop))
            }
        }
        .expect("a commit");
        self.acknowledge();
    }

    fn document(&mut self) -> Document {
        self.next_id += 1;
        let mut document = doc! {
            "_id": self.next_id,
            "n": self.dice.below(100) as i32,
            "u": format!("unique {}", self.next_id),
            "text": self.text(),
            "tags": self.tags(),
        };
        if self.dice.one_in(3) {
            document.insert("o", doc! { "p": self.dice.below(5) as i32 });
        }
        document
    }

    fn text(&mut self) -> String {
        let letter = ["a", "b", "c"][self.dice.below(3) as usize];
        letter.repeat(self.dice.between(20, 260) as usize)
    }

    fn tags(&mut self) -> Bson {
        match self.dice.below(6) {
            0 => Bson::Null,
            1 => Bson::String("one".to_owned()),
            2 => Bson::Array(Vec::new()),
            _ => Bson::Array(
                (0..self.dice.between(1, 4)).map(|_| Bson::Int32(self.dice.below(9) as i32)).collect(),
            ),
        }
    }
}

pub(crate) fn id(document: &Document) -> i32 {
    document.get_i32("_id").expect("an int32 _id")
}
