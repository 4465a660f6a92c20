//! What the documents of a collection must satisfy, and what is told of one that does not.
//!
//! The question itself is a filter like any other. What is told follows the filter as it was written, clause by
//! clause, in the shape that MongoDB gives it.
//!
//! Not here: how a validator is written (`query/parse/validator`), when it is asked (`collection`).
//!
//! Read next: `clause` (the tree that is told of), `leaf` (one test of one path), `considered` (the values it saw).

mod clause;
mod considered;
mod leaf;

pub(crate) use clause::{Clause, Group};
pub(crate) use leaf::{Kind, Leaf};

use super::filter::Filter;
use super::value::{Moment, nesting};
use crate::document::builder::RawDocBuf;
use crate::document::id::ID;
use crate::document::raw::{DEPTH_MAX, DOCUMENT_BYTES_MAX, RawDoc, RawValue, Value, tag};

/// What is told is told inside of other documents, which need room and depth, too.
const DETAILS_BYTES_MAX: usize = DOCUMENT_BYTES_MAX / 2;
const DETAILS_DEPTH_MAX: usize = DEPTH_MAX - 10;

/// A filter that documents must satisfy.
#[derive(Debug, Clone)]
pub(crate) struct Validator {
    /// As it was written.
    pub(crate) source: RawDocBuf,
    pub(crate) filter: Filter,
    pub(crate) clause: Clause,
}

/// Two validators are equal when they are written alike.
impl PartialEq for Validator {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Validator {
    /// Whether `doc` satisfies it; one over which an expression fails does not.
    pub(crate) fn takes(&self, doc: RawDoc<'_>, now_ms: i64) -> bool {
        self.filter.matches_at(doc, &Moment::at(now_ms)).unwrap_or(false)
    }

    /// What is told of a document that does not satisfy it: `{failingDocumentId, details}`.
    pub(crate) fn why(&self, doc: RawDoc<'_>, now_ms: i64) -> RawDocBuf {
        let details = RawDocBuf::build(|out| self.clause.tell(doc, false, &Moment::at(now_ms), out));
        let told = |details: RawDoc<'_>| {
            RawDocBuf::build(|out| {
                if let Some(id) = doc.get(ID) {
                    out.append("failingDocumentId", id);
                }
                out.put("details", Value::Document(details));
            })
        };
        let whole = RawValue::new(tag::DOCUMENT, details.as_bytes());
        if details.as_bytes().len() <= DETAILS_BYTES_MAX && nesting(whole) <= DETAILS_DEPTH_MAX {
            return told(details.as_doc());
        }
        let reason = "there is more to tell than a document can hold";
        told(RawDocBuf::build(|out| out.put("reason", Value::String(reason))).as_doc())
    }
}
