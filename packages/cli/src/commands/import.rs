//! `import`: documents from files, in their order, batch by batch.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::json::JsonDocuments;
use nexuslite::document::raw::{RawDoc, Value};
use nexuslite::{Database, Error, InsertManyOptions};

use crate::args::ImportArgs;
use crate::failure::{Done, Failure, complain};
use crate::output::Output;
use crate::progress::Progress;
use crate::{database, figures};

/// How many documents one commit brings.
const BATCH_DOCUMENTS: usize = 1000;
/// A batch is full with so many bytes, too: a transaction has a bound of twice as many.
const BATCH_BYTES: usize = 32 << 20;
const READ_BYTES: usize = 256 * 1024;

/// Something to read documents from.
struct Source {
    /// What it is called in messages.
    name: String,
    from: Box<dyn Read>,
    /// How many bytes there are, where that can be known.
    size: Option<u64>,
}

/// Documents on their way into a collection.
struct Import<'d> {
    db: &'d Database,
    collection: &'d str,
    progress: Progress,
    /// The documents of the commit to come, each with the line it stood on.
    batch: Vec<(u64, RawDocBuf)>,
    batch_bytes: usize,
    imported: u64,
    bytes: u64,
    inexact_integers: u64,
}

pub(super) fn run(args: &ImportArgs, out: &mut Output) -> Done {
    let started = Instant::now();
    let sources = open(&args.files)?;
    let collection = &args.collection.collection;
    let import = database::write_or_create(&args.db, args.write, |db| {
        db.create_collection(collection)?;
        let total = sources.iter().map(|source| source.size).sum();
        let mut import = Import {
            db,
            collection,
            progress: Progress::over_bytes(total),
            batch: Vec::new(),
            batch_bytes: 0,
            imported: 0,
            bytes: 0,
            inexact_integers: 0,
        };
        for source in sources {
            import.read(source)?;
        }
        Ok((import.imported, import.bytes, import.inexact_integers))
    })?;
    let (imported, bytes, inexact_integers) = import;
    if inexact_integers > 0 {
        let integers = figures::counted(inexact_integers, "integer", "integers");
        complain(&format!("warning: {integers} beyond 64 bits became doubles"));
    }
    let spent = started.elapsed();
    out.line(format!(
        "imported {} into {collection} in {} ({} documents/s, {} of BSON)",
        figures::documents(imported),
        figures::time(spent),
        figures::thousands(figures::rate(imported, spent)),
        figures::bytes(bytes),
    ))
}

/// Opens all sources, so that a wrong name is found before anything is changed.
fn open(files: &[PathBuf]) -> Done<Vec<Source>> {
    let stdins = files.iter().filter(|file| is_stdin(file)).count();
    if stdins > 1 {
        return Err(Failure::Usage(format!(
            "standard input can be read once, but - is given {stdins} times"
        )));
    }
    files.iter().map(|file| open_one(file)).collect()
}

fn open_one(path: &Path) -> Done<Source> {
    if is_stdin(path) {
        let name = "standard input".to_owned();
        return Ok(Source { name, from: Box::new(io::stdin()), size: None });
    }
    let refused = |error: io::Error| Failure::io("open", path, &error);
    let file = File::open(path).map_err(refused)?;
    let about = file.metadata().map_err(refused)?;
    if about.is_dir() {
        return Err(Failure::Failed(format!(
            "open {}: it is a folder, not a file of documents",
            path.display()
        )));
    }
    let size = about.is_file().then_some(about.len());
    Ok(Source { name: path.display().to_string(), from: Box::new(file), size })
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Import<'_> {
    /// Imports one source. What is left of a batch is committed at its end, so that a fault in the next one
    /// costs nothing of this.
    fn read(&mut self, source: Source) -> Done {
        let watched = self.progress.watch(source.from);
        let mut documents = JsonDocuments::new(BufReader::with_capacity(READ_BYTES, watched));
        for document in documents.by_ref() {
            let document = document.map_err(|error| self.stopped(&source.name, &said(&error)))?;
            self.batch_bytes += document.doc.as_bytes().len();
            self.batch.push((document.line, document.doc));
            if self.batch.len() == BATCH_DOCUMENTS || self.batch_bytes >= BATCH_BYTES {
                self.commit(&source.name)?;
            }
        }
        self.inexact_integers += documents.inexact_integers();
        self.commit(&source.name)
    }

    /// Commits the batch, all of it or nothing.
    fn commit(&mut self, source: &str) -> Done {
        let batch = &self.batch;
        if batch.is_empty() {
            return Ok(());
        }
        let collection = self.collection;
        let outcome = self.db.transaction(|tx| {
            let documents = batch.iter().map(|(_, doc)| doc.as_bytes());
            tx.collection(collection).insert_many_raw(documents, InsertManyOptions::new())
        });
        if let Err(error) = outcome {
            let what = match refused_document(&error).and_then(|(at, why)| Some((self.batch.get(at)?, why))) {
                Some(((line, _), why)) => format!("line {line}: {why}"),
                None => error.to_string(),
            };
            return Err(self.stopped(source, &what));
        }
        self.imported += self.batch.len() as u64;
        self.bytes += self.batch_bytes as u64;
        self.progress.imported(self.imported);
        self.batch.clear();
        self.batch_bytes = 0;
        Ok(())
    }

    fn stopped(&self, source: &str, what: &str) -> Failure {
        let before = figures::documents(self.imported);
        let were = if self.imported == 1 { "was" } else { "were" };
        Failure::Failed(format!("{source}, {what}; {before} {were} imported before"))
    }
}

/// What is wrong with a text: line, column, path, what.
fn said(error: &Error) -> String {
    let text = error.to_string();
    text.strip_prefix("JSON ").map_or_else(|| text.clone(), str::to_owned)
}

/// Which document of a batch was refused, and why.
fn refused_document(error: &Error) -> Option<(usize, String)> {
    let details = RawDoc::new(error.details()?);
    let first = details.get("writeErrors")?.as_array()?.iter().next()?.1.as_document()?;
    let Value::Int64(at) = first.get("index")?.read() else { return None };
    Some((usize::try_from(at).ok()?, first.get("errmsg")?.as_str()?.to_owned()))
}
