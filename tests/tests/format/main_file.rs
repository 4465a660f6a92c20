//! Header and manifests.

use nexuslite::{Database, EngineKind, ErrorKind, Options};
use xxhash_rust::xxh3::xxh3_128;

use crate::reader::{Made, header, manifests, newest};

#[test]
fn the_header_says_how_the_database_was_made() {
    for (engine, number) in [(EngineKind::Wasp, 1), (EngineKind::Log, 2)] {
        for page_size in [8192, 16384] {
            let made = Made::new(engine, page_size);
            let header = header(&made.main());
            assert_eq!((header.format, header.page_size), (0, page_size as usize));
            assert_eq!((header.engine, header.chunk_bytes), (number, 128 << 10));
            assert_ne!(header.db, [0; 16]);
            assert!(header.created_ms > 1_700_000_000_000);
        }
    }
    let ids = [(), ()].map(|()| header(&Made::new(EngineKind::Wasp, 8192).main()).db);
    assert_ne!(ids[0], ids[1], "two databases have the same number");
}

#[test]
fn manifests_alternate_between_two_slots_and_say_whether_the_log_counts() {
    let made = Made::new(EngineKind::Wasp, 8192);
    let mut version = newest(&made.main()).version;
    assert!(!newest(&made.main()).clean, "commits are in the log");
    for _ in 0..4 {
        made.db.collection("things").insert_one(nexuslite::bson::doc! {}).unwrap();
        made.db.checkpoint().unwrap();
        let file = made.main();
        let [a, b] = manifests(&file);
        assert_eq!(a.version.abs_diff(b.version), 1, "the other slot holds the version before");
        let manifest = newest(&file);
        assert!(manifest.version > version && !manifest.clean);
        assert_eq!(manifest.seq, made.db.stats().unwrap().commits);
        version = manifest.version;
    }
    let commits = made.db.stats().unwrap().commits;
    made.db.close().unwrap();
    let (file, manifest) = (made.main(), newest(&made.main()));
    assert!(manifest.clean && manifest.version > version);
    assert_eq!(manifest.seq, commits, "everything is in the main file");
    assert!(file.len() as u64 >= manifest.pages * 8192);
    assert!(made.log().is_empty(), "nothing is left in the log");
    let directory = manifest.directory;
    assert_eq!((directory.len(), directory[0], directory[1]), (48, 2, 1), "the directory is an index tree");
    assert_eq!(manifest.trees, 4, "catalog, counters, records and _ids; nothing ever expires here");
}

#[test]
fn another_format_is_refused_by_name() {
    let made = Made::new(EngineKind::Wasp, 16384);
    made.db.close().unwrap();
    let whole = made.main();
    for format in [1_u32, 2, 1000, u32::MAX] {
        let mut file = whole.clone();
        for at in [0, 8192] {
            file[at + 8..at + 12].copy_from_slice(&format.to_le_bytes());
            let sum = xxh3_128(&file[at..at + 240]).to_le_bytes();
            file[at + 240..at + 256].copy_from_slice(&sum);
        }
        std::fs::write(made.path(), &file).unwrap();
        for options in [Options::new(), Options::new().read_only(true)] {
            let error = Database::open_with(made.path(), options).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            let said = error.to_string();
            assert!(said.contains(&format!("format {format};")) && said.contains("format 0"), "{said}");
            assert!(said.contains("made.db"), "{said}");
        }
        assert_eq!(made.main(), file, "a file of another format was changed");
    }
    std::fs::write(made.path(), whole).unwrap();
    Database::open(made.path()).unwrap();
}
