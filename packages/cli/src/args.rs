//! What can be typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::json::{Mode, parse_document};
use nexuslite::{Durability, EngineKind, Verbosity};

/// An embedded document database: MongoDB's documents and queries, in one file.
#[derive(Debug, Parser)]
#[command(name = "nexuslite", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    /// How documents are written as JSON
    ///
    /// Both directions are MongoDB's Extended JSON, version 2; any spelling is read. Only canonical keeps every
    /// type: an int32 and an int64 of the same value look alike in the other two.
    #[arg(long, global = true, value_enum, value_name = "MODE", default_value_t = JsonMode::Relaxed)]
    pub(crate) json: JsonMode,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Exit status: 0 done, 1 failed, 2 the call is wrong.
Commands that only read never create or change anything.
Documents, filters, updates, sorts and projections are MongoDB Extended JSON.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a database, and a collection in it; what is there already stays as it is
    Create(CreateArgs),
    /// Read documents from files: NDJSON, or arrays of documents
    Import(ImportArgs),
    /// Write a collection's documents as NDJSON
    Export(ExportArgs),
    /// Insert one document, given here or on standard input
    Insert(InsertArgs),
    /// Print the documents that satisfy a filter, one a line
    Find(FindArgs),
    /// Print how many documents satisfy a filter
    Count(CountArgs),
    /// Change or replace documents
    Update(UpdateArgs),
    /// Delete documents
    Delete(DeleteArgs),
    /// Drop a collection with everything in it
    Drop(DropArgs),
    /// Create an index; one that is there with the same key and options stays as it is
    CreateIndex(CreateIndexArgs),
    /// List a collection's indexes, each as the document that would create it
    Indexes(IndexesArgs),
    /// Drop an index; the documents stay
    DropIndex(DropIndexArgs),
    /// List the collections, each with the number of its documents
    Collections(DbArg),
    /// Run a command as MongoDB writes it, and print its answer; asks nothing before it acts
    #[command(name = "command")]
    Run(CommandArgs),
    /// Tell what the database holds and how large it is
    Info(DbArg),
    /// Verify everything, change nothing; exit status 1 when something is wrong
    Check(DbArg),
    /// Bring everything committed into the main file
    Checkpoint(DbArg),
    /// Show all of it on real data
    Demo(DemoArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DbArg {
    /// The database; a name without extension gets .db
    #[arg(long, short = 'd', value_name = "FILE")]
    pub(crate) db: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CollectionArg {
    /// The collection
    #[arg(long, short = 'c', value_name = "NAME")]
    pub(crate) collection: String,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct WriteArgs {
    /// When a change counts as done: on the device (full), with the operating system (group), in memory (none)
    ///
    /// At group and none everything is on the device when the command has ended well.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = DurabilityArg::Full)]
    pub(crate) durability: DurabilityArg,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    /// A collection to create
    #[arg(long, short = 'c', value_name = "NAME")]
    pub(crate) collection: Option<String>,
    /// The engine of a new database: pages and a log, or nothing but a log
    #[arg(long, value_enum, default_value_t = EngineArg::Wasp)]
    pub(crate) engine: EngineArg,
    /// The page size of a new database, in bytes: 16384 or 8192
    #[arg(long, value_name = "BYTES", default_value_t = 16384)]
    pub(crate) page_size: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// Files of documents; - is standard input
    ///
    /// The documents keep their order. They are committed in batches of 1000: a line that is wrong ends the
    /// import, and the batches before it stay.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// The file to write, standard output without it; it appears, or is replaced, when it is complete
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InsertArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// The document; standard input without it, or for -
    #[arg(value_name = "JSON")]
    pub(crate) document: Option<String>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FindArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// Which documents; all without it
    #[arg(long, short = 'f', value_name = "JSON", value_parser = document)]
    pub(crate) filter: Option<RawDocBuf>,
    /// In which order, such as {"age": -1, "name": 1}; without it as they were inserted
    #[arg(long, short = 's', value_name = "JSON", value_parser = document)]
    pub(crate) sort: Option<RawDocBuf>,
    /// Which fields, such as {"name": 1, "_id": 0}
    #[arg(long, short = 'p', value_name = "JSON", value_parser = document)]
    pub(crate) project: Option<RawDocBuf>,
    /// At most so many; 0 is no limit
    #[arg(long, short = 'n', value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) limit: u64,
    /// Leave out the first so many
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) skip: u64,
    /// By which index: its name, or its key such as {"age": 1}; {"$natural": 1} is by none, -1 backwards
    #[arg(long, value_name = "INDEX", value_parser = hint)]
    pub(crate) hint: Option<HintArg>,
    /// Print how it is done instead of what is found
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "queryPlanner")]
    pub(crate) explain: Option<ExplainArg>,
}

