//! A document database over any store of ordered bytes, as an application would write it: one tree of documents by
//! their ids, and a tree for each index, whose keys end in the id.
//!
//! Documents are BSON, read by our own walker, so that what is compared is the storing. An id is trusted to be new,
//! as with random ids one does: where a store writes blindly, it is not asked whether the id is there already.

use std::collections::HashMap;
use std::hint::black_box;

use nexuslite::bson::Document;

use super::{Answer, Id, Peer, Result};
use crate::document::{age, city, score, thousandths};
use crate::person::Person;

/// The three trees of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tree {
    People,
    ByCity,
    ByAge,
}

impl Tree {
    pub(super) const ALL: [Tree; 3] = [Tree::People, Tree::ByCity, Tree::ByAge];

    pub(super) fn name(self) -> &'static str {
        ["people", "by_city", "by_age"][self as usize]
    }
}

/// Sees an entry; says whether it wants the next one.
pub(super) type Visit<'v> = dyn FnMut(&[u8], &[u8]) -> Result<bool> + 'v;

/// Trees of bytes in order, changed together.
pub(super) trait Store: Clone + Send + 'static {
    type View<'s>: View
    where
        Self: 's;

    /// The state of now, which later commits leave alone.
    fn view(&self) -> Result<Self::View<'_>>;
    /// What `change` does, as one durable commit.
    fn commit(&self, change: &mut dyn FnMut(&mut dyn Changes) -> Result<()>) -> Result<()>;
    /// Does now what was left for later.
    fn settle(&self) -> Result<()>;
    /// Closes it in good order.
    fn close(self) -> Result<()>;
}

