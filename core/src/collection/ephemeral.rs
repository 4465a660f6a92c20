//! Where ephemeral documents live.
//!
//! They are records like all others, in a collection that no listing shows and that only its name reaches, so
//! they never mix with what was meant to stay.

/// The hidden collection of ephemeral documents.
pub(crate) const EPHEMERAL_COLLECTION: &str = "_tempDocuments";
