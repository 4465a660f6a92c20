//! Views among the collections: a view may stand on another one, so far and never on itself.

use std::collections::HashMap;

use crate::error::{Error, Result, code};
use crate::transaction::Transaction;

use super::catalog::Catalog;
use super::entry::Entry;
use super::settings::Settings;

/// So many views may stand one on another.
pub(crate) const VIEW_DEPTH_MAX: usize = 20;

/// The error for a write, or another call that views have not.
pub(crate) fn is_view(name: &str) -> Error {
    let what = format!("Namespace {name} is a view, not a collection");
    Error::invalid(code::COMMAND_NOT_SUPPORTED_ON_VIEW, what)
}

/// The error for views that stand too high.
pub(crate) fn too_deep() -> Error {
    let what = format!("View depth too deep or view cycle detected; maximum depth is {VIEW_DEPTH_MAX}");
    Error::invalid(code::VIEW_DEPTH_LIMIT_EXCEEDED, what)
}

/// Accepts a view `name` on `on`, beside the views there are.
///
/// # Errors
/// `Invalid`: `GraphContainsCycle` (5) when it would stand on itself, `ViewDepthLimitExceeded` (165) when it, or a view
/// above it, would stand on too many others.
pub(super) fn check_view(txn: &Transaction, catalog: &Catalog, name: &str, on: &str) -> Result<()> {
    let entries = catalog.entries(txn)?;
    let views =
        entries.iter().filter_map(|(name, entry)| Some((&**name, &*entry.settings.view.as_ref()?.on)));
    let mut views: HashMap<&str, &str> = views.collect();
    views.insert(name, on);
    for view in views.keys() {
        check_chain(&views, view, name)?;
    }
    Ok(())
}

/// Accepts a view `name` with its collation on another view.
///
/// # Errors
/// `Invalid`, `OptionNotSupportedOnView` (167): the other one has another collation.
pub(super) fn check_collation(
    txn: &Transaction,
    catalog: &Catalog,
    name: &str,
    settings: &Settings,
    on: &str,
) -> Result<()> {
    let beneath = catalog.entry_of(txn, on)?.filter(Entry::is_view);
    match beneath {
        Some(beneath) if beneath.settings.collation != settings.collation => {
            let what = format!("the view {name:?} has another collation than the view {on:?} beneath it");
            Err(Error::invalid(code::OPTION_NOT_SUPPORTED_ON_VIEW, what))
        }
        _ => Ok(()),
    }
}

/// Follows a view down to its collection.
fn check_chain(views: &HashMap<&str, &str>, view: &str, new: &str) -> Result<()> {
    let mut chain = vec![view];
    let mut at = view;
    while let Some(on) = views.get(at) {
        let closes = chain.contains(on);
        chain.push(on);
        if closes {
            let what = format!("View cycle detected: {new} => {}", chain.join(" => "));
            return Err(Error::invalid(code::GRAPH_CONTAINS_CYCLE, what));
        }
        // The last in the chain is the collection.
        if chain.len() > VIEW_DEPTH_MAX + 1 {
            return Err(too_deep());
        }
        at = on;
    }
    Ok(())
}
