//! What the room promises.

mod builder;
mod compare;
mod id;
mod path;
pub(crate) mod random;
