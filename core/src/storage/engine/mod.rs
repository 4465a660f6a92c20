//! Engines: the parts, assembled.

pub(crate) mod memory;
