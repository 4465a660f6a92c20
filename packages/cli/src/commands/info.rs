//! `info`: what a database holds, and how large it is.

use crate::args::DbArg;
use crate::failure::Done;
use crate::output::Output;
use crate::{database, figures};

pub(super) fn run(db: &DbArg, out: &mut Output) -> Done {
    database::read(db, |db| {
        let (info, stats) = (db.info()?, db.stats()?);
        let documents = info.collections.iter().map(|(_, documents)| documents).sum();
        let path = info
            .path
            .map_or_else(|| "none, it lives in memory".to_owned(), |path| path.display().to_string());
        let pages = match stats.page_bytes {
            0 => "none".to_owned(),
            size => format!("of {}", figures::bytes(size.into())),
        };
        let lines = [
            ("file", path),
            ("engine", format!("{:?}", stats.engine).to_lowercase()),
            ("pages", pages),
            ("main file", figures::bytes(stats.file_bytes)),
            ("write-ahead file", figures::bytes(stats.wal_bytes)),
            ("not yet in the main file", figures::bytes(stats.memtable_bytes)),
            ("commits", figures::thousands(stats.commits)),
            ("collections", figures::thousands(info.collections.len() as u64)),
            ("documents", figures::thousands(documents)),
        ];
        for (what, value) in lines {
            out.line(format!("{what:24}  {value}"))?;
        }
        super::collections::list(db, out)
    })
}
