//! Which records have expired, for nodes that answer without reading them.

use crate::collection::{RecordId, expired_records};
use crate::error::Result;

use super::Context;

/// The records whose time has passed and that are not swept yet: few, since the sweeper comes by all the time.
#[derive(Debug, Default)]
pub(super) struct Expired(Option<Vec<RecordId>>);

impl Expired {
    pub(super) fn holds(&mut self, ctx: &Context<'_>, record: RecordId) -> Result<bool> {
        let known = match &mut self.0 {
            Some(known) => known,
            none => none.insert(expired_records(ctx.txn, ctx.opened)?),
        };
        Ok(!known.is_empty() && known.binary_search(&record).is_ok())
    }
}
