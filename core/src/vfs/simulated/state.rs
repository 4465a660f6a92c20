//! The whole disk at one moment: files and names, each as seen and as durable.
//!
//! A call has two halves. `begin` does what a power cut in the middle of it may leave behind: everything but
//! the settling of a sync. `finish` does that settling.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use super::inode::Inode;
use crate::vfs::content::Content;

/// A place in the list of files.
pub(super) type FileIndex = usize;
pub(super) type Names = BTreeMap<Arc<Path>, FileIndex>;

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Every file there ever was, so that one whose removal is lost still has its bytes.
    pub(super) files: Vec<Arc<Inode>>,
    pub(super) names: Names,
    pub(super) durable_names: Names,
    pub(super) pending_names: Vec<NameChange>,
}

/// What one call did to the names of one folder; it gets through as one.
#[derive(Debug, Clone)]
pub(super) struct NameChange {
    pub(super) folder: PathBuf,
    pub(super) sets: Vec<(Arc<Path>, Option<FileIndex>)>,
    pub(super) doubtful: bool,
}

/// What a call does to the disk.
#[derive(Debug, Clone)]
pub(super) enum Action {
    Nothing,
    Write { file: FileIndex, offset: u64, data: Arc<[u8]> },
    SetLen { file: FileIndex, len: u64 },
    Sync { file: FileIndex, length: bool },
    SyncFolder { folder: PathBuf },
    Create { name: Arc<Path> },
    Rename { from: Arc<Path>, to: Arc<Path> },
    Remove { name: Arc<Path> },
}

impl State {
    pub(super) fn begin(&mut self, action: &Action) {
        match action {
            Action::Nothing | Action::Sync { .. } | Action::SyncFolder { .. } => {}
            Action::Write { file, offset, data } => self.file_mut(*file).write(*offset, data),
            Action::SetLen { file, len } => self.file_mut(*file).set_len(*len),
            Action::Create { name } => {
                self.files.push(Arc::default());
                self.change_names(vec![(Arc::clone(name), Some(self.files.len() - 1))]);
            }
            Action::Rename { from, to } => self.rename(from, to),
            Action::Remove { name } => self.change_names(vec![(Arc::clone(name), None)]),
        }
    }

    pub(super) fn finish(&mut self, action: &Action) {
        match action {
            Action::Sync { file, length } => self.file_mut(*file).sync(*length),
            Action::SyncFolder { folder } => self.sync_folder(folder),
            _ => {}
        }
    }

    /// The other end of a call: it failed. Only a failed sync leaves a trace.
    pub(super) fn fail(&mut self, action: &Action) {
        match action {
            Action::Sync { file, .. } => self.file_mut(*file).doubt(),
            Action::SyncFolder { folder } => {
                let here = self.pending_names.iter_mut().filter(|change| change.folder == *folder);
                here.for_each(|change| change.doubtful = true);
            }
            _ => {}
        }
    }

    /// A file that is durable with its name, replacing what had it.
    pub(super) fn put(&mut self, name: Arc<Path>, content: Content) {
        self.files.push(Arc::new(Inode::settled(content)));
        self.names.insert(Arc::clone(&name), self.files.len() - 1);
        self.forget_changes_of(&name);
        self.durable_names.insert(name, self.files.len() - 1);
    }

    pub(super) fn file_mut(&mut self, file: FileIndex) -> &mut Inode {
        Arc::make_mut(&mut self.files[file])
    }

    /// A hash of names, lengths and bytes as they are durable.
    pub(super) fn durable_hash(&self) -> u64 {
        let mut hash = Xxh3::new();
        for (name, file) in &self.durable_names {
            let inode = &self.files[*file];
            hash.update(name.as_os_str().as_encoded_bytes());
            hash.update(&[0]);
            hash.update(&inode.durable_len.to_le_bytes());
            inode.durable.for_each_block(inode.durable_len, |block| hash.update(block));
        }
        hash.digest()
    }

    fn rename(&mut self, from: &Arc<Path>, to: &Arc<Path>) {
        if from == to {
            return;
        }
        let file = self.names.get(from).copied();
        let (gone, new) = ((Arc::clone(from), None), (Arc::clone(to), file));
        if folder_of(from) == folder_of(to) {
            self.change_names(vec![gone, new]);
        } else {
            self.change_names(vec![new]);
            self.change_names(vec![gone]);
        }
    }

    fn change_names(&mut self, sets: Vec<(Arc<Path>, Option<FileIndex>)>) {
        let folder = sets.first().map(|(name, _)| folder_of(name)).unwrap_or_default();
        apply_names(&mut self.names, &sets);
        self.pending_names.push(NameChange { folder, sets, doubtful: false });
    }

    fn sync_folder(&mut self, folder: &Path) {
        let mut left: Vec<NameChange> = Vec::new();
        for change in std::mem::take(&mut self.pending_names) {
            if change.folder != folder || change.doubtful {
                left.push(change);
                continue;
            }
            apply_names(&mut self.durable_names, &change.sets);
            for (name, _) in &change.sets {
                left.iter_mut().for_each(|earlier| earlier.sets.retain(|(n, _)| n != name));
            }
        }
        left.retain(|change| !change.sets.is_empty());
        self.pending_names = left;
    }

    fn forget_changes_of(&mut self, name: &Path) {
        self.pending_names.iter_mut().for_each(|change| change.sets.retain(|(n, _)| **n != *name));
        self.pending_names.retain(|change| !change.sets.is_empty());
    }
}

pub(super) fn apply_names(names: &mut Names, sets: &[(Arc<Path>, Option<FileIndex>)]) {
    for (name, file) in sets {
        match file {
            Some(file) => names.insert(Arc::clone(name), *file),
            None => names.remove(name),
        };
    }
}

fn folder_of(name: &Path) -> PathBuf {
    name.parent().unwrap_or(name).to_path_buf()
}