/// One state of a store.
pub(super) trait View {
    /// Hands the value of a key to `look`; says whether there is one.
    fn get(&self, tree: Tree, key: &[u8], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<bool>;
    /// The same for many keys; the store may have a way that is shorter than one by one.
    fn get_many(&self, tree: Tree, keys: &[Id], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for key in keys {
            self.get(tree, key, look)?;
        }
        Ok(())
    }
    /// Visits the entries from `from` on, in order.
    fn walk(&self, tree: Tree, from: &[u8], visit: &mut Visit<'_>) -> Result<()>;
}

/// What a commit can do.
pub(super) trait Changes {
    /// A document as it is before this commit.
    fn person(&mut self, id: &Id) -> Result<Option<Vec<u8>>>;
    fn put(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Result<()>;
    fn delete(&mut self, tree: Tree, key: &[u8]) -> Result<()>;
}

/// The database.
pub(super) struct Ordered<S>(pub(super) S);

/// What an entry of an index or an id that was asked for must have.
const GONE: &str = "a document is not there";

impl<S: Store> Ordered<S> {
    /// Adds what `figure` makes of each document that an index names, until `limit` of them.
    fn indexed(&self, tree: Tree, from: &[u8], wanted: &dyn Fn(&[u8]) -> bool, limit: u64) -> Result<Answer> {
        let (view, mut answer) = (self.0.view()?, Answer::default());
        view.walk(tree, from, &mut |key, _| {
            if !wanted(key) || answer.documents == limit {
                return Ok(false);
            }
            let found = view.get(Tree::People, &key[key.len() - 16..], &mut |document| {
                answer.add(age(black_box(document)));
                Ok(())
            })?;
            if found { Ok(true) } else { Err(GONE.into()) }
        })?;
        Ok(answer)
    }
}

impl<S: Store> Peer for Ordered<S> {
    fn beside(&self) -> Result<Box<dyn Peer>> {
        Ok(Box::new(Ordered(self.0.clone())))
    }

    fn insert(&mut self, batch: &[Person]) -> Result<()> {
        self.0.commit(&mut |changes| {
            for person in batch {
                changes.put(Tree::People, &person.id, &person.bson)?;
                changes.put(Tree::ByCity, &city_key(&person.city, &person.id), &[])?;
                changes.put(Tree::ByAge, &age_key(person.age, &person.id), &[])?;
            }
            Ok(())
        })
    }

    fn settle(&mut self) -> Result<()> {
        self.0.settle()
    }

    fn get(&mut self, id: &Id) -> Result<Option<u64>> {
        let mut found = None;
        self.0.view()?.get(Tree::People, id, &mut |document| {
            found = Some(age(document));
            Ok(())
        })?;
        Ok(found)
    }

    fn get_decoded(&mut self, id: &Id) -> Result<Option<u64>> {
        let mut found = None;
        self.0.view()?.get(Tree::People, id, &mut |document| {
            let decoded = black_box(Document::from_reader(document)?);
            found = Some(u64::try_from(decoded.get_i32("age")?)?);
            Ok(())
        })?;
        Ok(found)
    }

    fn get_all(&mut self, ids: &[Id]) -> Result<Answer> {
        let mut answer = Answer::default();
        self.0.view()?.get_many(Tree::People, ids, &mut |document| {
            answer.add(age(document));
            Ok(())
        })?;
        Ok(answer)
    }

    fn following(&mut self, id: &Id, limit: u32) -> Result<Answer> {
        let mut answer = Answer::default();
        self.0.view()?.walk(Tree::People, id, &mut |_, document| {
            answer.add(age(black_box(document)));
            Ok(answer.documents < u64::from(limit))
        })?;
        Ok(answer)
    }

    fn below(&mut self, limit: f64) -> Result<Answer> {
        let mut answer = Answer::default();
        self.0.view()?.walk(Tree::People, &[], &mut |_, document| {
            if score(document).is_some_and(|(_, score)| score < limit) {
                answer.add(age(black_box(document)));
            }
            Ok(true)
        })?;
        Ok(answer)
    }

    fn of_city(&mut self, city: &str) -> Result<Answer> {
        let prefix = [city.as_bytes(), &[0]].concat();
        self.indexed(Tree::ByCity, &prefix, &|key| key.starts_with(&prefix), u64::MAX)
    }

    fn youngest(&mut self, from: i32, to: i32, limit: u32) -> Result<Answer> {
        let (from, to) = (from.to_be_bytes(), to.to_be_bytes());
        self.indexed(Tree::ByAge, &from, &|key| key[..4] < to[..], u64::from(limit))
    }

    fn averages(&mut self) -> Result<Answer> {
        let mut cities = Averages::default();
        self.0.view()?.walk(Tree::People, &[], &mut |_, document| {
            cities.add(city(document).ok_or("a document has no city")?, age(document));
            Ok(true)
        })?;
        Ok(cities.answer())
    }

    fn scores_around(&mut self, meanwhile: &mut dyn FnMut() -> Result<()>) -> Result<Answer> {
        let mut answer = Answer::default();
        self.0.view()?.walk(Tree::People, &[], &mut |_, document| {
            answer.add(thousandths(score(document).ok_or("a document has no score")?.1));
            if answer.documents == 1 {
                meanwhile()?;
            }
            Ok(true)
        })?;
        Ok(answer)
    }

    fn raise_scores(&mut self, ids: &[Id]) -> Result<()> {
        self.0.commit(&mut |changes| {
            for id in ids {
                let mut document = changes.person(id)?.ok_or(GONE)?;
                let (at, score) = score(&document).ok_or("a document has no score")?;
                document[at..at + 8].copy_from_slice(&(score + 1.0).to_le_bytes());
                changes.put(Tree::People, id, &document)?;
            }
            Ok(())
        })
    }

    fn delete(&mut self, ids: &[Id]) -> Result<()> {
        self.0.commit(&mut |changes| {
            for id in ids {
                let document = changes.person(id)?.ok_or(GONE)?;
                let city = city(&document).ok_or("a document has no city")?;
                changes.delete(Tree::People, id)?;
                changes.delete(Tree::ByCity, &city_key(city, id))?;
                changes.delete(Tree::ByAge, &age_key(i32::try_from(age(&document))?, id))?;
            }
            Ok(())
        })
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.0.close()
    }
}

/// The average age in each city.
#[derive(Debug, Default)]
pub struct Averages(HashMap<String, (u64, u64)>);

impl Averages {
    /// One more in a city; its name is copied once.
    pub fn add(&mut self, city: &str, age: u64) {
        match self.0.get_mut(city) {
            Some((documents, ages)) => {
                *documents += 1;
                *ages += age;
            }
            None => {
                self.0.insert(city.to_owned(), (1, age));
            }
        }
    }

    /// One for each city; the averages added as thousandths.
    pub fn answer(self) -> Answer {
        let mut answer = Answer::default();
        for (documents, ages) in self.0.into_values() {
            answer.add(thousandths(ages as f64 / documents as f64));
        }
        answer
    }
}

fn city_key(city: &str, id: &Id) -> Vec<u8> {
    [city.as_bytes(), &[0], id].concat()
}

/// Ages are not negative, so the bytes of the number stand in its order.
fn age_key(age: i32, id: &Id) -> Vec<u8> {
    [age.to_be_bytes().as_slice(), id].concat()
}
