//! RocksDB: the log-structured merge tree that servers stand on, in C++.

use std::path::Path;
use std::sync::Arc;

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamily, ColumnFamilyDescriptor, DB, DBCompressionType,
    DataBlockIndexType, Options, ReadOptions, SnapshotWithThreadMode, WriteBatch, WriteOptions,
};

use super::ordered::{Changes, Ordered, Store, Tree, View, Visit};
use super::{Id, Opening, Peer, Result};

#[derive(Clone)]
struct Rocks(Arc<DB>);

/// A block cache that holds the data, filters and a hash index in blocks for look-ups by id, LZ4, a memtable of
/// 64 MiB, both processors for its background work, and a log whose files are used again, so that a sync has no
/// length to record.
pub(super) fn open(folder: &Path, opening: Opening) -> Result<Box<dyn Peer>> {
    let cache = Cache::new_lru_cache(opening.cache_bytes);
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.increase_parallelism(2);
    options.set_recycle_log_file_num(4);
    options.set_bytes_per_sync(1 << 20);
    let families =
        Tree::ALL.map(|tree| ColumnFamilyDescriptor::new(tree.name(), family(tree, &cache, opening)));
    let database = DB::open_cf_descriptors(&options, folder.join("people.rocks"), families)?;
    Ok(Box::new(Ordered(Rocks(Arc::new(database)))))
}

fn family(tree: Tree, cache: &Cache, opening: Opening) -> Options {
    let mut table = BlockBasedOptions::default();
    table.set_block_cache(cache);
    if tree == Tree::People {
        table.set_bloom_filter(10.0, false);
        table.set_data_block_index_type(DataBlockIndexType::BinaryAndHash);
        table.set_data_block_hash_ratio(0.75);
    }
    let mut options = Options::default();
    options.set_block_based_table_factory(&table);
    options.set_compression_type(DBCompressionType::Lz4);
    options.set_write_buffer_size(if opening.keeps_log { 512 << 20 } else { 64 << 20 });
    options.set_max_write_buffer_number(3);
    options.set_level_compaction_dynamic_level_bytes(true);
    options
}

impl Rocks {
    fn family(&self, tree: Tree) -> Result<&ColumnFamily> {
        self.0.cf_handle(tree.name()).ok_or_else(|| "RocksDB lost a family".into())
    }

    fn families(&self) -> Result<[&ColumnFamily; 3]> {
        Ok([self.family(Tree::People)?, self.family(Tree::ByCity)?, self.family(Tree::ByAge)?])
    }
}

impl Store for Rocks {
    type View<'s> = Reading<'s>;

    fn view(&self) -> Result<Reading<'_>> {
        Ok(Reading { snapshot: self.0.snapshot(), store: self })
    }

    fn commit(&self, change: &mut dyn FnMut(&mut dyn Changes) -> Result<()>) -> Result<()> {
        let mut writing = Writing { batch: WriteBatch::default(), store: self, families: self.families()? };
        change(&mut writing)?;
        let mut options = WriteOptions::default();
        options.set_sync(true);
        Ok(self.0.write_opt(writing.batch, &options)?)
    }

    /// Memtables into files, and these into one run, as a bulk load ends.
    fn settle(&self) -> Result<()> {
        for family in self.families()? {
            self.0.flush_cf(family)?;
            self.0.compact_range_cf(family, None::<&[u8]>, None::<&[u8]>);
        }
        Ok(())
    }

    fn close(self) -> Result<()> {
        for family in self.families()? {
            self.0.flush_cf(family)?;
        }
        self.0.cancel_all_background_work(true);
        Ok(())
    }
}

struct Reading<'s> {
    snapshot: SnapshotWithThreadMode<'s, DB>,
    store: &'s Rocks,
}

impl Reading<'_> {
    /// Like every other peer's here, blocks in the cache are not checked again.
    fn options(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        options.set_snapshot(&self.snapshot);
        options
    }
}

impl View for Reading<'_> {
    fn get(&self, tree: Tree, key: &[u8], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<bool> {
        match self.store.0.get_pinned_cf_opt(self.store.family(tree)?, key, &self.options())? {
            Some(value) => look(&value).map(|()| true),
            None => Ok(false),
        }
    }

    fn get_many(&self, tree: Tree, keys: &[Id], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let family = self.store.family(tree)?;
        for found in self.store.0.batched_multi_get_cf_opt(family, keys, false, &self.options()) {
            found?.map_or(Ok(()), |value| look(&value))?;
        }
        Ok(())
    }

    fn walk(&self, tree: Tree, from: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        let mut walker = self.store.0.raw_iterator_cf_opt(self.store.family(tree)?, self.options());
        walker.seek(from);
        while let Some((key, value)) = walker.item() {
            if !visit(key, value)? {
                return Ok(());
            }
            walker.next();
        }
        Ok(walker.status()?)
    }
}

struct Writing<'s> {
    batch: WriteBatch,
    store: &'s Rocks,
    families: [&'s ColumnFamily; 3],
}

impl Changes for Writing<'_> {
    fn person(&mut self, id: &Id) -> Result<Option<Vec<u8>>> {
        Ok(self.store.0.get_cf(self.families[Tree::People as usize], id)?)
    }

    fn put(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Result<()> {
        self.batch.put_cf(self.families[tree as usize], key, value);
        Ok(())
    }

    fn delete(&mut self, tree: Tree, key: &[u8]) -> Result<()> {
        self.batch.delete_cf(self.families[tree as usize], key);
        Ok(())
    }
}
