//! Indexes: made, used, explained, kept unique.

use nexuslite::bson::{Document, RawDocumentBuf, doc};
use nexuslite::document::json::{Mode, document_to_string};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Collection, Database, IndexOptions, Result, Verbosity};

/// Says by which road the find goes.
fn explain(users: &Collection, who: &str, filter: &Document) -> Result<()> {
    let plan = users.find(filter).explain(Verbosity::QueryPlanner)?;
    let road =
        if plan.to_string().contains("IXSCAN") { "by an index" } else { "through the whole collection" };
    println!("{who}: {road}");
    Ok(())
}

fn main() -> Result<()> {
    let db = Database::open(":memory:")?;
    let users = db.collection("users");
    users.insert_many([
        doc! { "_id": 1, "email": "ada@example.com", "age": 36, "city": "London" },
        doc! { "_id": 2, "email": "bo@example.com", "age": 17, "city": "Oslo" },
        doc! { "_id": 3, "email": "cy@example.com", "age": 52, "city": "Oslo" },
    ])?;

    let adults = doc! { "age": { "$gte": 18 } };
    explain(&users, "adults", &adults)?;
    users.create_index_with(doc! { "email": 1 }, &IndexOptions::new().unique(true))?;
    users.create_index_with(doc! { "city": 1, "age": -1 }, &IndexOptions::new().name("by_city"))?;
    users.create_index_with(doc! { "age": 1 }, &IndexOptions::new().partial_filter(&adults))?;
    explain(&users, "adults", &adults)?;
    explain(&users, "minors", &doc! { "age": { "$lt": 18 } })?;

    let raw = users.clone_with_type::<RawDocumentBuf>();
    let oslo = raw.find(doc! { "city": "Oslo" }).sort(doc! { "age": -1 }).hint("by_city");
    for user in oslo.projection(doc! { "email": 1 }).run()? {
        println!("{}", document_to_string(RawDoc::new(user?.as_bytes()), Mode::Relaxed));
    }
    if let Err(error) = users.insert_one(doc! { "email": "bo@example.com" }) {
        println!("{} {}", error.code().unwrap_or_default(), error.code_name().unwrap_or_default());
        let details = RawDoc::new(error.details().unwrap_or_default());
        println!("{}", document_to_string(details, Mode::Relaxed));
    }
    users.drop_index("email_1")?;
    if let Err(error) = users.drop_index("email_1") {
        println!("dropped again: {}", error.kind().name());
    }
    Ok(())
}
