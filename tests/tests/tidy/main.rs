//! The shape of the source, kept by a test: who imports whom, and what is deliberately absent.

mod absences;
mod imports;
mod source;
