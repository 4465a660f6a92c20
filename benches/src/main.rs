//! What NexusLite does in a second, beside what the machine could do in the same run.
//!
//! `--documents N` says how many documents, 100,000 by default. Machines differ and drift: compare the ratios.

mod work;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use nexuslite_benches::{Failure, documents, limits};
use work::Bench;

/// How long each timed line runs.
const TIME: Duration = Duration::from_secs(3);

/// In how many turns ours and its limit share a line that depends on the device; odd, for a median.
const TURNS: u32 = 7;

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
    let file = Arc::new(limits::preallocated(folder.path())?);
    let one = |time| limits::synced_writes(&file, time);
    paired("durable insert / write + sync", |time| bench.durable_inserts(time), one)?;
    let group = |time| Ok(limits::group_commits(&file, 8, time));
    paired("durable insert, 8 threads / group", |time| bench.durable_inserts_by(8, time), group)?;
    paired("durable update / write + sync", |time| bench.durable_updates(time), one)?;
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

/// Ours and the limit by turns, on the same thread, since a device may answer one core twice as fast as another and
/// drifts within seconds; the medians, and the median of the ratios of neighbours.
fn paired(
    name: &str,
    ours: impl Fn(Duration) -> Result<f64, Failure>,
    limit: impl Fn(Duration) -> Result<f64, Failure>,
) -> Result<(), Failure> {
    let turns = (0..TURNS)
        .map(|_| Ok((ours(TIME / TURNS)?, limit(TIME / TURNS)?)))
        .collect::<Result<Vec<(f64, f64)>, Failure>>()?;
    let middle = |figure: fn(&(f64, f64)) -> f64| {
        let mut figures: Vec<f64> = turns.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    let (ours, limit, ratio) = (middle(|turn| turn.0), middle(|turn| turn.1), middle(|turn| turn.0 / turn.1));
    println!("{name:34} {ours:>12.0} {limit:>12.0} {ratio:>7.3}");
    Ok(())
}

fn line(name: &str, ours: f64, limit: f64) {
    println!("{name:34} {ours:>12.0} {limit:>12.0} {:>7.3}", ours / limit);
}

fn plain(name: &str, ours: f64) {
    println!("{name:34} {ours:>12.0}");
}
