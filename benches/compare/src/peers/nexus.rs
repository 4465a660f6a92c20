//! NexusLite as it comes, with a cache that holds the data. Writes are handed raw documents, and an update that comes again
//! is written once, as the others prepare their statements once.

use std::hint::black_box;
use std::path::Path;

use nexuslite::bson::{Bson, Uuid, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::convert::IntoDocument;
use nexuslite::document::raw::{RawDoc, Value};
use nexuslite::{Collection, Database, Find, InsertManyOptions, Options};

use super::{Answer, Id, Peer, Result};
use crate::person::Person;

pub(crate) struct Nexus {
    database: Database,
    people: Collection,
    /// A point more.
    raise: RawDocBuf,
}

impl Nexus {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let database = Database::open_with(folder.join("people.db"), Options::new().cache_bytes(1 << 30))?;
        let people = database.collection("people");
        people.create_index(doc! { "city": 1 })?;
        people.create_index(doc! { "age": 1 })?;
        let raise = doc! { "$inc": { "score": 1.0 } }.into_raw()?;
        Ok(Self { database, people, raise })
    }
}

impl Peer for Nexus {
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

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        Ok(self.database.transaction(|txn| {
            let people = txn.collection("people");
            for id in ids {
                people.update_one(one(id), &self.raise)?;
            }
            Ok(())
        })?)
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        Ok(self.database.transaction(|txn| {
            let people = txn.collection("people");
            for id in ids {
                people.delete_one(one(id))?;
            }
            Ok(())
        })?)
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

/// The age inside a document of ours.
pub(super) fn age(document: &[u8]) -> u64 {
    RawDoc::new(document).get("age").map_or(0, |value| u64::from(value.as_bytes()[0]))
}
