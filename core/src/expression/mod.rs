//! What a statement says about documents: which ones, which fields of them, in which order, with what changed.
//!
//! Pure values and pure functions over raw BSON.
//! Not here: how a statement is written (`query/parse`), which records are looked at (`query/plan`), time, files.
//!
//! Invariants
//!   E1  An expression that was built can be evaluated on any document: what can fail at parse time fails there.
//!   E2  Evaluation decodes nothing that it does not compare, and allocates only for what it returns; a schema that
//!       compares whole documents, or many elements with one another, takes memory to sort them.
//!   E3  What evaluation returns depends on the document, the expression and the occasion it is told alone.
//!
//! Read next: `filter` and `matches`, `update`, `projection`, `sort`.

pub(crate) mod argument;
pub(crate) mod array_part;
pub(crate) mod bits;
pub(crate) mod bound;
pub(crate) mod choices;
mod decimal;
pub(crate) mod filter;
pub(crate) mod in_list;
pub(crate) mod integer;
mod matches;
pub(crate) mod modulo;
pub(crate) mod number;
pub(crate) mod number_range;
pub(crate) mod operand;
pub(crate) mod pattern;
mod position;
pub(crate) mod projection;
pub(crate) mod sample;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod sort;
mod sort_key;
pub(crate) mod tuples;
pub(crate) mod type_set;
pub(crate) mod update;
pub(crate) mod upsert;
pub(crate) mod validator;
pub(crate) mod value;
pub(crate) mod value_filter;

#[cfg(test)]
mod tests;
