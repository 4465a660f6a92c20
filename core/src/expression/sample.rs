//! `$sampleRate`: about so many of all documents, by chance.
//!
//! The dice are rolled once, for the filter; from then on a document's `_id` alone decides, so that the same filter
//! gives the same answer of the same document however often it is asked.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::document::raw::RawValue;

/// A rate from 0 to 1, and what tells one sample from another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    rate: f64,
    seed: u64,
}

impl Sample {
    /// None unless the rate is from 0 to 1.
    pub(crate) fn new(rate: f64, seed: u64) -> Option<Self> {
        (0.0..=1.0).contains(&rate).then_some(Self { rate, seed })
    }

    #[expect(clippy::cast_precision_loss, reason = "the upper 53 bits are a double")]
    pub(crate) fn takes(self, id: Option<RawValue<'_>>) -> bool {
        const PARTS: f64 = (1_u64 << 53) as f64;
        let hash = xxh3_64_with_seed(id.map(|id| id.as_bytes()).unwrap_or_default(), self.seed);
        (hash >> 11) as f64 / PARTS < self.rate
    }
}
