//! The ten paths that are walked most, one a process, for a tool that counts instructions.
//!
//! `hot_paths list` names them, `hot_paths NAME` gets everything ready and walks one. Only what happens below
//! [`counted`] is counted: `cargo xtask bench guard` tells the tool its name. Seeds are fixed and no thread works
//! beside, so that two runs count the same.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nexuslite::base::Entropy;
use nexuslite::bson::{Bson, Document, Uuid, doc};
use nexuslite::{Collection, Database, Find, InsertManyOptions, Options};
use nexuslite_benches::Failure;
use nexuslite_benches::documents::{document, encoded, id, wanted};
use nexuslite_benches::limits::field_of;

/// Documents in the database before the path begins.
const DOCUMENTS: u64 = 10_000;
/// Documents that a path puts in, changes or takes out.
const SOME: usize = 1000;

type Done = Result<(), Failure>;

/// A path: what is done with the database, which holds the documents in its file.
struct Path {
    name: &'static str,
    walk: fn(&Ready) -> Done,
}

const PATHS: [Path; 10] = [
    Path { name: "insert-batch", walk: insert_batch },
    Path { name: "insert-one", walk: insert_one },
    Path { name: "get-raw", walk: get_raw },
    Path { name: "get-decoded", walk: get_decoded },
    Path { name: "index-equality", walk: index_equality },
    Path { name: "index-range", walk: index_range },
    Path { name: "scan-filter", walk: scan_filter },
    Path { name: "update-batch", walk: update_batch },
    Path { name: "delete-batch", walk: delete_batch },
    Path { name: "checkpoint", walk: checkpoint },
];

fn main() -> ExitCode {
    let asked = std::env::args().nth(1).unwrap_or_default();
    if asked == "list" {
        PATHS.iter().for_each(|path| println!("{}", path.name));
        return ExitCode::SUCCESS;
    }
    let Some(path) = PATHS.iter().find(|path| path.name == asked) else {
        eprintln!("hot_paths: there is no path {asked:?}; `hot_paths list` names them");
        return ExitCode::from(2);
    };
    match Ready::new().and_then(|ready| (path.walk)(&ready)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("hot_paths: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// What is counted. It stays a function of its own, and nothing else calls it.
#[inline(never)]
fn counted(work: &mut dyn FnMut() -> Done) -> Done {
    black_box(work)()
}

/// A database that is filled and open.
struct Ready {
    database: Database,
    people: Collection,
    /// Documents that are not in it yet.
    fresh: Vec<Vec<u8>>,
    /// Ids that are, in an order of their own.
    ids: Vec<Bson>,
    _folder: tempfile::TempDir,
}

impl Ready {
    fn new() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let options = Options::new().background(false).entropy(Arc::new(Counting(AtomicU64::new(1))));
        let database = Database::open_with(folder.path().join("people.db"), options)?;
        let people = database.collection("people");
        people.create_indexes([doc! { "key": { "city": 1 } }, doc! { "key": { "age": 1 } }])?;
        for batch in encoded(DOCUMENTS)?.chunks(SOME) {
            people.insert_many_raw(batch, InsertManyOptions::new())?;
        }
        database.checkpoint()?;
        let fresh = (DOCUMENTS..).take(SOME).map(|index| document(index).to_vec());
        let fresh = fresh.collect::<Result<Vec<_>, _>>()?;
        let ids = wanted(DOCUMENTS, SOME as u64).map(|id| Bson::from(Uuid::from_bytes(id))).collect();
        Ok(Self { database, people, fresh, ids, _folder: folder })
    }
}

/// Entropy that is the same in every process.
#[derive(Debug)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn sixteen(&self) -> [u8; 16] {
        id(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn insert_batch(ready: &Ready) -> Done {
    counted(&mut || {
        ready.people.insert_many_raw(&ready.fresh, InsertManyOptions::new())?;
        Ok(())
    })
}

fn insert_one(ready: &Ready) -> Done {
    counted(&mut || {
        for document in &ready.fresh[..SOME / 10] {
            ready.people.insert_one_raw(document)?;
        }
        Ok(())
    })
}

/// Once before, so that what is counted finds its pages.
fn get_raw(ready: &Ready) -> Done {
    let mut gets = || {
        for id in &ready.ids {
            let found = ready.people.get_raw(id)?.ok_or("a document is not there")?;
            black_box(field_of(found.as_bytes()));
        }
        Ok(())
    };
    gets()?;
    counted(&mut gets)
}

fn get_decoded(ready: &Ready) -> Done {
    let mut gets = || {
        for id in &ready.ids {
            let found: Option<Document> = ready.people.get(id)?;
            black_box(found.ok_or("a document is not there")?);
        }
        Ok(())
    };
    gets()?;
    counted(&mut gets)
}

fn index_equality(ready: &Ready) -> Done {
    let mut queries =
        || (0..20).try_for_each(|city| read(ready.people.find(doc! { "city": format!("city-{city:03}") })));
    queries()?;
    counted(&mut queries)
}

fn index_range(ready: &Ready) -> Done {
    let mut queries = || {
        (0..20).try_for_each(|from| {
            let found = ready.people.find(doc! { "age": { "$gte": from, "$lt": from + 10 } });
            read(found.sort(doc! { "age": 1 }).limit(100))
        })
    };
    queries()?;
    counted(&mut queries)
}

fn scan_filter(ready: &Ready) -> Done {
    let mut scan = || read(ready.people.find(doc! { "score": { "$lt": 10.0 } }));
    scan()?;
    counted(&mut scan)
}

fn read(find: Find<'_, Document>) -> Done {
    let mut cursor = find.raw()?;
    while let Some(bytes) = cursor.next_bytes()? {
        black_box(field_of(bytes));
    }
    Ok(())
}

fn update_batch(ready: &Ready) -> Done {
    counted(&mut || {
        Ok(ready.database.transaction(|txn| {
            let people = txn.collection("people");
            for id in &ready.ids {
                people.update_one(doc! { "_id": id.clone() }, doc! { "$inc": { "score": 1.0 } })?;
            }
            Ok(())
        })?)
    })
}

fn delete_batch(ready: &Ready) -> Done {
    counted(&mut || {
        Ok(ready.database.transaction(|txn| {
            let people = txn.collection("people");
            for id in &ready.ids {
                people.delete_one(doc! { "_id": id.clone() })?;
            }
            Ok(())
        })?)
    })
}

fn checkpoint(ready: &Ready) -> Done {
    ready.people.insert_many_raw(&ready.fresh, InsertManyOptions::new())?;
    counted(&mut || Ok(ready.database.checkpoint()?))
}
