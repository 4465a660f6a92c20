//! Which files are open in this process, so that a second opening shares the first.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

use crate::error::{Error, ErrorKind, Result};

use super::opening::Shared;

/// Places are never taken out: there are no more of them than files were ever opened.
///
/// By process, because a child that was forked inherits this table, and nothing in it is its own: to the child a file
/// that its parent has open is one that another process has open.
static PLACES: LazyLock<Mutex<HashMap<(u32, PathBuf), Place>>> = LazyLock::new(Mutex::default);

/// Where an open file stands. Held while it is being opened or closed, so that nobody meets a half-open one.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(Arc<Mutex<Option<Held>>>);

#[derive(Debug)]
struct Held {
    shared: Arc<Shared>,
    openings: usize,
}

/// The database in the file that `identity` names: the one that is open, or what `open` opens.
pub(super) fn share(
    identity: &Path,
    fits: impl FnOnce(&Shared) -> Result<()>,
    open: impl FnOnce() -> Result<Shared>,
) -> Result<(Arc<Shared>, Place)> {
    let place = place_of(identity);
    let mut held = place.0.lock();
    let shared = match &mut *held {
        Some(open) => {
            fits(&open.shared)?;
            open.openings += 1;
            Arc::clone(&open.shared)
        }
        nothing => {
            let shared = Arc::new(open()?);
            *nothing = Some(Held { shared: Arc::clone(&shared), openings: 1 });
            shared
        }
    };
    drop(held);
    Ok((shared, place))
}

/// Does something with a file that nobody in this process has open, and nobody opens meanwhile.
pub(super) fn while_closed<R>(identity: &Path, deed: impl FnOnce() -> Result<R>) -> Result<R> {
    let place = place_of(identity);
    let held = place.0.lock();
    if held.is_some() {
        let what = format!("{} is open in this process", identity.display());
        return Err(Error::new(ErrorKind::Busy, what));
    }
    deed()
}

fn place_of(identity: &Path) -> Place {
    let name = (std::process::id(), identity.to_owned());
    PLACES.lock().entry(name).or_default().clone()
}

impl Place {
    /// A place that nobody else can find, for a database that was opened once.
    pub(super) fn of(shared: &Arc<Shared>) -> Self {
        Self(Arc::new(Mutex::new(Some(Held { shared: Arc::clone(shared), openings: 1 }))))
    }

    /// One opening more of what is open here; nothing when it was closed.
    pub(super) fn join(&self) -> Option<Arc<Shared>> {
        let mut held = self.0.lock();
        let open = held.as_mut()?;
        open.openings += 1;
        Some(Arc::clone(&open.shared))
    }

    /// How many openings there are.
    pub(super) fn openings(&self) -> usize {
        self.0.lock().as_ref().map_or(0, |open| open.openings)
    }

    /// One opening is over; the last one closes the file.
    pub(super) fn leave(&self) -> Result<()> {
        let mut held = self.0.lock();
        let Some(open) = &mut *held else {
            return Err(Error::new(ErrorKind::Internal, "an open database does not stand in the registry"));
        };
        open.openings -= 1;
        if open.openings > 0 {
            return Ok(());
        }
        let closing = Arc::clone(&open.shared);
        *held = None;
        closing.close()
    }
}
