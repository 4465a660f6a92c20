//! Which manifest counts.

use std::fmt;
use std::path::Path;

use super::Manifest;
use crate::error::{Error, Result};

/// What stands in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Both copies are valid and equal.
    Whole(Manifest),
    /// One copy is valid; why the other is not, or that it is of an older version.
    Half { manifest: Manifest, other: String },
    /// Both copies are valid, of one version, and differ.
    Contradictory { version: u64 },
    /// No copy is valid, and something is there.
    Broken { reason: String },
    /// Nothing was ever written here.
    Empty,
}

/// The two slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slots {
    /// Even versions.
    pub(crate) a: Slot,
    /// Odd versions.
    pub(crate) b: Slot,
    /// Where in the file the first block stands, for messages.
    pub(crate) offset: u64,
}

/// The manifest that counts, and what is known about its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) manifest: Manifest,
    /// Whether both its copies are there. When not, its flip may have been cut short.
    pub(crate) is_whole: bool,
    /// Whether the other slot holds the version before, whole. When not, a newer version than the chosen one may
    /// have stood there and been lost, and only the log can tell.
    pub(crate) predecessor_is_whole: bool,
}

impl Chosen {
    /// Whether a missing or empty write-ahead file is what this manifest expects. If not, commits that were
    /// acknowledged would be gone without a word.
    pub(crate) fn stands_without_log(&self) -> bool {
        self.manifest.clean && self.predecessor_is_whole
    }
}

impl Slot {
    /// The manifest in this slot, by however many copies.
    pub(crate) fn manifest(&self) -> Option<&Manifest> {
        match self {
            Self::Whole(manifest) | Self::Half { manifest, .. } => Some(manifest),
            Self::Contradictory { .. } | Self::Broken { .. } | Self::Empty => None,
        }
    }

    fn version(&self) -> Option<u64> {
        self.manifest().map(|manifest| manifest.version)
    }

    fn is_whole(&self) -> bool {
        matches!(self, Self::Whole(_))
    }
}

/// Chooses the highest version (M2).
///
/// # Errors
/// `Corrupt` when there is none, or when a slot contradicts itself (M3).
pub(crate) fn choose(slots: &Slots, path: &Path) -> Result<Chosen> {
    for slot in [&slots.a, &slots.b] {
        if let Slot::Contradictory { version } = slot {
            let wrong = format!("the two copies of manifest {version} contradict each other");
            return Err(Error::corrupt(path, slots.offset, wrong));
        }
    }
    let (newest, other) =
        if slots.a.version() > slots.b.version() { (&slots.a, &slots.b) } else { (&slots.b, &slots.a) };
    let Some(manifest) = newest.manifest() else {
        let wrong = format!("no manifest is valid: slot A {}; slot B {}", slots.a, slots.b);
        return Err(Error::corrupt(path, slots.offset, wrong));
    };
    let is_predecessor =
        other.version().is_some_and(|version| version.checked_add(1) == Some(manifest.version));
    Ok(Chosen {
        manifest: manifest.clone(),
        is_whole: newest.is_whole(),
        predecessor_is_whole: is_predecessor && other.is_whole(),
    })
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(manifest) => write!(f, "holds version {}", manifest.version),
            Self::Half { manifest, other } => {
                write!(f, "holds version {} in one copy; the other {other}", manifest.version)
            }
            Self::Contradictory { version } => write!(f, "holds two contents of version {version}"),
            Self::Broken { reason } => f.write_str(reason),
            Self::Empty => f.write_str("is empty"),
        }
    }
}
