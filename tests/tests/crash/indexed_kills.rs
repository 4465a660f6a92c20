//! Real files, real processes, `kill -9`: writers on several threads while another one builds and drops indexes.

use std::collections::BTreeSet;
use std::path::Path;

use nexuslite::bson::{Document, doc};
use nexuslite::{Collection, Database, EngineKind, IndexOptions, Options};

use crate::child;
use crate::dice::{Dice, mix};
use crate::report::say;

const ROUNDS: u64 = 24;
const WRITERS: i64 = 3;
/// Each writer keeps so many of its newest documents.
const KEPT: i64 = 80;

/// The indexes, in the order in which they are built and then dropped.
const INDEXES: [fn() -> (Document, IndexOptions); 4] = [
    || (doc! { "u": 1 }, IndexOptions::new().name("0").unique(true)),
    || (doc! { "tags": -1 }, IndexOptions::new().name("1")),
    || (doc! { "n": 1 }, IndexOptions::new().name("2").partial_filter(doc! { "n": { "$gte": 10 } })),
    || (doc! { "writer": 1, "n": -1 }, IndexOptions::new().name("3")),
];

fn open(path: &Path, engine: EngineKind) -> Database {
    let options = Options::new().engine(engine).page_bytes(8192).wal_chunk_bytes(64 << 10);
    let options = options.wal_bytes(512 << 10).memtable_bytes(96 << 10).cache_entries(16);
    Database::open_with(path, options).expect("the database opens")
}

fn document(writer: i64, n: i64) -> Document {
    let mut dice = Dice::new(mix(writer as u64, n as u64));
    let text = "text ".repeat(dice.between(1, 60) as usize);
    doc! { "writer": writer, "n": n, "u": format!("{writer} {n}"), "tags": [n % 7, -writer], "text": text }
}

#[test]
fn indexed_kill_child() {
    let Some((path, engine)) = child::told() else { return };
    let db = open(&path, engine);
    let posts = db.collection("posts");
    posts.drop_indexes().expect("indexes to drop");
    let begun: Vec<i64> = (0..WRITERS).map(|writer| next(&posts, writer)).collect();
    child::tell("begin");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (db, begun) = (&db, begun[writer as usize]);
            scope.spawn(move || {
                for n in begun.. {
                    write(db, writer, n);
                }
            });
        }
        loop {
            for (name, index) in INDEXES.iter().enumerate() {
                let (key, options) = index();
                posts.create_index_with(key, &options).expect("an index");
                child::tell(&format!("index {name} built"));
            }
            for name in 0..INDEXES.len() {
                posts.drop_index(&name.to_string()).expect("an index to drop");
                child::tell(&format!("index {name} dropped"));
            }
        }
    });
}

/// The newest document comes, the oldest goes, one between changes its place in every index.
fn write(db: &Database, writer: i64, n: i64) {
    db.transaction(|tx| {
        let posts = tx.collection("posts");
        posts.insert_one(document(writer, n))?;
        posts.delete_one(doc! { "u": format!("{writer} {}", n - KEPT) })?;
        let change = doc! { "$set": { "tags": [n % 5, { "n": n }], "changed": true } };
        posts.update_one(doc! { "writer": writer, "n": n - KEPT / 2 }, change).map(drop)
    })
    .expect("a commit");
    child::tell(&format!("{writer} {n}"));
}

/// What the writer writes next.
fn next(posts: &Collection, writer: i64) -> i64 {
    let newest =
        posts.find(doc! { "writer": writer }).sort(doc! { "n": -1 }).limit(1).run().expect("a find").next();
    newest.map_or(0, |newest: nexuslite::Result<Document>| {
        newest.expect("a document").get_i64("n").expect("n") + 1
    })
}

/// What the child said before it was killed.
#[derive(Default)]
struct Said {
    /// How many times an index was built or dropped; nothing as long as those of the life before may be there.
    turns: Option<usize>,
    /// What each writer writes next, at least.
    next: [i64; WRITERS as usize],
}

