//! What the machine can do without a database, measured in the same run.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nexuslite::bson::Document;
use nexuslite::document::raw::RawDoc;

use crate::Failure;
use crate::documents::{id, wanted};

/// Bytes of the file that is overwritten.
const ZEROS: u64 = 64 << 20;

/// In larger pieces the system would keep the zeros in large pieces as well, and a small write into one is slower.
const PIECE: usize = 16 << 10;

/// A file of real zeros, so that overwriting it changes neither its length nor its extents.
pub fn preallocated(folder: &Path) -> Result<File, Failure> {
    let path = folder.join("limit");
    let file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(path)?;
    (0..ZEROS).step_by(PIECE).try_for_each(|at| file.write_all_at(&[0; PIECE], at))?;
    file.sync_all()?;
    Ok(file)
}

/// Overwrites of 4 KiB, each synced, by one thread, per second.
pub fn synced_writes(file: &File, time: Duration) -> Result<f64, Failure> {
    let (block, started, mut done) = ([7; 4096], Instant::now(), 0_u64);
    while started.elapsed() < time {
        file.write_all_at(&block, done % 16_384 * 4096)?;
        file.sync_data()?;
        done += 1;
    }
    Ok(done as f64 / started.elapsed().as_secs_f64())
}

#[derive(Default)]
struct Line {
    asked: u64,
    synced: u64,
    leading: bool,
}

/// Commits per second of a bare group-commit loop: each thread asks for a sync and waits for one that covers it.
pub fn group_commits(file: &Arc<File>, threads: usize, time: Duration) -> f64 {
    let line = Arc::new((Mutex::new(Line::default()), Condvar::new()));
    let started = Instant::now();
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (file, line) = (Arc::clone(file), Arc::clone(&line));
            thread::spawn(move || group_worker(&file, &line, started, time))
        })
        .collect();
    let done: u64 = workers.into_iter().map(|worker| worker.join().unwrap_or(0)).sum();
    done as f64 / started.elapsed().as_secs_f64()
}

fn group_worker(file: &File, line: &(Mutex<Line>, Condvar), started: Instant, time: Duration) -> u64 {
    let (block, mut done) = ([7; 4096], 0);
    while started.elapsed() < time {
        let Ok(mut turn) = line.0.lock() else { break };
        turn.asked += 1;
        let mine = turn.asked;
        while turn.synced < mine {
            if turn.leading {
                let Ok(woken) = line.1.wait(turn) else { return done };
                turn = woken;
                continue;
            }
            turn.leading = true;
            let (covers, at) = (turn.asked, turn.synced % 16_384 * 4096);
            drop(turn);
            let ok = file.write_all_at(&block, at).is_ok() && file.sync_data().is_ok();
            let Ok(again) = line.0.lock() else { return done };
            turn = again;
            turn.leading = false;
            line.1.notify_all();
            if !ok {
                return done;
            }
            turn.synced = covers;
        }
        done += 1;
    }
    done
}

/// Documents per second into a map in memory, ordered by id.
pub fn btree_inserts(documents: &[Vec<u8>]) -> f64 {
    let (mut map, started) = (BTreeMap::new(), Instant::now());
    for (index, document) in documents.iter().enumerate() {
        map.insert(id(index as u64), document.clone());
    }
    let rate = documents.len() as f64 / started.elapsed().as_secs_f64();
    black_box(&map);
    rate
}

/// Documents per second into that map when the bytes of every `batch` documents are also written over zeros and
/// synced, by one thread: what no database that keeps each of its commits can pass.
pub fn logged_inserts(file: &File, documents: &[Vec<u8>], batch: usize) -> Result<f64, Failure> {
    let (mut map, mut at, started) = (BTreeMap::new(), 0, Instant::now());
    for (number, commit) in documents.chunks(batch).enumerate() {
        for (index, document) in commit.iter().enumerate() {
            map.insert(id((number * batch + index) as u64), document.clone());
        }
        let bytes = commit.concat();
        if at + bytes.len() as u64 > ZEROS {
            at = 0;
        }
        file.write_all_at(&bytes, at)?;
        file.sync_data()?;
        at += bytes.len() as u64;
    }
    let rate = documents.len() as f64 / started.elapsed().as_secs_f64();
    black_box(&map);
    Ok(rate)
}

/// Look-ups per second in a hash map, by the ids that `wanted` asks for.
pub fn hash_gets(documents: &[Vec<u8>], gets: u64) -> f64 {
    let map: HashMap<[u8; 16], &Vec<u8>> =
        documents.iter().enumerate().map(|(index, document)| (id(index as u64), document)).collect();
    let wanted: Vec<[u8; 16]> = wanted(documents.len() as u64, gets).collect();
    let (started, mut bytes) = (Instant::now(), 0);
    for wanted in &wanted {
        bytes += map.get(wanted).map_or(0, |document| field_of(document));
    }
    black_box(bytes);
    gets as f64 / started.elapsed().as_secs_f64()
}

/// What a reader wants of a document: one number inside it.
pub fn field_of(document: &[u8]) -> usize {
    RawDoc::new(document).get("age").map_or(0, |value| usize::from(value.as_bytes()[0]))
}

/// Documents per second that are filtered by one number while lying in one buffer.
pub fn raw_walk(documents: &[Vec<u8>]) -> f64 {
    let buffer: Vec<u8> = documents.concat();
    let (started, mut seen, mut hits) = (Instant::now(), 0_u64, 0_u64);
    while started.elapsed() < Duration::from_millis(500) {
        let mut at = 0;
        while at + 4 <= buffer.len() {
            let len =
                u32::from_le_bytes([buffer[at], buffer[at + 1], buffer[at + 2], buffer[at + 3]]) as usize;
            let age = RawDoc::new(&buffer[at..at + len]).get("age").map(|value| value.as_bytes()[0]);
            hits += u64::from(age == Some(42));
            seen += 1;
            at += len;
        }
    }
    black_box(hits);
    seen as f64 / started.elapsed().as_secs_f64()
}

/// Bytes per second that are copied from one buffer, larger than any cache, to another.
pub fn copies(time: Duration) -> f64 {
    let (from, mut to) = (vec![7_u8; 256 << 20], vec![0_u8; 256 << 20]);
    let (started, mut bytes) = (Instant::now(), 0_u64);
    while started.elapsed() < time {
        to.copy_from_slice(black_box(&from));
        black_box(&mut to);
        bytes += to.len() as u64;
    }
    bytes as f64 / started.elapsed().as_secs_f64()
}

/// Documents per second that are decoded, and nothing else.
pub fn decodes(documents: &[Vec<u8>], time: Duration) -> Result<f64, Failure> {
    let (started, mut done) = (Instant::now(), 0_u64);
    for document in documents.iter().cycle() {
        if done % 64 == 0 && started.elapsed() >= time {
            break;
        }
        black_box(Document::from_reader(document.as_slice())?);
        done += 1;
    }
    Ok(done as f64 / started.elapsed().as_secs_f64())
}
