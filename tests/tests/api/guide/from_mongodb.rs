//! The table of differences in `docs/guide/from-mongodb.md`, each row of it run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nexuslite::bson::{Bson, Document};
use nexuslite::document::json::parse_document;
use nexuslite::{Database, Options};

const GUIDE: &str = include_str!("../../../../docs/guide/from-mongodb.md");
/// What stands for each name of a row.
const NAME: &str = "NAME";

/// One difference.
#[derive(Debug)]
struct Row<'a> {
    subject: &'a str,
    example: &'a str,
    outcome: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let [subject, _, _, example, outcome] = cells[..] else { panic!("five cells: {line}") };
        let code = |cell: &'a str| cell.strip_prefix('`')?.strip_suffix('`');
        code(example).zip(code(outcome)).map(|(example, outcome)| Self { subject, example, outcome })
    }

    /// The names that the example is run with.
    fn names(&self) -> Vec<&'a str> {
        if !self.example.contains(NAME) {
            return vec![""];
        }
        let names: Vec<&str> = self.subject.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no name in {self:?}");
        names.into_iter().filter(|name| !name.contains(' ')).collect()
    }
}

fn rows() -> Vec<Row<'static>> {
    GUIDE.lines().filter_map(Row::read).collect()
}

/// A value that stands in a cell.
fn value(cell: &str) -> Bson {
    let doc = parse_document(&format!("{{\"v\": {cell}}}")).unwrap_or_else(|error| panic!("{error}: {cell}"));
    Document::from_reader(doc.as_bytes()).unwrap().remove("v").unwrap()
}

fn opened(options: &Document) -> Database {
    let number = |name: &str| usize::try_from(options.get_i32(name).unwrap()).unwrap();
    let open = options.keys().fold(Options::new(), |open, name| match name.as_str() {
        "array_filters_max" => open.array_filters_max(number(name)),
        "in_values_max" => open.in_values_max(number(name)),
        "pattern_bytes_max" => open.pattern_bytes_max(number(name)),
        "sort_bytes_max" => open.sort_bytes_max(number(name)),
        name => panic!("{name} is no option of an example"),
    });
    Database::open_with(":memory:", open).unwrap()
}

/// What the last command of an example comes to.
fn outcome(example: Bson) -> nexuslite::Result<Bson> {
    let mut commands: Vec<Document> = match example {
        Bson::Document(command) => vec![command],
        Bson::Array(commands) => {
            commands.into_iter().map(|command| command.as_document().unwrap().clone()).collect()
        }
        other => panic!("{other} is no command"),
    };
    let options = match commands[0].get_document("open") {
        Ok(options) => options.clone(),
        Err(_) => Document::new(),
    };
    commands.retain(|command| !command.contains_key("open"));
    let db = opened(&options);
    let last = commands.pop().unwrap();
    for command in commands {
        let answer = db.run_command(command.clone())?;
        assert!(!answer.contains_key("writeErrors"), "{command}: {answer}");
    }
    let mut answer = db.run_command(last)?;
    answer.remove("ok");
    Ok(match answer.get_document("cursor") {
        Ok(cursor) => cursor.get("firstBatch").unwrap().clone(),
        Err(_) => answer.into(),
    })
}

#[test]
fn every_difference_is_as_the_table_says() {
    let (rows, mut faults, mut run) = (rows(), Vec::new(), 0);
    assert!(rows.len() >= 40, "only {} rows", rows.len());
    for row in &rows {
        for name in row.names() {
            run += 1;
            let told = match outcome(value(&row.example.replace(NAME, name))) {
                Ok(answer) => Ok(answer),
                Err(error) => Err((error.code(), error.kind().name(), error.message().to_owned())),
            };
            let same = match (row.outcome.strip_prefix("error "), &told) {
                (None, Ok(answer)) => *answer == value(row.outcome),
                (Some(expected), Err((code, kind, message))) => {
                    let number = code.map(|code| code.to_string());
                    let named = name.is_empty() || *kind != "Unsupported" || message.contains(name);
                    number.as_deref().unwrap_or(kind) == expected && named
                }
                _ => false,
            };
            if !same {
                faults.push(format!("{}\n    {name} gives {told:?}\n    not {}", row.example, row.outcome));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {run} examples are not so:\n{}", faults.len(), faults.join("\n"));
    assert!(run >= 200, "only {run} examples");
}

/// Lists of what MongoDB has and this version has not, where the source keeps them.
const LISTS: &[&str] = &["UNSUPPORTED", "FIND_LACKS", "NOT_SUPPORTED", "STAGES_OF_ONE"];

/// The names in every such list.
fn refused() -> BTreeSet<String> {
    let mut sources = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src"), &mut sources);
    let mut names = BTreeSet::new();
    for source in sources.iter().map(|path| fs::read_to_string(path).unwrap()) {
        for part in source.split("\nconst ").skip(1) {
            let (name, rest) = part.split_once(':').unwrap();
            if LISTS.iter().any(|list| name.ends_with(list)) {
                let list = rest.split_once("];").expect("the end of the list").0;
                names.extend(list.split('"').skip(1).step_by(2).map(str::to_owned));
            }
        }
    }
    names
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            gather(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_name_that_the_source_refuses_is_in_the_table() {
    let rows = rows();
    let told: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.names().into_iter().chain(row.subject.split('`').skip(1).step_by(2)))
        .collect();
    let refused = refused();
    assert!(refused.len() > 80, "only {} names", refused.len());
    let silent: Vec<&String> = refused.iter().filter(|name| !told.contains(name.as_str())).collect();
    assert!(silent.is_empty(), "the table says nothing of {silent:?}");
}
