//! Commands as MongoDB writes them: a document in, a document out.
//!
//! A command says nothing that a method could not say; it is read here, done there, and its answer put into
//! MongoDB's shape. Every field of a command is known, or refused by name.
//!
//! Not here: what a statement means (the verbs beside this room), the wire, cursors that live on: an answer holds all
//! documents at once.
//!
//! Read next: `request` (a command being read), then one file for each family of commands.

mod beside;
mod collections;
mod deleted;
mod explain;
mod find_and_modify;
mod hint;
mod indexes;
mod read;
mod request;
mod state;
mod write;

use bson::{Document, doc};

use crate::document::convert::IntoDocument;
use crate::error::{Error, ErrorKind, Result, code};

use super::database::Database;
use super::session::Session;
use super::transaction::Transaction;
use request::Request;

/// What does a command.
type Deed = fn(&Request<'_>) -> Result<Document>;

/// The commands and what does them.
const COMMANDS: &[(&str, Deed)] = &[
    ("ping", state::ping),
    ("hello", state::hello),
    ("buildInfo", state::build_info),
    ("buildinfo", state::build_info),
    ("collStats", state::coll_stats),
    ("collstats", state::coll_stats),
    ("dbStats", state::db_stats),
    ("dbstats", state::db_stats),
    ("validate", state::validate),
    ("create", collections::create),
    ("drop", collections::drop_collection),
    ("collMod", collections::coll_mod),
    ("renameCollection", collections::rename),
    ("listCollections", collections::list),
    ("dropDatabase", collections::drop_database),
    ("find", read::find),
    ("count", read::count),
    ("distinct", read::distinct),
    ("explain", explain::explain),
    ("getMore", read::get_more),
    ("insert", write::insert),
    ("update", write::update),
    ("delete", write::delete),
    ("findAndModify", find_and_modify::find_and_modify),
    ("findandmodify", find_and_modify::find_and_modify),
    ("createIndexes", indexes::create),
    ("dropIndexes", indexes::drop_indexes),
    ("listIndexes", indexes::list),
    ("indexStats", indexes::stats),
    ("restoreDeleted", deleted::restore),
    ("purgeDeleted", deleted::purge),
    ("countDeleted", deleted::count),
];

/// Commands that MongoDB has and that mean nothing here, or not yet.
const NOT_SUPPORTED: &[&str] = &[
    "abortTransaction",
    "aggregate",
    "authenticate",
    "autoCompact",
    "bulkWrite",
    "cloneCollectionAsCapped",
    "commitTransaction",
    "compact",
    "connectionStatus",
    "convertToCapped",
    "createRole",
    "createUser",
    "currentOp",
    "endSessions",
    "fsync",
    "getParameter",
    "hostInfo",
    "isMaster",
    "killCursors",
    "killOp",
    "listCommands",
    "listDatabases",
    "mapReduce",
    "planCacheClear",
    "profile",
    "reIndex",
    "replSetGetStatus",
    "saslStart",
    "serverStatus",
    "setParameter",
    "startSession",
    "top",
    "whatsmyuri",
];

impl Database {
    /// Does what a command says, and answers in MongoDB's shape: `{…, ok: 1}`.
    ///
    /// The commands are `ping hello buildInfo`, `create drop collMod renameCollection listCollections dropDatabase`,
    /// `find count distinct explain`, `insert update delete findAndModify`, `createIndexes dropIndexes listIndexes`,
    /// `collStats dbStats validate`, as MongoDB has them, and our own `indexStats`, which answers what
    /// [`Collection::index_stats`](crate::Collection::index_stats) does, and `restoreDeleted purgeDeleted countDeleted`,
    /// which take a `filter` and answer what [`Collection::restore`](crate::Collection::restore) and its like do.
    /// Of an insert, an update or a delete of which some writes fail, the answer has `writeErrors`.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// let told = db.run_command(doc! { "insert": "people", "documents": [{ "_id": 1, "age": 36 }] })?;
    /// assert_eq!(told, doc! { "n": 1, "ok": 1.0 });
    /// let told = db.run_command(doc! { "count": "people", "query": { "age": { "$gt": 30 } } })?;
    /// assert_eq!(told, doc! { "n": 1, "ok": 1.0 });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid`: `CommandNotFound` (59), `IDLUnknownField` (40415) for a field that a command has not,
    /// `IDLFailedToParse` (40414) for one that it needs, `TypeMismatch` (14); otherwise as the statement itself.
    /// `Unsupported` for commands and fields that MongoDB has and this version lacks.
    pub fn run_command(&self, command: impl IntoDocument) -> Result<Document> {
        run(&self.session(), command)
    }
}

impl Transaction {
    /// As [`Database::run_command`], inside the transaction.
    ///
    /// # Errors
    /// As there; `Invalid` (263) for what cannot happen inside a transaction.
    pub fn run_command(&self, command: impl IntoDocument) -> Result<Document> {
        run(&self.session(), command)
    }
}

fn run(session: &Session, command: impl IntoDocument) -> Result<Document> {
    let command = command.into_raw()?;
    let request = Request::parse(session, command.as_doc())?;
    let mut answer = match COMMANDS.iter().find(|(name, _)| *name == request.name()) {
        Some((_, run)) => run(&request)?,
        None if NOT_SUPPORTED.contains(&request.name()) => return Err(lacking(request.name())),
        None => {
            let what = format!("no such command: '{}'", request.name());
            return Err(Error::invalid(code::COMMAND_NOT_FOUND, what));
        }
    };
    answer.insert("ok", 1.0);
    Ok(answer)
}

/// The error for a command that MongoDB has.
fn lacking(name: &str) -> Error {
    let what = format!("the command {name:?} is not supported by this version");
    Error::new(ErrorKind::Unsupported, what).with_code(code::COMMAND_NOT_SUPPORTED)
}

/// All documents of an answer at once, as MongoDB's cursors begin.
fn cursor(namespace: String, documents: Vec<Document>) -> Document {
    doc! { "cursor": { "firstBatch": documents, "id": 0_i64, "ns": namespace } }
}

/// A count as an int32, or as an int64 where it must be.
fn number(count: u64) -> bson::Bson {
    i32::try_from(count)
        .map_or_else(|_| bson::Bson::Int64(i64::try_from(count).unwrap_or(i64::MAX)), bson::Bson::Int32)
}
