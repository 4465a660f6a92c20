//! The write-ahead file and its commit records.

use nexuslite::EngineKind;
use nexuslite::bson::Document;

use crate::reader::{Made, header, newest, records};

const PUT: u8 = 1;

#[test]
fn the_log_holds_every_commit_beyond_the_main_file() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let made = Made::new(engine, 8192);
        let main = made.main();
        let (header, manifest) = (header(&main), newest(&main));
        let records = records(&made.log(), &header, &manifest);
        let seqs: Vec<u64> = records.iter().map(|(seq, _)| *seq).collect();
        let last = made.db.stats().unwrap().commits;
        assert_eq!(seqs, (manifest.seq + 1..=last).collect::<Vec<_>>(), "{engine:?}: no commit is missing");
        let documents = records.iter().flat_map(|(_, ops)| ops).filter_map(|(kind, tree, key, value)| {
            let is_record = *kind == PUT && tree % 2 == 0;
            is_record
                .then(|| (key.clone(), Document::from_reader(&value[1..]).expect("BSON behind the envelope")))
        });
        let ids: Vec<i32> = documents.map(|(_, doc)| doc.get_i32("_id").unwrap()).collect();
        assert_eq!(ids, (0..300).collect::<Vec<_>>(), "{engine:?}");
    }
}

#[test]
fn the_log_engine_begins_anew_where_its_manifest_says() {
    let made = Made::new(EngineKind::Log, 8192);
    made.db.checkpoint().unwrap();
    let main = made.main();
    let (header, manifest) = (header(&main), newest(&main));
    let records = records(&made.log(), &header, &manifest);
    let documents =
        records.iter().flat_map(|(_, ops)| ops).filter(|(kind, tree, ..)| *kind == PUT && tree % 2 == 0);
    assert_eq!(documents.count(), 299, "what was deleted is not written again");
}
