//! What the main file says about itself: the header, written once, and the manifest, which names one version.
//!
//! There are two slots for manifests and two copies of each; version v stands in slot v mod 2, so writing a
//! version never touches the one before.
//!
//! Not here: when a manifest may be written (`engine`), what its directory means (`tree`).
//!
//! Invariants
//!   M1  Everything that a manifest refers to was synced before it was written.
//!   M2  Of two whole manifests the one of the higher version is the state of the file.
//!   M3  A version is written with one content only: two valid copies of one version that differ are damage.
//!       After a manifest could not be written or synced, its version is therefore never written again by the
//!       same process.
//!   M4  A database begins with the versions 0 and 1, so from its first day on the slot that is not the newest
//!       holds the version before, whole.
//!
//! Read next: `layout` (bytes), `header`, `state` (what a manifest says), `flip` (writing one), `choose`
//! (which one counts).

mod choose;
mod decode;
mod flip;
mod header;
mod layout;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use choose::{Chosen, Slot, Slots, choose};
pub(crate) use decode::read_manifests;
pub(crate) use flip::{create, write_manifest};
pub(crate) use header::{EngineKind, Header, begins_as_database, read_header};
pub(crate) use layout::{FIRST_VERSION, RESERVED_PAGES};
pub(crate) use state::Manifest;
