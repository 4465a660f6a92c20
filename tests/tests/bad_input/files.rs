//! What stands where a database was expected.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nexuslite::ErrorKind::{Corrupt, Denied, Exists, Invalid, Io, Locked, NotFound, Unsupported};
use nexuslite::bson::doc;
use nexuslite::vfs::simulated::SimulatedDisk;
use nexuslite::vfs::{FileSystem, OpenMode, Vfs, VfsFile};
use nexuslite::{Database, Options};
use xxhash_rust::xxh3::xxh3_128;

use crate::check::check;

/// A closed database of 8 KiB pages with a few documents.
fn made(folder: &Path) -> PathBuf {
    let path = folder.join("made.db");
    let db = Database::open_with(&path, Options::new().page_bytes(8192)).unwrap();
    db.collection("c").insert_many((0..100).map(|id| doc! { "_id": id })).unwrap();
    db.close().unwrap();
    path
}

/// The same with both copies of its header changed, their checksums right.
fn forged(folder: &Path, at: usize, bytes: &[u8]) -> PathBuf {
    let path = made(folder);
    let mut file = fs::read(&path).unwrap();
    for start in [0, 4096] {
        let copy = &mut file[start..start + 256];
        copy[at..at + bytes.len()].copy_from_slice(bytes);
        let sum = xxh3_128(&copy[..240]).to_le_bytes();
        copy[240..].copy_from_slice(&sum);
    }
    let forged = folder.join("forged.db");
    fs::write(&forged, file).unwrap();
    forged
}

#[test]
fn files_that_are_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let is = |what: &str, bytes: &[u8], parts: &[&str]| {
        let path = folder.path().join("other.db");
        fs::write(&path, bytes).unwrap();
        check(what, Database::open(&path), Invalid, None, &[parts, &["other.db"]].concat());
        check(what, Database::open_with(&path, Options::new()), Invalid, None, parts);
        check(what, Database::open_with(&path, Options::new().read_only(true)), Invalid, None, parts);
        assert_eq!(fs::read(&path).unwrap(), bytes, "{what}: the file was changed");
    };
    is("an empty file", b"", &["not a NexusLite database", "0 bytes long"]);
    is("a short text", b"hello\n", &["not a NexusLite database", "6 bytes long"]);
    is("a text", &b"Once upon a time ".repeat(4000), &["not a NexusLite database", "[4f, 6e, 63, 65"]);
    is("SQLite", &b"SQLite format 3\0".repeat(4000), &["not a NexusLite database", "[53, 51, 4c, 69"]);
    is("zeros", &[0; 100_000], &["not a NexusLite database", "[00, 00"]);
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "something was left beside the file");
}

#[test]
fn places_where_no_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    check("open", Database::open(at("x.db")), NotFound, None, &["Database Not Found", "x.db"]);
    let read_only = Database::open_with(at("x.db"), Options::new().read_only(true));
    check("read-only", read_only, NotFound, None, &["Database Not Found", "x.db"]);
    let nowhere = Database::open_with(at("no/such/folder/x.db"), Options::new());
    check("no folder", nowhere, NotFound, None, &["x.db", "No such file"]);
    fs::write(at("file"), "text").unwrap();
    let below = Database::open_with(at("file/x.db"), Options::new());
    check("below a file", below, Io, None, &["x.db", "directory"]);
    fs::create_dir(at("folder.db")).unwrap();
    let named = Database::open_with(at("folder.db"), Options::new());
    check("a folder's name", named, Io, None, &["folder.db", "directory"]);
    let named = Database::open_with(at("folder.db"), Options::new().read_only(true));
    check("a folder's name, read-only", named, Io, None, &["folder.db", "directory"]);
    fs::write(at("lonely.wasp"), "a log").unwrap();
    let lonely = Database::open_with(at("lonely.db"), Options::new());
    check("a log without its file", lonely, Exists, None, &["lonely.wasp", "lonely.db"]);
    assert!(!at("lonely.db").exists());
    let long = Database::open_with(at(&"n".repeat(300)), Options::new());
    check("too long a name", long, Io, None, &["nnnn", "too long"]);
}

#[test]
fn a_bare_name_lies_in_the_folder_one_stands_in() {
    let disk = SimulatedDisk::new();
    let db = Database::open_with("bare", Options::new().vfs(disk.vfs())).unwrap();
    db.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    db.close().unwrap();
    let db = Database::open_with("bare.db", Options::new().create(false).vfs(disk.vfs())).unwrap();
    assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), 1);
}

