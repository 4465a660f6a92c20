//! What a reader sees: fresh changes in memory, changes on their way to the main file, and the main file.

use std::sync::Arc;

use super::base::Base;
use crate::error::{Error, Result};
use crate::storage::memtable::{Directory, Entry, Held};
use crate::storage::page::{ExtentPtr, PageReader};
use crate::storage::{Direction, KeyRange, Scan, Seq, Slice, Snapshot, TreeId, merge};

/// One state of the whole store. Never changes; a later state shares what it has in common with it.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The last commit it contains.
    pub(crate) seq: Seq,
    /// Changes since the last freeze.
    pub(crate) delta: Directory,
    /// Changes that a checkpoint is bringing into the main file.
    pub(crate) frozen: Option<Arc<Frozen>>,
    /// The main file, where there is one.
    pub(crate) base: Option<Arc<Base>>,
    /// Alive as long as any state between two freezes is: tells whose changes may still be asked for.
    pub(crate) era: Arc<Era>,
}

/// The stretch of states between two freezes.
#[derive(Debug, Default)]
pub(crate) struct Era;

/// Changes up to `seq`, not added to any more.
#[derive(Debug)]
pub(crate) struct Frozen {
    pub(crate) seq: Seq,
    pub(crate) changes: Directory,
    /// The large values that their commits wrote into the main file, whether or not they still count.
    pub(crate) claims: Vec<ExtentPtr>,
}

/// What one layer says about a key.
enum Layer<'a> {
    Says(&'a Entry),
    /// The whole tree is gone: nothing beneath counts.
    Ends,
    Silent,
}

fn look_up<'a>(changes: &'a Directory, tree: TreeId, key: &[u8]) -> Layer<'a> {
    match changes.get(tree).and_then(|memtable| memtable.get(key)) {
        Some(entry) => Layer::Says(entry),
        None if changes.is_dropped(tree) => Layer::Ends,
        None => Layer::Silent,
    }
}

impl State {
    /// The state of an empty store, or of what the main file holds up to `seq`.
    pub(crate) fn new(seq: Seq, base: Option<Arc<Base>>) -> Self {
        Self { seq, delta: Directory::default(), frozen: None, base, era: Arc::default() }
    }

    /// What an entry in memory says, read from the main file when it only refers to it.
    fn read(&self, entry: &Entry) -> Result<Option<Slice>> {
        match (entry.held(), &self.base) {
            (Held::Value(value), _) => Ok(Some(value.clone())),
            (Held::Nothing, _) => Ok(None),
            (Held::Reference(bytes), Some(base)) => base.read_extent(&ExtentPtr::decode(bytes)).map(Some),
            (Held::Reference(_), None) => {
                Err(Error::internal("memory refers to a main file, and there is none"))
            }
        }
    }

    fn reader(&self) -> Option<Arc<dyn PageReader>> {
        self.base.as_ref().map(|base| base.reader())
    }

    fn layers(&self) -> impl Iterator<Item = &Directory> {
        std::iter::once(&self.delta).chain(self.frozen.as_ref().map(|frozen| &frozen.changes))
    }
}

impl Snapshot for State {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Slice>> {
        for changes in self.layers() {
            if changes.is_empty() {
                continue;
            }
            match look_up(changes, tree, key) {
                Layer::Says(entry) => return self.read(entry),
                Layer::Ends => return Ok(None),
                Layer::Silent => {}
            }
        }
        self.base.as_ref().map_or(Ok(None), |base| base.get(tree, key))
    }

    fn get_many(&self, tree: TreeId, keys: &[&[u8]]) -> Result<Vec<Option<Slice>>> {
        if let [alone] = keys {
            return Ok(vec![self.get(tree, alone)?]);
        }
        let mut values = vec![None; keys.len()];
        let mut open: Vec<usize> = (0..keys.len()).collect();
        for changes in self.layers().filter(|changes| !changes.is_empty()) {
            let mut beneath = Vec::with_capacity(open.len());
            for at in open {
                match look_up(changes, tree, keys[at]) {
                    Layer::Says(entry) => values[at] = self.read(entry)?,
                    Layer::Ends => {}
                    Layer::Silent => beneath.push(at),
                }
            }
            open = beneath;
        }
        if let Some(base) = self.base.as_ref().filter(|_| !open.is_empty()) {
            let beneath: Vec<&[u8]> = open.iter().map(|at| keys[*at]).collect();
            for (at, value) in open.into_iter().zip(base.get_many(tree, &beneath)?) {
                values[at] = value;
            }
        }
        Ok(values)
    }

    /// What memory holds counts as added, also where it stands for a deletion or another value.
    fn estimate(&self, tree: TreeId, range: &KeyRange) -> Result<u64> {
        let mut sum: u64 = 0;
        for changes in self.layers() {
            sum = sum.saturating_add(changes.get(tree).map_or(0, |table| table.estimate(range)));
            if changes.is_dropped(tree) {
                return Ok(sum);
            }
        }
        let beneath = self.base.as_ref().map_or(Ok(0), |base| base.estimate(tree, range))?;
        Ok(sum.saturating_add(beneath))
    }

    fn scan(&self, tree: TreeId, range: KeyRange, direction: Direction) -> Result<Box<dyn Scan>> {
        let mut tables = Vec::new();
        for changes in self.layers() {
            tables.extend(changes.get(tree).filter(|table| !table.is_empty()));
            if changes.is_dropped(tree) {
                return Ok(merge::scan(tables, None, self.reader(), &range, direction));
            }
        }
        let beneath = match &self.base {
            Some(base) => base.scan(tree, range.clone(), direction)?,
            None => None,
        };
        Ok(merge::scan(tables, beneath, self.reader(), &range, direction))
    }
}
