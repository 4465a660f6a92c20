//! The lines that are measured, all through the public face.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nexuslite::bson::{Bson, Uuid, doc};
use nexuslite::{Collection, Database, InsertManyOptions, Options};

use nexuslite_benches::Failure;
use nexuslite_benches::documents::{self, Random};
use nexuslite_benches::limits::field_of;

/// Documents in one call.
const BATCH: usize = 1000;

/// Where the bytes of a document's `_id` stand, behind the lengths, the type, the name and the subtype.
const ID_AT: usize = 4 + 1 + 4 + 4 + 1;

/// A database in a folder of its own.
pub(crate) struct Bench {
    path: PathBuf,
    database: Database,
    count: u64,
    /// The number of the next document that is inserted alone.
    next_single: Arc<AtomicU64>,
}

impl Bench {
    /// An empty database that will hold `count` documents.
    pub(crate) fn create(folder: &Path, count: u64) -> Result<Self, Failure> {
        let path = folder.join("bench.db");
        let next_single = Arc::new(AtomicU64::new(count * 10));
        Ok(Self { database: Database::open_with(&path, options())?, path, count, next_single })
    }

    fn people(&self) -> Collection {
        self.database.collection("people")
    }

    /// Documents per second, a commit a batch, the last checkpoint included.
    pub(crate) fn bulk_insert(&self, encoded: &[Vec<u8>]) -> Result<f64, Failure> {
        let (people, started) = (self.people(), Instant::now());
        for batch in encoded.chunks(BATCH) {
            people.insert_many_raw(batch, InsertManyOptions::new())?;
        }
        self.database.checkpoint()?;
        Ok(encoded.len() as f64 / started.elapsed().as_secs_f64())
    }

    /// Closes and opens again; the seconds from opening to the first document.
    pub(crate) fn reopen(&mut self) -> Result<f64, Failure> {
        self.database.close()?;
        let started = Instant::now();
        let opened = Database::open_with(&self.path, options())?;
        let found = opened.collection("people").get_raw(&id(1))?;
        let seconds = started.elapsed().as_secs_f64();
        self.database = opened;
        found.map(|_| seconds).ok_or_else(|| "the first document is not there".into())
    }

    /// Documents per second by random `_id`, as bytes.
    pub(crate) fn gets(&self, gets: u64) -> Result<f64, Failure> {
        let (people, mut bytes) = (self.people(), 0);
        let wanted: Vec<Bson> = documents::wanted(self.count, gets).map(id_value).collect();
        let started = Instant::now();
        for wanted in &wanted {
            bytes += field_of(people.get_raw(wanted)?.ok_or("a document is not there")?.as_bytes());
        }
        black_box(bytes);
        Ok(gets as f64 / started.elapsed().as_secs_f64())
    }

    /// Documents per second by random `_id`, decoded.
    pub(crate) fn decoded_gets(&self, gets: u64) -> Result<f64, Failure> {
        let (people, mut random, started) = (self.people(), Random(2), Instant::now());
        for _ in 0..gets {
            black_box(people.get(&id(random.below(self.count)))?.ok_or("a document is not there")?);
        }
        Ok(gets as f64 / started.elapsed().as_secs_f64())
    }

    /// Documents per second that a filter without an index looks at, and how many it found.
    pub(crate) fn filtered_scan(&self, time: Duration) -> Result<(f64, u64), Failure> {
        let (people, started, mut seen, mut found) = (self.people(), Instant::now(), 0, 0);
        while started.elapsed() < time {
            found = 0;
            let mut cursor = people.find(doc! { "age": 42 }).raw()?;
            while let Some(bytes) = cursor.next_bytes()? {
                black_box(bytes);
                found += 1;
            }
            seen += self.count;
        }
        Ok((seen as f64 / started.elapsed().as_secs_f64(), found))
    }

    /// Durable single inserts per second, by this thread.
    pub(crate) fn durable_inserts(&self, time: Duration) -> Result<f64, Failure> {
        let (template, started) = (documents::document(0).to_vec()?, Instant::now());
        let done =
            insert_for(&self.database.collection("singles"), &template, &self.next_single, started, time)?;
        Ok(done as f64 / started.elapsed().as_secs_f64())
    }

