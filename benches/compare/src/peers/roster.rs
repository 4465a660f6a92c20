//! Who takes part, and what each cannot take part in.

use std::path::Path;

use super::{Open, Opening, Peer, Result};

/// One who takes part.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    /// The version that was built, and how it commits.
    pub about: &'static str,
    /// How it is opened, unless another program does it.
    open: Option<Open>,
    /// Whether what it keeps survives a power cut: only such a one can be the best peer.
    pub database: bool,
    /// What it is left out of.
    pub without: &'static [Without],
}

/// A line that somebody is left out of.
#[derive(Debug, Clone, Copy)]
pub struct Without {
    line: &'static str,
    /// The fewest documents with which it is.
    from: u64,
    why: &'static str,
}

const fn without(line: &'static str, why: &'static str) -> Without {
    Without { line, from: 0, why }
}

impl Without {
    const fn from(self, documents: u64) -> Self {
        Self { from: documents, ..self }
    }
}

const HOUR: &str = "the hour has room for four";
const FORGETS: &str = "it keeps nothing that could be opened again";
const NO_SNAPSHOTS: &str = "it has no snapshots";
const NO_CACHE: &str = "it has no option for its cache";
/// One query takes 0.28 s among 2,000 documents and 23 s among 100,000 by an index; by `_id` it had not ended after 280 s.
const SORTS: &str = "it sorts all that a range finds before it hands out the first, which takes it minutes";

/// Ours.
pub const OURS: &str = "NexusLite";

/// All, ours first.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: OURS,
        about: concat!(
            env!("CARGO_PKG_VERSION"),
            ", durability `full`: one `fdatasync` for all commits that wait"
        ),
        open: Some(|folder, opening| Ok(Box::new(super::nexus::Nexus::open(folder, opening)?))),
        database: true,
        without: &[],
    },
    Entry {
        name: "SQLite columns",
        about: "3.54.1 by rusqlite 0.41, WAL, `synchronous = FULL`, a column for each field",
        open: Some(|folder, opening| Ok(Box::new(super::sqlite_columns::columns(folder, opening)?))),
        database: true,
        without: &[],
    },
    Entry {
        name: "SQLite JSON",
        about: "the same, `jsonb` documents and indexes on expressions",
        open: Some(|folder, opening| Ok(Box::new(super::sqlite_json::json(folder, opening)?))),
        database: true,
        without: &[without("churn", HOUR)],
    },
    Entry {
        name: "LMDB",
        about: "0.9.70 by heed 0.22, writable map, a sync at each commit",
        open: Some(super::lmdb::open),
        database: true,
        without: &[],
    },
    Entry {
        name: "redb",
        about: "4.5, durability `Immediate`",
        open: Some(super::redb::open),
        database: true,
        without: &[without("churn", HOUR)],
    },
    Entry {
        name: "fjall",
        about: "3.1, each batch with `PersistMode::SyncData`, LZ4 below the upper levels",
        open: Some(super::fjall::open),
        database: true,
        without: &[without("churn", HOUR)],
    },
    Entry {
        name: "RocksDB",
        about: "11.8 by rocksdb 0.25, synced writes, LZ4",
        #[cfg(feature = "rocksdb")]
        open: Some(super::rocksdb::open),
        #[cfg(not(feature = "rocksdb"))]
        open: None,
        database: true,
        without: &[],
    },
    Entry {
        name: "PoloDB",
        about: "5.3 on its own RocksDB 9, synced writes, ids as text; it has no snapshots, so its 100 gets are in one transaction",
        open: None,
        database: true,
        without: &[
            without("a long reader beside churn", NO_SNAPSHOTS),
            without("ycsb e", SORTS).from(10_000),
            without("index range", SORTS).from(50_000),
            without("larger than the cache", NO_CACHE),
            without("churn", HOUR),
        ],
    },
    Entry {
        name: "BTreeMap + log",
        about: "maps in memory and a synced log that nothing is read back from: the limit of the work, not a database",
        open: Some(super::btree::open),
        database: false,
        without: &[
            without("a long reader beside churn", "a reader locks its writers out"),
            without("file size", FORGETS),
            without("open", FORGETS),
            without("open after a kill", FORGETS),
            without("larger than the cache", FORGETS),
            without("churn", FORGETS),
        ],
    },
];

/// The one of this name.
pub fn entry(name: &str) -> Result<&'static Entry> {
    let names = || ENTRIES.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
    let found = ENTRIES.iter().find(|entry| entry.name == name);
    found.ok_or_else(|| format!("there is no peer {name:?}; there are {}", names()).into())
}

/// Opens the named one in a folder, which holds its database or nothing.
pub fn open(name: &str, folder: &Path, opening: Opening) -> Result<Box<dyn Peer>> {
    let open = entry(name)?.open.ok_or_else(|| format!("this program was built without {name}"))?;
    open(folder, opening)
}

impl Entry {
    /// Why it is left out of this line with so many documents; nothing where it is not.
    pub fn left_out(&self, line: &str, documents: u64) -> Option<&'static str> {
        let mut all = self.without.iter();
        all.find(|without| without.line == line && documents >= without.from).map(|without| without.why)
    }

    /// Whether this program has it.
    pub fn is_built(&self) -> bool {
        self.open.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{ENTRIES, entry};
    use crate::lines;

    #[test]
    fn the_versions_are_those_that_are_linked() -> crate::peers::Result<()> {
        let heed::LmdbVersion { major, minor, patch, .. } = heed::lmdb_version();
        let lmdb = format!("{major}.{minor}.{patch} ");
        for (name, version) in [("SQLite columns", rusqlite::version()), ("LMDB", lmdb.as_str())] {
            assert!(entry(name)?.about.starts_with(version), "{name} is {version}: {}", entry(name)?.about);
        }
        Ok(())
    }

    #[test]
    fn whoever_is_left_out_of_a_line_is_left_out_of_one_that_there_is() -> crate::peers::Result<()> {
        let mut all = ENTRIES.iter().flat_map(|entry| entry.without);
        all.try_for_each(|without| lines::named(without.line).map(|_| ()))
    }
}
