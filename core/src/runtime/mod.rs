//! The only room that starts a thread.
//!
//! Nothing depends on it: without a worker, whoever would wait for a piece of work does it.

mod worker;
#[cfg(test)]
mod tests;

pub(crate) use worker::Worker;
