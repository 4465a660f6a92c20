//! A collection, from the first document to the last.

use nexuslite::document::json::{Mode, document_to_string};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Database, bson::doc};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Order {
    #[serde(rename = "_id")]
    id: i32,
    customer: String,
    items: Vec<String>,
    total: f64,
}

fn order(id: i32, customer: &str, items: &[&str], total: f64) -> Order {
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    Order { id, customer: customer.to_owned(), items, total }
}

fn main() -> nexuslite::Result<()> {
    let db = Database::new(Some("shop"))?; // shop.db, created when it is missing
    let orders = db.collection_as::<Order>("orders");
    orders.insert_many([
        order(1, "Ada", &["ink", "paper"], 42.5),
        order(2, "Grace", &["ink"], 12.5),
        order(3, "Mary", &["pens"], 7.25),
    ])?;

    orders.update_many(doc! { "items": "ink" }, doc! { "$inc": { "total": 1 } })?;
    let mut dear = orders.find(doc! { "total": { "$gte": 10 } }).sort(doc! { "total": -1 }).raw()?;
    while let Some(order) = dear.next_bytes()? {
        println!("{}", document_to_string(RawDoc::new(order), Mode::Relaxed));
    }
    if let Some(order) = orders.find(doc! { "customer": "Mary" }).raw()?.next_bytes()? {
        println!("{}", document_to_string(RawDoc::new(order), Mode::Relaxed));
    }
    orders.delete_one(doc! { "_id": 3 })?;
    println!("{} orders are left", orders.count_documents(doc! {})?);
    db.close()
}
