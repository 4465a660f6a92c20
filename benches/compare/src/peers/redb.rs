//! redb: copy-on-write B+ trees in one file, in Rust.

use std::path::Path;
use std::sync::Arc;

use redb::{
    Database, ReadOnlyTable, ReadableDatabase, ReadableTable, Table, TableDefinition, WriteTransaction,
};

use super::ordered::{Changes, Ordered, Store, Tree, View, Visit};
use super::{Id, Opening, Peer, Result};

type Entries = TableDefinition<'static, &'static [u8], &'static [u8]>;

#[derive(Clone)]
struct Redb(Arc<Database>);

/// The default durability, `Immediate`, syncs each commit once; its repair after a crash walks the file, which
/// `set_quick_repair` would spare for slower commits. The cache is the one thing to tune.
pub(super) fn open(folder: &Path, opening: Opening) -> Result<Box<dyn Peer>> {
    let database =
        Database::builder().set_cache_size(opening.cache_bytes).create(folder.join("people.redb"))?;
    let txn = database.begin_write()?;
    for tree in Tree::ALL {
        txn.open_table(entries(tree))?;
    }
    txn.commit()?;
    Ok(Box::new(Ordered(Redb(Arc::new(database)))))
}

fn entries(tree: Tree) -> Entries {
    TableDefinition::new(tree.name())
}

impl Store for Redb {
    type View<'s> = Reading;

    /// Opening a table costs as much as a look-up, so only the documents' is open from the beginning.
    fn view(&self) -> Result<Reading> {
        let txn = self.0.begin_read()?;
        Ok(Reading { people: txn.open_table(entries(Tree::People))?, txn })
    }

    fn commit(&self, change: &mut dyn FnMut(&mut dyn Changes) -> Result<()>) -> Result<()> {
        let txn = self.0.begin_write()?;
        change(&mut Writing::of(&txn)?)?;
        Ok(txn.commit()?)
    }

    fn settle(&self) -> Result<()> {
        Ok(())
    }

    fn close(self) -> Result<()> {
        let alone = Arc::into_inner(self.0).ok_or("somebody still uses redb")?;
        Ok(alone.close()?)
    }
}

struct Reading {
    people: ReadOnlyTable<&'static [u8], &'static [u8]>,
    txn: redb::ReadTransaction,
}

impl View for Reading {
    fn get(&self, tree: Tree, key: &[u8], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<bool> {
        let found = match tree {
            Tree::People => self.people.get(key)?,
            other => self.txn.open_table(entries(other))?.get(key)?,
        };
        match found {
            Some(value) => look(value.value()).map(|()| true),
            None => Ok(false),
        }
    }

    fn walk(&self, tree: Tree, from: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        let range = match tree {
            Tree::People => self.people.range(from..)?,
            other => self.txn.open_table(entries(other))?.range(from..)?,
        };
        for entry in range {
            let (key, value) = entry?;
            if !visit(key.value(), value.value())? {
                break;
            }
        }
        Ok(())
    }
}

struct Writing<'t> {
    tables: [Table<'t, &'static [u8], &'static [u8]>; 3],
}

impl<'t> Writing<'t> {
    fn of(txn: &'t WriteTransaction) -> Result<Self> {
        let [people, by_city, by_age] = Tree::ALL.map(|tree| txn.open_table(entries(tree)));
        Ok(Self { tables: [people?, by_city?, by_age?] })
    }
}

impl Changes for Writing<'_> {
    fn person(&mut self, id: &Id) -> Result<Option<Vec<u8>>> {
        Ok(self.tables[Tree::People as usize].get(id.as_slice())?.map(|value| value.value().to_vec()))
    }

    fn put(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Result<()> {
        self.tables[tree as usize].insert(key, value)?;
        Ok(())
    }

    fn delete(&mut self, tree: Tree, key: &[u8]) -> Result<()> {
        self.tables[tree as usize].remove(key)?;
        Ok(())
    }
}