    /// Durable single inserts per second, by several threads.
    pub(crate) fn durable_inserts_by(&self, threads: usize, time: Duration) -> Result<f64, Failure> {
        let template = Arc::new(documents::document(0).to_vec()?);
        let started = Instant::now();
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (singles, next) = (self.database.collection("singles"), Arc::clone(&self.next_single));
                let template = Arc::clone(&template);
                thread::spawn(move || insert_for(&singles, &template, &next, started, time))
            })
            .collect();
        let mut done = 0;
        for worker in workers {
            done += worker.join().map_err(|_| "a writer panicked")??;
        }
        Ok(done as f64 / started.elapsed().as_secs_f64())
    }

    /// Durable single updates per second.
    pub(crate) fn durable_updates(&self, time: Duration) -> Result<f64, Failure> {
        let (people, mut random, started, mut done) = (self.people(), Random(3), Instant::now(), 0_u64);
        while started.elapsed() < time {
            let wanted = doc! { "_id": id(random.below(self.count)) };
            people.update_one(wanted, doc! { "$inc": { "score": 1.0 } })?;
            done += 1;
        }
        Ok(done as f64 / started.elapsed().as_secs_f64())
    }

    /// Documents per second updated by `_id`, a commit for a thousand.
    pub(crate) fn batched_updates(&self, batches: u64) -> Result<f64, Failure> {
        let (mut random, started) = (Random(4), Instant::now());
        for _ in 0..batches {
            self.database.transaction(|txn| {
                let people = txn.collection("people");
                for _ in 0..BATCH {
                    let wanted = doc! { "_id": id(random.below(self.count)) };
                    people.update_one(wanted, doc! { "$inc": { "score": 1.0 } })?;
                }
                Ok(())
            })?;
        }
        Ok((batches * BATCH as u64) as f64 / started.elapsed().as_secs_f64())
    }

    /// Gets per second beside one writer, and that writer's documents per second.
    pub(crate) fn reads_beside_a_writer(&self, time: Duration) -> Result<(f64, f64), Failure> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, people) = (Arc::clone(&stop), self.database.collection("beside"));
        let batch: Vec<Vec<u8>> = documents::encoded(BATCH as u64)?;
        let writer = thread::spawn(move || -> Result<u64, nexuslite::Error> {
            let (mut written, template) = (0, nexuslite::bson::Document::from_reader(&*batch[0]));
            let Ok(template) = template else { return Ok(0) };
            while !stopped.load(Ordering::Relaxed) {
                let fresh = (0..BATCH).map(|_| {
                    let mut document = template.clone();
                    document.remove("_id");
                    document
                });
                people.insert_many(fresh)?;
                written += BATCH as u64;
            }
            Ok(written)
        });
        let (people, mut random, started, mut read) = (self.people(), Random(5), Instant::now(), 0_u64);
        while started.elapsed() < time {
            black_box(people.get_raw(&id(random.below(self.count)))?);
            read += 1;
        }
        let seconds = started.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        let written = writer.join().map_err(|_| "the writer panicked")??;
        Ok((read as f64 / seconds, written as f64 / seconds))
    }

    /// Documents per second deleted by `_id`, a commit for a thousand.
    pub(crate) fn batched_deletes(&self, batches: u64) -> Result<f64, Failure> {
        let (mut next, started) = (0, Instant::now());
        for _ in 0..batches {
            self.database.transaction(|txn| {
                let people = txn.collection("people");
                for index in next..next + BATCH as u64 {
                    people.delete_one(doc! { "_id": id(index) })?;
                }
                Ok(())
            })?;
            next += BATCH as u64;
        }
        Ok((batches * BATCH as u64) as f64 / started.elapsed().as_secs_f64())
    }

    /// Bytes of both files.
    pub(crate) fn file_bytes(&self) -> Result<u64, Failure> {
        let wal = self.path.with_extension("wasp");
        Ok(std::fs::metadata(&self.path)?.len() + std::fs::metadata(wal).map_or(0, |found| found.len()))
    }
}

fn options() -> Options {
    Options::new().cache_bytes(1 << 30)
}

fn id(index: u64) -> Bson {
    id_value(documents::id(index))
}

fn id_value(bytes: [u8; 16]) -> Bson {
    Bson::from(Uuid::from_bytes(bytes))
}

/// Inserts one document again and again, each time with another `_id`: making documents is not what is measured.
fn insert_for(
    people: &Collection,
    template: &[u8],
    next: &AtomicU64,
    started: Instant,
    time: Duration,
) -> Result<u64, nexuslite::Error> {
    let (mut document, mut done) = (template.to_vec(), 0);
    while started.elapsed() < time {
        let fresh = documents::id(next.fetch_add(1, Ordering::Relaxed));
        document[ID_AT..ID_AT + fresh.len()].copy_from_slice(&fresh);
        people.insert_one_raw(&document)?;
        done += 1;
    }
    Ok(done)
}