#[derive(Debug, Args)]
pub(crate) struct CountArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// Which documents; all without it
    #[arg(long, short = 'f', value_name = "JSON", value_parser = document)]
    pub(crate) filter: Option<RawDocBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CommandArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    /// The command, its name first: {"collStats": "orders"}
    #[arg(value_name = "JSON", value_parser = document)]
    pub(crate) command: RawDocBuf,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// Which documents; {} is all of them
    #[arg(long, short = 'f', value_name = "JSON", value_parser = document)]
    pub(crate) filter: RawDocBuf,
    /// Operators, such as {"$set": {"age": 31}}, or a whole document to put in the place of the first
    #[arg(long, short = 'u', value_name = "JSON", value_parser = document)]
    pub(crate) update: RawDocBuf,
    /// Change all that satisfy the filter, not only the first
    #[arg(long)]
    pub(crate) many: bool,
    /// Insert a document when none satisfies the filter
    #[arg(long)]
    pub(crate) upsert: bool,
    /// Do not ask before changing every document
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// Which documents; {} is all of them
    #[arg(long, short = 'f', value_name = "JSON", value_parser = document)]
    pub(crate) filter: RawDocBuf,
    /// Delete all that satisfy the filter, not only the first
    #[arg(long)]
    pub(crate) many: bool,
    /// Do not ask
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DropArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// Do not ask
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CreateIndexArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// The fields, the most important first, each 1 (ascending) or -1, such as {"city": 1, "age": -1}; {"$**": 1} is all
    #[arg(long, short = 'k', value_name = "JSON", value_parser = document)]
    pub(crate) key: RawDocBuf,
    /// Its name; made from the key without it, such as city_1_age_-1
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// No two documents may have the same key
    #[arg(long)]
    pub(crate) unique: bool,
    /// Leave out documents that have none of the fields
    #[arg(long)]
    pub(crate) sparse: bool,
    /// No query uses it, though it is kept up
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Delete a document so many seconds after the date in its field
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) expire_after: Option<u64>,
    /// Hold only the documents that satisfy this filter
    #[arg(long, value_name = "JSON", value_parser = document)]
    pub(crate) partial: Option<RawDocBuf>,
    /// Of {"$**": 1}, which paths to hold or to leave out, such as {"a.b": 1} or {"a": 0}
    #[arg(long, value_name = "JSON", value_parser = document)]
    pub(crate) wildcard_projection: Option<RawDocBuf>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct IndexesArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// Say how much each holds, and whether this process used it, instead of what would create it
    #[arg(long)]
    pub(crate) stats: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DropIndexArgs {
    #[command(flatten)]
    pub(crate) db: DbArg,
    #[command(flatten)]
    pub(crate) collection: CollectionArg,
    /// The index, by its name
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Do not ask
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Work in this folder and leave everything there; a temporary one without it
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum JsonMode {
    /// For people: plain numbers, dates as text
    Relaxed,
    /// Every type can be told from the text
    Canonical,
    /// Relaxed, but integers that JavaScript cannot hold keep their type
    Safe,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainArg {
    /// The plan; nothing is read
    #[value(name = "queryPlanner")]
    QueryPlanner,
    /// The plan, and what each of its steps did
    #[value(name = "executionStats")]
    ExecutionStats,
    /// The same for people: a line for each step, and the totals
    Text,
}

/// The index that a find is asked to go by.
#[derive(Debug, Clone)]
pub(crate) enum HintArg {
    Name(String),
    Key(RawDocBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DurabilityArg {
    Full,
    Group,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineArg {
    Wasp,
    Log,
}

impl From<JsonMode> for Mode {
    fn from(mode: JsonMode) -> Self {
        match mode {
            JsonMode::Relaxed => Self::Relaxed,
            JsonMode::Canonical => Self::Canonical,
            JsonMode::Safe => Self::Safe,
        }
    }
}

impl From<ExplainArg> for Verbosity {
    fn from(how: ExplainArg) -> Self {
        match how {
            ExplainArg::QueryPlanner => Self::QueryPlanner,
            ExplainArg::ExecutionStats | ExplainArg::Text => Self::ExecutionStats,
        }
    }
}

impl From<DurabilityArg> for Durability {
    fn from(level: DurabilityArg) -> Self {
        match level {
            DurabilityArg::Full => Self::Full,
            DurabilityArg::Group => Self::Group,
            DurabilityArg::None => Self::None,
        }
    }
}

impl From<EngineArg> for EngineKind {
    fn from(engine: EngineArg) -> Self {
        match engine {
            EngineArg::Wasp => Self::Wasp,
            EngineArg::Log => Self::Log,
        }
    }
}

/// Why there is nothing to run.
#[derive(Debug)]
pub(crate) enum NotRun {
    /// Help or the version was asked for.
    Told(String),
    /// The call is wrong: what, in one line.
    Wrong(String),
}

/// Reads a command line, the program's name first.
pub(crate) fn parse(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, NotRun> {
    Cli::try_parse_from(words).map_err(|error| {
        let text = error.render().to_string();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => NotRun::Told(text),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                NotRun::Wrong("no command was given: see nexuslite --help".to_owned())
            }
            _ => NotRun::Wrong(in_one_line(&text)),
        }
    })
}

/// What is wrong with a call, without the usage that follows it.
fn in_one_line(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let said = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let said = said.filter(|line| !line.is_empty() && !line.starts_with("For more"));
    let mut line = String::new();
    for part in said {
        let between = if line.is_empty() {
            ""
        } else if part.starts_with("tip:") {
            "; "
        } else {
            " "
        };
        line.push_str(between);
        line.push_str(part);
    }
    format!("{line}; see nexuslite --help")
}

/// A document in an argument.
fn document(text: &str) -> Result<RawDocBuf, String> {
    parse_document(text).map_err(|error| error.to_string())
}

/// A name, or a key, which no name looks like.
fn hint(text: &str) -> Result<HintArg, String> {
    if text.trim_start().starts_with('{') {
        document(text).map(HintArg::Key)
    } else {
        Ok(HintArg::Name(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_in_itself() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        let check = |words: &[&str], wanted: &str| match parse(words) {
            Err(NotRun::Wrong(what)) => {
                assert!(what.contains(wanted) && !what.contains('\n'), "{words:?} gave {what:?}");
            }
            other => panic!("{words:?} gave {other:?}"),
        };
        check(&["nexuslite"], "no command");
        check(&["nexuslite", "fnid"], "fnid");
        check(&["nexuslite", "find", "--db", "a"], "--collection");
        check(&["nexuslite", "find", "--db", "a", "-c", "b", "--filter", "{\"a\""], "line 1, column 5");
        check(&["nexuslite", "find", "--db", "a", "-c", "b", "--limit", "-1"], "-1");
        check(&["nexuslite", "find", "--db", "a", "-c", "b", "--explain=all"], "executionStats");
        check(&["nexuslite", "find", "--db", "a", "-c", "b", "--hint", "{a: 1}"], "column 2");
        check(&["nexuslite", "create-index", "--db", "a", "-c", "b"], "--key");
        check(&["nexuslite", "drop-index", "--db", "a", "-c", "b"], "NAME");
        check(&["nexuslite", "import", "--db", "a", "-c", "b"], "FILE");
        check(&["nexuslite", "info", "--db", "a", "--json", "yaml"], "yaml");
    }
}
