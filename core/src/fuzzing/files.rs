//! What is found in files: records, logs, manifests, and whole databases.

use std::path::Path;
use std::sync::Arc;

use super::{path, seal, take};
use crate::base::{ManualClock, SeededEntropy};
use crate::collection::{Envelope, live_body};
use crate::document::builder::RawDocBuf;
use crate::document::json::parse_document;
use crate::document::raw::RawDoc;
use crate::error::{ErrorKind, Result};
use crate::storage::record::Record;
use crate::storage::space::Space;
use crate::storage::wal::{self, Opening, WalPlace, WalSwitches};
use crate::storage::{LogPosition, manifest as manifests};
use crate::vfs::{MemoryFs, OpenMode, Vfs, VfsFile};
use crate::{Database, Options};

/// Longest log chunk of a forged header: a database of longer ones would take all memory.
const CHUNK_BYTES_MAX: u32 = 1 << 20;

fn file(vfs: &MemoryFs, path: &Path, bytes: &[u8]) -> Option<Arc<dyn VfsFile>> {
    let file = vfs.open(path, OpenMode::CreateNew).ok()?;
    file.write_all_at(bytes, 0).ok()?;
    Some(file)
}

/// A byte whose lowest bit asks for right sums, and a commit record.
pub fn commit_record(mut data: &[u8]) {
    let [mode] = take(&mut data);
    let mut bytes = data.to_vec();
    if mode & 1 == 1 && bytes.len() >= 4 {
        let len = (bytes.len() as u32).to_le_bytes();
        bytes[..4].copy_from_slice(&len);
        seal::record(&mut bytes);
    }
    let Ok(record) = Record::parse(&bytes) else { return };
    for op in record.ops().flatten() {
        assert!(op.key.end <= op.value.start && op.value.end <= bytes.len(), "an operation lies outside");
    }
}

/// The envelope of a document.
pub fn envelope(data: &[u8]) {
    if let Ok(envelope) = Envelope::decode(data) {
        let encoded = envelope.encode();
        assert!(data.starts_with(&encoded), "an envelope reads otherwise than it is written");
    }
    for now_ms in [i64::MIN, 0, i64::MAX] {
        if let Ok(Some(body)) = live_body(data, now_ms) {
            RawDoc::new(&data[body..]).iter().for_each(drop);
        }
    }
}

/// The version and the length of a file, and its free map.
pub fn free_map(mut data: &[u8]) {
    let (version, pages) = (u64::from_le_bytes(take(&mut data)), u64::from_le_bytes(take(&mut data)));
    if let Ok(space) = Space::decode(data, version, pages) {
        assert!(space.free_pages() <= pages);
        space.check(&[]);
    }
}

/// A byte whose lowest bit asks for right sums, and the first pages of a main file; or, when its next bit is set,
/// header and manifest blocks one after the other.
pub fn manifest(mut data: &[u8]) {
    let [mode] = take(&mut data);
    let mut bytes = data.to_vec();
    if mode & 2 == 2 {
        bytes = spread(data);
    }
    if mode & 1 == 1 {
        seal::main_file(&mut bytes);
    }
    let vfs = MemoryFs::new();
    let Some(file) = file(&vfs, path(), &bytes) else { return };
    let Ok(found) = manifests::read_header(&*file, path()) else { return };
    let Ok(slots) = manifests::read_manifests(&*file, path(), &found.header) else { return };
    if let Ok(chosen) = manifests::choose(&slots, path()) {
        assert!(chosen.manifest.file_pages >= manifests::RESERVED_PAGES);
        let _ = chosen.stands_without_log();
    }
}

/// Header and blocks laid out where a file of small pages has them.
fn spread(data: &[u8]) -> Vec<u8> {
    const PAGE: usize = 8192;
    let mut bytes = vec![0; 5 * PAGE];
    let (header, blocks) = data.split_at(data.len().min(256));
    for at in [0, PAGE / 2] {
        bytes[at..at + header.len()].copy_from_slice(header);
    }
    for (page, block) in blocks.chunks(4096).take(4).enumerate() {
        bytes[(page + 1) * PAGE..][..block.len()].copy_from_slice(block);
    }
    bytes
}

