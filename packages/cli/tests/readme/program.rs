use nexuslite::{Database, bson::doc};

pub(crate) fn main() -> nexuslite::Result<()> {
    let db = Database::new(Some("shop"))?; // shop.db, created when it is missing
    let orders = db.collection("orders");
    orders.create_index(doc! { "total": -1 })?;
    orders.insert_one(doc! { "customer": "Ada", "items": ["ink", "paper"], "total": 42 })?;
    orders.update_many(doc! { "items": "ink" }, doc! { "$inc": { "total": 1 } })?;
    for order in orders.find(doc! { "total": { "$gte": 40 } }).sort(doc! { "total": -1 }).limit(10).run()? {
        println!("{}", order?);
    }
    db.transaction(|tx| {
        tx.collection("orders").delete_one(doc! { "customer": "Ada" })?;
        tx.collection("log").insert_one(doc! { "deleted": "an order of Ada" })
    })?;
    db.close()
}
