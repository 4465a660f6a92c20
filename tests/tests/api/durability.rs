//! What a power cut takes at each durability, and what it does not take any more once the database was synced.

use std::time::Duration;

use nexuslite::bson::doc;
use nexuslite::vfs::simulated::{CrashStyle, SimulatedDisk};
use nexuslite::{Database, Durability, EngineKind, Options};

fn open(disk: &SimulatedDisk, engine: EngineKind, durability: Durability) -> Database {
    let options = Options::new()
        .engine(engine)
        .durability(durability)
        .group_interval(Duration::MAX)
        .background(false)
        .vfs(disk.vfs());
    Database::open_with("/shop.db", options).expect("the database opens")
}

/// How many documents there are after the power failed: nothing that was not synced is left.
fn after_power_cut(disk: &SimulatedDisk, engine: EngineKind) -> u64 {
    let left = disk.crash_image(1, CrashStyle::DROP_ALL);
    let orders = open(&left, engine, Durability::Full).collection("orders");
    orders.count_documents(doc! {}).expect("a count")
}

#[test]
fn what_was_synced_is_on_the_device_whatever_the_durability() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        for durability in [Durability::Full, Durability::Group, Durability::None] {
            let disk = SimulatedDisk::new();
            let db = open(&disk, engine, durability);
            let orders = db.collection("orders");
            db.checkpoint().unwrap();
            orders.insert_one(doc! { "_id": 1 }).unwrap();
            orders.insert_one(doc! { "_id": 2, "text": "x".repeat(3 << 20) }).unwrap();
            let unsynced = if durability == Durability::Full { 2 } else { 0 };
            assert_eq!(after_power_cut(&disk, engine), unsynced, "{engine:?} {durability:?}");
            db.sync().unwrap();
            assert_eq!(after_power_cut(&disk, engine), 2, "{engine:?} {durability:?}");
            orders.delete_one(doc! { "_id": 1 }).unwrap();
            db.sync().unwrap();
            db.sync().unwrap();
            assert_eq!(after_power_cut(&disk, engine), 1, "{engine:?} {durability:?}");
        }
    }
}
