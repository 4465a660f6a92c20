//! Collections created, dropped and renamed within a transaction.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result, code};
use crate::index::IndexSpec;
use crate::storage::TreeId;
use crate::transaction::Transaction;

use super::catalog::{Catalog, Handle, SchemaChanges};
use super::entry::{Entry, IndexEntry};
use super::layout::CATALOG;
use super::name::{check_address, check_name};
use super::opened::Opened;
use super::settings::Settings;
use super::views;

/// A transaction in which a statement runs, with the catalog at hand.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) txn: &'a mut Transaction,
    pub(crate) catalog: &'a Arc<Catalog>,
    pub(crate) changes: &'a mut SchemaChanges,
}

impl Scope<'_> {
    /// The collection of `handle`, which the transaction is going to write to.
    pub(crate) fn open_to_write(&mut self, handle: &Handle) -> Result<Option<Arc<Opened>>> {
        let opened = self.catalog.find(self.txn, handle)?;
        opened.as_ref().map_or(Ok(()), |opened| opened.check_ids())?;
        self.txn.expect_unchanged(CATALOG, handle.name().as_bytes());
        Ok(opened)
    }

    /// The same, created with default options when there is none.
    pub(crate) fn open_or_create(&mut self, handle: &Handle) -> Result<Arc<Opened>> {
        if let Some(opened) = self.open_to_write(handle)? {
            return Ok(opened);
        }
        self.put_new(handle.name(), Settings::default())?;
        let opened = self.catalog.find(self.txn, handle)?;
        opened.ok_or_else(|| Error::internal("a collection was created and is not there"))
    }

    /// Creates a collection or a view; one that is there already must have equal options.
    pub(crate) fn create(&mut self, name: &str, settings: Settings) -> Result<()> {
        check_name(name)?;
        match self.catalog.entry_of(self.txn, name)? {
            None => {
                if let Some(view) = &settings.view {
                    views::check_view(self.txn, self.catalog, name, &view.on)?;
                    views::check_collation(self.txn, self.catalog, name, &settings, &view.on)?;
                }
                self.put_new(name, settings)
            }
            Some(there) if there.settings == settings => Ok(()),
            Some(there) => Err(exists(format!(
                "the collection {name:?} exists with other options: {:?}, asked for {:?}",
                there.settings.to_doc(),
                settings.to_doc()
            ))),
        }
    }

    /// Drops a collection with all its documents; says whether there was one.
    pub(crate) fn drop_collection(&mut self, name: &str) -> Result<bool> {
        check_address(name)?;
        let Some(entry) = self.catalog.entry_of(self.txn, name)? else { return Ok(false) };
        self.changes.begin(self.catalog);
        self.txn.delete(CATALOG, name.as_bytes())?;
        for tree in entry.trees() {
            self.txn.drop_tree(tree)?;
        }
        Ok(true)
    }

    /// Gives a collection another name, in place of the collection that has it when `drop_target`.
    pub(crate) fn rename(&mut self, from: &str, to: &str, drop_target: bool) -> Result<()> {
        check_name(from)?;
        check_name(to)?;
        let Some(mut entry) = self.catalog.entry_of(self.txn, from)? else { return Err(missing(from)) };
        if from == to {
            return Err(Error::invalid(code::ILLEGAL_OPERATION, format!("cannot rename {from:?} to itself")));
        }
        if entry.is_view() {
            return Err(Error::invalid(
                code::COMMAND_NOT_SUPPORTED_ON_VIEW,
                format!("cannot rename view: {from:?}"),
            ));
        }
        if let Some(there) = self.catalog.entry_of(self.txn, to)? {
            if there.is_view() {
                return Err(exists(format!("a view already exists with that name: {to:?}")));
            }
            if !drop_target {
                return Err(exists(format!("cannot rename {from:?}: the collection {to:?} exists")));
            }
            self.drop_collection(to)?;
        }
        self.changes.begin(self.catalog);
        entry.version += 1;
        self.txn.delete(CATALOG, from.as_bytes())?;
        self.txn.put(CATALOG, to.as_bytes(), &[&entry.encode()])
    }

    /// Writes a changed entry; every writer of the collection that began before will conflict.
    pub(super) fn put_changed(&mut self, name: &str, mut entry: Entry) -> Result<()> {
        self.changes.begin(self.catalog);
        entry.version += 1;
        self.txn.put(CATALOG, name.as_bytes(), &[&entry.encode()])
    }

    fn put_new(&mut self, name: &str, settings: Settings) -> Result<()> {
        self.changes.begin(self.catalog);
        let entry = if settings.view.is_some() { self.new_view(settings) } else { self.new_entry(settings)? };
        self.txn.put(CATALOG, name.as_bytes(), &[&entry.encode()])
    }

    fn new_entry(&mut self, settings: Settings) -> Result<Entry> {
        let first = self.catalog.tree_numbers(self.txn, 2)?;
        let graves = match settings.soft_delete {
            true => Some(TreeId::record(self.catalog.tree_numbers(self.txn, 1)?)),
            false => None,
        };
        let mut indexes = Vec::new();
        if let Some(path) = &settings.primary_key {
            let collation = settings.collation.clone();
            let spec = IndexSpec::unique(path.as_str(), collation, self.catalog.parsers.partial)?;
            let tree = TreeId::index(self.catalog.tree_numbers(self.txn, 1)?);
            indexes.push(Arc::new(IndexEntry::new(spec, tree, true)));
        }
        Ok(Entry {
            id: first,
            records: TreeId::record(first),
            ids: TreeId::index(first),
            expiries: TreeId::index(first + 1),
            settings,
            version: 1,
            uuid: Some(self.new_uuid()),
            graves,
            indexes,
        })
    }

    fn new_view(&mut self, settings: Settings) -> Entry {
        let none = TreeId(0);
        Entry {
            id: 0,
            records: none,
            ids: none,
            expiries: none,
            settings,
            version: 1,
            uuid: None,
            graves: None,
            indexes: Vec::new(),
        }
    }

    /// A random UUID, as its version says.
    fn new_uuid(&self) -> [u8; 16] {
        let mut uuid = self.catalog.entropy.sixteen();
        uuid[6] = uuid[6] & 0x0F | 0x40;
        uuid[8] = uuid[8] & 0x3F | 0x80;
        uuid
    }
}

/// The error for a collection that is not there.
pub(crate) fn missing(name: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no collection {name:?}"))
        .with_code(code::NAMESPACE_NOT_FOUND)
}

fn exists(message: String) -> Error {
    Error::new(ErrorKind::Exists, message).with_code(code::NAMESPACE_EXISTS)
}
