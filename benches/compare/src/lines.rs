//! The lines of the table: each is one kind of work, the same for every peer.

use std::time::{Duration, Instant};

use nexuslite_benches::Failure;
use nexuslite_benches::documents::{Random, id, wanted};

use crate::peers::{Answer, Id, Peer};
use crate::person::Person;

/// Documents in one commit.
const BATCH: u64 = 1000;
/// How long a line runs that has no end of its own.
const TIME: Duration = Duration::from_millis(1500);

/// One line that was measured.
pub(crate) struct Measured {
    pub(crate) line: &'static str,
    pub(crate) per_second: f64,
    /// What all peers have to agree about.
    pub(crate) answer: Answer,
}

type Outcome = Result<(f64, Answer), Failure>;
type Work = fn(&mut dyn Peer, u64) -> Outcome;

/// The work after the documents are in and the database has been opened again.
const LINES: [(&str, Work); 8] = [
    ("get by _id", gets),
    ("scan, filter without an index", scans),
    ("index equality, N/200 documents", equalities),
    ("index range + sort + limit 100", ranges),
    ("durable insert", durable_inserts),
    ("durable update by _id", durable_updates),
    ("update by _id, batches of 1000", updates),
    ("delete by _id, batches of 1000", deletes),
];

pub(crate) const INSERT: &str = "bulk insert, batches of 1000";

/// The names of all lines, in their order.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(INSERT).chain(LINES.iter().map(|line| line.0))
}

/// Fills an empty peer; what is left for later is done within the time.
pub(crate) fn fill(peer: &mut dyn Peer, count: u64) -> Result<Measured, Failure> {
    let mut spent = Duration::ZERO;
    for from in (0..count).step_by(BATCH as usize) {
        let batch = Person::many(from, BATCH.min(count - from))?;
        let started = Instant::now();
        peer.insert(&batch)?;
        spent += started.elapsed();
    }
    let started = Instant::now();
    peer.settle()?;
    spent += started.elapsed();
    let answer = Answer { documents: count, ages: 0 };
    Ok(Measured { line: INSERT, per_second: count as f64 / spent.as_secs_f64(), answer })
}

/// Runs the other lines whose names have `wanted` in them on a filled peer, telling of each as it ends.
pub(crate) fn run(peer: &mut dyn Peer, count: u64, wanted: &str, tell: fn(&Measured)) -> Result<(), Failure> {
    for (line, work) in LINES.iter().filter(|line| line.0.contains(wanted)) {
        let (per_second, answer) = work(peer, count)?;
        tell(&Measured { line, per_second, answer });
    }
    Ok(())
}

fn gets(peer: &mut dyn Peer, count: u64) -> Outcome {
    let ids: Vec<Id> = wanted(count, count.max(200_000)).collect();
    let mut answer = Answer::default();
    let mut all = |peer: &mut dyn Peer| -> Result<Answer, Failure> {
        answer = Answer::default();
        for id in &ids {
            answer.documents += 1;
            answer.ages += peer.get(id)?.ok_or("a document is not there")?;
        }
        Ok(answer)
    };
    all(peer)?;
    let started = Instant::now();
    let answer = all(peer)?;
    Ok((ids.len() as f64 / started.elapsed().as_secs_f64(), answer))
}

/// Documents looked at, not documents found.
fn scans(peer: &mut dyn Peer, count: u64) -> Outcome {
    let (rate, answer) = repeated(|_| peer.below(10.0))?;
    Ok((rate * count as f64, answer))
}

fn equalities(peer: &mut dyn Peer, _: u64) -> Outcome {
    repeated(|turn| peer.of_city(&format!("city-{:03}", turn % 200)))
}

fn ranges(peer: &mut dyn Peer, _: u64) -> Outcome {
    repeated(|turn| {
        let from = (turn % 80) as i32;
        peer.youngest(from, from + 10, 100)
    })
}

/// Queries per second, and what the first of them came to; once round beforehand, to warm up.
fn repeated(mut query: impl FnMut(u64) -> Result<Answer, Failure>) -> Outcome {
    let answer = query(0)?;
    let (started, mut turns) = (Instant::now(), 0);
    while started.elapsed() < TIME {
        query(turns)?;
        turns += 1;
    }
    Ok((turns as f64 / started.elapsed().as_secs_f64(), answer))
}

fn durable_inserts(peer: &mut dyn Peer, count: u64) -> Outcome {
    let fresh = Person::many(count * 2, 50_000)?;
    let (rate, done) = until_time_is_up(fresh.chunks(1), |person| peer.insert(person))?;
    // How many there are depends on the time: they go again, so that the answers of later lines agree.
    let gone: Vec<Id> = fresh[..done].iter().map(|person| person.id).collect();
    peer.delete(&gone)?;
    Ok((rate, Answer::default()))
}

fn durable_updates(peer: &mut dyn Peer, count: u64) -> Outcome {
    let ids: Vec<Id> = wanted(count, 50_000).collect();
    let (rate, _) = until_time_is_up(ids.chunks(1), |id| peer.raise_scores(id))?;
    Ok((rate, Answer::default()))
}

/// Does one after the other as long as there is time; how many a second, and how many.
fn until_time_is_up<T>(
    all: impl Iterator<Item = T>,
    mut one: impl FnMut(T) -> Result<(), Failure>,
) -> Result<(f64, usize), Failure> {
    let (started, mut done) = (Instant::now(), 0);
    for next in all.take_while(|_| started.elapsed() < TIME) {
        one(next)?;
        done += 1;
    }
    Ok((done as f64 / started.elapsed().as_secs_f64(), done))
}

fn updates(peer: &mut dyn Peer, count: u64) -> Outcome {
    let mut random = Random(4);
    let batches: Vec<Vec<Id>> =
        (0..count / 5000).map(|_| (0..BATCH).map(|_| id(random.below(count))).collect()).collect();
    let started = Instant::now();
    for batch in &batches {
        peer.raise_scores(batch)?;
    }
    Ok(((batches.len() as u64 * BATCH) as f64 / started.elapsed().as_secs_f64(), Answer::default()))
}

/// The first fifth of the documents; the answer is what is left of one city.
fn deletes(peer: &mut dyn Peer, count: u64) -> Outcome {
    let batches: Vec<Vec<Id>> =
        (0..count / 5 / BATCH).map(|batch| (batch * BATCH..(batch + 1) * BATCH).map(id).collect()).collect();
    let started = Instant::now();
    for batch in &batches {
        peer.delete(batch)?;
    }
    let rate = (batches.len() as u64 * BATCH) as f64 / started.elapsed().as_secs_f64();
    Ok((rate, peer.of_city("city-007")?))
}
