//! Expressions and pipelines.

use std::cell::Cell;

use crate::document::raw::{RawDoc, RawValue};
use crate::error::{Error, ErrorKind};
use crate::expression::value::{Item, Moment};
use crate::query::parse::{Terms, expression as parse, pipeline};

use super::documents::valid;
use super::documents_of;

/// How often loops may ask for leave: an input that takes long is not a fault.
const ROUNDS: u32 = 200;

/// Expressions: each value of the input is read as one, and evaluated over all documents of the input.
pub fn expression(data: &[u8]) {
    let docs = documents_of(data, 6);
    let docs: Vec<RawDoc<'_>> = docs.iter().map(|doc| doc.as_doc()).collect();
    for (_, written) in docs.iter().flat_map(RawDoc::iter).take(32) {
        evaluate(written, &docs);
        if let Some(Ok(pipeline)) = written.as_array().map(|stages| pipeline(stages, Terms::default())) {
            let rounds = Cell::new(0);
            let leave = || leave(&rounds);
            for doc in &docs {
                if let Ok(made) = pipeline.run(*doc, &Moment { now_ms: 0, leave: &leave }) {
                    valid(&made, *doc, *doc);
                }
            }
        }
    }
}

fn evaluate(written: RawValue<'_>, docs: &[RawDoc<'_>]) {
    let Ok(expression) = parse(written, Terms::default()) else { return };
    let rounds = Cell::new(0);
    let leave = || leave(&rounds);
    let moment = Moment { now_ms: 0, leave: &leave };
    for doc in docs {
        let Ok(item) = expression.evaluate(*doc, &moment) else { continue };
        let again = expression.evaluate(*doc, &moment).ok();
        if let (Some(value), Some(again)) = (item.raw(), again.as_ref().map(Item::raw)) {
            assert_eq!(Some(value), again, "{expression:?} computes two things of {doc:?}");
        }
        if let Some(value) = item.raw() {
            let whole = crate::document::builder::RawDocBuf::build(|out| out.append("v", value));
            valid(whole.as_bytes(), *doc, *doc);
        }
    }
}

fn leave(rounds: &Cell<u32>) -> crate::error::Result<()> {
    rounds.set(rounds.get() + 1);
    if rounds.get() > ROUNDS { Err(Error::new(ErrorKind::Cancelled, "it takes too long")) } else { Ok(()) }
}
