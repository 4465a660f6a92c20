//! One node, one file.

mod branch;
mod distinct;
mod filter;
mod id_range;
mod ids;
mod index_scan;
mod insert;
mod intersection;
mod key_walk;
mod listed;
mod look_up;
mod modify;
mod project;
mod ration;
mod record_set;
mod records;
mod sort;
#[cfg(test)]
mod tests;
mod union;
mod window;

pub(crate) use distinct::distinct;
pub(crate) use filter::Filter;
pub(crate) use id_range::IdRange;
pub(crate) use ids::Ids;
pub(crate) use index_scan::IndexScan;
pub(crate) use insert::{Insert, insert_chunk};
pub(crate) use intersection::Intersection;
pub(crate) use listed::Listed;
pub(crate) use modify::{Changed, ModifiedChunk, ModifyRun, list};
pub(crate) use project::Project;
pub(crate) use records::Records;
pub(crate) use sort::Sort;
pub(crate) use union::Union;
pub(crate) use window::Window;
