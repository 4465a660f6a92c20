//! What a power cut may do to the changes that no sync has covered.

/// How a crash image treats what was pending. Every part is decided on its own, from one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashStyle {
    /// How much of each write gets through.
    pub writes: Tear,
    /// In which order the writes that got through lie over each other.
    pub order: Order,
    /// Which length a file has, among those it had since the last one that was synced.
    pub lengths: Fate,
    /// Which new, renamed and removed names get through.
    pub names: Fate,
    /// What is read where a file grew and nothing was written, or was cut and the cut got through.
    pub fill: Fill,
    /// What becomes of changes whose sync failed.
    pub doubtful: Fate,
}

/// How much of each pending write gets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tear {
    /// All of it.
    Whole,
    /// Nothing of it.
    Nothing,
    /// Each write wholly or not at all.
    Subset,
    /// Any sectors of each write.
    Sectors,
    /// Each write up to any byte, or from any byte on.
    Bytes,
    /// One of the others, decided per file.
    Any,
}

/// In which order pending writes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they were made.
    Made,
    /// Shuffled.
    Shuffled,
    /// One of the others, decided per file.
    Any,
}

/// Whether a pending change gets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    Keep,
    /// It does not.
    Drop,
    /// Decided for each change.
    Any,
}

/// What is read where nothing was ever written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Zeros.
    Zeros,
    /// Random bytes, in some sectors.
    Noise,
    /// Sectors that some file on this disk holds, in some sectors: old bytes that look right.
    Stale,
    /// One of the others, decided per file.
    Any,
}

impl CrashStyle {
    /// Everything got through, as when only the process died.
    pub const KEEP_ALL: Self = Self {
        writes: Tear::Whole,
        order: Order::Made,
        lengths: Fate::Keep,
        names: Fate::Keep,
        fill: Fill::Zeros,
        doubtful: Fate::Keep,
    };
    /// Nothing got through that was not synced.
    pub const DROP_ALL: Self = Self {
        writes: Tear::Nothing,
        order: Order::Made,
        lengths: Fate::Drop,
        names: Fate::Drop,
        fill: Fill::Zeros,
        doubtful: Fate::Drop,
    };
    /// Whole writes, in the order they were made, lengths and names apart from them.
    pub const SUBSET: Self = Self {
        writes: Tear::Subset,
        order: Order::Made,
        lengths: Fate::Any,
        names: Fate::Any,
        fill: Fill::Zeros,
        doubtful: Fate::Any,
    };
    /// Torn at sectors, in any order.
    pub const SECTORS: Self =
        Self { writes: Tear::Sectors, order: Order::Any, fill: Fill::Any, ..Self::SUBSET };
    /// Torn at any byte, in any order.
    pub const BYTES: Self = Self { writes: Tear::Bytes, ..Self::SECTORS };
    /// All of the above, decided per file: the style for a search.
    pub const ANY: Self = Self { writes: Tear::Any, ..Self::SECTORS };

    /// The same, but what was pending when a sync failed is always lost.
    #[must_use]
    pub const fn dropping_doubtful(self) -> Self {
        Self { doubtful: Fate::Drop, ..self }
    }
}
