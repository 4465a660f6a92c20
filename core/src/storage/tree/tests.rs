//! What a tree promises, tried against a plain ordered map over pages in memory.

mod damage;
mod held;
mod model;
mod pages;
mod shape;
