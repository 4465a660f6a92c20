//! What the parser knows is what the guides list: every `$name` that stands in the sources is tried.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, Database, Error, ErrorKind};
use nexuslite_tests::FILTER_OPERATORS;

use super::update::OPERATORS as UPDATE_OPERATORS;

const EXPRESSIONS: &str = include_str!("../../../../docs/guide/expressions.md");
const UPDATES: &str = include_str!("../../../../docs/guide/update.md");
const PUSH_MODIFIERS: [&str; 4] = ["$each", "$position", "$slice", "$sort"];
const UPDATE_STAGES: [&str; 6] = ["$addFields", "$project", "$replaceRoot", "$replaceWith", "$set", "$unset"];
/// Operators that only a projection has.
const PROJECTIONS: [&str; 3] = ["$elemMatch", "$meta", "$slice"];
/// Names with a dollar that are fields, those of a reference to a document.
const FIELDS: [&str; 3] = ["$db", "$id", "$ref"];

/// Every name with a dollar that the sources of the core write in quotes.
fn candidates() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    gather(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../core/src")), &mut found);
    assert!(found.len() > 200, "only {} names", found.len());
    found
}

fn gather(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let quoted = text.split('"').filter(|part| part.starts_with('$') && part.len() > 1);
            let names = quoted.filter(|part| part[1..].chars().all(|c| c.is_ascii_alphanumeric()));
            found.extend(names.map(str::to_owned));
        }
    }
}

/// The names of which the statement that `ask` makes is not refused as of an unknown operator.
fn known(ask: impl Fn(&Collection, &str) -> Option<Error>) -> BTreeSet<String> {
    let c = Database::open(":memory:").unwrap().collection("c");
    c.insert_one(doc! { "_id": 1, "a": [1] }).unwrap();
    let is_known = |name: &String| ask(&c, name).is_none_or(|error| !says_unknown(&error));
    candidates().into_iter().filter(is_known).collect()
}

fn says_unknown(error: &Error) -> bool {
    const TEXTS: [&str; 6] = [
        "nknown operator",
        "nknown top level",
        "nknown modifier",
        "nrecognized",
        "nknown expression",
        "not allowed",
    ];
    error.kind() == ErrorKind::Unsupported || TEXTS.iter().any(|text| error.message().contains(text))
}

fn names<'a>(names: impl IntoIterator<Item = &'a &'a str>) -> BTreeSet<String> {
    names.into_iter().map(|name| (*name).to_owned()).collect()
}

/// The operators of expressions, as the guide lists them.
fn expressions() -> BTreeSet<String> {
    let rows = EXPRESSIONS.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(operator, _)| operator.to_owned()).filter(|operator| operator.starts_with('$')).collect()
}

fn find_error(c: &Collection, filter: Document) -> Option<Error> {
    c.find(filter).run().err()
}

#[test]
fn a_filter_knows_the_operators_that_the_guide_lists() {
    let at_top = |c: &Collection, name: &str| find_error(c, doc! { name: [doc! {}] });
    let at_field = known(|c, name| match at_top(c, name) {
        Some(lacking) if lacking.kind() == ErrorKind::Unsupported => Some(lacking),
        _ => find_error(c, doc! { "a": { name: Bson::Null } }),
    });
    let known: BTreeSet<String> = known(at_top).union(&at_field).cloned().collect();
    assert_eq!(&known - &names(&FIELDS), names(FILTER_OPERATORS));
}

#[test]
fn an_update_knows_the_operators_that_the_guide_lists() {
    let known_operators = known(|c, name| c.update_one(doc! {}, doc! { name: { "a": 1 } }).err());
    assert_eq!(known_operators, names(&UPDATE_OPERATORS));
    let push = |c: &Collection, name: &str| {
        let mut modifiers = doc! { "$each": [] };
        modifiers.insert(name, 1);
        c.update_one(doc! {}, doc! { "$push": { "a": modifiers } }).err()
    };
    assert_eq!(known(push), names(&PUSH_MODIFIERS));
    let stages = known(|c, name| c.update_one(doc! {}, [doc! { name: Bson::Null }]).err());
    assert_eq!(stages, names(&UPDATE_STAGES));
    for name in PUSH_MODIFIERS.iter().chain(&UPDATE_STAGES) {
        assert!(UPDATES.contains(name) || EXPRESSIONS.contains(name), "no guide tells of {name}");
    }
}

#[test]
fn an_expression_knows_the_operators_that_the_guide_lists() {
    let in_filter = known(|c, name| find_error(c, doc! { "$expr": { name: [] } }));
    assert_eq!(in_filter, expressions());
    let in_projection = known(|c, name| c.find(doc! {}).projection(doc! { "a": { name: [] } }).run().err());
    let both: BTreeSet<String> = expressions().union(&names(&PROJECTIONS)).cloned().collect();
    assert_eq!(&in_projection - &names(&FIELDS), both);
}
