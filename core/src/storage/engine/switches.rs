//! Switches of the protocol for the tests.

/// Nothing is switched.
#[derive(Debug, Clone, Default)]
pub struct Switches;
