//! What the machine could do in the same run without a database: bare loops, each the limit of some figures.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nexuslite_benches::{documents, limits};

use crate::asked::Asked;
use crate::figure::{Figure, Told, Unit, rate, timed};
use crate::peers::Result;

/// The name that these go under in the rounds.
pub(crate) const NAME: &str = "limit";

/// One bare loop.
pub(crate) struct Limit {
    pub(crate) figure: Figure,
    /// The figures that cannot pass it.
    pub(crate) of: &'static [&'static str],
    run: fn(&Bare) -> Result<f64>,
}

/// What the loops work on.
struct Bare<'b> {
    folder: &'b Path,
    documents: Vec<Vec<u8>>,
    time: Duration,
}

pub(crate) const LIMITS: &[Limit] = &[
    Limit {
        figure: rate("4 KiB overwritten and synced"),
        of: &[
            "durable single insert",
            "durable single update",
            "durable single delete",
            "steady churn: durable changes",
        ],
        run: |bare| limits::synced_writes(&limits::preallocated(bare.folder)?, bare.time),
    },
    Limit {
        figure: rate("the same, 8 threads in groups"),
        of: &["durable single insert, 8 threads"],
        run: |bare| grouped(bare, 8),
    },
    Limit {
        figure: rate("the same, 32 threads in groups"),
        of: &["durable single insert, 32 threads"],
        run: |bare| grouped(bare, 32),
    },
    Limit {
        figure: rate("BTreeMap: inserts of documents"),
        of: &["bulk insert, batches of 1000"],
        run: |bare| Ok(limits::btree_inserts(&bare.documents)),
    },
    Limit {
        figure: rate("hash map: gets of a field"),
        of: &["get by _id, a field of the raw document", "100 gets in one snapshot, gets"],
        run: |bare| Ok(limits::hash_gets(&bare.documents, bare.documents.len() as u64 * 2)),
    },
    Limit {
        figure: rate("decoding of documents"),
        of: &["get by _id, decoded"],
        run: |bare| limits::decodes(&bare.documents, bare.time),
    },
    Limit {
        figure: rate("walk over raw BSON in one buffer, documents"),
        of: &["full scan, a filter without an index, documents"],
        run: |bare| Ok(limits::raw_walk(&bare.documents)),
    },
    Limit {
        figure: Figure { name: "memcpy of 256 MiB, in a second", unit: Unit::Mebibytes },
        of: &[],
        run: |bare| Ok(limits::copies(bare.time) / f64::from(1 << 20)),
    },
];

/// The limit of this figure.
pub(crate) fn limit_of(figure: &str) -> Option<&'static Limit> {
    LIMITS.iter().find(|limit| limit.of.contains(&figure))
}

/// Measures all of them, in a process of their own like everybody else.
pub(crate) fn measure(asked: &Asked, folder: &Path, tell: &mut dyn FnMut(Told)) -> Result<()> {
    let bare = Bare { folder, documents: documents::encoded(asked.sizes[0])?, time: asked.time };
    for limit in LIMITS {
        tell(timed(limit.figure, (limit.run)(&bare)?));
    }
    Ok(())
}

fn grouped(bare: &Bare, threads: usize) -> Result<f64> {
    let file = Arc::new(limits::preallocated(bare.folder)?);
    Ok(limits::group_commits(&file, threads, bare.time))
}
