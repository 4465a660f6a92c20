//! PoloDB: an embedded document database with MongoDB's way of asking, over RocksDB.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use bson::{Document, doc};
use nexuslite_compare::Person;
use nexuslite_compare::peers::{Answer, Averages, Id, Opening, Peer, Result};
use polodb_core::{Collection, CollectionT, Database, IndexModel, TransactionalCollection};

#[derive(Clone)]
pub(crate) struct Polo(Arc<Database>);

impl Polo {
    /// There is nothing to tune: it hands none of RocksDB's options on, and syncs every commit.
    pub(crate) fn open(folder: &Path, _: Opening) -> Result<Self> {
        let database = Database::open_path(folder.join("people.polo"))?;
        let people: Collection<Document> = database.collection("people");
        for field in ["city", "age"] {
            people.create_index(IndexModel { keys: doc! { field: 1 }, options: None })?;
        }
        Ok(Self(Arc::new(database)))
    }

    fn people(&self) -> Collection<Document> {
        self.0.collection("people")
    }

    fn age_of(&self, id: &Id) -> Result<Option<u64>> {
        let found = self.people().find_one(doc! { "_id": key(id) })?;
        found.map(|document| age(&black_box(document))).transpose()
    }

    /// One transaction for all.
    fn each<T>(
        &self,
        all: &[T],
        one: impl Fn(&TransactionalCollection<Document>, &T) -> Result<u64>,
    ) -> Result<()> {
        let transaction = self.0.start_transaction()?;
        let people = transaction.collection("people");
        for next in all {
            if one(&people, next)? != 1 {
                return Err("a document is not there".into());
            }
        }
        Ok(transaction.commit()?)
    }

    fn read(&self, found: impl Iterator<Item = polodb_core::Result<Document>>) -> Result<Answer> {
        let mut answer = Answer::default();
        for document in found {
            answer.add(age(&black_box(document?))?);
        }
        Ok(answer)
    }
}

impl Peer for Polo {
    fn beside(&self) -> Result<Box<dyn Peer>> {
        Ok(Box::new(self.clone()))
    }

    /// Its documents are decoded ones, so that making them of bytes belongs to the work.
    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        let documents = batch.iter().map(|person| {
            let mut document = Document::from_reader(person.bson.as_slice())?;
            document.insert("_id", key(&person.id));
            Ok(document)
        });
        self.people().insert_many(documents.collect::<Result<Vec<_>>>()?)?;
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        Ok(())
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        self.age_of(id)
    }

    fn get_decoded(&mut self, id: &Id) -> Result<Option<u64>> {
        self.age_of(id)
    }

    fn get_all(&mut self, ids: &[Id]) -> Result<Answer> {
        let transaction = self.0.start_transaction()?;
        let people = transaction.collection::<Document>("people");
        let mut answer = Answer::default();
        for id in ids {
            let found = people.find_one(doc! { "_id": key(id) })?.ok_or("a document is not there")?;
            answer.add(age(&found)?);
        }
        transaction.rollback()?;
        Ok(answer)
    }

    fn following(&mut self, id: &Id, limit: u32) -> Result<Answer> {
        let people = self.people();
        let found = people.find(doc! { "_id": { "$gte": key(id) } }).sort(doc! { "_id": 1 });
        self.read(found.limit(u64::from(limit)).run()?)
    }

    fn below(&mut self, score: f64) -> Result<Answer> {
        self.read(self.people().find(doc! { "score": { "$lt": score } }).run()?)
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        self.read(self.people().find(doc! { "city": city }).run()?)
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        let people = self.people();
        let found = people.find(doc! { "age": { "$gte": from, "$lt": to } }).sort(doc! { "age": 1 });
        self.read(found.limit(u64::from(limit)).run()?)
    }

    /// Its `$group` knows no averages, and its `$sum` counts: folded here.
    fn averages(&mut self) -> Result<Answer> {
        let mut cities = Averages::default();
        for document in self.people().find(doc! {}).run()? {
            let document = document?;
            cities.add(document.get_str("city")?, age(&document)?);
        }
        Ok(cities.answer())
    }

    fn scores_around(&mut self, _: &mut dyn FnMut() -> Result<()>) -> Result<Answer> {
        Err("PoloDB has no snapshots".into())
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        let raised = doc! { "$inc": { "score": 1.0 } };
        self.each(ids, |people, id| {
            Ok(people.update_one(doc! { "_id": key(id) }, raised.clone())?.modified_count)
        })
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        self.each(ids, |people, id| Ok(people.delete_one(doc! { "_id": key(id) })?.deleted_count))
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// Its keys cannot be binary: the id as text, whose order is the same.
fn key(id: &Id) -> String {
    id.iter().fold(String::with_capacity(32), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or_default());
        }
        text
    })
}

fn age(document: &Document) -> Result<u64> {
    Ok(u64::try_from(document.get_i32("age")?)?)
}