impl Said {
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["begin"] => self.turns = Some(0),
            ["index", ..] => self.turns = self.turns.map(|turns| turns + 1),
            [writer, n] => {
                let writer: usize = writer.parse().expect("a writer");
                self.next[writer] = n.parse::<i64>().expect("a number") + 1;
            }
            _ => panic!("{line:?} was said"),
        }
    }

    /// Whether this index must be there, or must not; nothing when it may have been about to come or go.
    fn has(&self, index: usize) -> Option<bool> {
        let turns = self.turns?;
        let was = |turns: usize| {
            let within = turns % (2 * INDEXES.len());
            within > index && within <= index + INDEXES.len()
        };
        (was(turns) == was(turns + 1)).then(|| was(turns))
    }
}

fn judge(db: &Database, said: &Said) -> Result<Vec<i64>, String> {
    let wrong = |error: nexuslite::Error| error.to_string();
    if let Some(fault) = db.check().map_err(wrong)?.faults.first() {
        return Err(format!("CHECK reports: {fault}"));
    }
    let posts = db.collection("posts");
    let mut progress = Vec::new();
    for writer in 0..WRITERS {
        let next = next(&posts, writer);
        if next < said.next[writer as usize] {
            return Err(format!(
                "LOST: writer {writer} wrote {}, found is {next}",
                said.next[writer as usize]
            ));
        }
        let found = posts.find(doc! { "writer": writer }).sort(doc! { "n": 1 }).run().map_err(wrong)?;
        let found: Vec<i64> = found
            .map(|doc: nexuslite::Result<Document>| doc.expect("a document").get_i64("n").expect("n"))
            .collect();
        if !found.iter().copied().eq((next - KEPT).max(0)..next) {
            return Err(format!("TORN: writer {writer} has {found:?}"));
        }
        progress.push(next);
    }
    let listed = match posts.list_indexes() {
        Ok(listed) => listed,
        Err(_) if said.turns.is_none() => Vec::new(),
        Err(error) => return Err(wrong(error)),
    };
    let there: BTreeSet<usize> =
        listed.iter().filter_map(|index| index.get_str("name").ok()?.parse().ok()).collect();
    for index in 0..INDEXES.len() {
        if said.has(index).is_some_and(|has| has != there.contains(&index)) {
            return Err(format!("INDEX {index}: {there:?} are there after {:?} turns", said.turns));
        }
    }
    for index in there {
        let filter = [
            doc! { "u": { "$gte": "" } },
            doc! { "tags": { "$lt": 3 } },
            doc! { "n": { "$gt": 20 } },
            doc! { "writer": 1 },
        ];
        let count = |hint: Document| -> Result<usize, String> {
            Ok(posts.find(filter[index].clone()).hint_key(hint).run().map_err(wrong)?.count())
        };
        let (by_index, by_none) = (count(INDEXES[index]().0)?, count(doc! { "$natural": 1 })?);
        if by_index != by_none {
            return Err(format!("INDEX {index} leads to {by_index} documents of {by_none}"));
        }
    }
    Ok(progress)
}

fn rounds(engine: EngineKind, rounds: u64, folder: &Path) {
    let path = folder.join(format!("{engine:?}.db"));
    let (mut dice, mut turns, mut written) = (Dice::new(engine as u64 + 31), 0, 0);
    for round in 0..rounds {
        let most = dice.pick(&[4, 60, 250]);
        let child = child::start("indexed_kills::indexed_kill_child", &path, engine, round);
        let mut said = Said::default();
        child::kill_after(child, dice.between(1, most)).iter().for_each(|line| said.hear(line));
        turns += said.turns.unwrap_or(0);
        let db = open(&path, engine);
        let found = judge(&db, &said).unwrap_or_else(|wrong| panic!("{engine:?}, round {round}: {wrong}"));
        written = found.iter().sum();
        if dice.one_in(4) {
            db.close().expect("a clean close");
        }
    }
    assert!(turns > 0 && written > 0, "{engine:?}: {turns} turns, {written} documents");
    say(&format!(
        "indexed kills: {rounds} of {engine:?}, {turns} indexes built or dropped, {written} documents"
    ));
}

#[test]
fn killed_beside_the_building_of_indexes() {
    let times = if std::env::var("NEXUSLITE_LONG").is_ok() { 10 } else { 1 };
    let folder = tempfile::tempdir().expect("a folder");
    rounds(EngineKind::Wasp, ROUNDS * times, folder.path());
    rounds(EngineKind::Log, ROUNDS * times / 4, folder.path());
}