#[test]
fn newer_formats_and_features() {
    let folder = tempfile::tempdir().unwrap();
    let is = |what, at, bytes: &[u8], parts: &[&str]| {
        let path = forged(tempfile::tempdir_in(&folder).unwrap().keep().as_path(), at, bytes);
        check(what, Database::open(path), Unsupported, None, &[parts, &["forged.db"]].concat());
    };
    is("format", 8, &7u32.to_le_bytes(), &["format 7", "known here is format 0"]);
    is("incompatible features", 48, &0b1001u64.to_le_bytes(), &["bit 0", "bit 3"]);
    is("features for readers", 56, &0b10u64.to_le_bytes(), &["only be opened for reading", "bit 1"]);
    is("engine", 20, &[9], &["unknown engine 9"]);
    is("page size", 12, &4096u32.to_le_bytes(), &["4096 bytes", "8192"]);
    is("no chunks", 16, &0u32.to_le_bytes(), &["chunks of 0 bytes"]);
    is("uneven chunks", 16, &100_001u32.to_le_bytes(), &["chunks of 100001 bytes"]);
    is("huge chunks", 16, &(1u32 << 31).to_le_bytes(), &["chunks of 2147483648 bytes"]);
    let fresh = || tempfile::tempdir_in(&folder).unwrap().keep();
    let path = forged(&fresh(), 56, &0b10u64.to_le_bytes());
    let db = Database::open_with(path, Options::new().read_only(true)).unwrap();
    assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), 100);
    let path = forged(&fresh(), 64, &0b10u64.to_le_bytes());
    let db = Database::open(path).unwrap();
    assert_eq!(
        db.collection("c").count_documents(doc! {}).unwrap(),
        100,
        "compatible features may be ignored"
    );
}

#[test]
fn manifests_of_a_newer_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = made(folder.path());
    let whole = fs::read(&path).unwrap();
    let is = |what, at: usize, bytes: &[u8], kind, parts: &[&str]| {
        let mut file = whole.clone();
        for page in 1..5 {
            let block = &mut file[page * 8192..][..4096];
            block[at..at + bytes.len()].copy_from_slice(bytes);
            let sum = xxh3_128(&block[..4080]).to_le_bytes();
            block[4080..].copy_from_slice(&sum);
        }
        fs::write(&path, file).unwrap();
        check(what, Database::open(&path), kind, None, &[parts, &["made.db"]].concat());
    };
    is("format", 8, &1u32.to_le_bytes(), Unsupported, &["a manifest has format 1"]);
    is("flags", 12, &6u32.to_le_bytes(), Unsupported, &["unknown flags 0x6"]);
    is("segments", 148, &1u32.to_le_bytes(), Unsupported, &["segments"]);
    is("too many pages", 48, &u64::MAX.to_le_bytes(), Corrupt, &["18446744073709551615"]);
    is("no log position", 64, &0u64.to_le_bytes(), Corrupt, &["log"]);
    is("a root too long", 184, &999u32.to_le_bytes(), Corrupt, &["999 bytes"]);
}

#[test]
fn files_without_the_right_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = made(folder.path());
    let forbidding = |path: &Path| Options::new().vfs(Arc::new(Forbidding(path.to_owned())));
    let opened = Database::open_with(&path, forbidding(&path));
    check("a file", opened, Denied, None, &["open", "made.db", "permission denied"]);
    let new = folder.path().join("new.db");
    let draft = folder.path().join("new.db.new");
    check("a folder", Database::open_with(&new, forbidding(&draft)), Denied, None, &["create", "new.db"]);
    assert!(!new.exists());
}

/// The machine's files, one of which may not be opened. (The rights of a test's own files say nothing to a user
/// who may do everything.)
#[derive(Debug)]
struct Forbidding(PathBuf);

impl Vfs for Forbidding {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn VfsFile>> {
        if path == self.0 {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        FileSystem.open(path, mode)
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        FileSystem.exists(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        FileSystem.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        FileSystem.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        FileSystem.sync_dir(dir)
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        FileSystem.identity(path)
    }
}

#[test]
fn files_that_are_open_elsewhere() {
    let disk = SimulatedDisk::new();
    let open = |options: Options| Database::open_with("/shop.db", options.vfs(disk.vfs()));
    let db = open(Options::new()).unwrap();
    check("a second handle", open(Options::new()), Locked, None, &["shop.db", "another process"]);
    check("a reader", open(Options::new().read_only(true)), Locked, None, &["shop.db", "another process"]);
    db.close().unwrap();
    let readers = [1, 2].map(|_| open(Options::new().read_only(true)).unwrap());
    check("a writer among readers", open(Options::new()), Locked, None, &["shop.db"]);
    drop(readers);
    open(Options::new()).unwrap();
}

#[test]
fn backups_over_something() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_with(made(folder.path()), Options::new()).unwrap();
    let at = |name: &str| folder.path().join(name);
    check("itself", db.backup(at("made.db")), Exists, None, &["made.db", "exists"]);
    fs::write(at("copy.wasp"), "a log").unwrap();
    check("a name with a log", db.backup(at("copy.db")), Exists, None, &["copy.wasp"]);
    check("no folder", db.backup(at("no/copy.db")), NotFound, None, &["copy.db"]);
    check("a NUL", db.backup(at("a\0b")), Invalid, Some(2), &["NUL"]);
    assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), 100);
}
