//! Free space of the main file: which pages may be written, and when.
//!
//! A page is used, or in exactly one of three states:
//!   ready    nobody can come to read it any more; it may be written now
//!   dying    the newest version does without it, but an older one that is pinned, or whose manifest still
//!            stands in a slot, does not
//!   claimed  it holds a large value of a commit that only the log refers to so far
//!
//! Not here: writing anything (`page`), who pins which version (`engine`).
//!
//! Invariants
//!   S1  Every page from [`FIRST_PAGE`] to the end of the file is used, or in exactly one of the three states.
//!   S2  A page freed by version d and born in version b becomes ready while version v is written iff
//!       v ≥ d + 2 (both manifest slots are whole without it) and no pinned version p has b ≤ p < d.
//!       It stays so: what is pinned later is a newer version.
//!   S3  A page allocated and freed by the same version was never in a durable manifest and is ready at once.
//!   S4  The file is cut only where it is ready, so cutting and reuse obey the same rule.
//!   S5  The persisted map tells claimed pages as ready: without the log's record nothing refers to them, and
//!       with it recovery claims them again before anybody can take them.
//!
//! Read next: `rule` (S2), `map` (the states), `layout` (bytes).

mod check;
mod decode;
mod encode;
mod layout;
mod map;
mod ready;
mod rule;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use check::Owned;
pub(crate) use map::Space;
pub(crate) use rule::ReuseRule;
pub(crate) use run::PageRun;

/// The first page that can be allocated: before it lie the header and the four manifest blocks.
pub(crate) const FIRST_PAGE: u64 = crate::storage::manifest::RESERVED_PAGES;
