//! The only room that starts a thread.
//!
//! Nothing depends on it: without a worker, whoever would wait for a piece of work does it.

#[cfg(test)]
mod tests;
mod worker;

pub(crate) use worker::Worker;
