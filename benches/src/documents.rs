//! The documents that everything is measured with: about 300 bytes of BSON, the same for the same seed.

use nexuslite::bson::{Bson, DateTime, Document, Uuid, doc};

/// SplitMix64 (Steele, Lea and Flood, 2014): fast, and the same everywhere.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.word() % bound
    }
}

/// The id of the `index`-th document: random bytes, so ids arrive in no order.
pub fn id(index: u64) -> [u8; 16] {
    let mut random = Random(index.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x5EED);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&random.word().to_le_bytes());
    bytes[8..].copy_from_slice(&random.word().to_le_bytes());
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    bytes
}

/// The ids that readers ask for, in the order in which they ask: made beforehand, so that what is timed is the
/// answer and not the fetching of the question from cold memory.
pub fn wanted(count: u64, gets: u64) -> impl Iterator<Item = [u8; 16]> {
    let mut random = Random(1);
    (0..gets).map(move |_| id(random.below(count)))
}

/// The `index`-th document.
pub fn document(index: u64) -> Document {
    let mut random = Random(index);
    let number = random.below(1_000_000);
    let tags: Vec<Bson> = (0..3).map(|_| Bson::String(format!("tag{:02}", random.below(50)))).collect();
    doc! {
        "_id": Uuid::from_bytes(id(index)),
        "name": format!("Person Number {number:06}"),
        "email": format!("person{number:06}@example.com"),
        "age": random.below(100) as i32,
        "city": format!("city-{:03}", random.below(200)),
        "score": random.below(1_000_000) as f64 / 1000.0,
        "created": DateTime::from_millis(1_600_000_000_000 + random.below(100_000_000_000) as i64),
        "tags": tags,
        "address": {
            "street": format!("{} Long Street", random.below(1000)),
            "zip": format!("{:05}", random.below(100_000)),
            "country": "Nowhere",
        },
        "active": random.below(2) == 0,
    }
}

/// The first `count` documents as BSON bytes.
pub fn encoded(count: u64) -> Result<Vec<Vec<u8>>, nexuslite::bson::error::Error> {
    (0..count).map(|index| document(index).to_vec()).collect()
}
