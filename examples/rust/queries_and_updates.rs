//! Filters that look into lists, and updates that change what they found.

use nexuslite::bson::{Document, RawDocumentBuf, doc};
use nexuslite::document::json::{Mode, document_to_string};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Database, Find, FindOneAndOptions, Result, ReturnDocument, UpdateOptions};

fn print(documents: Find<'_, RawDocumentBuf>) -> Result<()> {
    for document in documents.sort(doc! { "_id": 1 }).run()? {
        println!("{}", json(&document?));
    }
    Ok(())
}

fn json(document: &RawDocumentBuf) -> String {
    document_to_string(RawDoc::new(document.as_bytes()), Mode::Relaxed)
}

fn main() -> Result<()> {
    let db = Database::open(":memory:")?;
    db.collection_as::<Document>("books").insert_many([
        doc! { "_id": 1, "title": "Emma", "year": 1815, "copies": [{ "shelf": "A", "n": 2 }, { "shelf": "B", "n": 0 }] },
        doc! { "_id": 2, "title": "Persuasion", "year": 1817, "copies": [{ "shelf": "A", "n": 0 }] },
        doc! { "_id": 3, "title": "Middlemarch", "year": 1871, "copies": [] },
    ])?;
    let books = db.collection_as::<RawDocumentBuf>("books");

    let titles = doc! { "title": 1 };
    println!("from 1817 on, or called E…");
    let late = doc! { "$or": [{ "year": { "$gte": 1817 } }, { "title": { "$regex": "^E" } }] };
    print(books.find(late).projection(&titles))?;
    println!("a copy on shelf A");
    let there = doc! { "copies": { "$elemMatch": { "shelf": "A", "n": { "$gt": 0 } } } };
    print(books.find(there).projection(&titles))?;
    println!("no copies");
    print(books.find(doc! { "copies": { "$size": 0 } }).projection(&titles))?;

    // Every empty shelf gets a copy.
    books.update_many_with(
        doc! {},
        doc! { "$set": { "copies.$[empty].n": 1 } },
        UpdateOptions::new().array_filters([doc! { "empty.n": 0 }]),
    )?;
    books.update_one(doc! { "_id": 3 }, doc! { "$push": { "copies": { "shelf": "C", "n": 4 } } })?;
    // A document is made where none is found.
    books.update_one_with(
        doc! { "_id": 4 },
        doc! { "$set": { "title": "Ulysses", "year": 1922 }, "$setOnInsert": { "copies": [] } },
        UpdateOptions::new().upsert(true),
    )?;
    // A list of stages computes from what is there.
    books.update_many(doc! {}, [doc! { "$set": { "stock": { "$sum": "$copies.n" } } }])?;
    println!("after the updates");
    print(books.find(doc! {}).projection(doc! { "year": 0 }))?;

    let lent = books.find_one_and_update_with(
        doc! { "stock": { "$gt": 0 } },
        doc! { "$inc": { "stock": -1 } },
        FindOneAndOptions::new()
            .sort(doc! { "year": -1 })
            .projection(doc! { "stock": 1 })
            .return_document(ReturnDocument::After),
    )?;
    lent.iter().for_each(|book| println!("{}", json(book)));
    Ok(())
}
