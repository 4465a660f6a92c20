//! No database: the standard library's ordered map under a lock, and the changed bytes of each commit written over
//! zeros and synced. It is the limit of what this machine could do; nothing could be read back after a crash.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::ops::Bound;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};

use super::ordered::{Changes, Ordered, Store, Tree, View, Visit};
use super::{Id, Opening, Peer, Result};

/// The log is a ring of so many bytes.
const LOG_BYTES: usize = 64 << 20;

type Map = BTreeMap<Box<[u8]>, Box<[u8]>>;

#[derive(Clone)]
struct BTree(Arc<Shared>);

struct Shared {
    /// Where a clean close leaves everything for the next opening.
    image: PathBuf,
    trees: RwLock<[Map; 3]>,
    log: Mutex<(File, usize)>,
}

pub(super) fn open(folder: &Path, _: Opening) -> Result<Box<dyn Peer>> {
    let log = File::create(folder.join("log"))?;
    log.write_all_at(&vec![0; LOG_BYTES], 0)?;
    log.sync_all()?;
    let image = folder.join("image");
    let trees = RwLock::new(read_image(&image)?);
    Ok(Box::new(Ordered(BTree(Arc::new(Shared { image, trees, log: Mutex::new((log, 0)) })))))
}

fn read_image(path: &Path) -> Result<[Map; 3]> {
    let mut trees: [Map; 3] = Default::default();
    if !path.exists() {
        return Ok(trees);
    }
    let bytes = fs::read(path)?;
    let mut rest = bytes.as_slice();
    for tree in &mut trees {
        for _ in 0..length(&mut rest)? {
            let (key, value) = (length(&mut rest)?, length(&mut rest)?);
            let (entry, after) = rest.split_at(key + value);
            tree.insert(entry[..key].into(), entry[key..].into());
            rest = after;
        }
    }
    Ok(trees)
}

fn length(rest: &mut &[u8]) -> Result<usize> {
    let (length, after) = rest.split_first_chunk().ok_or("the image ends early")?;
    *rest = after;
    Ok(u32::from_le_bytes(*length) as usize)
}

fn write_image(path: &Path, trees: &[Map; 3]) -> Result<()> {
    let mut bytes = Vec::new();
    for tree in trees {
        bytes.extend_from_slice(&u32::try_from(tree.len())?.to_le_bytes());
        for (key, value) in tree {
            bytes.extend_from_slice(&u32::try_from(key.len())?.to_le_bytes());
            bytes.extend_from_slice(&u32::try_from(value.len())?.to_le_bytes());
            bytes.extend_from_slice(key);
            bytes.extend_from_slice(value);
        }
    }
    Ok(fs::write(path, bytes)?)
}

impl Shared {
    /// Writes the bytes of a commit and waits until they are on the device.
    fn log(&self, bytes: &[u8]) -> Result<()> {
        let mut log = self.log.lock().map_err(|_| "a writer panicked")?;
        let at = if log.1 + bytes.len() > LOG_BYTES { 0 } else { log.1 };
        log.0.write_all_at(bytes, at as u64)?;
        log.1 = at + bytes.len();
        Ok(log.0.sync_data()?)
    }
}

impl Store for BTree {
    type View<'s> = Reading<'s>;

    fn view(&self) -> Result<Reading<'_>> {
        Ok(Reading(self.0.trees.read().map_err(|_| "a writer panicked")?))
    }

    fn commit(&self, change: &mut dyn FnMut(&mut dyn Changes) -> Result<()>) -> Result<()> {
        let mut writing = Writing { store: &self.0, changed: Vec::new() };
        change(&mut writing)?;
        self.0.log(&writing.changed)
    }

    fn settle(&self) -> Result<()> {
        Ok(())
    }

    fn close(self) -> Result<()> {
        write_image(&self.0.image, &*self.0.trees.read().map_err(|_| "a writer panicked")?)
    }
}

struct Reading<'s>(RwLockReadGuard<'s, [Map; 3]>);

impl View for Reading<'_> {
    fn get(&self, tree: Tree, key: &[u8], look: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<bool> {
        match self.0[tree as usize].get(key) {
            Some(value) => look(value).map(|()| true),
            None => Ok(false),
        }
    }

    fn walk(&self, tree: Tree, from: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        for (key, value) in self.0[tree as usize].range::<[u8], _>((Bound::Included(from), Bound::Unbounded))
        {
            if !visit(key, value)? {
                break;
            }
        }
        Ok(())
    }
}

/// Changes the maps at once: nobody could roll it back, and nothing has to.
struct Writing<'s> {
    store: &'s Shared,
    changed: Vec<u8>,
}

impl Changes for Writing<'_> {
    fn person(&mut self, id: &Id) -> Result<Option<Vec<u8>>> {
        let trees = self.store.trees.read().map_err(|_| "a writer panicked")?;
        Ok(trees[Tree::People as usize].get(id.as_slice()).map(|value| value.to_vec()))
    }

    fn put(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Result<()> {
        self.changed.extend_from_slice(key);
        self.changed.extend_from_slice(value);
        let mut trees = self.store.trees.write().map_err(|_| "a writer panicked")?;
        trees[tree as usize].insert(key.into(), value.into());
        Ok(())
    }

    fn delete(&mut self, tree: Tree, key: &[u8]) -> Result<()> {
        self.changed.extend_from_slice(key);
        self.store.trees.write().map_err(|_| "a writer panicked")?[tree as usize].remove(key);
        Ok(())
    }
}
