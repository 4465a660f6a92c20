//! Ids that are generated here, so that the caller's documents have them before they are stored.

use std::sync::Arc;

use nexuslite::IdKind;
use nexuslite::base::{SystemClock, SystemEntropy};
use nexuslite::document::id::IdGenerator;

/// A generator of this kind.
pub(crate) fn generator(kind: IdKind) -> Arc<IdGenerator> {
    Arc::new(IdGenerator::new(kind, Arc::new(SystemEntropy), Arc::new(SystemClock::new())))
}
