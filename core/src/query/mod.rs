//! From a statement to rows.
//!
//! A statement says what is wanted (`statement`), a plan says by which road (`plan`), nodes walk it (`execute`).
//! Reads and writes take the same road: what a write changes is found as a read finds it.
//!
//! Not here: what a filter means (`expression`), how a record is kept (`collection`), when a transaction ends
//! (`api`).

pub(crate) mod counts;
pub(crate) mod execute;
pub(crate) mod parse;
pub(crate) mod plan;
pub(crate) mod statement;
pub(crate) mod view;
