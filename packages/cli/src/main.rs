//! The NexusLite command line.
fn main() {}
