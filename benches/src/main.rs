//! What NexusLite does in a second, beside what the machine could do in the same run.
//!
//! `--documents N` says how many documents, 100,000 by default. Machines differ and drift: compare the ratios.

mod documents;
mod limits;
mod work;

use std::process::ExitCode;
use std::time::Duration;

use work::Bench;

type Failure = Box<dyn std::error::Error>;

/// How long each timed line runs.
const TIME: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    match arguments().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<u64, Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut documents = 100_000;
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--documents", Some(count)) => {
                let fault = |_| format!("--documents takes a number of at least 10000, not {count:?}");
                documents = count.parse().map_err(fault)?;
            }
            _ => return Err(format!("the only option is --documents N, not {argument}").into()),
        }
    }
    match documents {
        10_000.. => Ok(documents),
        _ => Err(format!("--documents takes a number of at least 10000, not {documents}").into()),
    }
}

fn run(count: u64) -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(".")?;
    let encoded = documents::encoded(count)?;
    let raw_bytes: u64 = encoded.iter().map(|document| document.len() as u64).sum();
    println!("{count} documents of {} bytes", raw_bytes / count);
    println!("{:34} {:>12} {:>12} {:>7}", "work, per second", "NexusLite", "limit", "ratio");

    let mut bench = Bench::create(folder.path(), count)?;
    line("bulk insert / BTreeMap", bench.bulk_insert(&encoded)?, limits::btree_inserts(&encoded));
    let gets = count.max(1_000_000);
    let open = bench.reopen()?;
    bench.gets(gets)?;
    line("get by _id, bytes / hash map", bench.gets(gets)?, limits::hash_gets(&encoded, gets));
    plain("get by _id, decoded", bench.decoded_gets(count)?);
    bench.filtered_scan(TIME / 3)?;
    let (scan, found) = bench.filtered_scan(TIME)?;
    line("scan with a filter / raw walk", scan, limits::raw_walk(&encoded));
    let one = limits::synced_writes(folder.path(), TIME)?;
    line("durable insert / write + sync", bench.durable_inserts(1, TIME)?, one);
    let eight = limits::group_commits(folder.path(), 8, TIME)?;
    line("durable insert, 8 threads / group", bench.durable_inserts(8, TIME)?, eight);
    line("durable update / write + sync", bench.durable_updates(TIME)?, one);
    plain("update, batches of 1000", bench.batched_updates(count / 10_000)?);
    let (reads, writes) = bench.reads_beside_a_writer(TIME)?;
    plain("get beside one writer", reads);
    plain("that writer's documents", writes);
    plain("delete, batches of 1000", bench.batched_deletes(count / 10_000)?);
    println!("open and first get: {:.3} ms; the filter found {found} documents", open * 1000.0);

    let alone = folder.path().join("size");
    std::fs::create_dir(&alone)?;
    let mut fresh = Bench::create(&alone, count)?;
    fresh.bulk_insert(&encoded)?;
    fresh.reopen()?;
    println!("file over raw BSON: {:.3}", fresh.file_bytes()? as f64 / raw_bytes as f64);
    Ok(())
}

fn line(name: &str, ours: f64, limit: f64) {
    println!("{name:34} {ours:>12.0} {limit:>12.0} {:>7.3}", ours / limit);
}

fn plain(name: &str, ours: f64) {
    println!("{name:34} {ours:>12.0}");
}
