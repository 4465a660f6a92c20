//! LMDB with a tree of documents and a tree for each index, read by our own walker over BSON.

use std::hint::black_box;
use std::ops::Bound;
use std::path::Path;

use heed::types::{Bytes, Unit};
use heed::{Database, Env, EnvFlags, EnvOpenOptions, RoTxn};
use nexuslite::document::raw::RawDoc;

use super::nexus::age;
use super::{Answer, Id, Peer, Result};
use crate::person::Person;

type Documents = Database<Bytes, Bytes>;
type Index = Database<Bytes, Unit>;

pub(crate) struct Lmdb {
    env: Env,
    people: Documents,
    by_city: Index,
    by_age: Index,
}

impl Lmdb {
    /// A writable map saves a copy of each page; commits still sync. Reading ahead would hurt random keys.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let mut options = EnvOpenOptions::new();
        options.map_size(16 << 30).max_dbs(3);
        // SAFETY: this process alone opens the folder, which lies on a local disk.
        let env = unsafe { options.flags(EnvFlags::WRITE_MAP | EnvFlags::NO_READ_AHEAD).open(folder)? };
        let mut txn = env.write_txn()?;
        let people = env.create_database(&mut txn, Some("people"))?;
        let by_city = env.create_database(&mut txn, Some("city"))?;
        let by_age = env.create_database(&mut txn, Some("age"))?;
        txn.commit()?;
        Ok(Self { env, people, by_city, by_age })
    }

    fn take(&self, txn: &RoTxn<'_>, key: &[u8], answer: &mut Answer) -> Result<()> {
        let id = &key[key.len() - 16..];
        let found = self.people.get(txn, id)?.ok_or("an entry of an index has no document")?;
        answer.add(age(black_box(found)));
        Ok(())
    }
}

impl Peer for Lmdb {
    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        let mut txn = self.env.write_txn()?;
        for person in batch {
            self.people.put(&mut txn, &person.id, &person.bson)?;
            self.by_city.put(&mut txn, &city_key(&person.city, &person.id), &())?;
            self.by_age.put(&mut txn, &age_key(person.age, &person.id), &())?;
        }
        Ok(txn.commit()?)
    }

    fn settle(&mut self) -> Result<()> {
        Ok(())
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        let txn = self.env.read_txn()?;
        Ok(self.people.get(&txn, id)?.map(age))
    }

    fn below(&mut self, score: f64) -> Result<Answer> {
        let (txn, mut answer) = (self.env.read_txn()?, Answer::default());
        for entry in self.people.iter(&txn)? {
            let (_, document) = entry?;
            if score_of(document).is_some_and(|(_, found)| found < score) {
                answer.add(age(black_box(document)));
            }
        }
        Ok(answer)
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        let (txn, mut answer) = (self.env.read_txn()?, Answer::default());
        let prefix = [city.as_bytes(), &[0]].concat();
        for entry in self.by_city.prefix_iter(&txn, &prefix)? {
            self.take(&txn, entry?.0, &mut answer)?;
        }
        Ok(answer)
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        let (txn, mut answer) = (self.env.read_txn()?, Answer::default());
        let (from, to) = (from.to_be_bytes(), to.to_be_bytes());
        for entry in self
            .by_age
            .range(&txn, &(Bound::Included(from.as_slice()), Bound::Excluded(to.as_slice())))?
            .take(limit as usize)
        {
            self.take(&txn, entry?.0, &mut answer)?;
        }
        Ok(answer)
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        let mut txn = self.env.write_txn()?;
        for id in ids {
            let mut document = self.people.get(&txn, id)?.ok_or("a document is not there")?.to_vec();
            let (at, score) = score_of(&document).ok_or("a document has no score")?;
            document[at..at + 8].copy_from_slice(&(score + 1.0).to_le_bytes());
            self.people.put(&mut txn, id, &document)?;
        }
        Ok(txn.commit()?)
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        let mut txn = self.env.write_txn()?;
        for id in ids {
            let document = RawDoc::new(self.people.get(&txn, id)?.ok_or("a document is not there")?);
            let age = i32::try_from(age(document.as_bytes()))?;
            let city = document.get("city").and_then(|city| city.as_str()).ok_or("a document has no city")?;
            let key = city_key(city, id);
            self.people.delete(&mut txn, id)?;
            self.by_city.delete(&mut txn, &key)?;
            self.by_age.delete(&mut txn, &age_key(age, id))?;
        }
        Ok(txn.commit()?)
    }
}

fn city_key(city: &str, id: &Id) -> Vec<u8> {
    [city.as_bytes(), &[0], id].concat()
}

/// Ages are not negative, so the bytes of the number stand in its order.
fn age_key(age: i32, id: &Id) -> Vec<u8> {
    [age.to_be_bytes().as_slice(), id].concat()
}

/// Where the score of a document stands, and what it is.
pub(super) fn score_of(document: &[u8]) -> Option<(usize, f64)> {
    let value = RawDoc::new(document).get("score")?.as_bytes();
    let at = value.as_ptr() as usize - document.as_ptr() as usize;
    Some((at, f64::from_le_bytes(value.get(..8)?.try_into().ok()?)))
}
