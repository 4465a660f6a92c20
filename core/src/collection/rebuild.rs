//! Indexes whose entries were written in a way that is no longer read.
//!
//! Such an index is built again as a new one is, in a tree of its own, before anybody else writes. Its entry in the
//! catalog names the old format until it is complete: after a crash it is begun once more.

use std::sync::Arc;

use crate::document::collation::Collation;
use crate::error::Result;
use crate::storage::TreeId;
use crate::transaction::Transaction;

use super::catalog::{Catalog, Handle};
use super::entry::Entry;
use super::layout::CATALOG;
use super::scope::Scope;

/// The collections with such indexes, those apart whose own collation this build lacks: nobody can write to them.
pub(crate) fn outdated(catalog: &Catalog, txn: &Transaction) -> Result<Vec<String>> {
    let has = |entry: &Entry| {
        let is_writable =
            entry.settings.collation.as_ref().map(Collation::check).is_none_or(|check| check.is_ok());
        is_writable && entry.indexes.iter().any(|index| index.is_outdated())
    };
    let entries = catalog.entries(txn)?.into_iter();
    Ok(entries.filter(|(_, entry)| has(entry)).map(|(name, _)| name).collect())
}

impl Scope<'_> {
    /// Gives each of these indexes of a collection an empty tree; answers the trees.
    pub(crate) fn empty_outdated(&mut self, handle: &Handle) -> Result<Vec<TreeId>> {
        let Some(mut entry) = self.collection_entry(handle.name())? else { return Ok(Vec::new()) };
        self.txn.expect_unchanged(CATALOG, handle.name().as_bytes());
        let mut trees = Vec::new();
        for index in entry.indexes.iter_mut().filter(|index| index.is_outdated()) {
            self.txn.drop_tree(index.tree)?;
            let tree = TreeId::index(self.catalog.tree_numbers(self.txn, 1)?);
            Arc::make_mut(index).tree = tree;
            trees.push(tree);
        }
        if !trees.is_empty() {
            self.put_changed(handle.name(), entry)?;
        }
        Ok(trees)
    }

    /// Makes the indexes of a collection ones of an earlier format, of which nothing is left to read.
    #[cfg(test)]
    pub(crate) fn age_indexes(&mut self, handle: &Handle) -> Result<()> {
        let Some(mut entry) = self.collection_entry(handle.name())? else { return Ok(()) };
        for index in &mut entry.indexes {
            let index = Arc::make_mut(index);
            self.txn.drop_tree(index.tree)?;
            index.tree = TreeId::index(self.catalog.tree_numbers(self.txn, 1)?);
            index.format = 0;
        }
        self.put_changed(handle.name(), entry)
    }
}
