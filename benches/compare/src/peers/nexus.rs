//! NexusLite as it comes, but for the size of its cache. Writes are handed raw documents, and an update that comes again
//! is written once, as the others prepare their statements once.

use std::hint::black_box;
use std::path::Path;

use nexuslite::bson::{Bson, Document, Uuid, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::convert::IntoDocument;
use nexuslite::document::raw::Value;
use nexuslite::{Collection, Database, Find, InsertManyOptions, Options};

use super::ordered::Averages;
use super::{Answer, Id, Opening, Peer, Result};
use crate::document::{age, city, score, thousandths};
use crate::person::Person;

pub(super) struct Nexus {
    database: Database,
    people: Collection,
    /// A point more.
    raise: RawDocBuf,
}

impl Nexus {
    pub(super) fn open(folder: &Path, opening: Opening) -> Result<Self> {
        let mut options = Options::new().cache_bytes(opening.cache_bytes);
        if opening.keeps_log {
            options = options.memtable_bytes(1 << 30).wal_bytes(1 << 30);
        }
        let path = folder.join("people.db");
        let is_new = !path.exists();
        let database = Database::open_with(path, options)?;
        let people = database.collection("people");
        if is_new {
            people.create_indexes([doc! { "key": { "city": 1 } }, doc! { "key": { "age": 1 } }])?;
        }
        let raise = doc! { "$inc": { "score": 1.0 } }.into_raw()?;
        Ok(Self { database, people, raise })
    }
}

impl Peer for Nexus {
    fn beside(&self) -> Result<Box<dyn Peer>> {
        let database = self.database.clone();
        let people = database.collection("people");
        Ok(Box::new(Self { database, people, raise: self.raise.clone() }))
    }

    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        let bytes = batch.iter().map(|person| person.bson.as_slice());
        self.people.insert_many_raw(bytes, InsertManyOptions::new())?;
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        Ok(self.database.checkpoint()?)
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        Ok(self.people.get_raw(&key(id))?.map(|document| age(document.as_bytes())))
    }

    fn get_decoded(&mut self, id: &Id) -> Result<Option<u64>> {
        let found: Option<Document> = self.people.get(&key(id))?;
        Ok(found
            .map(|document| black_box(document).get_i32("age"))
            .transpose()?
            .map(u64::try_from)
            .transpose()?)
    }

    fn get_all(&mut self, ids: &[Id]) -> Result<Answer> {
        let mut answer = Answer::default();
        for found in self.people.get_many_raw(ids.iter().map(key))? {
            answer.add(age(found.ok_or("a document is not there")?.as_bytes()));
        }
        Ok(answer)
    }

    fn following(&mut self, id: &Id, limit: u32) -> Result<Answer> {
        let found = self.people.find(doc! { "_id": { "$gte": key(id) } });
        read(found.sort(doc! { "_id": 1 }).limit(u64::from(limit)))
    }

    fn below(&mut self, score: f64) -> Result<Answer> {
        read(self.people.find(doc! { "score": { "$lt": score } }))
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        read(self.people.find(doc! { "city": city }))
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        let found = self.people.find(doc! { "age": { "$gte": from, "$lt": to } });
        read(found.sort(doc! { "age": 1 }).limit(u64::from(limit)))
    }

    /// There is no aggregation yet: a walk over all documents, folded here, as the stores of bytes do it.
    fn averages(&mut self) -> Result<Answer> {
        let (mut cursor, mut cities) = (self.people.find(doc! {}).raw()?, Averages::default());
        while let Some(document) = cursor.next_bytes()? {
            cities.add(city(document).ok_or("a document has no city")?, age(document));
        }
        Ok(cities.answer())
    }

    fn scores_around(&mut self, meanwhile: &mut dyn FnMut() -> Result<()>) -> Result<Answer> {
        let (mut cursor, mut answer) = (self.people.find(doc! {}).raw()?, Answer::default());
        while let Some(document) = cursor.next_bytes()? {
            answer.add(thousandths(score(document).ok_or("a document has no score")?.1));
            if answer.documents == 1 {
                meanwhile()?;
            }
        }
        Ok(answer)
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        if let [id] = ids {
            self.people.update_one(one(id), &self.raise)?;
            return Ok(());
        }
        Ok(self.database.transaction(|txn| {
            let people = txn.collection("people");
            for id in ids {
                people.update_one(one(id), &self.raise)?;
            }
            Ok(())
        })?)
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        if let [id] = ids {
            self.people.delete_one(one(id))?;
            return Ok(());
        }
        Ok(self.database.transaction(|txn| {
            let people = txn.collection("people");
            for id in ids {
                people.delete_one(one(id))?;
            }
            Ok(())
        })?)
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(self.database.close()?)
    }
}

fn read<T>(find: Find<'_, T>) -> Result<Answer> {
    let (mut cursor, mut answer) = (find.raw()?, Answer::default());
    while let Some(bytes) = cursor.next_bytes()? {
        answer.add(age(black_box(bytes)));
    }
    Ok(answer)
}

fn key(id: &Id) -> Bson {
    Bson::from(Uuid::from_bytes(*id))
}

/// The filter that names one document.
fn one(id: &Id) -> RawDocBuf {
    RawDocBuf::build(|filter| filter.put("_id", Value::Binary { subtype: 4, bytes: id }))
}
