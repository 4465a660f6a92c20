//! What the way to another language costs: the same work in Rust, as the programs in C and Go do it.
//!
//! `bindings prepare FILE` makes the database, `bindings measure FILE` prints the nanoseconds of each document scanned
//! and kept, of each document got by its `_id`, and of each document scanned that is only lent.
//! The programs in C and Go print the first two: what they are handed is theirs.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use nexuslite::bson::{Bson, RawDocumentBuf};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::{Collection, Database, Options};
use nexuslite_benches::{Failure, documents};

const DOCUMENTS: u64 = 50_000;
const GETS: u64 = 100_000;
/// The programs in C and Go fetch as many at a time.
const BATCH: u32 = 100;
/// Coprime to the number of documents, so that each is got, and no two neighbours one after the other.
const STRIDE: u64 = 7919;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["prepare", file] => prepare(file),
        ["measure", file] => measure(file),
        _ => Err("bindings takes `prepare FILE` or `measure FILE`".into()),
    };
    if let Err(failure) = outcome {
        eprintln!("bindings: {failure}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn prepare(file: &str) -> Result<(), Failure> {
    let db = Database::open_with(file, Options::new())?;
    let all = (0..DOCUMENTS).map(|number| {
        let mut document = documents::document(number);
        document.insert("_id", number.cast_signed());
        document
    });
    db.collection("all").insert_many(all)?;
    Ok(db.close()?)
}

fn measure(file: &str) -> Result<(), Failure> {
    let db = Database::open_with(file, Options::new().read_only(true))?;
    let all: Collection<RawDocumentBuf> = db.collection_as("all");
    // Once for the caches.
    lent(&all)?;
    let (kept, lent) = (kept(&all)?, lent(&all)?);
    let got = get(&all)?;
    println!("{kept:.1} {got:.1} {lent:.1}");
    Ok(db.close()?)
}

/// Batches of as many documents as the other languages are handed at a time, each one piece of memory.
fn kept(all: &Collection<RawDocumentBuf>) -> Result<f64, Failure> {
    let begun = Instant::now();
    let (mut documents, mut last) = (0_u64, 0);
    let mut cursor = all.find(RawDocBuf::default()).batch_size(BATCH).raw()?;
    loop {
        let mut batch = Vec::with_capacity(last + last / 8);
        for _ in 0..BATCH {
            let Some(document) = cursor.next_bytes()? else { break };
            batch.extend_from_slice(document);
            documents += 1;
        }
        last = batch.len();
        if black_box(batch).is_empty() {
            break;
        }
    }
    told(begun, documents)
}

fn told(begun: Instant, documents: u64) -> Result<f64, Failure> {
    let taken = begun.elapsed();
    if documents != DOCUMENTS {
        return Err(format!("{documents} documents were found").into());
    }
    Ok(taken.as_nanos() as f64 / documents as f64)
}

fn lent(all: &Collection<RawDocumentBuf>) -> Result<f64, Failure> {
    let begun = Instant::now();
    let (mut documents, mut bytes) = (0_u64, 0);
    let mut cursor = all.find(RawDocBuf::default()).batch_size(BATCH).raw()?;
    while let Some(document) = cursor.next_bytes()? {
        documents += 1;
        bytes += document.len();
    }
    black_box(bytes);
    told(begun, documents)
}

/// Each document is the program's own in the end, as it is in the other languages.
fn get(all: &Collection<RawDocumentBuf>) -> Result<f64, Failure> {
    let begun = Instant::now();
    for turn in 0..GETS {
        let id = Bson::Int64((turn * STRIDE % DOCUMENTS).cast_signed());
        let found = all.get_raw(&id)?.ok_or("a document is not there")?;
        black_box(found.to_vec());
    }
    Ok(begun.elapsed().as_nanos() as f64 / GETS as f64)
}
