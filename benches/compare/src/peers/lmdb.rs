//! LMDB: a map of the file, one writer, a sync at each commit.

use std::ops::Bound;
use std::path::Path;

use heed::types::Bytes;
use heed::{Database, Env, EnvFlags, EnvOpenOptions, RoTxn, RwTxn, WithTls};

use super::ordered::{Changes, Ordered, Store, Tree, View, Visit};
use super::{Id, Opening, Peer, Result};

type Entries = Database<Bytes, Bytes>;

#[derive(Clone)]
struct Lmdb {
    env: Env,
    trees: [Entries; 3],
}

/// A writable map saves a copy of each page; commits still sync. Reading ahead would hurt random keys. It has no cache
/// of its own, so that a budget cannot be set: the operating system keeps what it likes.
pub(super) fn open(folder: &Path, _: Opening) -> Result<Box<dyn Peer>> {
    let mut options = EnvOpenOptions::new();
    options.map_size(16 << 30).max_dbs(3).max_readers(64);
    // SAFETY: this process alone opens the folder, which lies on a local disk.
    let env = unsafe { options.flags(EnvFlags::WRITE_MAP | EnvFlags::NO_READ_AHEAD).open(folder)? };
    let mut txn = env.write_txn()?;
    let [people, by_city, by_age] = Tree::ALL.map(|tree| env.create_database(&mut txn, Some(tree.name())));
    let trees = [people?, by_city?, by_age?];
    txn.commit()?;
    Ok(Box::new(Ordered(Lmdb { env, trees })))
}

impl Store for Lmdb {
    type View<'s> = Reading<'s>;

    fn view(&self) -> Result<Reading<'_>> {
        Ok(Reading { txn: self.env.read_txn()?, trees: &self.trees })
    }

    fn commit(&self, change: &mut dyn FnMut(&mut dyn Changes) -> Result<()>) -> Result<()> {
        let mut writing = Writing { txn: self.env.write_txn()?, trees: &self.trees };
        change(&mut writing)?;
        Ok(writing.txn.commit()?)
    }

    fn settle(&self) -> Result<()> {
        Ok(())
    }

    fn close(self) -> Result<()> {
        self.env.prepare_for_closing().wait();
        Ok(())
    }
}

struct Reading<'s> {
    txn: RoTxn<'s, WithTls>,
    trees: &'s [Entries; 3],
}

impl View for Reading<'_> {
    fn get(&self, tree: Tree, key: &[u8], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<bool> {
        match self.trees[tree as usize].get(&self.txn, key)? {
            Some(value) => look(value).map(|()| true),
            None => Ok(false),
        }
    }

    fn walk(&self, tree: Tree, from: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        // A key is never empty, not even one to begin at.
        let first = if from.is_empty() { Bound::Unbounded } else { Bound::Included(from) };
        let range = (first, Bound::Unbounded);
        for entry in self.trees[tree as usize].range(&self.txn, &range)? {
            let (key, value) = entry?;
            if !visit(key, value)? {
                break;
            }
        }
        Ok(())
    }
}

struct Writing<'s> {
    txn: RwTxn<'s>,
    trees: &'s [Entries; 3],
}

impl Changes for Writing<'_> {
    fn person(&mut self, id: &Id) -> Result<Option<Vec<u8>>> {
        Ok(self.trees[Tree::People as usize].get(&self.txn, id)?.map(<[u8]>::to_vec))
    }

    fn put(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Result<()> {
        Ok(self.trees[tree as usize].put(&mut self.txn, key, value)?)
    }

    fn delete(&mut self, tree: Tree, key: &[u8]) -> Result<()> {
        self.trees[tree as usize].delete(&mut self.txn, key)?;
        Ok(())
    }
}
