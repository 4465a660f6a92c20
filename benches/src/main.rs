//! What NexusLite does in a second, beside what the machine could do in the same run.

mod documents;
mod limits;

use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(".")?;
    let second = Duration::from_secs(2);
    println!("synced 4 KiB writes/s {:.0}", limits::synced_writes(folder.path(), second)?);
    println!("group commits/s, 8 threads {:.0}", limits::group_commits(folder.path(), 8, second)?);
    let docs = documents::encoded(100_000)?;
    println!("bytes per document {}", docs.iter().map(Vec::len).sum::<usize>() / docs.len());
    println!("BTreeMap inserts/s {:.0}", limits::btree_inserts(&docs));
    println!("hash gets/s {:.0}", limits::hash_gets(&docs, 1_000_000));
    println!("raw walk/s {:.0}", limits::raw_walk(&docs));
    Ok(())
}
