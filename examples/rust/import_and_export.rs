//! Documents read from JSON, handed out one by one, and written as JSON that keeps every type.

use nexuslite::bson::doc;
use nexuslite::document::json::{JsonDocuments, Mode, write_document};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Collection, Database, InsertManyOptions, Result};

const LINES: &str = r#"{"_id": {"$oid": "0123456789abcdef01234567"}, "at": {"$date": "2026-01-01T00:00:00Z"}}
{"_id": 2, "price": {"$numberDecimal": "9.90"}, "stock": 3000000000}
{"_id": 3, "ratio": 0.5, "tags": ["new", null, true]}
"#;

fn read(lines: &[u8], into: &Collection) -> Result<u64> {
    let documents: Result<Vec<_>> =
        JsonDocuments::new(lines).map(|read| Ok(read?.doc.into_bytes())).collect();
    into.insert_many_raw(documents?, InsertManyOptions::new())
}

fn write(from: &Collection, mode: Mode) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut documents = from.find(doc! {}).batch_size(2).raw()?;
    while let Some(document) = documents.next_bytes()? {
        write_document(RawDoc::new(document), mode, &mut text);
        text.push(b'\n');
    }
    Ok(text)
}

fn main() -> Result<()> {
    let db = Database::open(":memory:")?;
    let (things, copies) = (db.collection("things"), db.collection("copies"));
    read(LINES.as_bytes(), &things)?;

    // To be read: numbers are numbers.
    print!("{}", String::from_utf8_lossy(&write(&things, Mode::Relaxed)?));
    // To be kept: every type can be told from the text.
    let file = write(&things, Mode::Canonical)?;
    print!("{}", String::from_utf8_lossy(&file));
    // And read again.
    read(&file, &copies)?;
    let typed = doc! { "$or": [{ "stock": { "$type": "long" } }, { "at": { "$type": "date" } }] };
    println!("{} of the copies have a long or a date", copies.count_documents(typed)?);
    Ok(())
}
