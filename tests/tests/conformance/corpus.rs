//! The cases, and what indexes can be made for them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nexuslite::bson::{Bson, Document};
use nexuslite::document::json::parse_document;

/// The cases of every file of the corpus whose path begins with `prefix`.
pub(crate) fn cases(prefix: &str) -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let mut files = Vec::new();
    for folder in [root.clone(), root.join("filters")] {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.extend(entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")));
    }
    files.retain(|path| path.strip_prefix(&root).unwrap().to_str().unwrap().starts_with(prefix));
    files.sort();
    assert!(!files.is_empty(), "no file begins with {prefix}");
    files.iter().flat_map(|path| read(&fs::read_to_string(path).unwrap())).collect()
}

fn read(corpus: &str) -> Vec<Document> {
    let corpus = parse_document(corpus).unwrap();
    let corpus = Document::from_reader(corpus.as_bytes()).unwrap();
    assert!(names_manual(&corpus), "a file names no page of the manual: {:?}", corpus.get("about"));
    documents(&corpus, "cases")
}

/// Whether a file says which pages of MongoDB's manual it follows.
fn names_manual(corpus: &Document) -> bool {
    let is_page = |page: &str| page.starts_with("https://www.mongodb.com/docs/manual/");
    corpus.get_str("manual").is_ok_and(|manual| !manual.is_empty() && manual.split(' ').all(is_page))
}

#[test]
fn every_file_names_the_pages_of_the_manual_that_it_follows() {
    for kind in [
        "collation",
        "expressions",
        "extjson",
        "filters",
        "pipeline_updates",
        "projections",
        "sorts",
        "updates",
    ] {
        assert!(!cases(kind).is_empty());
    }
}

/// The documents in the list `name`; none without one.
pub(crate) fn documents(of: &Document, name: &str) -> Vec<Document> {
    let list = of.get_array(name).into_iter().flatten();
    list.map(|value| value.as_document().unwrap().clone()).collect()
}

/// The paths that a filter names.
pub(crate) fn paths_of_filter(filter: &Document) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    gather_asked(filter, "", &mut paths);
    paths
}

fn gather_asked(filter: &Document, before: &str, paths: &mut BTreeSet<String>) {
    for (name, value) in filter {
        if matches!(name.as_str(), "$and" | "$or" | "$nor") {
            let parts = value.as_array().into_iter().flatten().filter_map(Bson::as_document);
            parts.for_each(|part| gather_asked(part, before, paths));
        } else if !name.starts_with('$') {
            let path = format!("{before}{name}");
            if let Some(inner) = value.as_document().and_then(|asked| asked.get_document("$elemMatch").ok()) {
                gather_asked(inner, &format!("{path}."), paths);
            }
            paths.insert(path);
        }
    }
}

/// The paths to all that stands in a document, through arrays as an index goes.
pub(crate) fn paths_of_document(document: &Document) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    gather_there(document, "", &mut paths);
    paths
}

fn gather_there(document: &Document, before: &str, paths: &mut BTreeSet<String>) {
    for (name, value) in document {
        let path = format!("{before}{name}");
        let inside = format!("{path}.");
        match value {
            Bson::Document(inner) => gather_there(inner, &inside, paths),
            Bson::Array(elements) => {
                elements
                    .iter()
                    .filter_map(Bson::as_document)
                    .for_each(|inner| gather_there(inner, &inside, paths));
            }
            _ => {}
        }
        paths.insert(path);
    }
}
