//! The measured document in each form that a peer wants it in.

use nexuslite::bson::{Bson, Document};
use nexuslite_benches::{Failure, documents};

/// One document, made before the clock runs.
pub struct Person {
    pub id: [u8; 16],
    pub bson: Vec<u8>,
    pub json: String,
    pub name: String,
    pub email: String,
    pub age: i32,
    pub city: String,
    pub score: f64,
    pub created: i64,
    pub tags: String,
    pub street: String,
    pub zip: String,
    pub country: String,
    pub active: bool,
}

impl Person {
    /// The `index`-th document of the seeded set.
    pub fn numbered(index: u64) -> Result<Self, Failure> {
        let document = documents::document(index);
        let address = document.get_document("address")?;
        let created = document.get_datetime("created")?.timestamp_millis();
        Ok(Self {
            id: documents::id(index),
            bson: document.to_vec()?,
            json: json(&document, created)?,
            name: document.get_str("name")?.to_owned(),
            email: document.get_str("email")?.to_owned(),
            age: document.get_i32("age")?,
            city: document.get_str("city")?.to_owned(),
            score: document.get_f64("score")?,
            created,
            tags: serde_json::to_string(document.get_array("tags")?)?,
            street: address.get_str("street")?.to_owned(),
            zip: address.get_str("zip")?.to_owned(),
            country: address.get_str("country")?.to_owned(),
            active: document.get_bool("active")?,
        })
    }

    /// The documents from `from` on.
    pub fn many(from: u64, count: u64) -> Result<Vec<Self>, Failure> {
        (from..from + count).map(Self::numbered).collect()
    }
}

/// Plain JSON: the time as milliseconds, the id left to the key.
fn json(document: &Document, created: i64) -> Result<String, Failure> {
    let mut plain = document.clone();
    plain.remove("_id");
    plain.insert("created", Bson::Int64(created));
    Ok(serde_json::to_string(&plain)?)
}
