//! Options that cannot be meant.

use std::time::Duration;

use nexuslite::ErrorKind::Invalid;
use nexuslite::{Database, EngineKind, Options};

use crate::check::check;

#[test]
fn options() {
    let is = |what, options: Options, parts: &[&str]| {
        check(what, Database::open_with(":memory:", options), Invalid, Some(72), parts);
    };
    is("page_bytes", Options::new().page_bytes(4096), &["page_bytes", "4096", "8192", "16384"]);
    is("no page", Options::new().page_bytes(0), &["page_bytes is 0"]);
    is("chunk", Options::new().wal_chunk_bytes(100_000), &["wal_chunk_bytes", "100000", "power of two"]);
    is("small chunk", Options::new().wal_chunk_bytes(1024), &["wal_chunk_bytes", "1024", "from 65536"]);
    is("large chunk", Options::new().wal_chunk_bytes(1 << 31), &["wal_chunk_bytes", "2147483648"]);
    is("one chunk", Options::new().wal_bytes(1), &["wal_bytes is 1", "two chunks"]);
    is("no room", Options::new().transaction_bytes_max(1), &["transaction_bytes_max is 1"]);
    is("all room", Options::new().transaction_bytes_max(usize::MAX), &["transaction_bytes_max", "18446"]);
    is("no attempt", Options::new().transaction_attempts_max(0), &["transaction_attempts_max is 0"]);
    is("no pattern", Options::new().pattern_bytes_max(0), &["pattern_bytes_max is 0", "32764"]);
    is("long patterns", Options::new().pattern_bytes_max(32_765), &["pattern_bytes_max is 32765"]);
    is("no cache", Options::new().cache_entries(0), &["cache_entries is 0"]);
    is("no rest", Options::new().sweep_interval(Duration::ZERO), &["sweep_interval is 0"]);
    is("no interval", Options::new().group_interval(Duration::ZERO), &["group_interval is 0"]);
    is("read-only memory", Options::new().read_only(true), &["memory", "read-only"]);
    let named = Database::open_with("some.db", Options::new().engine(EngineKind::Memory));
    check("a named memory", named, Invalid, Some(72), &["engine memory", "some.db"]);
}
