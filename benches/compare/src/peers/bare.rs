//! No database: maps and one buffer in memory, and the changed bytes of each commit written over zeros and synced. It
//! is the limit of what this machine could do; nothing could be read back after a crash.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use nexuslite::document::raw::RawDoc;

use super::lmdb::score_of;
use super::nexus::age;
use super::{Answer, Id, Peer, Result};
use crate::person::Person;

/// Where the bytes of the `_id` stand: behind the lengths, the type, the name and the subtype.
const ID_AT: usize = 14;

/// The log is a ring of so many bytes.
const LOG_BYTES: usize = 64 << 20;

pub(crate) struct Bare {
    file: PathBuf,
    log: File,
    logged: usize,
    buffer: Vec<u8>,
    places: HashMap<Id, usize>,
    by_city: BTreeMap<String, BTreeSet<usize>>,
    by_age: BTreeMap<u64, BTreeSet<usize>>,
}

impl Bare {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let log = File::create(folder.join("log"))?;
        log.write_all_at(&vec![0; LOG_BYTES], 0)?;
        log.sync_all()?;
        let (buffer, places) = (Vec::new(), HashMap::new());
        let (by_city, by_age) = (BTreeMap::new(), BTreeMap::new());
        let file = folder.join("people.bytes");
        let mut bare = Self { file, log, logged: 0, buffer, places, by_city, by_age };
        if bare.file.exists() {
            let bytes = fs::read(&bare.file)?;
            let mut at = 0;
            while at < bytes.len() {
                let end = at + len_at(&bytes, at);
                bare.put(&bytes[at..end])?;
                at = end;
            }
        }
        Ok(bare)
    }

    fn put(&mut self, document: &[u8]) -> Result<()> {
        let at = self.buffer.len();
        self.buffer.extend_from_slice(document);
        self.places.insert(document[ID_AT..ID_AT + 16].try_into()?, at);
        self.by_city.entry(city(document).to_owned()).or_default().insert(at);
        self.by_age.entry(age(document)).or_default().insert(at);
        Ok(())
    }

    /// Writes the bytes of a commit and waits until they are on the device.
    fn commit(&mut self, bytes: &[u8]) -> Result<()> {
        if self.logged + bytes.len() > LOG_BYTES {
            self.logged = 0;
        }
        self.log.write_all_at(bytes, self.logged as u64)?;
        self.logged += bytes.len();
        Ok(self.log.sync_data()?)
    }

    fn at(&self, place: usize) -> &[u8] {
        &self.buffer[place..place + len_at(&self.buffer, place)]
    }
}

impl Peer for Bare {
    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        let before = self.buffer.len();
        batch.iter().try_for_each(|person| self.put(&person.bson))?;
        let bytes = self.buffer[before..].to_vec();
        self.commit(&bytes)
    }

    fn settle(&mut self) -> Result<()> {
        Ok(fs::write(&self.file, &self.buffer)?)
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        Ok(self.places.get(id).map(|place| age(self.at(*place))))
    }

    fn below(&mut self, score: f64) -> Result<Answer> {
        let (mut at, mut answer) = (0, Answer::default());
        while at < self.buffer.len() {
            let document = self.at(at);
            if score_of(document).is_some_and(|(_, found)| found < score) {
                answer.add(age(black_box(document)));
            }
            at += document.len();
        }
        Ok(answer)
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        let mut answer = Answer::default();
        for place in self.by_city.get(city).into_iter().flatten() {
            answer.add(age(black_box(self.at(*place))));
        }
        Ok(answer)
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        let (from, to, mut answer) = (u64::try_from(from)?, u64::try_from(to)?, Answer::default());
        let places = self.by_age.range(from..to).flat_map(|(_, places)| places);
        for place in places.take(limit as usize) {
            answer.add(age(black_box(self.at(*place))));
        }
        Ok(answer)
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        let mut changes = Vec::new();
        for id in ids {
            let place = *self.places.get(id).ok_or("a document is not there")?;
            let (at, score) = score_of(self.at(place)).ok_or("a document has no score")?;
            self.buffer[place + at..place + at + 8].copy_from_slice(&(score + 1.0).to_le_bytes());
            changes.extend_from_slice(self.at(place));
        }
        self.commit(&changes)
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        for id in ids {
            let place = self.places.remove(id).ok_or("a document is not there")?;
            let (city, age) = (city(self.at(place)).to_owned(), age(self.at(place)));
            self.by_city.entry(city).or_default().remove(&place);
            self.by_age.entry(age).or_default().remove(&place);
        }
        self.commit(ids.as_flattened())
    }
}

fn len_at(bytes: &[u8], at: usize) -> usize {
    let len: [u8; 4] = bytes[at..at + 4].try_into().unwrap_or_default();
    u32::from_le_bytes(len) as usize
}

fn city(document: &[u8]) -> &str {
    RawDoc::new(document).get("city").and_then(|city| city.as_str()).unwrap_or_default()
}
