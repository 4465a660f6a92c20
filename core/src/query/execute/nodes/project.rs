//! Hands out part of each document. A batch is written into one buffer.

use std::ops::Range;
use std::sync::Arc;

use crate::collection::Envelope;
use crate::error::Result;
use crate::expression::projection::{Meta, Projection};
use crate::expression::value::Moment;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::storage::{Buffer, Slice};

pub(crate) struct Project {
    projection: Arc<Projection>,
    input: Box<dyn Operator>,
    whole: Rows,
    returned: u64,
}

impl Project {
    pub(crate) fn start(projection: &Arc<Projection>, input: Box<dyn Operator>) -> Self {
        Self { projection: Arc::clone(projection), input, whole: Rows::new(), returned: 0 }
    }
}

impl Operator for Project {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        self.input.next(ctx, want, &mut self.whole)?;
        let leave = || ctx.watch.check();
        let moment = Moment { now_ms: ctx.txn.now_ms(), leave: &leave };
        let mut written = Vec::new();
        let mut places: Vec<Range<usize>> = Vec::with_capacity(self.whole.len());
        for at in 0..self.whole.len() {
            let start = written.len();
            if self.projection.metadata.is_empty() {
                self.projection.apply_into(self.whole.doc(at), &Meta::default(), &moment, &mut written)?;
            } else {
                let envelope = Envelope::decode(self.whole.record(at))?;
                self.projection.apply_into(self.whole.doc(at), &meta(&envelope), &moment, &mut written)?;
            }
            places.push(start..written.len());
        }
        let written = Arc::new(Buffer::from(written));
        for (at, place) in places.into_iter().enumerate() {
            rows.push(self.whole.record_id(at)?, Slice::new(Arc::clone(&written), place), 0);
        }
        self.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(Counts { returned: self.returned, ..Counts::default() });
        self.input.report(into);
    }
}

/// What a record says of its document, as a projection may ask for it.
pub(crate) fn meta<'a>(envelope: &Envelope<'a>) -> Meta<'a> {
    Meta {
        created_at: envelope.created_at_ms,
        updated_at: envelope.updated_at_ms,
        expires_at: envelope.expires_at_ms,
        version: envelope.version.map(u64::cast_signed),
        tags: envelope.tags,
    }
}
