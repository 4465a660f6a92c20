//! What the room promises.

mod builder;
mod compare;
mod decode;
mod field;
mod id;
mod path;
pub(crate) mod random;
mod validate;
