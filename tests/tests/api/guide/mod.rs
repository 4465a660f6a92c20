//! The examples of the guides do what the guides say.

mod collation;
mod collections;
mod from_mongodb;
mod indexes;
mod known;
mod query;
mod update;

use nexuslite::bson::Document;
use nexuslite::document::json::parse_document;

/// The examples of a guide that are written as one document each.
fn examples(guide: &str) -> Vec<Document> {
    let blocks = guide.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.map(parsed).collect()
}

/// The document that a text in Extended JSON is.
fn parsed(text: &str) -> Document {
    let doc = parse_document(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    Document::from_reader(doc.as_bytes()).unwrap()
}

/// The documents in a list of an example.
fn documents(example: &Document, list: &str) -> Vec<Document> {
    let list = example.get_array(list).unwrap_or_else(|_| panic!("no {list}: {example}"));
    list.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
}
