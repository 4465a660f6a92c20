//! fjall: a log-structured merge tree in Rust.

use std::path::Path;

use fjall::config::{FilterPolicy, FilterPolicyEntry};
use fjall::{
    Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch as WriteBatch, PersistMode, Readable, Snapshot,
};

use super::ordered::{Changes, Ordered, Store, Tree, View, Visit};
use super::{Id, Opening, Peer, Result};

#[derive(Clone)]
struct Fjall {
    database: Database,
    trees: [Keyspace; 3],
}

/// Each batch is synced by itself. Documents are asked for by ids that are there, so the last level needs no filter;
/// nobody asks an index for one key, so indexes need none at all. The rest is best as it comes.
pub(super) fn open(folder: &Path, opening: Opening) -> Result<Box<dyn Peer>> {
    let cache_bytes = u64::try_from(opening.cache_bytes)?;
    let mut builder = Database::builder(folder.join("people.fjall")).cache_size(cache_bytes);
    if opening.keeps_log {
        builder = builder.max_journaling_size(1 << 30);
    }
    let database = builder.open()?;
    let options = |tree: Tree| {
        let options = KeyspaceCreateOptions::default();
        let options = if opening.keeps_log { options.max_memtable_size(512 << 20) } else { options };
        match tree {
            Tree::People => options.expect_point_read_hits(true),
            Tree::ByCity | Tree::ByAge => options.filter_policy(FilterPolicy::all(FilterPolicyEntry::None)),
        }
    };
    let [people, by_city, by_age] = Tree::ALL.map(|tree| database.keyspace(tree.name(), || options(tree)));
    let trees = [people?, by_city?, by_age?];
    Ok(Box::new(Ordered(Fjall { database, trees })))
}

impl Store for Fjall {
    type View<'s> = Reading<'s>;

    fn view(&self) -> Result<Reading<'_>> {
        Ok(Reading { snapshot: self.database.snapshot(), trees: &self.trees })
    }

    fn commit(&self, change: &mut dyn FnMut(&mut dyn Changes) -> Result<()>) -> Result<()> {
        let batch = self.database.batch().durability(Some(PersistMode::SyncData));
        let mut writing = Writing { batch, trees: &self.trees };
        change(&mut writing)?;
        Ok(writing.batch.commit()?)
    }

    fn settle(&self) -> Result<()> {
        for tree in &self.trees {
            tree.rotate_memtable_and_wait()?;
        }
        Ok(())
    }

    fn close(self) -> Result<()> {
        Ok(self.database.persist(PersistMode::SyncAll)?)
    }
}

struct Reading<'s> {
    snapshot: Snapshot,
    trees: &'s [Keyspace; 3],
}

impl View for Reading<'_> {
    fn get(&self, tree: Tree, key: &[u8], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<bool> {
        match self.snapshot.get(&self.trees[tree as usize], key)? {
            Some(value) => look(&value).map(|()| true),
            None => Ok(false),
        }
    }

    fn walk(&self, tree: Tree, from: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        for entry in self.snapshot.range(&self.trees[tree as usize], from..) {
            let (key, value) = entry.into_inner()?;
            if !visit(&key, &value)? {
                break;
            }
        }
        Ok(())
    }
}

struct Writing<'s> {
    batch: WriteBatch,
    trees: &'s [Keyspace; 3],
}

impl Changes for Writing<'_> {
    fn person(&mut self, id: &Id) -> Result<Option<Vec<u8>>> {
        Ok(self.trees[Tree::People as usize].get(id)?.map(|value| value.to_vec()))
    }

    fn put(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Result<()> {
        self.batch.insert(&self.trees[tree as usize], key, value);
        Ok(())
    }

    fn delete(&mut self, tree: Tree, key: &[u8]) -> Result<()> {
        self.batch.remove(&self.trees[tree as usize], key);
        Ok(())
    }
}