/// A byte whose lowest bit asks for right sums and whose next one for short chunks, the database's number, where
/// the manifest says that the log begins, the last commit in the manifest, and the log.
pub fn wal(mut data: &[u8]) {
    let [mode] = take(&mut data);
    let db: [u8; 16] = take(&mut data);
    let mut number = || u64::from_le_bytes(take(&mut data)) >> 2;
    let (chunk_seq, lsn, seq) = (number().max(1), number().max(1), number());
    let chain = u64::from_le_bytes(take(&mut data));
    let chunk_bytes: u32 = if mode & 2 == 2 { 16 << 10 } else { 64 << 10 };
    let mut bytes = data.to_vec();
    bytes.resize(data.len().next_multiple_of(chunk_bytes as usize), 0);
    if mode & 1 == 1 {
        seal::log(&mut bytes);
    }
    let vfs = MemoryFs::new();
    let Some(file) = file(&vfs, path(), &bytes) else { return };
    let (path, switches) = (path().to_owned(), WalSwitches::default());
    let place = WalPlace { file, db_path: path.clone(), path, db, chunk_bytes, switches };
    let opening = Opening { from: LogPosition { chunk_seq, lsn, chain }, seq, manifest_version: u64::MAX };
    let mut last = seq;
    let replayed = wal::replay(&place, &opening, &mut |record| {
        let record = Record::parse(record)?;
        assert_eq!(record.seq, last + 1, "a commit was left out or repeated");
        last = record.seq;
        record.ops().try_for_each(|op| op.map(drop))
    });
    if let Ok(replayed) = replayed {
        assert_eq!(replayed.commits, last - seq);
        let _ = wal::expect_written(&place);
    }
}

/// A byte (bit 0: right sums, bit 1: read-only), the length of the main file, the main file, and the log.
///
/// Whatever the files hold, a database that opens answers, and none of its answers blames the database itself.
pub fn open(mut data: &[u8]) {
    let [mode] = take(&mut data);
    let len = u32::from_le_bytes(take(&mut data)) as usize;
    let (main, log) = data.split_at(data.len().min(len));
    let (mut main, mut log) = (main.to_vec(), log.to_vec());
    if mode & 1 == 1 {
        seal::main_file(&mut main);
        seal::log(&mut log);
    }
    if seal::chunk_bytes(&main).is_some_and(|bytes| bytes > CHUNK_BYTES_MAX) {
        return;
    }
    let vfs = MemoryFs::new();
    let both =
        file(&vfs, path(), &main).is_some() && file(&vfs, &path().with_extension("wasp"), &log).is_some();
    if both {
        innocent(visit(&vfs, mode & 2 == 2));
        innocent(visit(&vfs, false));
    }
}

fn visit(vfs: &MemoryFs, read_only: bool) -> Result<()> {
    let options = Options::new()
        .create(false)
        .read_only(read_only)
        .background(false)
        .cache_entries(16)
        .memtable_bytes(64 << 10)
        .clock(Arc::new(ManualClock::new(1_700_000_000_000)))
        .entropy(Arc::new(SeededEntropy::new(1)))
        .vfs(Arc::new(vfs.clone()));
    let db = Database::open_with(path(), options)?;
    innocent(db.check());
    innocent(db.info());
    for name in db.list_collection_names()?.iter().take(8) {
        let c = db.collection(name);
        innocent(c.count_documents(said(r#"{"n":{"$gt":1}}"#)?));
        innocent(c.find(RawDoc::empty()).sort(said(r#"{"_id":-1}"#)?).limit(3).run().map(Iterator::last));
        if let Ok(mut raw) = c.find(RawDoc::empty()).raw() {
            while innocent(raw.next_bytes().map(|doc| doc.is_some())) == Some(true) {}
        }
        if !read_only {
            innocent(c.update_many(RawDoc::empty(), said(r#"{"$set":{"new":1}}"#)?));
            innocent(c.insert_one_raw(said(r#"{"n":1}"#)?.as_bytes()));
            innocent(c.delete_one(said(r#"{"n":{"$lt":5}}"#)?));
        }
    }
    if !read_only {
        innocent(db.sweep(100));
        innocent(db.checkpoint());
    }
    db.close()
}

/// A document of this program's own.
fn said(text: &str) -> Result<RawDocBuf> {
    parse_document(text)
}

/// The answer, unless it is an error, which must not say that the database made a mistake.
fn innocent<T>(outcome: Result<T>) -> Option<T> {
    if let Err(error) = &outcome {
        assert_ne!(error.kind(), ErrorKind::Internal, "{error}");
    }
    outcome.ok()
}
